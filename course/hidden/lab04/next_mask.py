"""Hidden cases of next_mask, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab04._reference import require_mask
from labsupport.checks.protocol import Case, require, require_close


def drive_twenty_rounds(next_mask):
    import torch

    weight = torch.randn(10, 10, 3, 3, generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(weight, dtype=torch.bool)
    kept, nested = [], True
    for _ in range(22):
        smaller = next_mask(weight, mask, 0.1)
        nested = nested and not bool((smaller & ~mask).any())
        mask = smaller
        kept.append(int(mask.sum()))
    full = torch.ones(4, dtype=torch.bool)
    nothing = next_mask(torch.tensor([1.0, 2.0, 3.0, 4.0]), full, 0.0)
    once = next_mask(torch.tensor([1.0, 2.0, 3.0, 4.0]), full, 0.5)
    return {"kept": kept, "nested": nested, "nothing": nothing, "once": once}


def judge_twenty_rounds(data):
    expected, left = [], 900
    for _ in range(22):
        left -= round(0.1 * left)
        expected.append(left)
    require(data["nested"], "revives-pruned-weights", "A weight that was pruned has come back in a later round.")
    require_close(data["kept"], expected, "keeps-wrong-number", "22 rounds of a tenth each, from 900 weights.")
    require(bool(data["nothing"].all()), "keeps-wrong-number", "A fraction of 0 prunes nothing.")
    require_close(data["once"], [0, 0, 1, 1], "prunes-other-weights", "1.0 and 2.0 are the smaller half.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((5,), (7, 1), (3, 2, 5, 3), (13, 2))[seed % 4]
    weight = torch.randint(-5, 5, shape, generator=generator) / 4
    weight.view(-1)[0] = -5e6
    return weight, torch.rand(shape, generator=generator) < 0.8, (0.0, 0.5, 0.3, 0.1, 1.0)[seed % 5]


def judge_drawn(result, weight, mask, fraction):
    require_mask(result, tuple(weight.shape))
    before = mask.flatten().tolist()
    after = result.ravel().tolist()
    hint = "A weight that was pruned before is kept."
    require(all(old or not new for old, new in zip(before, after, strict=True)), "revives-pruned-weights", hint)
    expected = sum(before) - round(fraction * sum(before))
    hint = f"{sum(before)} were kept, and round({fraction} * {sum(before)}) go: {expected} stay, not {sum(after)}."
    require(sum(after) == expected, "keeps-wrong-number", hint)
    pairs = [(v, new) for v, old, new in zip(weight.abs().flatten().tolist(), before, after, strict=True) if old]
    gone = max((value for value, kept in pairs if not kept), default=0.0)
    hint = f"A weight of magnitude {gone} was pruned, and a smaller one kept."
    require(all(value >= gone for value, kept in pairs if kept), "prunes-other-weights", hint)


CASES = (
    Case("twenty-two rounds of a convolution", judge=judge_twenty_rounds, driver=drive_twenty_rounds),
    Case("drawn masks with ties", inputs_drawn, judge_drawn, seeds=20, new=True),
)

WRONG_ANSWERS = {
    "fraction-of-the-original": """
def next_mask(weight, mask, fraction):
    magnitudes = weight.abs().masked_fill(~mask, float("inf")).flatten()
    result = mask.flatten().clone()
    result[magnitudes.argsort()[: round(fraction * weight.numel())]] = False
    return result.reshape(mask.shape)
""",
    "prunes-the-pruned-again": """
def next_mask(weight, mask, fraction):
    result = mask.flatten().clone()
    num_pruned = round(fraction * mask.sum().item())
    result[(weight * mask).abs().flatten().argsort()[:num_pruned]] = False
    return result.reshape(mask.shape)
""",
    "revives-pruned-weights": """
def next_mask(weight, mask, fraction):
    result = torch.ones(weight.numel(), dtype=torch.bool)
    result[weight.abs().flatten().argsort()[: round(fraction * mask.sum().item())]] = False
    return result.reshape(mask.shape)
