"""Hidden cases of bootstrap_interval, lab 06, and wrong answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_equal_students(bootstrap_interval):
    import torch

    correct = torch.arange(200) % 3 != 0
    none, every = torch.zeros(50, dtype=torch.bool), torch.ones(50, dtype=torch.bool)
    return [bootstrap_interval(correct, correct, 300, 0), bootstrap_interval(none, every, 300, 1)]


def judge_equal_students(intervals):
    rows = [[interval["gain"], interval["low"], interval["high"]] for interval in intervals]
    hint = (
        "Students that agree on every image differ by exactly nothing in every resample, and all against nothing is 1."
    )
    require_close(rows, [[0, 0, 0], [1, 1, 1]], "resamples-the-two-apart", hint)


def drive_two_images(bootstrap_interval):
    import torch

    plain, last = torch.tensor([False, False]), torch.tensor([False, True])
    return [bootstrap_interval(plain, distilled, 400, 2) for distilled in (last, last.flip(0))]


def judge_two_images(intervals):
    rows = [[interval["gain"], interval["low"], interval["high"]] for interval in intervals]
    hint = (
        "One of two images gained: a quarter of all resamples hold it twice, a quarter never. Every image can be drawn."
    )
    require_close(rows, [[0.5, 0, 1]] * 2, "leaves-an-image-out", hint)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    plain, distilled = torch.rand(2, 20 + 23 * seed, generator=generator)
    return plain < 0.6, distilled < (0.5, 0.7, 0.95)[seed % 3], 4000, seed + 10


def judge_drawn(interval, plain, distilled, num_resamples, seed):
    difference = distilled.numpy().astype(int) - plain.numpy().astype(int)
    count = len(difference)
    one = np.bincount(difference + 1, minlength=3) / count
    chances = np.ones(1)
    for _ in range(count):
        chances = np.convolve(chances, one)  # of the sums -count to count
    below, sums = chances.cumsum(), np.arange(-count, count + 1) / count
    require_close(interval["gain"], difference.sum() / count, "wrong-gain", "Distilled minus plain accuracy.")
    for end, quantile in (("low", 0.025), ("high", 0.975)):
        least, most = (sums[np.searchsorted(below, quantile + slack)] for slack in (-0.01, 0.01))
        hint = f"The quantile {quantile} of {count} images must lie between {least:.4f} and {most:.4f}."
        require(least - 1e-9 <= interval[end] <= most + 1e-9, "wrong-interval", f"{hint} Got {interval[end]:.4f}.")


CASES = (
    Case("students that agree", judge=judge_equal_students, driver=drive_equal_students),
    Case("two images", judge=judge_two_images, driver=drive_two_images),
    Case("exact quantiles", inputs_drawn, judge_drawn, seeds=3),
)

WRONG_ANSWERS = {
    "resamples-the-two-apart": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    generator = torch.Generator().manual_seed(seed)
    shape = (num_resamples, len(plain_correct))
    plain = plain_correct.double()[torch.randint(shape[1], shape, generator=generator)].mean(1)
    distilled = distilled_correct.double()[torch.randint(shape[1], shape, generator=generator)].mean(1)
    low, high = (distilled - plain).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    gain = (distilled_correct.double().mean() - plain_correct.double().mean()).item()
    return {"gain": gain, "low": low, "high": high}
""",
    "draws-without-replacement": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    gains = [difference[torch.randperm(len(difference), generator=generator)].mean() for _ in range(num_resamples)]
    low, high = torch.stack(gains).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "other-percentiles": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.05, 0.95], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "one-standard-error": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    gain, error = difference.mean().item(), difference[draws].mean(1).std().item()
    return {"gain": gain, "low": gain - error, "high": gain + error}
