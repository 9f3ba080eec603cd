"""Hidden cases of next_mask, lab 04, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_twenty_rounds(next_mask):
    import torch

    weight = torch.randn(10, 10, 3, 3, generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(weight, dtype=torch.bool)
    first, kept, nested = mask.clone(), [], True
    for _ in range(22):
        smaller = next_mask(weight, mask, 0.1)
        nested = nested and not bool((smaller & ~mask).any())
        mask = smaller
        kept.append(int(mask.sum()))
    full = torch.ones(4, dtype=torch.bool)
    nothing = next_mask(torch.tensor([1.0, 2.0, 3.0, 4.0]), full, 0.0)
    once = next_mask(torch.tensor([1.0, 2.0, 3.0, 4.0]), full, 0.5)
    return {"kept": kept, "nested": nested, "nothing": nothing, "once": once, "full": full, "first": first}


def judge_twenty_rounds(data):
    expected, left = [], 900
    for _ in range(22):
        left -= round(0.1 * left)
        expected.append(left)
    require(bool(data["full"].all()), "changes-its-input", "The mask that was given has changed: return a new one.")
    require(data["nested"], "revives-pruned-weights", "A weight that was pruned has come back in a later round.")
    require_close(data["kept"], expected, "keeps-wrong-number", "22 rounds of a tenth each, from 900 weights.")
    require(bool(data["nothing"].all()), "keeps-wrong-number", "A fraction of 0 prunes nothing.")
    require_close(data["once"], [0, 0, 1, 1], "prunes-other-weights", "1.0 and 2.0 are the smaller half.")


CASES = (Case("twenty-two rounds of a convolution", judge=judge_twenty_rounds, driver=drive_twenty_rounds),)

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
}
