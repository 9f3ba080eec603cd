"""Hidden cases of remove_filters, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab05.remove_filters import drive_layers, judge_layers
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    channels, outputs = 5 + seed, 2 + seed % 3
    conv = nn.Conv2d(
        1 + seed % 3, channels, (1 + seed % 3, 2), stride=1 + seed % 3, padding=seed % 2, bias=seed % 2 == 0
    )
    norm = nn.BatchNorm2d(channels, eps=10.0 ** -(1 + seed % 5))
    reader = nn.Conv2d(channels, outputs, (2, 1 + seed % 2), stride=(1, 1 + seed % 2), padding=1, bias=seed % 3 == 0)
    for layer in (conv, norm, reader):
        layer.eval()
        for tensor in layer.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return conv, norm, reader, torch.randperm(channels, generator=generator)[: 1 + seed % 4].sort().values


CASES = (Case("other layers, also without a bias", inputs_drawn, judge_layers, drive_layers, seeds=4, new=True),)

WRONG_ANSWERS = {
    "keeps-filters": """
def remove_filters(conv, batch_norm, next_conv, kept):
    return copy.deepcopy((conv, batch_norm, next_conv))
""",
    "shares-its-argument, returns them": """
def remove_filters(conv, batch_norm, next_conv, kept):
    return conv, batch_norm, next_conv
""",
    "forgets-next-inputs": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = next_conv.weight, len(kept)
    return conv, batch_norm, next_conv
""",
    "cuts-next-outputs": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[kept % 4][:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "forgets-batch-norm": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = batch_norm.weight, batch_norm.bias
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "forgets-bias": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = conv.bias
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "stale-statistics": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean, batch_norm.running_var
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "stale-numbers": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "wrong-channels": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, : len(kept)]), len(kept)
    return conv, batch_norm, next_conv
""",
    "changes-its-argument": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = (conv, batch_norm, next_conv)
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "cuts-inputs-too": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept][:, kept[kept < conv.in_channels]]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "changes-batch-norm, loses eps": edit(
        "    return slim, norm, reader", "    norm.eps = 1e-5\n    return slim, norm, reader"
    ),
    "changes-batch-norm, loses the mode": edit(
        "    return slim, norm, reader", "    norm.train()\n    return slim, norm, reader"
    ),
    "changes-geometry, stride of the reader": edit(
        "    return slim, norm, reader", "    reader.stride = (1, 1)\n    return slim, norm, reader"
    ),
    "changes-geometry, dilation": edit(
        "    return slim, norm, reader", "    slim.dilation = (1, 1)\n    return slim, norm, reader"
    ),
    "changes-geometry, padding": edit(
        "    return slim, norm, reader",
        "    reader.padding = tuple(k // 2 for k in reader.kernel_size)\n    return slim, norm, reader",
    ),
    "shares-its-argument": edit(
        "    return slim, norm, reader", "    reader.bias = next_conv.bias\n    return slim, norm, reader"
    ),
    "wrong-bias, bias of the reader": edit(
        "    return slim, norm, reader", "    reader.bias = None\n    return slim, norm, reader"
    ),
    "shares-its-argument, variance": edit(
        "    return slim, norm, reader",
        "    norm.running_var = batch_norm.running_var[: len(kept)]\n    return slim, norm, reader",
    ),
    "changes-its-argument, numbers and rows": edit(
        "    slim, norm, reader = copy.deepcopy((conv, batch_norm, next_conv))",
        "    slim, norm, reader = conv, batch_norm, next_conv",
    ),
}

READERS_WRONG_ANSWERS = {
    "changes-its-argument, shallow copies": """
def remove_filters(
    conv: nn.Conv2d, batch_norm: nn.BatchNorm2d, next_conv: nn.Conv2d, kept: Tensor
) -> tuple[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d]:
    conv, batch_norm, next_conv = copy.copy(conv), copy.copy(batch_norm), copy.copy(next_conv)
    conv.weight = nn.Parameter(conv.weight[kept])
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    conv.out_channels = len(kept)
    batch_norm.weight = nn.Parameter(batch_norm.weight[kept])
    batch_norm.bias = nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean = batch_norm.running_mean[kept]
    batch_norm.running_var = batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight = nn.Parameter(next_conv.weight[:, kept])
    next_conv.in_channels = len(kept)
    return conv, batch_norm, next_conv
