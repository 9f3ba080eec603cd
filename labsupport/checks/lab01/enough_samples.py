"""Visible cases of enough_samples, lab 01."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_type

HINTS = {
    "takes-the-first-good-one": "{} images do, but a larger number does not. Every larger number must do as well.",
    "averages-the-runs": "With {} images the mean stays within the limit, and one run does not. Every run must.",
    "best-run-only": "With {} images the best run stays within the limit. Every run must.",
    "takes-gains-for-losses": "A loss below zero is a gain, and does no harm. Compare the loss, not its size.",
    "limit-must-be-beaten": "A loss of exactly the limit is *at most* the limit: that is enough.",
    "largest-when-none": "Even with {} images a run loses more than the limit. So nothing is enough: return 0.",
}


def require_none_of(found: Data, known: dict[str, int]) -> None:
    """Raise CheckFailed where the result is a number that a known mistake leads to, or no number."""
    require_type(found, (int, float), "returns-no-number", "Return one of the numbers of images, or 0.")
    for mistake, number in known.items():
        require(found != number, mistake, HINTS[mistake].format(number))


def inputs_good_bad_good() -> tuple:
    few = {1: [1.9, 0.4, 2.2], 5: [0.4, 0.1, 1.5], 3: [0.9, 2.0, 1.5], 10: [0.3, 0.9, 0.5]}
    return {100: [0.2, 1.4, 0.1], 2000: [0.2, -1.7, 0.2], 1000: [1.0, -0.4, 0.8], **few}, 1.0


def judge_good_bad_good(found: Data) -> None:
    known = {"takes-the-first-good-one": 10, "averages-the-runs": 5, "best-run-only": 1}
    require_none_of(found, known | {"takes-gains-for-losses": 0, "limit-must-be-beaten": 2000})
    require_close(found, 1000, "wrong-number", "1000 and 2000 images lose at most 1 in every run, 100 do not.")


def inputs_gains() -> tuple:
    return {3: [0.4, 3.0], 20: [-2.5, 0.3], 1: [0.1, 0.2], 8: [0.5, -0.1], 300: [-0.9, -0.7], 5: [0.7, 0.4]}, 0.5


def judge_gains(found: Data) -> None:
    known = {"takes-the-first-good-one": 1, "takes-gains-for-losses": 0, "limit-must-be-beaten": 20}
    require_none_of(found, known)
    require_close(found, 8, "wrong-number", "8, 20 and 300 images lose at most 0.5 in every run; 5 images do not.")


def inputs_none() -> tuple:
    return {10: [0.1, 0.2], 2: [0.7, 0.1], 50: [0.6, 0.2], 1: [0.8, 0.3]}, 0.5


def judge_none(found: Data) -> None:
    known = {"takes-the-first-good-one": 10, "averages-the-runs": 2, "best-run-only": 1, "largest-when-none": 50}
    require_none_of(found, known)
    require_close(found, 0, "wrong-number", "50 is the largest number, and one of its runs loses 0.6: return 0.")


CASES = (
    Case("good, bad, good", inputs_good_bad_good, judge_good_bad_good),
    Case("gains, and a loss of exactly the limit", inputs_gains, judge_gains),
    Case("none is enough", inputs_none, judge_none),
)
