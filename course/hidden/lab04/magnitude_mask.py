"""Hidden cases of magnitude_mask, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab04._reference import require_mask
from labsupport.checks.protocol import Case, require, require_close


def drive_mask_edges(magnitude_mask):
    import torch

    weight = torch.tensor([[2.0, -1.0, 0.0], [-3.0, 0.5, 1.0]])
    return [magnitude_mask(weight, sparsity) for sparsity in (0.0, 0.34, 1.0)]


def judge_mask_edges(masks):
    kept = [int(mask.sum()) for mask in masks]
    require(
        kept == [6, 4, 0], "keeps-wrong-number", f"Sparsity 0, 0.34 and 1 of six weights keep 6, 4 and 0, not {kept}."
    )
    require_close(masks[1], [[1, 1, 0], [1, 0, 1]], "prunes-other-weights", "0.0 and 0.5 are the smallest two.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((5,), (7, 1), (3, 2, 5, 3), (13, 2), (9,))[seed % 5]
    return torch.randint(-5, 5, shape, generator=generator) / 4, (0.5, 0.3, 0.9, 0.05)[seed % 4]


def judge_drawn(mask, weight, sparsity):
    require_mask(mask, tuple(weight.shape))
    count, expected = int((~mask).sum()), round(sparsity * weight.numel())
    hint = f"round({sparsity} * {weight.numel()}) are {expected}, and {count} were pruned."
    require(count == expected, "keeps-wrong-number", hint)
    pairs = list(zip(weight.abs().flatten().tolist(), mask.ravel().tolist(), strict=True))
    gone = max((value for value, kept in pairs if not kept), default=0.0)
    hint = f"A weight of magnitude {gone} was pruned, and a smaller one kept."
    require(all(value >= gone for value, kept in pairs if kept), "prunes-other-weights", hint)


CASES = (
    Case("nothing, a third and everything", judge=judge_mask_edges, driver=drive_mask_edges),
    Case("drawn weights with ties", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "threshold-on-signed-weights": edit("weight.abs()", "weight"),
    "prunes-all-ties": """
def magnitude_mask(weight, sparsity):
    num_pruned = round(sparsity * weight.numel())
    if num_pruned == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    threshold = weight.abs().flatten().sort().values[num_pruned - 1]
    return weight.abs() > threshold
""",
    "mask-upside-down": edit(
        "torch.ones",
        "torch.zeros",
        "mask[weight.abs().flatten().argsort()[:num_pruned]] = False",
        "mask[weight.abs().flatten().argsort()[:num_pruned]] = True",
    ),
    "prunes-the-largest": edit("weight.abs().flatten().argsort()", "weight.abs().flatten().argsort(descending=True)"),
    "keeps-wrong-number": edit(
        "num_pruned = round(sparsity * weight.numel())", "num_pruned = int(sparsity * weight.numel())"
    ),
    "mask-not-bool": """
def magnitude_mask(weight, sparsity):
    mask = torch.ones(weight.numel())
    mask[weight.abs().flatten().argsort()[: round(sparsity * weight.numel())]] = 0
    return mask.reshape(weight.shape)
""",
    "mask-has-other-shape": """
def magnitude_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[: round(sparsity * weight.numel())]] = False
    return mask
""",
    "changes-its-argument": edit("weight.abs", "weight.abs_"),
    "keeps-wrong-number, half up": edit(
        "num_pruned = round(sparsity * weight.numel())", "num_pruned = int(sparsity * weight.numel() + 0.5)"
    ),
}

READERS_WRONG_ANSWERS = {
    "keeps-wrong-number, a half is rounded up and not as Python": """
def magnitude_mask(weight: Tensor, sparsity: float) -> Tensor:
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    k = math.floor(sparsity * weight.numel() + 0.5)
    mask[weight.detach().flatten().abs().argsort()[:k]] = False
    return mask.reshape(weight.shape)
""",
    "keeps-wrong-number, marks the kept ones with [ keep:], which is everything": """
def magnitude_mask(weight: Tensor, sparsity: float) -> Tensor:
    flat = weight.detach().flatten().abs()
    keep = flat.numel() - round(sparsity * flat.numel())
    mask = torch.zeros(flat.numel(), dtype=torch.bool)
    mask[flat.argsort()[-keep:]] = True
    return mask.reshape(weight.shape)
""",
    "prunes-all-ties, a threshold prunes all weights that equal": """
def magnitude_mask(weight: Tensor, sparsity: float) -> Tensor:
    size = weight.detach().abs()
    k = round(sparsity * weight.numel())
    if k == 0:
        return torch.ones_like(size, dtype=torch.bool)
    return size > size.flatten().kthvalue(k).values
""",
}

RIGHT_ANSWERS = {
    "topk": """
def magnitude_mask(weight, sparsity):
    mask = torch.full((weight.numel(),), True)
    mask[weight.flatten().abs().topk(round(sparsity * weight.numel()), largest=False).indices] = False
    return mask.view(weight.shape)
""",
    "numpy": """
def magnitude_mask(weight, sparsity):
    import numpy as np

    ranks = np.abs(weight.numpy()).ravel().argsort(kind="stable").argsort()
    return torch.from_numpy((ranks >= round(sparsity * weight.numel())).reshape(weight.shape))
""",
    "a sorted list of places": """
def magnitude_mask(weight, sparsity):
    order = sorted(range(weight.numel()), key=lambda place: abs(weight.flatten()[place].item()))
    pruned = set(order[: round(sparsity * weight.numel())])
    return torch.tensor([place not in pruned for place in range(weight.numel())]).reshape(weight.shape)
""",
}
