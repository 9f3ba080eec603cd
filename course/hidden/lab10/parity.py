"""Hidden cases of parity, lab 10, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_equal_and_flipped(parity):
    import torch

    reference = torch.tensor([[1.0, 1.001], [3.0, -4.0], [0.0, 2.0], [1.0, 0.0]])
    flipped = torch.tensor([[1.001, 1.0], [3.0, -4.0], [0.0, 2.0], [1.0, 0.0]])
    kept = reference.clone()
    found = {"equal": parity(reference, reference.clone(), 0.0), "flipped": parity(reference, flipped, 0.01)}
    return found | {"same": torch.equal(reference, kept)}


def judge_equal_and_flipped(found):
    require_close(found["equal"]["error"], 0.0, "wrong-error", "Equal tensors.")
    require(found["equal"]["passes"], "too-strict", "Equal tensors pass at a tolerance of 0.")
    require_close(found["flipped"]["same_class"], 0.75, "wrong-classes", "One of four images changes its class.")
    require_close(found["flipped"]["error"], 0.001 / 4, "wrong-error", "The largest logit by size is -4.", rtol=1e-3)
    require(found["flipped"]["passes"], "argmax-only", "Within the tolerance, although a tie was broken the other way.")
    require(found["same"], "changes-its-input", "The reference was changed by the call.")


CASES = (Case("equal, and a broken tie", judge=judge_equal_and_flipped, driver=drive_equal_and_flipped),)

WRONG_ANSWERS = {
    "argmax-only": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs().max() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": same == 1.0}
""",
    "nan-passes": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs().max() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": not error > tolerance}
""",
    "mean-hides-it": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs().mean() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
    "signed-difference": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).max() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
    "absolute-error": """
def parity(reference, actual, tolerance):
    error = (actual - reference).abs().max().item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
    "divides-each-logit": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs() / reference.abs()).max().item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
}
