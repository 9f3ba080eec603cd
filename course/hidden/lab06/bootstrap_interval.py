"""Hidden cases of bootstrap_interval, lab 06, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


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


CASES = (Case("students that agree", judge=judge_equal_students, driver=drive_equal_students),)

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
}
