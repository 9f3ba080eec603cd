"""Hidden cases of gap_recovered, lab 06, and wrong answers to it."""

import numpy as np

from course.answers import edit
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


def inputs_drawn(seed: int) -> tuple:
    import random

    class Bench:
        def teacher_accuracy(self):
            return 0.55 + 0.02 * (seed % 10)

        def train(self, seed, num_epochs, distilled):
            draws = random.Random(1000 * seed + 2 * num_epochs + bool(distilled))
            return 0.6 + 0.12 * draws.random()

    seeds = random.Random(seed).sample(range(50), 2 + seed % 4)
    return Bench(), 3 + seed, seeds


def judge_drawn(result, bench, num_epochs, seeds):
    plain = np.array([bench.train(seed, num_epochs, False) for seed in seeds])
    gains = np.array([bench.train(seed, num_epochs, True) for seed in seeds]) - plain
    require_close(result["gains"], gains, "wrong-gains", f"The gains of the seeds {seeds}.", atol=1e-6)
    require_close(result["spread"], gains.std(ddof=1), "wrong-spread", f"{len(seeds)} gains.", atol=1e-6)
    expected = gains.mean() / (bench.teacher_accuracy() - plain.mean())
    hint = "The mean gain over the gap; both may be negative."
    require_close(result["recovered"], expected, "wrong-share", hint, rtol=1e-4)


CASES = (
    Case("two seeds of five epochs", inputs_two_seeds, judge_two_seeds),
    Case("gains and gaps of both signs", inputs_drawn, judge_drawn, seeds=20),
)

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
    "drops-the-sign": edit("[after - before for", "[abs(after - before) for"),
    "drops-the-sign, max": edit("[after - before for", "[max(0.0, after - before) for"),
    "wrong-share, share at least 0": edit(
        '"recovered": statistics.mean(gains) / gap', '"recovered": max(0.0, statistics.mean(gains) / gap)'
    ),
    "wrong-share, share at most 1": edit(
        '"recovered": statistics.mean(gains) / gap', '"recovered": min(1.0, statistics.mean(gains) / gap)'
    ),
    "wrong-share, abs gap": edit("statistics.mean(gains) / gap", "statistics.mean(gains) / abs(gap)"),
    "wrong-gains, rounded": edit("[after - before for", "[round(after - before, 3) for"),
    "wrong-share, rounded": edit("statistics.mean(gains) / gap", "round(statistics.mean(gains) / gap, 3)"),
    "wrong-share, median": edit("statistics.mean(gains) / gap", "statistics.median(gains) / gap"),
    "wrong-share, mean of shares": edit(
        "statistics.mean(gains) / gap",
        "statistics.mean(g / (bench.teacher_accuracy() - p) for g, p in zip(gains, plain))",
    ),
    "wrong-gains, sorted": edit('{"gains": gains', '{"gains": sorted(gains)'),
    "changes-its-argument": edit("    plain =", "    seeds.sort()\n    plain ="),
    "wrong-gains, first seed skipped": edit("    plain =", "    seeds = sorted(set(seeds))\n    plain ="),
}

READERS_WRONG_ANSWERS = {
    "spread-divides-by-n, population deviation": """
def gap_recovered(bench, num_epochs: int, seeds: list[int]) -> dict:
    plain = [bench.train(seed, num_epochs, False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, True) for seed in seeds]
    gains = [d - p for p, d in zip(plain, distilled)]
    gap = bench.teacher_accuracy() - statistics.mean(plain)
    return {"gains": gains, "spread": statistics.pstdev(gains), "recovered": statistics.mean(gains) / gap}
""",
    "gap-that-is-left, gap from distilled": """
def gap_recovered(bench, num_epochs: int, seeds: list[int]) -> dict:
    plain = [bench.train(seed, num_epochs, False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, True) for seed in seeds]
    gains = [d - p for p, d in zip(plain, distilled)]
    gap = bench.teacher_accuracy() - statistics.mean(distilled)
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": statistics.mean(gains) / gap}
""",
    "wrong-gains, gains not paired": """
def gap_recovered(bench, num_epochs: int, seeds: list[int]) -> dict:
    plain = statistics.mean(bench.train(seed, num_epochs, False) for seed in seeds)
    gains = [bench.train(seed, num_epochs, True) - plain for seed in seeds]
    gap = bench.teacher_accuracy() - plain
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": statistics.mean(gains) / gap}
""",
}

RIGHT_ANSWERS = {
    "seed by seed": """
def gap_recovered(bench, num_epochs, seeds):
    plain, gains = [], []
    for seed in seeds:
        plain.append(bench.train(seed, num_epochs, False))
        gains.append(bench.train(seed, num_epochs, True) - plain[-1])
    n = len(seeds)
    mean = sum(gains) / n
    spread = (sum((g - mean) ** 2 for g in gains) / (n - 1)) ** 0.5
    return {'recovered': mean / (bench.teacher_accuracy() - sum(plain) / n), 'gains': gains, 'spread': spread}
""",
    "tensors": """
def gap_recovered(bench, num_epochs, seeds):
    runs = [[bench.train(seed=s, num_epochs=num_epochs, distilled=d) for s in seeds] for d in (False, True)]
    plain, taught = torch.tensor(runs, dtype=torch.float64)
    gains = taught - plain
    recovered = gains.mean() / (bench.teacher_accuracy() - plain.mean())
    return {'gains': gains, 'spread': gains.std(), 'recovered': recovered}
""",
    "mean over mean": edit(
        "statistics.mean(gains) / gap", "(statistics.fmean(taught) - statistics.fmean(plain)) / gap"
    ),
}
