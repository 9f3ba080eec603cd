"""Visible cases of checked_range, lab 11."""

import re
from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys


def inputs_two_batches() -> tuple:
    import torch

    return ([torch.tensor([[1.5, -2.0], [0.5, 3.0]]), torch.tensor([[-0.25, 4.0, 1.0]])],)


def inputs_all_above_zero() -> tuple:
    import torch

    return ([torch.full((2, 1, 3), 2.5), torch.tensor([[[7.0]], [[5.0]]]), torch.tensor([3.0])],)


def inputs_nan_in_the_third() -> tuple:
    import torch

    good = torch.tensor([[1.0, -1.0], [2.0, 0.0]])
    bad = good.clone()
    bad[1, 0] = float("nan")
    return ([good, 2 * good, bad, good, bad],)


def drive_asked(checked_range: Callable, batches: list) -> Data:
    try:
        return {"found": checked_range(batches), "error": ""}
    except ValueError as error:
        return {"found": "", "error": str(error) or "without a message"}


def judge_range(data: Data, batches: list) -> None:
    found, numbers = data["found"], [value for batch in batches for value in batch.flatten().tolist()]
    hint = f"All values are finite, and a ValueError came: {data['error']}."
    require(not data["error"], "refuses-good-data", hint)
    require_keys(found, "low", "high")
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    known = {}
    if min(numbers) > 0:
        hint = "All values are above 0, and 0 must be on the grid: low is at most 0."
        known[min(numbers)] = ("range-without-zero", hint)
    last = batches[-1].min().item()
    if min(0.0, last) != low:
        known[min(0.0, last)] = (
            "last-batch-only",
            "Only the last batch was looked at. The range is that of all of them.",
        )
    largest = max(map(abs, numbers))
    if -largest != low:
        known[-largest] = ("symmetric", "Low and high are two numbers: the smallest value and the largest one.")
    reject(found["low"], {wrong: what for wrong, what in known.items() if wrong != low})
    require_close(found["low"], low, "wrong-low", "The smallest value of all batches, at most 0.")
    last, known = batches[-1].max().item(), {}
    if max(0.0, last) != high:
        known[max(0.0, last)] = (
            "last-batch-only",
            "Only the last batch was looked at. The range is that of all of them.",
        )
    if max(numbers) < 0:
        known[max(numbers)] = (
            "range-without-zero",
            "All values are below 0, and 0 must be on the grid: high is at least 0.",
        )
    if largest != high:
        known[largest] = ("symmetric", "Low and high are two numbers: the smallest value and the largest one.")
    reject(found["high"], {wrong: what for wrong, what in known.items() if wrong != high})
    require_close(found["high"], high, "wrong-high", "The largest value of all batches, at least 0.")


def judge_refused(data: Data, batches: list) -> None:
    number = next(number for number, batch in enumerate(batches) if not bool(batch.isfinite().all()))
    hint = (
        f"Batch {number} holds a value that is not finite, and a range came back. A comparison with nan is false, so "
    )
    hint += "min and max may pass it by. Ask isfinite() first, and raise ValueError."
    require(data["error"], "accepts-what-is-no-number", hint)
    named = [int(digits) for digits in re.findall(r"\d+", data["error"])]
    hint = f"The message must name the first bad batch, {number}, counted from 0. It says: {data['error']}."
    require(number + 1 not in named or number in named, "counts-from-one", hint)
    require(number in named, "names-another-batch", hint)


CASES = (
    Case("two batches", inputs_two_batches, judge_range, drive_asked),
    Case("all above zero", inputs_all_above_zero, judge_range, drive_asked),
    Case("nan in the third batch", inputs_nan_in_the_third, judge_refused, drive_asked),
)
