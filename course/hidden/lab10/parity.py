"""Hidden cases of parity, lab 10, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_equal_and_flipped(parity):
    import torch

    reference = torch.tensor([[1.0, 1.001], [3.0, -4.0], [0.0, 2.0], [1.0, 0.0]])
    flipped = torch.tensor([[1.001, 1.0], [3.0, -4.0], [0.0, 2.0], [1.0, 0.0]])
    return {"equal": parity(reference, reference.clone(), 0.0), "flipped": parity(reference, flipped, 0.01)}


def judge_equal_and_flipped(found):
    require_close(found["equal"]["error"], 0.0, "wrong-error", "Equal tensors.")
    require(found["equal"]["passes"], "too-strict", "Equal tensors pass at a tolerance of 0.")
    require_close(found["flipped"]["same_class"], 0.75, "wrong-classes", "One of four images changes its class.")
    require_close(found["flipped"]["error"], 0.001 / 4, "wrong-error", "The largest logit by size is -4.", rtol=1e-3)
    require(found["flipped"]["passes"], "argmax-only", "Within the tolerance, although a tie was broken the other way.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    reference = torch.randn(1 + seed, 2 + seed % 5, generator=generator) * 10.0 ** (seed % 5 - 2) - seed % 3
    off = torch.randn(reference.shape, generator=generator) * reference.abs().max() * 0.1 ** (1 + seed % 3)
    return reference, reference + off, (0.5, 0.05, 0.002)[seed // 3 % 3]


def judge_drawn(found, reference, actual, tolerance):
    pairs = list(zip(reference.tolist(), actual.tolist(), strict=True))
    largest = max(abs(value) for row, _ in pairs for value in row)
    error = max(abs(a - b) for row, other in pairs for a, b in zip(row, other, strict=True)) / largest
    same = sum(row.index(max(row)) == other.index(max(other)) for row, other in pairs) / len(pairs)
    require_close(found["error"], error, "wrong-error", "The largest difference over the largest logit.", rtol=1e-3)
    require_close(found["same_class"], same, "wrong-classes", "The share of images with the same largest logit.")
    hint = f"The error is {error:.4g}, the tolerance {tolerance}."
    require(found["passes"] is (error <= tolerance), "wrong-passes", hint)


CASES = (
    Case("equal, and a broken tie", judge=judge_equal_and_flipped, driver=drive_equal_and_flipped),
    Case("logits of all sizes", inputs_drawn, judge_drawn, seeds=20),
)

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
    "wrong-error, largest logit with its sign": edit("reference.abs().max()", "reference.max()"),
    "wrong-error, largest logit of the file": edit("/ reference.abs().max()", "/ actual.abs().max()"),
    "wrong-error, image by image": edit(
        "(largest_difference / reference.abs().max())",
        "((actual - reference).abs().amax(1) / reference.abs().amax(1)).max()",
    ),
    "wrong-error, range": edit("reference.abs().max()", "(reference.max() - reference.min())"),
    "too-strict": edit("error <= tolerance", "error < tolerance"),
    "argmax-only, classes too": edit("error <= tolerance", "error <= tolerance and same_class == 1.0"),
    "wrong-classes, a count": edit(".double().mean().item()", ".sum().item()"),
    "wrong-classes, all or nothing": edit(
        "(actual.argmax(1) == reference.argmax(1)).double().mean().item()",
        "float(torch.equal(actual.argmax(1), reference.argmax(1)))",
    ),
    "nan-passes, set to 0": edit("(actual - reference).abs().max()", "(actual - reference).nan_to_num().abs().max()"),
    "wrong-classes, axis 0": edit("actual.argmax(1) == reference.argmax(1)", "actual.argmax(0) == reference.argmax(0)"),
    "wrong-error, rounded": edit("    return {", "    error = round(error, 4)\n    return {"),
    "returns-no-bool": edit("error <= tolerance", "torch.tensor(error <= tolerance)"),
    "too-strict, always 0.0001": edit("error <= tolerance", "error <= 1e-4"),
    "changes-its-argument": edit(
        "    largest_difference = (actual - reference)",
        "    actual -= reference\n    largest_difference = actual",
        "actual.argmax(1)",
        "(actual + reference).argmax(1)",
    ),
}

READERS_WRONG_ANSWERS = {
    "too-strict, tolerance itself fails": """
def parity(reference: Tensor, actual: Tensor, tolerance: float) -> dict[str, float | bool]:
    error = ((actual - reference).abs().max() / reference.abs().max()).item()
    same_class = (actual.argmax(dim=-1) == reference.argmax(dim=-1)).float().mean().item()
    return {"error": error, "same_class": same_class, "passes": error < tolerance}
""",
    "argmax-only, classes decide too": """
def parity(reference: Tensor, actual: Tensor, tolerance: float) -> dict[str, float | bool]:
    error = (torch.abs(actual - reference).max() / torch.abs(reference).max()).item()
    same = (reference.argmax(dim=1) == actual.argmax(dim=1)).float().mean().item()
    passes = error <= tolerance and same == 1.0
    return {"error": error, "same_class": same, "passes": passes}
""",
    "nan-passes, nan passes": """
def parity(reference: Tensor, actual: Tensor, tolerance: float) -> dict[str, float | bool]:
    error = ((actual - reference).abs().max() / reference.abs().max()).item()
    same = (reference.argmax(dim=1) == actual.argmax(dim=1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": not error > tolerance}
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def parity(reference, actual, tolerance):
    import numpy
    r, a = reference.numpy(), actual.numpy()
    error = float(numpy.max(numpy.abs(a - r)) / numpy.max(numpy.abs(r)))
    same = float(numpy.mean(a.argmax(1) == r.argmax(1)))
    return {'error': error, 'same_class': same, 'passes': bool(error <= tolerance)}
""",
    "the norm of order infinity": edit(
        "(actual - reference).abs().max()", "torch.linalg.vector_norm((actual - reference).double(), ord=float('inf'))"
    ),
    "image by image": """
def parity(reference, actual, tolerance):
    largest = max(abs(value) for row in reference.tolist() for value in row)
    off = (actual.double() - reference.double()).abs().flatten().tolist()
    worst = max(off) if all(value == value for value in off) else float('nan')
    same = sum(a.argmax().item() == r.argmax().item() for a, r in zip(actual, reference)) / len(reference)
    return {'error': worst / largest, 'same_class': same, 'passes': worst / largest <= tolerance}
""",
}
