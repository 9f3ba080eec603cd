"""Visible cases of enough_samples, lab 01."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_type


def require_number(found: Data) -> None:
    """Raise CheckFailed unless the result is a whole number."""
    require_type(found, (int, float), "returns-no-number", "Return one of the numbers of images, or 0.")


def inputs_a_bad_one_between() -> tuple:
    return {100: [0.2, 1.4, 0.1], 1: [1.9, 0.4, 2.2], 1000: [0.2, 0.2, 0.2], 10: [0.3, 0.9, 0.5]}, 1.0


def judge_a_bad_one_between(found: Data) -> None:
    require_number(found)
    hint = "10 images stayed below 1, but a run with 100 lost 1.4. Every larger number must do as well."
    require(found != 10, "takes-the-first-good-one", hint)
    hint = "With 100 images the mean is below 1, and one run lost 1.4. Every run must do."
    require(found != 100, "averages-the-runs", hint)
    require_close(found, 1000, "wrong-number", "Only 1000 images stay below 1 in every run, and nothing is larger.")


def inputs_all_good_but_one() -> tuple:
    return {1: [0.8, 3.0], 20: [-2.5, 0.5], 5: [0.5, 0.1], 300: [0.0, -0.7]}, 0.5


def judge_all_good_but_one(found: Data) -> None:
    require_number(found)
    hint = "-2.5 is a gain, and no loss: it does no harm. Compare the loss, not its size."
    require(found != 300, "takes-gains-for-losses", hint)
    require(found != 20, "limit-must-be-beaten", "5 images lost 0.5 at most, which is *at most* 0.5: that is enough.")
    require(found != 1, "best-run-only", "With 1 image a run lost 3.0. Every run must do, not only the best.")
    require_close(found, 5, "wrong-number", "5, 20 and 300 images lose at most 0.5 in every run; 1 image does not.")


def inputs_none() -> tuple:
    return {10: [0.1, 0.2], 2: [0.3, 0.1], 50: [0.4, 0.6]}, 0.5


def judge_none(found: Data) -> None:
    require_number(found)
    hint = "The largest number, 50, has a run that lost 0.6. So nothing is enough: return 0."
    require(found not in (50, 100), "largest-when-none", hint)
    require(found not in (2, 10), "takes-the-first-good-one", hint)
    require_close(found, 0, "wrong-number", hint)


CASES = (
    Case("good, bad, good", inputs_a_bad_one_between, judge_a_bad_one_between),
    Case("a gain and a loss of exactly the limit", inputs_all_good_but_one, judge_all_good_but_one),
    Case("none is enough", inputs_none, judge_none),
)
