"""Hidden cases of magnitude_mask, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_mask_edges(magnitude_mask):
    import torch

    weight = torch.tensor([[2.0, -1.0, 0.0], [-3.0, 0.5, 1.0]])
    masks = [magnitude_mask(weight, sparsity) for sparsity in (0.0, 0.34, 1.0)]
    return {"masks": masks, "weight": weight}


def judge_mask_edges(data):
    require_close(data["weight"], [[2.0, -1.0, 0.0], [-3.0, 0.5, 1.0]], "changes-its-input", "The weight was changed.")
    kept = [int(mask.sum()) for mask in data["masks"]]
    require(
        kept == [6, 4, 0], "keeps-wrong-number", f"Sparsity 0, 0.34 and 1 of six weights keep 6, 4 and 0, not {kept}."
    )
    require_close(data["masks"][1], [[1, 1, 0], [1, 0, 1]], "prunes-other-weights", "0.0 and 0.5 are the smallest two.")


CASES = (Case("nothing, a third and everything", judge=judge_mask_edges, driver=drive_mask_edges),)

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
}
