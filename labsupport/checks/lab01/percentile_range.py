"""Visible cases of percentile_range, lab 01."""

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type


def inputs_splits() -> tuple:
    import torch

    ends = {"train": (-400, 400), "validation": (-300, 300), "calibration": (-80, 20), "test": (-200, 200)}
    splits = {name: torch.linspace(*pair, 101).repeat(6, 2, 1) for name, pair in ends.items()}
    splits["calibration"][4:] *= 7
    return splits, 4, 0.9


def judge_splits(found: Data) -> None:
    require_type(found, dict, "returns-no-dict", "Return a dict with the keys low and high.")
    require(set(found) == {"low", "high"}, "wrong-keys", f"The keys must be low and high, not {', '.join(found)}.")
    low, high = found["low"], found["high"]
    require_type(low, (int, float), "returns-no-number", "low and high are numbers: use .item().")
    require(low <= high, "swapped-ends", f"low is {low:g} and high is {high:g}.")
    hint = "This range comes from the test split, which the result will be reported on. One split is there for ranges."
    reject(high, {180.0: ("calibrates-on-test", hint)})
    hint = "This range comes from the validation split, which decisions are made on. One split is there for ranges."
    reject(high, {270.0: ("calibrates-on-validation", hint)})
    reject(high, {360.0: ("calibrates-on-train", "This range comes from the train split. Use the one for ranges.")})
    reject(high, {20.0: ("takes-min-max", "20 is the largest value. At a coverage of 0.9, some values lie outside.")})
    if abs(low + high) < 1e-4:
        hint = "From -10 to 10: a quantile of the signed values was mirrored. Most of these values are below -10."
        reject(high, {10.0: ("percentile-of-signed-values", hint)})
        hint = "A quantile of the magnitudes gives ends that mirror each other. These values go from -80 to 20."
        require(condition=False, mistake="percentile-of-magnitudes", hint=hint)
    hint = "0.1 lies below the range and 0.1 above it. The 0.1 left out is for both sides: half of it for each."
    reject(high, {10.0: ("leaves-out-twice", hint)})
    reject(low, {-80.0: ("one-end-only", "low is the smallest value. Half of what is left out belongs on each side.")})
    hint = "Too few values were seen: take the first images, then all they hold."
    reject(high, {-77.15: ("takes-values-for-images", hint)})
    hint = "This range comes from all images. Take the first num_samples, 4 here."
    reject(low, {-455.0: ("uses-all-images", hint)})
    require_close([low, high], [-75.0, 15.0], "wrong-range", "The quantiles 0.05 and 0.95.")


def inputs_few_values() -> tuple:
    import torch

    values = torch.tensor([[[3.0, 7.0], [5.0, 4.0]], [[6.0, 9.0], [8.0, 5.5]], [[-90.0, 90.0], [0.0, 0.0]]])
    return {"test": values - 1, "calibration": values, "validation": 2 * values, "train": -values}, 1, 0.5


def judge_few_values(found: Data) -> None:
    require_type(found, dict, "returns-no-dict", "Return a dict with the keys low and high.")
    hint = "The one image holds 3, 4, 5 and 7: the quantiles 0.25 and 0.75 are 3.75 and 5.5, between two values."
    low, high = found["low"], found["high"]
    require(low != 0, "widens-to-zero", f"{hint} 0 need not be in it.")
    require_close([low, high], [3.75, 5.5], "wrong-range", hint)


CASES = (
    Case("signed values on four splits", inputs_splits, judge_splits),
    Case("one image, half of its values", inputs_few_values, judge_few_values),
)
