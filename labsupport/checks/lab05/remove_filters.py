"""Visible cases of remove_filters, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_chain() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(0)
    conv, norm, reader = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3, padding=1)
    for layer in (conv, norm, reader):
        layer.eval()
        for tensor in layer.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return conv, norm, reader, torch.tensor([0, 2, 5])


def inputs_geometry() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(1)
    conv = nn.Conv2d(2, 5, (3, 1), stride=(2, 1), dilation=(1, 2), bias=False)
    norm, reader = nn.BatchNorm2d(5, eps=0.05, momentum=0.3), nn.Conv2d(5, 3, 2, stride=(1, 3), dilation=(2, 1))
    for layer in (conv, norm, reader):
        layer.eval()
        for tensor in layer.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return conv, norm, reader, torch.tensor([1, 2])


def drive_layers(remove_filters: Callable, conv: object, batch_norm: object, next_conv: object, kept: object) -> Data:
    import torch
    from torch import nn

    layers = list(remove_filters(conv, batch_norm, next_conv, kept))
    slim, norm, reader = layers
    facts = {
        "shapes": [list(layer.weight.shape) for layer in layers],
        "statistics": [len(norm.running_mean), len(norm.running_var)],
        "numbers": [slim.out_channels, norm.num_features, reader.in_channels],
        "biases": [-1 if layer.bias is None else len(layer.bias) for layer in layers],
        "settings": [[getattr(layer, name) for name in ("stride", "padding", "dilation")] for layer in (slim, reader)],
        "norm": [norm.eps, norm.momentum, norm.training],
    }
    try:
        with torch.no_grad():
            images = torch.randn(2, conv.in_channels, 12, 11, generator=torch.Generator().manual_seed(5))
            facts["output"] = nn.functional.conv2d(
                norm(slim(images)).relu(), reader.weight, reader.bias, reader.stride, reader.padding, reader.dilation
            )
    except RuntimeError as error:
        facts["error"] = str(error)[:200]
    return facts


def judge_layers(facts: Data, full_conv: object, full_norm: object, full_reader: object, kept: object) -> None:
    import torch

    count, channels = len(kept), full_conv.out_channels
    conv, norm, reader = facts["shapes"]
    hint = f"The convolution still has {channels} filters: keep only the rows of its weight in kept."
    require(conv[0] != channels, "keeps-filters", hint)
    hint = "The convolution lost input channels. They belong to the layer before it."
    require(conv[1] == full_conv.in_channels, "cuts-inputs-too", hint)
    hint = f"The next layer still reads {channels} channels: cut dimension 1 of its weight."
    require(reader[1] != channels, "forgets-next-inputs", hint)
    hint = "The next layer lost outputs. Cut its inputs, dimension 1 of the weight."
    require(reader[0] == full_reader.out_channels, "cuts-next-outputs", hint)
    hint = f"Batch norm still scales {channels} channels: cut its weight and bias."
    require(norm[0] != channels, "forgets-batch-norm", hint)
    hint = f"A bias still has {channels} numbers, one for each old channel."
    require(channels not in facts["biases"][:2], "forgets-bias", hint)
    hint = f"running_mean or running_var of the batch norm still has {channels} numbers: cut these buffers as well."
    require(channels not in facts["statistics"], "stale-statistics", hint)
    expected = [count if full_conv.bias is not None else -1, count]
    expected.append(len(full_reader.bias) if full_reader.bias is not None else -1)
    hint = f"The biases have {facts['biases']} numbers, expected {expected} (-1: no bias). Copy what does not change."
    require(facts["biases"] == expected, "wrong-bias", hint)
    expected = [[list(getattr(x, y)) for y in ("stride", "padding", "dilation")] for x in (full_conv, full_reader)]
    hint = (
        f"stride, padding and dilation of the two convolutions are {facts['settings']}, and were {expected}: copy them."
    )
    require(facts["settings"] == expected, "changes-geometry", hint)
    expected = [full_norm.eps, full_norm.momentum, full_norm.training]
    hint = f"eps, momentum and training of the batch norm are {facts['norm']}, and were {expected}: copy the layer."
    require(facts["norm"] == expected, "changes-batch-norm", hint)
    require("error" not in facts, "layers-do-not-fit", f"The three layers stop on images: {facts.get('error')}")
    gone = [channel for channel in range(channels) if channel not in kept.tolist()]
    with torch.no_grad():
        for tensor in (full_conv.weight, full_conv.bias, full_norm.weight, full_norm.bias):
            if tensor is not None:
                tensor[gone] = 0
        images = torch.randn(2, full_conv.in_channels, 12, 11, generator=torch.Generator().manual_seed(5))
        masked = full_reader(full_norm(full_conv(images)).relu())
    hint = "Slim and masked layers differ: did every tensor keep the same channels?"
    require_close(facts["output"], masked, "wrong-channels", hint, rtol=1e-4, atol=1e-4)
    numbers = f"out_channels, num_features and in_channels are {facts['numbers']}; the tensors have {count} channels."
    require(facts["numbers"] == [count] * 3, "stale-numbers", numbers)


CASES = (
    Case("convolution, batch norm and the next convolution", inputs_chain, judge_layers, drive_layers, new=True),
    Case("strides, dilations and an eps of its own", inputs_geometry, judge_layers, drive_layers, new=True),
)
