"""Visible cases of gap_recovered, lab 06."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys


def drive_bench(gap_recovered: Callable) -> Data:
    class Bench:
        def __init__(self) -> None:
            self.calls = []

        def teacher_accuracy(self):
            return 0.95

        def train(self, seed, num_epochs, distilled):
            self.calls.append([int(seed), int(num_epochs), bool(distilled)])
            luck = {3: 0.004, 1: -0.008, 2: 0.0}[seed]
            more = {3: 0.005, 1: 0.015, 2: 0.022}[seed]
            return 0.80 + 0.002 * num_epochs + luck + more * bool(distilled)

    bench = Bench()
    result = gap_recovered(bench, 10, [3, 1, 2])
    return {"result": result, "calls": bench.calls}


def judge_bench(data: Data) -> None:
    result, calls = data["result"], data["calls"]
    require_keys(result, "gains", "spread", "recovered")
    epochs = {side: [call[1] for call in calls if call[2] == side] for side in (False, True)}
    hint = f"The plain students had {epochs[False]} epochs, the others {epochs[True]}. Both get num_epochs."
    require(set(epochs[False]) == set(epochs[True]) == {10}, "control-with-fewer-epochs", hint)
    seeds = {side: sorted({call[0] for call in calls if call[2] == side}) for side in (False, True)}
    hint = f"Plain students had the seeds {seeds[False]}, distilled ones {seeds[True]}. Train both with every seed."
    require(seeds[False] == seeds[True] == [1, 2, 3], "one-control-for-all", hint)
    gains, plain, distilled = np.array([[0.005, 0.015, 0.022], [0.824, 0.812, 0.82], [0.829, 0.827, 0.842]])
    got, mean_gain, gap = np.asarray(result["gains"], np.float64), gains.mean(), 0.95 - plain.mean()
    hint = "A distilled student is better than its control, and its gain is negative: subtract the control."
    require(got.shape != (3,) or not np.allclose(got, -gains), "gains-upside-down", hint)
    hint = "The sorted accuracies were subtracted. Each distilled student has its own control: the one of its seed."
    ranked = np.sort(distilled) - np.sort(plain)
    require(got.shape != (3,) or not np.allclose(got, ranked), "sorts-before-pairing", hint)
    hint = "Distilled minus plain, in the order of the seeds 3, 1, 2."
    require_close(result["gains"], gains, "wrong-gains", hint, atol=1e-6)
    hint = "This is the spread of the distilled accuracies. What matters is the spread of the gains."
    reject(result["spread"], {np.std(distilled, ddof=1): ("spread-of-the-students", hint)})
    hint = "Divide by n - 1 for the standard deviation of a sample: use statistics.stdev."
    reject(result["spread"], {np.std(gains): ("spread-divides-by-n", hint)})
    hint = "The standard deviation of the gains."
    require_close(result["spread"], np.std(gains, ddof=1), "wrong-spread", hint, atol=1e-6)
    share = distilled.mean() / 0.95
    hint = f"This is the student's share of the teacher. The plain one has {plain.mean() / 0.95:.3f} already."
    reject(
        result["recovered"],
        {
            share: ("share-of-the-teacher", hint),
            mean_gain / 0.95: ("divides-by-the-teacher", "Divide by the gap, not by the teacher's accuracy."),
            mean_gain / (0.95 - distilled.mean()): ("gap-that-is-left", "The gap is that of the plain students."),
            0.018 / (0.95 - 0.824): ("best-seed", "This compares the best student of each side. Use the means."),
        },
    )
    require_close(result["recovered"], mean_gain / gap, "wrong-share", "The mean gain over the mean gap.", atol=1e-6)


def inputs_a_loss() -> tuple:
    class Bench:
        def teacher_accuracy(self):
            return 0.92

        def train(self, seed, num_epochs, distilled):
            return 0.7 + 0.001 * num_epochs + {8: 0.0123, 5: -0.0211}[seed] * bool(distilled)

    return Bench(), 4, [8, 5]


def judge_a_loss(result: Data) -> None:
    require_keys(result, "gains", "spread", "recovered")
    gains = np.asarray(result["gains"], np.float64)
    hint = "The student of seed 5 lost by its teacher. A gain may be negative: subtract, and keep the sign."
    dropped = gains.shape == (2,) and any(np.allclose(gains, [0.0123, lost]) for lost in (0.0, 0.0211))
    require(not dropped, "drops-the-sign", hint)
    require_close(gains, [0.0123, -0.0211], "wrong-gains", "Distilled minus plain, in the order of the seeds 8, 5.")
    require_close(result["spread"], 0.0334 / np.sqrt(2), "wrong-spread", "The standard deviation of the gains.")
    hint = "The mean gain over the gap, negative where distillation lost."
    require_close(result["recovered"], -0.0044 / (0.92 - 0.704), "wrong-share", hint)


CASES = (
    Case("three seeds", judge=judge_bench, driver=drive_bench),
    Case("a seed that lost", inputs_a_loss, judge_a_loss),
)
