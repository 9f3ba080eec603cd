"""Visible cases of estimate_latency, lab 00."""

from labsupport.checks.protocol import Case, Data, reject, require_close, require_keys


def inputs_noisy_samples() -> tuple:
    return [90.0, 30.0, 2.3, 2.0, 9.9, 3.1, 2.5, 2.2, 3.3, 2.8, 2.1, 3.0], 2


def judge_noisy_samples(estimate: Data) -> None:
    require_keys(estimate, "median_ms", "p90_ms")
    reject(
        estimate["median_ms"],
        {
            3.32: ("takes-the-mean", "One slow call of ten moves the mean by a quarter. The median is not moved."),
            2.0: ("takes-the-minimum", "2.0 is the fastest call. The median is the middle of the sorted samples."),
            2.9: ("keeps-warm-up", "The first 2 samples, 90 and 30 ms, are warm-up: leave them out of both results."),
            3.05: ("sorts-before-dropping", "The warm-up are the first 2 calls, not the 2 fastest: drop, then sort."),
            2.95: ("drops-the-end", "The warm-up are the first 2 calls. This drops the last 2."),
            2.5: ("lower-median", "torch.median returns the lower of the two middle values. Go halfway: quantile 0.5."),
            2.8: ("upper-median", "2.8 is the upper of the two middle values, 2.5 and 2.8. Go halfway: quantile 0.5."),
        },
    )
    require_close(estimate["median_ms"], 2.65, "wrong-median", "The median of the ten samples after the warm-up.")
    reject(estimate["p90_ms"], {2.09: ("p10-for-p90", "2.09 is below the median. Nine of ten calls are under p90.")})
    require_close(estimate["p90_ms"], 3.96, "wrong-p90", "The quantile 0.9 of the ten samples, linearly interpolated.")


def inputs_no_warm_up() -> tuple:
    return [4.0, 1.0, 3.0], 0


def judge_no_warm_up(estimate: Data) -> None:
    hint = "1.0 stands in the middle of the list, not in the middle of the sorted values."
    reject(estimate["median_ms"], {1.0: ("forgets-to-sort", hint)})
    require_close(estimate["median_ms"], 3.0, "wrong-median", "The median of 4, 1 and 3, with no warm-up to drop.")
    require_close(estimate["p90_ms"], 3.8, "wrong-p90", "The quantile 0.9 of 4, 1 and 3, linearly interpolated.")


def inputs_late_stall() -> tuple:
    return [5.0, 4.0, 80.0, 3.0, 6.0, 7.25], 1


def judge_late_stall(estimate: Data) -> None:
    hint = "80 ms is the slowest call, and was measured after the warm-up: it counts. Drop the first, 5 ms."
    reject(estimate["median_ms"], {5.0: ("drops-the-slowest", hint)})
    require_close(estimate["median_ms"], 6.0, "wrong-median", "The median of 4, 80, 3, 6 and 7.25.")
    require_close(estimate["p90_ms"], 50.9, "wrong-p90", "The quantile 0.9 of 4, 80, 3, 6 and 7.25.")


CASES = (
    Case("twelve samples, two of them warm-up", inputs_noisy_samples, judge_noisy_samples),
    Case("no warm-up", inputs_no_warm_up, judge_no_warm_up),
    Case("a slow call after the warm-up", inputs_late_stall, judge_late_stall),
)
