"""Hidden cases of checked_range, lab 11, and answers to it."""

from course.answers import edit
from labsupport.checks.lab11.checked_range import drive_asked, judge_range, judge_refused
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shapes = [(1 + seed % 3, 2), (3, 1, 2), (1,), (2, 2, 2, 2)][: 1 + seed % 4]
    return ([torch.randn(shape, generator=generator) * 5 + 8 * (seed % 3 - 1) for shape in shapes],)


def inputs_all_below_zero() -> tuple:
    import torch

    return ([torch.tensor([-3.0, -0.5]), torch.tensor([[-1.0]])],)


def inputs_infinite(seed: int) -> tuple:
    import torch

    batches = [torch.ones(2 + 3 * (number % 2), 3) * number for number in range(1, 6)]
    bad = (float("inf"), float("-inf"), float("nan"))[seed % 3]
    batches[seed % 5][seed % 2, seed % 3] = bad
    batches[4][0, 0] = float("nan")
    return (batches,)


CASES = (
    Case("other batches", inputs_drawn, judge_range, drive_asked, seeds=20),
    Case("all below zero", inputs_all_below_zero, judge_range, drive_asked),
    Case("infinities and nan", inputs_infinite, judge_refused, drive_asked, seeds=15),
)

WRONG_ANSWERS = {
    "accepts-what-is-no-number": """
def checked_range(batches):
    low = high = 0.0
    for batch in batches:
        low, high = min(low, batch.min().item()), max(high, batch.max().item())
    return {"low": low, "high": high}
""",
    "names-another-batch, infinities pass": edit("batch.isfinite().all()", "(batch == batch).all()"),
    "accepts-what-is-no-number, a first value": edit("not batch.isfinite().all()", "not batch.flatten()[0].isfinite()"),
    "counts-from-one": edit("enumerate(batches)", "enumerate(batches, 1)"),
    "names-another-batch": edit("batch {number} holds", "a batch holds"),
    "names-another-batch, the last": """
def checked_range(batches):
    bad = [number for number, batch in enumerate(batches) if not batch.isfinite().all()]
    if bad:
        raise ValueError(f"batch {bad[-1]} is broken")
    return {"low": min(0.0, *(b.min().item() for b in batches)), "high": max(0.0, *(b.max().item() for b in batches))}
""",
    "range-without-zero": edit("low = high = 0.0", "low, high = float('inf'), float('-inf')"),
    "last-batch-only": edit(
        "low, high = min(low, batch.min().item()), max(high, batch.max().item())",
        "low, high = min(0.0, batch.min().item()), max(0.0, batch.max().item())",
    ),
    "symmetric": edit(
        "low, high = min(low, batch.min().item()), max(high, batch.max().item())",
        "high = max(high, batch.abs().max().item())\n        low = -high",
    ),
    "wrong-low, rounded": edit('{"low": low, "high": high}', '{"low": round(low, 1), "high": round(high, 1)}'),
    "raises-runtime-error": edit("raise ValueError", "raise RuntimeError"),
    "changes-its-argument": edit("        low, high =", "        batch.clamp_(-3, 3)\n        low, high ="),
    "wrong-keys": edit('{"low": low, "high": high}', '{"min": low, "max": high}'),
    "returns-nothing": edit("    return {", "    range_found = {"),
}

READERS_WRONG_ANSWERS = {
    "names-another-batch, infinity let through": """
def checked_range(batches: list[Tensor]) -> dict[str, float]:
    low = high = 0.0
    for number, batch in enumerate(batches):
        if torch.isnan(batch).any():
            raise ValueError(f"batch {number} holds nan")
        low = min(low, batch.min().item())
        high = max(high, batch.max().item())
    return {"low": low, "high": high}
""",
    "range-without-zero, zero not included": """
def checked_range(batches: list[Tensor]) -> dict[str, float]:
    low, high = float("inf"), float("-inf")
    for number, batch in enumerate(batches):
        if not batch.isfinite().all():
            raise ValueError(f"batch {number} holds a value that is not finite")
        low = min(low, batch.min().item())
        high = max(high, batch.max().item())
    return {"low": low, "high": high}
""",
    "counts-from-one, counted from one": """
def checked_range(batches: list[Tensor]) -> dict[str, float]:
    low = high = 0.0
    for number, batch in enumerate(batches, start=1):
        if not batch.isfinite().all():
            raise ValueError(f"batch {number} holds nan or infinity")
        low = min(low, batch.min().item())
        high = max(high, batch.max().item())
    return {"low": low, "high": high}
""",
}

RIGHT_ANSWERS = {
    "one long tensor": """
def checked_range(batches):
    for number in range(len(batches)):
        if torch.isnan(batches[number]).any() or torch.isinf(batches[number]).any():
            raise ValueError(f"not finite: batch number {number}")
    values = torch.cat([batch.reshape(-1) for batch in batches] + [torch.zeros(1)])
    return {"low": values.min().item(), "high": values.max().item()}
""",
    "numpy": """
def checked_range(batches):
    arrays = [batch.numpy() for batch in batches]
    bad = [number for number, array in enumerate(arrays) if not np.isfinite(array).all()]
    if bad:
        raise ValueError(str(bad[0]))
    return {"low": float(min(0, *(a.min() for a in arrays))), "high": float(max(0, *(a.max() for a in arrays)))}
""",
    "the sum tells": """
def checked_range(batches):
    low, high = torch.tensor(0.0), torch.tensor(0.0)
    for number, batch in enumerate(batches):
        if not math.isfinite(batch.abs().max().item()):
            raise ValueError("batch %d cannot be used" % number)
        low, high = torch.minimum(low, batch.min()), torch.maximum(high, batch.max())
    return {"low": low.item(), "high": high.item()}
""",
}