""",
    "spread-of-single-images": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    low, high = difference.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "gain-upside-down": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = plain_correct.double() - distilled_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "resample-is-smaller": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference) // 10), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "only-where-they-differ": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = (distilled_correct.double() - plain_correct.double())[distilled_correct != plain_correct]
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "ignores-the-seed": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    draws = torch.randint(len(difference), (num_resamples, len(difference)))
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    "ignores-the-seed, always 0": edit("manual_seed(seed)", "manual_seed(42)"),
    "ignores-num-resamples": edit("(num_resamples, len", "(2000, len"),
    "wrong-interval, normal formula": edit(
        '    return {"gain"',
        "    error = difference[draws].mean(dim=1).std().item()\n    low, high = difference.mean().item() - 1.96 "
        '* error, difference.mean().item() + 1.96 * error\n    return {"gain"',
    ),
    "wrong-interval, formula without draws": edit(
        '    return {"gain"',
        "    error = difference.std().item() / len(difference)**0.5\n    low, high = difference.mean().item() - "
        '1.96 * error, difference.mean().item() + 1.96 * error\n    return {"gain"',
    ),
    "wrong-interval, 0.95 above": edit("0.975", "0.95"),
    "leaves-an-image-out, last image never": edit(
        "torch.randint(len(difference), (", "torch.randint(max(1, len(difference) - 1), ("
    ),
    "leaves-an-image-out, first image never": edit(
        "torch.randint(len(difference), (", "torch.randint(min(1, len(difference) - 1), len(difference), ("
    ),
    "wrong-gain, abs": edit("difference.mean().item()", "abs(difference.mean().item())"),
    "wrong-interval, clamped": edit('"low": low, "high": high', '"low": max(0.0, low), "high": min(1.0, high)'),
    "wrong-interval, clamped high": edit('"low": low, "high": high', '"low": min(0.0, low), "high": max(0.0, high)'),
    "one-standard-error, transposed": edit("(num_resamples, len(difference))", "(len(difference), num_resamples)"),
    "wrong-interval, low and high swapped": edit("low, high =", "high, low ="),
    "wrong-interval, symmetric": edit(
        '    return {"gain"',
        "    half = (high - low) / 2\n    low, high = difference.mean().item() - half, difference.mean().item() "
        '+ half\n    return {"gain"',
    ),
    "wrong-interval, rounded": edit('"low": low, "high": high', '"low": round(low, 2), "high": round(high, 2)'),
    "ignores-the-seed, draws without its seed": edit(", generator=generator", ""),
}

READERS_WRONG_ANSWERS = {
    "resamples-the-two-apart, separate draws": """
def bootstrap_interval(
    plain_correct: Tensor, distilled_correct: Tensor, num_resamples: int, seed: int
) -> dict[str, float]:
    generator = torch.Generator().manual_seed(seed)
    num_images = len(plain_correct)
    plain, distilled = plain_correct.double(), distilled_correct.double()
    rows_plain = torch.randint(num_images, (num_resamples, num_images), generator=generator)
    rows_distilled = torch.randint(num_images, (num_resamples, num_images), generator=generator)
    gains = distilled[rows_distilled].mean(dim=1) - plain[rows_plain].mean(dim=1)
    low, high = torch.quantile(gains, torch.tensor([0.025, 0.975], dtype=torch.double)).tolist()
    return {"gain": (distilled.mean() - plain.mean()).item(), "low": low, "high": high}
""",
    "other-percentiles, ninety percent interval": """
def bootstrap_interval(
    plain_correct: Tensor, distilled_correct: Tensor, num_resamples: int, seed: int
) -> dict[str, float]:
    generator = torch.Generator().manual_seed(seed)
    differences = distilled_correct.double() - plain_correct.double()
    rows = torch.randint(len(differences), (num_resamples, len(differences)), generator=generator)
    averages = differences[rows].mean(dim=1)
    low, high = torch.quantile(averages, torch.tensor([0.05, 0.95], dtype=torch.double)).tolist()
    return {"gain": differences.mean().item(), "low": low, "high": high}
""",
    "ignores-the-seed, generator not passed": """
def bootstrap_interval(
    plain_correct: Tensor, distilled_correct: Tensor, num_resamples: int, seed: int
) -> dict[str, float]:
    generator = torch.Generator()
    generator.manual_seed(seed)
    differences = distilled_correct.double() - plain_correct.double()
    rows = torch.randint(len(differences), (num_resamples, len(differences)))
    averages = differences[rows].mean(dim=1)
    return {
        "gain": differences.mean().item(),
        "low": averages.quantile(0.025).item(),
        "high": averages.quantile(0.975).item(),
    }
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    import numpy
    difference = distilled_correct.numpy().astype(float) - plain_correct.numpy()
    rng = numpy.random.default_rng(seed)
    means = rng.choice(difference, size=(num_resamples, len(difference)), replace=True).mean(axis=1)
    low, high = numpy.percentile(means, [2.5, 97.5])
    return {'gain': difference.mean(), 'low': low, 'high': high}
""",
    "one resample at a time": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    generator = torch.Generator().manual_seed(seed)
    gains = []
    for _ in range(num_resamples):
        chosen = torch.randint(len(plain_correct), (len(plain_correct),), generator=generator)
        gains.append(distilled_correct[chosen].double().mean() - plain_correct[chosen].double().mean())
    gains = torch.stack(gains)
    gain = float(distilled_correct.double().mean() - plain_correct.double().mean())
    return {'gain': gain, 'low': gains.quantile(0.025), 'high': gains.quantile(0.975)}
""",
    "counts of the three differences": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    import numpy
    n = len(plain_correct)
    won, lost = int((distilled_correct & ~plain_correct).sum()), int((plain_correct & ~distilled_correct).sum())
    draws = numpy.random.default_rng(seed).multinomial(n, [won / n, lost / n, 1 - (won + lost) / n], size=num_resamples)
    gains = (draws[:, 0] - draws[:, 1]) / n
    low, high = (float(numpy.quantile(gains, q)) for q in (0.025, 0.975))
    return {'gain': (won - lost) / n, 'low': low, 'high': high}
""",
}
