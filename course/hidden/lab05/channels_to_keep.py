"""Hidden cases of channels_to_keep, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    scores = torch.randint(-9, 9, (1 + seed * 7 % 31,), generator=generator).float() / 2  # equal ones, of both signs
    return scores, (0.0, 0.25, 0.35, 0.5, 0.75, 1.0, 0.29)[seed % 7], (1, 3, 8, 5)[seed // 2 % 4]


def inputs_halves(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    return torch.randn(10, generator=generator), seed / 20 + 0.05


def judge_drawn(kept, scores, pruning_ratio, multiple_of=1):
    channels, count = len(scores), 1
    gone = round(pruning_ratio * channels)
    while count < channels and (count < channels - gone or count % multiple_of):
        count += 1
    hint = f"{channels} channels, ratio {pruning_ratio:g}, in multiples of {multiple_of}: {gone} go before rounding up."
    require_close(len(kept), count, "wrong-count", hint, rtol=0)
    members = kept.tolist()
    require(members == sorted(set(members)), "not-sorted", "Indices, each once, rising.")
    lost = [score for place, score in enumerate(scores.tolist()) if place not in members]
    weakest = min(scores[place].item() for place in members)
    hint = f"A channel with score {weakest:g} stayed, one with {max(lost, default=0):g} went."
    require(weakest >= max(lost, default=weakest), "wrong-channels", hint)


CASES = (
    Case("equal scores, ratios and multiples", inputs_drawn, judge_drawn, seeds=28),
    Case("ten channels at ratios in steps of 0.05", inputs_halves, judge_drawn, seeds=19),
)

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
    "wrong-count, int goes": edit("round(pruning_ratio * len(scores))", "int(pruning_ratio * len(scores))"),
    "wrong-count, int stays": edit(
        "len(scores) - round(pruning_ratio * len(scores))", "int((1 - pruning_ratio) * len(scores))"
    ),
    "wrong-count, round what stays": edit(
        "len(scores) - round(pruning_ratio * len(scores))", "round((1 - pruning_ratio) * len(scores))"
    ),
    "wrong-count, ceil": edit("round(pruning_ratio * len(scores))", "int(-(-pruning_ratio * len(scores) // 1))"),
    "wrong-count, half up": edit("round(pruning_ratio * len(scores))", "int(pruning_ratio * len(scores) + 0.5)"),
    "wrong-count, one multiple too far": edit(
        "-(-num_kept // multiple_of) * multiple_of",
        "(num_kept // multiple_of + 1) * multiple_of if multiple_of > 1 else num_kept",
    ),
    "wrong-count, nearest multiple": edit(
        "-(-num_kept // multiple_of) * multiple_of", "max(1, round(num_kept / multiple_of)) * multiple_of"
    ),
    "wrong-channels, absolute scores": edit("scores.argsort(descending", "scores.abs().argsort(descending"),
    "wrong-count, multiples of 8": edit(
        "-(-num_kept // multiple_of) * multiple_of", "-(-num_kept // 8) * 8 if multiple_of > 1 else num_kept"
    ),
    "changes-its-argument": edit("    strongest_first =", "    scores -= scores.mean()\n    strongest_first ="),
    "wrong-count, cut to a smaller multiple": edit(
        "min(len(scores), -(-num_kept // multiple_of) * multiple_of)",
        "min(len(scores) // multiple_of * multiple_of or len(scores), -(-num_kept // multiple_of) * multiple_of)",
    ),
}

READERS_WRONG_ANSWERS = {
    "wrong-count, kept count rounded": """
def channels_to_keep(scores: Tensor, pruning_ratio: float, multiple_of: int = 1) -> Tensor:
    channels = len(scores)
    num_kept = max(1, round((1 - pruning_ratio) * channels))
    num_kept = min(channels, -(-num_kept // multiple_of) * multiple_of)
    return scores.argsort(descending=True)[:num_kept].sort().values
""",
    "wrong-count, multiple to nearest": """
def channels_to_keep(scores: Tensor, pruning_ratio: float, multiple_of: int = 1) -> Tensor:
    channels = len(scores)
    num_kept = max(1, channels - round(pruning_ratio * channels))
    num_kept = max(multiple_of, round(num_kept / multiple_of) * multiple_of)
    num_kept = min(num_kept, channels)
    return scores.argsort(descending=True)[:num_kept].sort().values
""",
    "prunes-ties-twice, threshold keeps ties": """
def channels_to_keep(scores: Tensor, pruning_ratio: float, multiple_of: int = 1) -> Tensor:
    channels = len(scores)
    num_kept = max(1, channels - round(pruning_ratio * channels))
    num_kept = min(channels, -(-num_kept // multiple_of) * multiple_of)
    threshold = scores.sort(descending=True).values[num_kept - 1]
    return (scores >= threshold).nonzero().flatten()
""",
}

RIGHT_ANSWERS = {
    "topk": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    channels = scores.numel()
    count = max(channels - round(channels * pruning_ratio), 1)
    while count % multiple_of and count < channels:
        count += 1
    return torch.topk(scores, count).indices.sort()[0]
""",
    "a list sorted by Python": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    values = scores.tolist()
    count = max(1, len(values) - round(pruning_ratio * len(values)))
    count = min(len(values), -(-count // multiple_of) * multiple_of)
    best = sorted(range(len(values)), key=lambda i: (-values[i], i))[:count]
    return torch.tensor(sorted(best))
""",
    "the weakest taken out": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    count = max(1, len(scores) - round(pruning_ratio * len(scores)))
    count = min(len(scores), (count + multiple_of - 1) // multiple_of * multiple_of)
    mask = torch.ones(len(scores), dtype=torch.bool)
    mask[scores.argsort(stable=True)[: len(scores) - count]] = False
    return mask.nonzero().flatten()
""",
}