""",
    "prunes-all-ties": """
def next_mask(weight, mask, fraction):
    kept = weight[mask].abs()
    threshold = kept.sort().values[round(fraction * len(kept)) - 1]
    return mask & (weight.abs() > threshold)
""",
    "threshold-on-signed-weights": """
def next_mask(weight, mask, fraction):
    values = weight.masked_fill(~mask, float("inf")).flatten()
    result = mask.flatten().clone()
    result[values.argsort()[: round(fraction * mask.sum().item())]] = False
    return result.reshape(mask.shape)
""",
    "changes-its-argument": """
def next_mask(weight, mask, fraction):
    magnitudes = weight.abs().masked_fill(~mask, float("inf")).flatten()
    num_pruned = round(fraction * mask.sum().item())
    mask.view(-1)[magnitudes.argsort()[:num_pruned]] = False
    return mask
""",
    "shares-its-argument": edit("    magnitudes =", "    if not fraction:\n        return mask\n    magnitudes ="),
    "keeps-wrong-number, rounded down": edit("round(fraction * int(mask.sum()))", "int(fraction * int(mask.sum()))"),
    "keeps-wrong-number, half up": edit("round(fraction * int(mask.sum()))", "int(fraction * int(mask.sum()) + 0.5)"),
}

READERS_WRONG_ANSWERS = {
    "keeps-wrong-number, k is cut off with": """
def next_mask(weight: Tensor, mask: Tensor, fraction: float) -> Tensor:
    size = weight.detach().abs().masked_fill(~mask, math.inf).flatten()
    k = int(fraction * int(mask.sum()))
    new = mask.flatten().clone()
    new[size.argsort()[:k]] = False
    return new.reshape(mask.shape)
""",
    "revives-pruned-weights, sets pruned weights to magnitude 0 and prunes the": """
def next_mask(weight: Tensor, mask: Tensor, fraction: float) -> Tensor:
    size = torch.where(mask, weight.detach().abs(), torch.zeros_like(weight)).flatten()
    pruned = int((~mask).sum())
    k = round(fraction * int(mask.sum()))
    new = torch.ones(mask.numel(), dtype=torch.bool)
    new[size.argsort(stable=True)[: pruned + k]] = False
    return new.reshape(mask.shape)
""",
    "prunes-the-pruned-again, ranks all weights, the pruned ones among": """
def next_mask(weight: Tensor, mask: Tensor, fraction: float) -> Tensor:
    k = round(fraction * int(mask.sum()))
    new = mask.flatten().clone()
    new[weight.detach().flatten().abs().argsort()[:k]] = False
    return new.reshape(mask.shape)
""",
}

RIGHT_ANSWERS = {
    "positions of the kept": """
def next_mask(weight, mask, fraction):
    positions = mask.flatten().nonzero().flatten()
    order = weight.flatten()[positions].abs().argsort()
    smaller = mask.clone().flatten()
    smaller[positions[order[: round(fraction * len(positions))]]] = False
    return smaller.view(weight.shape)
""",
    "numpy": """
def next_mask(weight, mask, fraction):
    import numpy as np

    old = mask.numpy()
    scores = np.where(old, np.abs(weight.numpy()), np.inf).ravel()
    smaller = old.ravel().copy()
    smaller[np.argsort(scores, kind="stable")[: round(fraction * old.sum())]] = False
    return torch.from_numpy(smaller.reshape(old.shape))
""",
    "topk": """
def next_mask(weight, mask, fraction):
    scores = torch.where(mask, weight.abs(), torch.inf).reshape(-1)
    pruned = torch.zeros(scores.shape, dtype=torch.bool)
    pruned[scores.topk(round(fraction * mask.sum().item()), largest=False).indices] = True
    return mask & ~pruned.reshape(mask.shape)
""",
}
