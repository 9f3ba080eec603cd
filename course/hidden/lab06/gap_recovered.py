"""Hidden cases of gap_recovered, lab 06, and wrong answers to it."""

import numpy as np

from labsupport.checks.protocol import Case, require_close


def inputs_two_seeds() -> tuple:
    class Bench:
        def teacher_accuracy(self):
            return 0.9

        def train(self, seed, num_epochs, distilled):
            return 0.5 + 0.01 * num_epochs - 0.02 * seed + (0.05 + 0.01 * seed) * bool(distilled)

    return Bench(), 5, [0, 4]


def judge_two_seeds(result):
    require_close(result["gains"], [0.05, 0.09], "wrong-gains", "The gains of the seeds 0 and 4.", atol=1e-6)
    require_close(result["spread"], 0.04 / np.sqrt(2), "wrong-spread", "Two gains, n - 1 = 1.", atol=1e-6)
    require_close(result["recovered"], 0.07 / (0.9 - 0.51), "wrong-share", "0.07 of a gap of 0.39.", atol=1e-6)


CASES = (Case("two seeds of five epochs", inputs_two_seeds, judge_two_seeds),)

WRONG_ANSWERS = {
    "control-with-fewer-epochs": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs // 2, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "one-control-for-all": """
def gap_recovered(bench, num_epochs, seeds):
    control = bench.train(seeds[0], num_epochs, distilled=False)
    gains = [bench.train(seed, num_epochs, distilled=True) - control for seed in seeds]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - control)
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "sorts-before-pairing": """
def gap_recovered(bench, num_epochs, seeds):
    plain = sorted(bench.train(seed, num_epochs, distilled=False) for seed in seeds)
    distilled = sorted(bench.train(seed, num_epochs, distilled=True) for seed in seeds)
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "share-of-the-teacher": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(distilled) / bench.teacher_accuracy()
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "divides-by-the-teacher": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / bench.teacher_accuracy()
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "gap-that-is-left": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(distilled))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "best-seed": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = (max(distilled) - max(plain)) / (bench.teacher_accuracy() - max(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    "spread-divides-by-n": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.pstdev(gains), "recovered": recovered}
""",
    "spread-of-the-students": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(distilled), "recovered": recovered}
""",
    "gains-upside-down": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [before - after for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
}
