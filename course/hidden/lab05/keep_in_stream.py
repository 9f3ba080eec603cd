"""Hidden cases of keep_in_stream, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    num_layers, channels = 2 + seed % 3, 5 + seed % 8
    scores = [
        0.1 + torch.rand(channels, generator=generator) ** (1 + 3 * layer) * 10**layer for layer in range(num_layers)
    ]
    return scores, 1 + seed % channels


def judge_drawn(kept, scores_by_layer, num_kept):
    rows = [scores.tolist() for scores in scores_by_layer]
    total = [sum(row[c] * len(row) / sum(row) for row in rows) for c in range(len(rows[0]))]
    expected = sorted(sorted(range(len(total)), key=lambda c: -total[c])[:num_kept])
    require(len(kept) == len(rows), "wrong-length", f"{len(rows)} layers keep {len(rows)} sets.")
    hint = f"{len(rows)} layers, {len(total)} channels, {num_kept} stay: add score / mean of the layer."
    for indices in kept:
        require_close(indices, expected, "wrong-channels", hint, rtol=0)


CASES = (Case("other layers", inputs_drawn, judge_drawn, seeds=20),)

WRONG_ANSWERS = {
    "per-block-sets": """
def keep_in_stream(scores_by_layer, num_kept):
    return [scores.topk(num_kept).indices.sort().values for scores in scores_by_layer]
""",
    "first-layer-only": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = scores_by_layer[0]
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
""",
    "scales-differ": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores for scores in scores_by_layer]
    total = torch.stack(relative).sum(0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
""",
    "multiplies": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = torch.stack(relative).prod(0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
""",
    "takes-the-maximum": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = torch.stack(relative).amax(0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
""",
    "keeps-the-weakest": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = torch.stack(relative).sum(0)
    kept = total.argsort(descending=False)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
""",
    "not-sorted": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = torch.stack(relative).sum(0)
    kept = total.argsort(descending=True)[:num_kept]
    return [kept] * len(scores_by_layer)
""",
    "returns-no-indices": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = torch.stack(relative).sum(0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [total] * len(scores_by_layer)
""",
    "changes-its-argument": """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores.div_(scores.mean()) for scores in scores_by_layer]
    total = torch.stack(relative).sum(0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
""",
    "wrong-channels, divided by the largest": edit("scores / scores.mean()", "scores / scores.max()"),
    "wrong-channels, divided by the norm": edit("scores / scores.mean()", "scores / scores.norm()"),
    "wrong-channels, divided by the deviation": edit("scores / scores.mean()", "scores / scores.std()"),
    "wrong-channels, z-score": edit("scores / scores.mean()", "(scores - scores.mean()) / scores.std()"),
    "wrong-channels, min-max": edit(
        "scores / scores.mean()", "(scores - scores.min()) / (scores.max() - scores.min())"
    ),
    "wrong-channels, divided by the median": edit("scores / scores.mean()", "scores / scores.median()"),
    "multiplies, ranks": edit("scores / scores.mean()", "scores.argsort().argsort().float()"),
    "scales-differ, mean of all": edit("scores / scores.mean()", "scores / torch.stack(scores_by_layer).mean()"),
    "wrong-length": edit("[kept_channels for _ in scores_by_layer]", "[kept_channels, kept_channels]"),
    "wrong-shape, always two": edit("topk(num_kept)", "topk(2)"),
    "wrong-channels, first two layers": edit("for scores in scores_by_layer)", "for scores in scores_by_layer[:2])"),
}

READERS_WRONG_ANSWERS = {
    "changes-its-argument, scores changed in place": """
def keep_in_stream(scores_by_layer: list[Tensor], num_kept: int) -> list[Tensor]:
    total = torch.zeros_like(scores_by_layer[0])
    for scores in scores_by_layer:
        scores /= scores.mean()
        total += scores
    kept = total.topk(num_kept).indices.sort().values
    return [kept.clone() for _ in scores_by_layer]
""",
    "per-block-sets, own set per layer": """
def keep_in_stream(scores_by_layer: list[Tensor], num_kept: int) -> list[Tensor]:
    kept = []
    for scores in scores_by_layer:
        relative = scores / scores.mean()
        kept.append(relative.argsort(descending=True)[:num_kept].sort().values)
    return kept
""",
    "scales-differ, scores not normalised": """
def keep_in_stream(scores_by_layer: list[Tensor], num_kept: int) -> list[Tensor]:
    total = sum(scores_by_layer)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept.clone() for _ in scores_by_layer]
""",
}

RIGHT_ANSWERS = {
    "stacked": """
def keep_in_stream(scores_by_layer, num_kept):
    scores = torch.stack(scores_by_layer)
    total = (scores / scores.mean(dim=1, keepdim=True)).sum(dim=0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept.clone() for _ in range(len(scores_by_layer))]
""",
    "in Python": """
def keep_in_stream(scores_by_layer, num_kept):
    total = [0.0] * len(scores_by_layer[0])
    for scores in scores_by_layer:
        mean = sum(scores.tolist()) / len(total)
        total = [a + b / mean for a, b in zip(total, scores.tolist())]
    best = sorted(range(len(total)), key=lambda i: total[i], reverse=True)[:num_kept]
    return [torch.tensor(sorted(best))] * len(scores_by_layer)
""",
    "divided by the sum, float64": edit("scores / scores.mean()", "scores.double() / scores.double().sum()"),
}
