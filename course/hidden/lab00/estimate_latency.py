"""Hidden cases of estimate_latency, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_keys


def inputs_one_sample() -> tuple:
    return [7.0, 3.5], 1


def judge_one_sample(estimate):
    require_close(estimate["median_ms"], 3.5, "wrong-median", "One sample is its own median.")
    require_close(estimate["p90_ms"], 3.5, "wrong-p90", "One sample is its own p90.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    num_warmup = draw.randrange(5)
    count = num_warmup + draw.randrange(1, 25)
    times = [draw.choice((0.02, 2.125, 2.5, draw.random(), 3 * draw.random())) for _ in range(count)]
    return [draw.choice((1, 1, 1, 12)) * time for time in times], num_warmup


def judge_drawn(estimate, samples_ms, num_warmup):
    require_keys(estimate, "median_ms", "p90_ms")
    times = sorted(samples_ms[num_warmup:])
    for name, share, slug in (("median_ms", 0.5, "wrong-median"), ("p90_ms", 0.9, "wrong-p90")):
        place = share * (len(times) - 1)
        left, right = times[int(place)], times[min(int(place) + 1, len(times) - 1)]
        expected = left + (place - int(place)) * (right - left)
        require_close(estimate[name], expected, slug, f"{len(samples_ms)} samples, {num_warmup} of them warm-up.")


CASES = (
    Case("one sample", inputs_one_sample, judge_one_sample),
    Case("drawn samples", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "takes-the-mean": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.mean().item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "takes-the-minimum": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.min().item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "keeps-warm-up": """
def estimate_latency(samples_ms, num_warmup):
    samples = torch.tensor(samples_ms)
    return {"median_ms": samples.quantile(0.5).item(), "p90_ms": samples.quantile(0.9).item()}
""",
    "sorts-before-dropping": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(sorted(samples_ms)[num_warmup:])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "lower-median": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.median().item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "p10-for-p90": edit(
        "torch.tensor(samples_ms[num_warmup:], dtype=torch.float64)",
        "torch.tensor(samples_ms[num_warmup:])",
        "0.9",
        "0.1",
    ),
    "wrong-p90": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.max().item()}
""",
    "drops-the-end": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[: len(samples_ms) - num_warmup])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "upper-median": """
def estimate_latency(samples_ms, num_warmup):
    warm = sorted(samples_ms[num_warmup:])
    return {"median_ms": warm[len(warm) // 2], "p90_ms": torch.tensor(warm).quantile(0.9).item()}
""",
    "forgets-to-sort": """
def estimate_latency(samples_ms, num_warmup):
    warm = samples_ms[num_warmup:]
    middle = len(warm) // 2
    median = warm[middle] if len(warm) % 2 else sum(sorted(warm)[middle - 1 : middle + 1]) / 2
    return {"median_ms": median, "p90_ms": torch.tensor(warm).quantile(0.9).item()}
""",
    "changes-its-argument": """
def estimate_latency(samples_ms, num_warmup):
    for _ in range(num_warmup):
        samples_ms.pop(0)
    warm = torch.tensor(samples_ms)
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "drops-the-slowest": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(sorted(samples_ms)[: len(samples_ms) - num_warmup])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
    "wrong-median, rounded": edit("warm.quantile(0.5).item()", "round(warm.quantile(0.5).item(), 2)"),
    "wrong-p90, rounded": edit("warm.quantile(0.9).item()", "round(warm.quantile(0.9).item(), 2)"),
    "wrong-p90, not interpolated": edit("warm.quantile(0.9)", 'warm.quantile(0.9, interpolation="nearest")'),
    "wrong-p90, the exclusive method": """
def estimate_latency(samples_ms, num_warmup):
    import statistics

    warm = samples_ms[num_warmup:]
    p90 = statistics.quantiles(warm, n=10)[-1] if len(warm) > 1 else warm[0]
    return {"median_ms": statistics.median(warm), "p90_ms": p90}
""",
    "sorts-before-dropping, in place": edit(
        "    warm = torch.tensor(samples_ms[num_warmup:]",
        "    samples_ms = sorted(samples_ms)\n    warm = torch.tensor(samples_ms[num_warmup:]",
    ),
    "changes-its-argument, sorts what it got": edit("    return {", "    samples_ms.sort()\n    return {"),
}

RIGHT_ANSWERS = {
    "numpy": """
def estimate_latency(samples_ms, num_warmup):
    import numpy as np

    median, p90 = np.percentile(samples_ms[num_warmup:], [50, 90])
    return {"median_ms": median, "p90_ms": p90}
""",
    "statistics and sorting": """
def estimate_latency(samples_ms, num_warmup):
    import statistics

    warm = sorted(samples_ms[num_warmup:])
    place = 0.9 * (len(warm) - 1)
    below = math.floor(place)
    above = math.ceil(place)
    return {
        "p90_ms": warm[below] * (1 - place + below) + warm[above] * (place - below),
        "median_ms": statistics.median(warm),
    }
""",
    "float32, both quantiles at once": """
def estimate_latency(samples_ms, num_warmup):
    ends = torch.quantile(torch.tensor(samples_ms)[num_warmup:], torch.tensor([0.5, 0.9]))
    return dict(zip(("median_ms", "p90_ms"), ends.tolist()))
""",
}
