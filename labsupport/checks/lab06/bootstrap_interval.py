"""Visible cases of bootstrap_interval, lab 06."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys


def drive_many(bootstrap_interval: Callable) -> Data:
    import torch

    plain, distilled = torch.zeros(1000, dtype=torch.bool), torch.zeros(1000, dtype=torch.bool)
    plain[:800], distilled[:780], distilled[800:850] = True, True, True
    return [bootstrap_interval(plain, distilled, num_resamples, 5) for num_resamples in (4000, 9, 9)]


def judge_many(intervals: Data) -> None:
    first, few, again = intervals
    require_keys(first, "gain", "low", "high")
    error = float(np.sqrt((0.07 - 0.03**2) / 1000))  # 50 images only the distilled student gets right, 20 the plain one
    apart = float(np.sqrt((0.8 * 0.2 + 0.83 * 0.17) / 1000))
    hint = "The 930 images on which both students agree were left out. They count: a test set has them too."
    reject(first["gain"], {30 / 70: ("only-where-they-differ", hint)})
    hint = "The distilled student is right more often: subtract the plain one from it."
    reject(first["gain"], {-0.03: ("gain-upside-down", hint)})
    require_close(first["gain"], 0.03, "wrong-gain", "50 images gained and 20 lost, of 1000.")
    width = (first["high"] - first["low"]) / 2
    require(width >= 0, "wrong-interval", "low is larger than high.")
    hint = "All resamples have the same mean: the images must be drawn with replacement, as torch.randint does."
    require(width > error / 100, "draws-without-replacement", hint)
    hint = "The interval is as wide as for students on different images. Draw the images once, for both of them."
    require(abs(width - 1.96 * apart) > 0.1 * apart, "resamples-the-two-apart", hint)
    hint = "This holds 90 %. 95 % lie between the quantiles 0.025 and 0.975."
    require(abs(width - 1.645 * error) > 0.15 * error, "other-percentiles", hint)
    hint = "This is as narrow as one standard error to each side. Take quantiles of num_resamples averages."
    require(abs(width - error) > 0.1 * error, "one-standard-error", hint)
    hint = "These are quantiles of single images. Average each resample first."
    require(width < 0.4, "spread-of-single-images", hint)
    hint = "The interval is far too wide. A resample has as many images as the test set."
    require(width < 2 * 1.96 * error, "resample-is-smaller", hint)
    hint = f"{first['low']:.4f} to {first['high']:.4f} is far from 0.03 plus or minus {1.96 * error:.4f}."
    is_right = abs(width - 1.96 * error) < 0.2 * error and abs(first["high"] + first["low"] - 0.06) < 0.004
    require(is_right, "wrong-interval", hint)
    hint = "The same seed gave two different intervals: give your generator the seed."
    require(few == again, "ignores-the-seed", hint)


def drive_few(bootstrap_interval: Callable) -> Data:
    import torch

    plain, distilled = torch.zeros(100, dtype=torch.bool), torch.zeros(100, dtype=torch.bool)
    distilled[40:43] = True
    won, lost = bootstrap_interval(plain, distilled, 20_000, 3), bootstrap_interval(distilled, plain, 20_000, 3)
    return [won, lost, *(bootstrap_interval(plain, distilled, 1, seed) for seed in range(20))]


def judge_few(intervals: Data) -> None:
    won, lost, *single = intervals
    hint = "Three images gained, none lost, of 100."
    require_close([won["gain"], lost["gain"]], [0.03, -0.03], "wrong-gain", hint + " Swapped, the gain is negative.")
    ends = [interval[end] for interval in (won, lost) for end in ("low", "high")]
    hint += " The quantiles 0.025 and 0.975 of the resamples are 0 and 0.07; with the students swapped -0.07 and 0."
    require_close(ends, [0, 0.07, -0.07, 0], "wrong-interval", hint, atol=1e-4)
    hint = "One resample has one average, and both quantiles are that number: draw num_resamples times."
    require(all(one["low"] == one["high"] for one in single), "ignores-num-resamples", hint)
    hint = "Twenty seeds drew the same resample: give your generator the seed."
    require(len({float(one["low"]) for one in single}) > 1, "ignores-the-seed", hint)


CASES = (
    Case("1000 images", judge=judge_many, driver=drive_many),
    Case("three of a hundred images gained", judge=judge_few, driver=drive_few),
)
