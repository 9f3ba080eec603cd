"""Answers to lab 05 that people give, each under the mistake that must be found."""

_REMOVE = """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
"""
_RECALIBRATE = """
def recalibrate(model, batches):
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    model.eval()
    for norm in norms:
        norm.momentum = 0.1
"""
_KEEP = """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = min(len(scores), -(-num_kept // multiple_of) * multiple_of)
    return scores.argsort(descending=True)[:num_kept].sort().values
"""

_STREAM = """
def keep_in_stream(scores_by_layer, num_kept):
    relative = [scores / scores.mean() for scores in scores_by_layer]
    total = torch.stack(relative).sum(0)
    kept = total.argsort(descending=True)[:num_kept].sort().values
    return [kept] * len(scores_by_layer)
"""


def _without(source: str, *changes: tuple[str, str]) -> str:
    """Return the right answer with a mistake put in."""
    for right, wrong in changes:
        assert right in source, right
        source = source.replace(right, wrong)
    return source


WRONG_ANSWERS = {
    "filter-norms": {
        "signed-sum": """
def filter_norms(weight, order):
    flat = weight.flatten(1)
    return flat.sum(1) if order == 1 else flat.pow(2).sum(1).sqrt()
""",
        "scores-inputs": """
def filter_norms(weight, order):
    return weight.transpose(0, 1).flatten(1).norm(p=order, dim=1)
""",
        "ignores-order": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().sum(1)
""",
        "forgets-root": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().pow(order).sum(1)
""",
        "mean-for-sum": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().pow(order).mean(1) ** (1 / order)
""",
    },
    "channels-to-keep": {
        "keeps-the-weakest": _without(_KEEP, ("descending=True", "descending=False")),
        "not-sorted": _without(_KEEP, (".sort().values", "")),
        "returns-no-indices": _without(
            _KEEP,
            (
                "return scores.argsort(descending=True)[:num_kept].sort().values",
                "return scores.sort(descending=True).values[:num_kept]",
            ),
        ),
        "prunes-ties-twice": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    threshold = scores.quantile(pruning_ratio)
    return (scores > threshold).nonzero().flatten()
""",
        "keeps-none": _without(
            _KEEP,
            (
                "max(1, len(scores) - round(pruning_ratio * len(scores)))",
                "len(scores) - round(pruning_ratio * len(scores))",
            ),
        ),
        "rounds-down": _without(_KEEP, ("-(-num_kept // multiple_of)", "(num_kept // multiple_of)")),
        "ignores-multiple": _without(_KEEP, ("-(-num_kept // multiple_of) * multiple_of", "num_kept")),
        "more-than-there-are": """
def channels_to_keep(scores, pruning_ratio, multiple_of=1):
    num_kept = max(1, len(scores) - round(pruning_ratio * len(scores)))
    num_kept = -(-num_kept // multiple_of) * multiple_of
    order = scores.argsort(descending=True)
    return order.repeat(2)[:num_kept].sort().values
""",
    },
    "remove-filters": {
        "keeps-filters": """
def remove_filters(conv, batch_norm, next_conv, kept):
    return conv, batch_norm, next_conv
""",
        "forgets-next-inputs": _without(_REMOVE, ("nn.Parameter(next_conv.weight[:, kept])", "next_conv.weight")),
        "cuts-next-outputs": _without(
            _REMOVE, ("nn.Parameter(next_conv.weight[:, kept])", "nn.Parameter(next_conv.weight[kept % 4][:, kept])")
        ),
        "forgets-batch-norm": _without(
            _REMOVE,
            (
                "nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])",
                "batch_norm.weight, batch_norm.bias",
            ),
        ),
        "forgets-bias": _without(_REMOVE, ("nn.Parameter(conv.bias[kept])", "conv.bias")),
        "stale-statistics": _without(
            _REMOVE,
            (
                "= batch_norm.running_mean[kept], batch_norm.running_var[kept]",
                "= batch_norm.running_mean, batch_norm.running_var",
            ),
        ),
        "stale-numbers": _without(_REMOVE, ("    batch_norm.num_features = len(kept)\n", "")),
        "wrong-channels": _without(_REMOVE, ("next_conv.weight[:, kept]", "next_conv.weight[:, : len(kept)]")),
        "changes-its-input": _without(
            _REMOVE, ("copy.deepcopy((conv, batch_norm, next_conv))", "(conv, batch_norm, next_conv)")
        ),
        "cuts-inputs-too": _without(
            _REMOVE,
            ("nn.Parameter(conv.weight[kept])", "nn.Parameter(conv.weight[kept][:, kept[kept < conv.in_channels]])"),
        ),
    },
    "keep-in-stream": {
        "per-block-sets": """
def keep_in_stream(scores_by_layer, num_kept):
    return [scores.topk(num_kept).indices.sort().values for scores in scores_by_layer]
""",
        "first-layer-only": _without(_STREAM, ("torch.stack(relative).sum(0)", "scores_by_layer[0]")),
        "scales-differ": _without(_STREAM, ("scores / scores.mean()", "scores")),
        "multiplies": _without(_STREAM, (".sum(0)", ".prod(0)")),
        "takes-the-maximum": _without(_STREAM, (".sum(0)", ".amax(0)")),
        "keeps-the-weakest": _without(_STREAM, ("descending=True", "descending=False")),
        "not-sorted": _without(_STREAM, (".sort().values", "")),
        "returns-no-indices": _without(_STREAM, ("[kept] *", "[total] *")),
        "changes-the-scores": _without(_STREAM, ("scores / scores.mean()", "scores.div_(scores.mean())")),
    },
    "slice-depthwise": {
        "stale-groups": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(depthwise.weight[kept])
    slim.in_channels = slim.out_channels = len(kept)
    return slim
""",
        "stale-numbers": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(depthwise.weight[kept])
    slim.groups = len(kept)
    return slim
""",
        "cuts-wrong-axis": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(depthwise.weight[kept][:, kept[:0]])
    slim.in_channels = slim.out_channels = slim.groups = len(kept)
    return slim
""",
        "changes-geometry": """
def slice_depthwise(depthwise, kept):
    slim = nn.Conv2d(len(kept), len(kept), depthwise.kernel_size, padding=1, groups=len(kept), bias=False)
    slim.weight = nn.Parameter(depthwise.weight[kept])
    return slim
""",
        "changes-its-input": """
def slice_depthwise(depthwise, kept):
    depthwise.weight = nn.Parameter(depthwise.weight[kept])
    depthwise.in_channels = depthwise.out_channels = depthwise.groups = len(kept)
    return depthwise
""",
    },
    "recalibrate": {
        "statistics-not-reset": _without(_RECALIBRATE, ("        norm.reset_running_stats()\n", "")),
        "stays-in-eval-mode": _without(_RECALIBRATE, ("    model.train()\n", "    model.eval()\n")),
        "left-in-train-mode": _without(_RECALIBRATE, ("    model.eval()\n", "")),
        "momentum-not-restored": _without(_RECALIBRATE, ("        norm.momentum = 0.1\n", "        pass\n")),
        "forgets-momentum-none": _without(_RECALIBRATE, ("        norm.momentum = None\n", "")),
        "last-batch-only": _without(
            _RECALIBRATE,
            (
                "        for images in batches:\n",
                "        for images in batches:\n            norms[0].reset_running_stats()\n",
            ),
        ),
        "first-batch-only": _without(_RECALIBRATE, ("in batches:", "in batches[:1]:")),
    },
    "choose-ratios": {
        "trusts-luck": """
def choose_ratios(scan, dense_accuracy, tolerance):
    fits = lambda accuracy: dense_accuracy - accuracy <= tolerance
    return {name: max([0.0, *(r for r, a in curve.items() if fits(a))]) for name, curve in scan.items()}
""",
        "leaves-a-group-out": """
def choose_ratios(scan, dense_accuracy, tolerance):
    ratios = {}
    for name, curve in scan.items():
        for ratio, accuracy in sorted(curve.items()):
            if dense_accuracy - accuracy > tolerance:
                break
            ratios[name] = ratio
    return ratios
""",
        "prunes-anyway": """
def choose_ratios(scan, dense_accuracy, tolerance):
    ratios = {}
    for name, curve in scan.items():
        for ratio, accuracy in sorted(curve.items()):
            if name not in ratios or dense_accuracy - accuracy <= tolerance:
                ratios[name] = ratio
            else:
                break
    return ratios
""",
        "stops-too-early": """
def choose_ratios(scan, dense_accuracy, tolerance):
    ratios = {}
    for name, curve in scan.items():
        ratios[name] = 0.0
        for ratio, accuracy in sorted(curve.items()):
            if 100 * (dense_accuracy - accuracy) / dense_accuracy > 100 * tolerance * 0.8:
                break
            ratios[name] = ratio
    return ratios
""",
    },
}