""",
    "wrong-bias, bias dropped": """
def remove_filters(
    conv: nn.Conv2d, batch_norm: nn.BatchNorm2d, next_conv: nn.Conv2d, kept: Tensor
) -> tuple[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d]:
    slim = nn.Conv2d(
        conv.in_channels,
        len(kept),
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        dilation=conv.dilation,
        padding_mode=conv.padding_mode,
        bias=False,
    )
    slim.weight = nn.Parameter(conv.weight[kept])
    slim.train(conv.training)
    norm = copy.deepcopy(batch_norm)
    norm.weight = nn.Parameter(norm.weight[kept])
    norm.bias = nn.Parameter(norm.bias[kept])
    norm.running_mean = norm.running_mean[kept]
    norm.running_var = norm.running_var[kept]
    norm.num_features = len(kept)
    reader = copy.deepcopy(next_conv)
    reader.weight = nn.Parameter(reader.weight[:, kept])
    reader.in_channels = len(kept)
    return slim, norm, reader
""",
    "changes-batch-norm, default eps and momentum": """
def remove_filters(
    conv: nn.Conv2d, batch_norm: nn.BatchNorm2d, next_conv: nn.Conv2d, kept: Tensor
) -> tuple[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d]:
    conv = copy.deepcopy(conv)
    conv.weight = nn.Parameter(conv.weight[kept])
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    conv.out_channels = len(kept)

    norm = nn.BatchNorm2d(len(kept))
    norm.weight = nn.Parameter(batch_norm.weight[kept])
    norm.bias = nn.Parameter(batch_norm.bias[kept])
    norm.running_mean = batch_norm.running_mean[kept]
    norm.running_var = batch_norm.running_var[kept]
    norm.num_batches_tracked = batch_norm.num_batches_tracked.clone()
    norm.train(batch_norm.training)

    next_conv = copy.deepcopy(next_conv)
    next_conv.weight = nn.Parameter(next_conv.weight[:, kept])
    next_conv.in_channels = len(kept)
    return conv, norm, next_conv
""",
}

RIGHT_ANSWERS = {
    "built anew": """
def remove_filters(conv, batch_norm, next_conv, kept):
    def like(old, inputs, outputs):
        geometry = dict(stride=old.stride, padding=old.padding, dilation=old.dilation, bias=old.bias is not None)
        return nn.Conv2d(inputs, outputs, old.kernel_size, **geometry).train(old.training)

    n = len(kept)
    slim, reader = like(conv, conv.in_channels, n), like(next_conv, n, next_conv.out_channels)
    norm = nn.BatchNorm2d(n, eps=batch_norm.eps, momentum=batch_norm.momentum).train(batch_norm.training)
    with torch.no_grad():
        slim.weight.copy_(conv.weight[kept])
        reader.weight.copy_(next_conv.weight[:, kept])
        if conv.bias is not None:
            slim.bias.copy_(conv.bias[kept])
        if next_conv.bias is not None:
            reader.bias.copy_(next_conv.bias)
        for name in ("weight", "bias", "running_mean", "running_var"):
            getattr(norm, name).copy_(getattr(batch_norm, name)[kept])
    return slim, norm, reader
""",
    "index_select on .data, as a list": """
def remove_filters(conv, batch_norm, next_conv, kept):
    layers = [copy.deepcopy(layer) for layer in (conv, batch_norm, next_conv)]
    layers[0].out_channels = layers[1].num_features = layers[2].in_channels = kept.numel()
    for layer in layers[:2]:
        for tensor in (layer.weight, layer.bias):
            if tensor is not None:
                tensor.data = tensor.data.index_select(0, kept)
    layers[1].running_mean = layers[1].running_mean.index_select(0, kept)
    layers[1].running_var = layers[1].running_var.index_select(0, kept)
    layers[2].weight.data = layers[2].weight.data.index_select(1, kept)
    return layers
""",
    "without a gradient": edit(
        "    slim.weight = nn.Parameter(conv.weight[kept])",
        "    slim.weight = nn.Parameter(conv.weight.detach()[kept].clone())",
    ),
}
