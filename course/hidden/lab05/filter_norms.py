"""Hidden cases of filter_norms, lab 05, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_linear_filters(filter_norms):
    import torch

    weight = torch.arange(24.0).reshape(4, 6) - 12
    before = weight.clone()
    result = filter_norms(weight, 2)
    return {"norms": result, "expected": before.norm(dim=1), "unchanged": torch.equal(weight, before)}


def judge_linear_filters(data):
    require(data["unchanged"], "changes-its-input", "The weight given was changed.")
    require_close(data["norms"], data["expected"], "wrong-l2", "A linear layer: its filters are its rows.")


CASES = (Case("a linear layer", judge=judge_linear_filters, driver=drive_linear_filters),)

WRONG_ANSWERS = {
    "signed-sum": """
def filter_norms(weight, order):
    flat = weight.flatten(1)
    return flat.sum(1) if order == 1 else flat.pow(2).sum(1).sqrt()
""",
    "scores-inputs": """
def filter_norms(weight, order):
    return weight.transpose(0, 1).flatten(1).norm(p=order, dim=1)
""",
    "ignores-order": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().sum(1)
""",
    "forgets-root": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().pow(order).sum(1)
""",
    "mean-for-sum": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().pow(order).mean(1) ** (1 / order)
""",
}
