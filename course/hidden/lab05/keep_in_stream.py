"""Hidden cases of keep_in_stream, lab 05, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_three_layers(keep_in_stream):
    import torch

    layers = [torch.tensor([1.0, 2, 1, 4]), torch.tensor([6.0, 2, 3, 1]), torch.tensor([10.0, 40, 60, 10])]
    before = [layer.clone() for layer in layers]
    kept = keep_in_stream(layers, 3)
    return {"kept": list(kept), "unchanged": all(torch.equal(a, b) for a, b in zip(layers, before, strict=True))}


def judge_three_layers(data):
    require(data["unchanged"], "changes-the-scores", "The scores given were changed: do not write to them.")
    require(len(data["kept"]) == 3, "wrong-length", "Three layers keep three sets.")
    for kept in data["kept"]:
        require_close(kept, [0, 1, 2], "wrong-channels", "Three layers, each divided by its mean.", rtol=0)


CASES = (Case("three layers write to one stream", judge=judge_three_layers, driver=drive_three_layers),)

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
}
