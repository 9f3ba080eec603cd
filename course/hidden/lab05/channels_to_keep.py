"""Hidden cases of channels_to_keep, lab 05, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_exact_ratio(channels_to_keep):
    import torch

    return [
        len(channels_to_keep(torch.rand(10, generator=torch.Generator().manual_seed(0)), r / 10)) for r in range(10)
    ]


def judge_exact_ratio(counts):
    hint = "0.3 of 10 channels are 3, although 0.3 * 10 may be a little more or less in floating point."
    require(all(abs(count - (10 - r)) <= 1 for r, count in enumerate(counts)), "wrong-count", hint)
    require_close([counts[0], counts[5]], [10, 5], "wrong-count", "Ratios 0 and 0.5 of 10 channels.", rtol=0)


CASES = (Case("ten channels at ten ratios", judge=judge_exact_ratio, driver=drive_exact_ratio),)

WRONG_ANSWERS = {
    "keeps-the-weakest": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = min(len(scores), -(-num_kept // multiple_of) * multiple_of)
    return scores.argsort(descending=False)[:num_kept].sort().values
""",
    "not-sorted": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = min(len(scores), -(-num_kept // multiple_of) * multiple_of)
    return scores.argsort(descending=True)[:num_kept]
""",
    "returns-no-indices": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = min(len(scores), -(-num_kept // multiple_of) * multiple_of)
    return scores.sort(descending=True).values[:num_kept]
""",
    "prunes-ties-twice": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    threshold = scores.quantile(pruning_ratio)
    return (scores > threshold).nonzero().flatten()
""",
    "keeps-none": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = len(scores) - round(pruning_ratio * len(scores))
    num_kept = min(len(scores), -(-num_kept // multiple_of) * multiple_of)
    return scores.argsort(descending=True)[:num_kept].sort().values
""",
    "rounds-down": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = min(len(scores), (num_kept // multiple_of) * multiple_of)
    return scores.argsort(descending=True)[:num_kept].sort().values
""",
    "ignores-multiple": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = min(len(scores), num_kept)
    return scores.argsort(descending=True)[:num_kept].sort().values
""",
    "more-than-there-are": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = -(-num_kept // multiple_of) * multiple_of
    order = scores.argsort(descending=True)
    return order.repeat(2)[:num_kept].sort().values
""",
}
