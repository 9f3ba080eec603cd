"""Hidden cases of estimate_latency, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_samples_stay(estimate_latency):
    samples = [9.0, 5.0, 1.0, 4.0, 2.0, 3.0]
    first = estimate_latency(samples, 1)
    second = estimate_latency(samples, 1)
    return {"samples": samples, "first": first, "second": second}


def judge_samples_stay(data):
    require(
        data["samples"] == [9.0, 5.0, 1.0, 4.0, 2.0, 3.0],
        "changes-its-input",
        "The list of samples was changed by the call.",
    )
    for estimate in (data["first"], data["second"]):
        require_close(estimate["median_ms"], 3.0, "wrong-median", "The median of 5, 1, 4, 2 and 3.")
        require_close(estimate["p90_ms"], 4.6, "wrong-p90", "The quantile 0.9 of 5, 1, 4, 2 and 3.")


def inputs_one_sample() -> tuple:
    return [7.0, 3.5], 1


def judge_one_sample(estimate):
    require_close(estimate["median_ms"], 3.5, "wrong-median", "One sample is its own median.")
    require_close(estimate["p90_ms"], 3.5, "wrong-p90", "One sample is its own p90.")


CASES = (
    Case("the samples stay as they are", judge=judge_samples_stay, driver=drive_samples_stay),
    Case("one sample", inputs_one_sample, judge_one_sample),
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
}
