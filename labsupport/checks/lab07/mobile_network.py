"""Visible cases of mobile_network, lab 07."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close


def drive_network(
    mobile_network: Callable, rows: list, stem_channels: int, last_channels: int, num_classes: int, settings: dict
) -> Data:
    """Build the network with a block that notes how it was asked for, fill it, and run it on two images."""
    import torch
    from torch import nn

    asked = []

    class Noted(nn.Module):
        def __init__(self, in_channels: int, out_channels: int, stride: int, expand_ratio: int) -> None:
            super().__init__()
            asked.append([in_channels, out_channels, stride, expand_ratio])
            self.conv = nn.Conv2d(in_channels, out_channels, 1, min(stride, 2), bias=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.conv(x)

    network = mobile_network(Noted, rows, stem_channels, last_channels, num_classes, **settings).eval()
    ran = []
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)):
            module.register_forward_hook(lambda module, *_: ran.append(module))
    values = torch.arange(1, 2 * 3 * 21 * 26 + 1, dtype=torch.float64)
    images = (2 * torch.sin(0.7 * values)).reshape(2, 3, 21, 26).float()
    with torch.no_grad():
        network(images)
        layers = [module for module in ran if not isinstance(module, nn.BatchNorm2d)]
        for number, layer in enumerate(layers):
            values = torch.arange(1, layer.weight.numel() + 1, dtype=torch.float64)
            height = 3 / (layer.weight[0].numel() ** 0.5)
            layer.weight.copy_((height * torch.sin((1.1 + 0.3 * number) * values)).reshape(layer.weight.shape))
            if layer.bias is not None:
                layer.bias.fill_(0.25)
        out = network(images)
    convs = [[m.in_channels, m.out_channels, m.kernel_size[0], m.stride[0]] for m in layers if isinstance(m, nn.Conv2d)]
    return {"blocks": asked, "convs": convs, "out": out}


def reference(rows: list, stem_channels: int, last_channels: int, num_classes: int, stem_stride: int) -> np.ndarray:
    """Return the logits of the driver's network, computed with torch's functions alone."""
    import torch
    import torch.nn.functional as F

    number = 0

    def weight(*shape: int) -> torch.Tensor:
        nonlocal number
        values = torch.arange(1, int(np.prod(shape)) + 1, dtype=torch.float64)
        height = 3 / float(np.prod(shape[1:])) ** 0.5
        number += 1
        return (height * torch.sin((1.1 + 0.3 * (number - 1)) * values)).reshape(shape)

    def normed(x: torch.Tensor) -> torch.Tensor:
        return x / (1 + 1e-5) ** 0.5

    x = (2 * torch.sin(0.7 * torch.arange(1, 2 * 3 * 21 * 26 + 1, dtype=torch.float64))).reshape(2, 3, 21, 26)
    x = F.relu6(normed(F.conv2d(x, weight(stem_channels, 3, 3, 3), stride=stem_stride, padding=1)))
    channels = stem_channels
    for _, out_channels, count, stride in rows:
        for place in range(count):
            x = F.conv2d(x, weight(out_channels, channels, 1, 1), stride=1 if place else stride)
            channels = out_channels
    x = F.relu6(normed(F.conv2d(x, weight(last_channels, channels, 1, 1))))
    return (F.linear(x.mean((2, 3)), weight(num_classes, last_channels)) + 0.25).numpy()


def blocks_of(rows: list, channels: int) -> list[list[int]]:
    """Return what each block is made from."""
    found = []
    for ratio, out_channels, count, stride in rows:
        for place in range(count):
            found.append([channels, out_channels, 1 if place else stride, ratio])
            channels = out_channels
    return found


def judge_network(
    facts: Data, rows: list, stem_channels: int, last_channels: int, num_classes: int, settings: dict
) -> None:
    wanted, asked = blocks_of(rows, stem_channels), facts["blocks"]
    hint = f"{len(asked)} blocks were made, and the rows ask for {len(wanted)}: the third number says how many."
    require(len(asked) != len(rows) or len(rows) == len(wanted), "one-block-a-row", hint)
    require_close(len(asked), len(wanted), "wrong-number-of-blocks", hint, rtol=0, atol=0)
    swapped = [[a, b, ratio, stride] for a, b, stride, ratio in wanted]
    hint = "Ratio and stride have changed places: block(in_channels, out_channels, stride, expand_ratio)."
    require(asked != swapped or asked == wanted, "ratio-and-stride-swapped", hint)
    strided = [stride for _, _, count, stride in rows for _ in range(count)]
    hint = "Every block of a row got its stride. Only the first has it; the others have stride 1."
    got = [block[2] for block in asked]
    require(got != strided or got == [block[2] for block in wanted], "stride-in-every-block", hint)
    hint = "Blocks were made from the wrong (in_channels, out_channels, stride, expand_ratio)."
    require_close(asked, wanted, "wrong-block", hint, rtol=0, atol=0)
    stem_stride, convs = settings.get("stem_stride", 2), facts["convs"]
    hint = f"The first convolution has stride {convs[0][3]}, and stem_stride is {stem_stride}."
    require(convs[0][3] == stem_stride, "ignores-stem-stride", hint)
    hint = (
        f"{len(convs)} convolutions ran, one of each block among them; expected {len(wanted) + 2}: stem, blocks, end."
    )
    require(len(convs) != len(wanted) + 1, "forgets-the-last-convolution", hint)
    ends = [convs[0], convs[-1]]
    expected = [[3, stem_channels, 3, stem_stride], [wanted[-1][1], last_channels, 1, 1]]
    hint = "The first and the last convolution have the wrong (in, out, kernel, stride)."
    require_close(ends, expected, "wrong-ends", hint, rtol=0, atol=0)
    out = np.asarray(facts["out"])
    hint = f"The output has the shape {out.shape}; two images and {num_classes} classes give (2, {num_classes})."
    require_close(list(out.shape), [2, num_classes], "wrong-output-shape", hint, rtol=0, atol=0)
    logits = reference(rows, stem_channels, last_channels, num_classes, stem_stride)
    soft = np.exp(logits - logits.max(1, keepdims=True))
    hint = "A softmax stands at the end. The network returns logits."
    require(not np.allclose(out, soft / soft.sum(1, keepdims=True), atol=1e-4), "softmax-at-the-end", hint)
    hint = "The shapes are right. It should be: conv_bn with ReLU6 at both ends, the mean, one linear layer."
    require_close(out, logits, "wrong-logits", hint, rtol=1e-3, atol=1e-3)


def inputs_three_rows() -> tuple:
    return [(1, 6, 1, 1), (3, 8, 2, 2), (2, 10, 3, 1)], 5, 12, 4, {}


def inputs_stem_stride() -> tuple:
    return [(4, 7, 2, 1), (6, 9, 2, 2)], 8, 11, 10, {"stem_stride": 1}


CASES = (
    Case("three rows", inputs_three_rows, judge_network, drive_network),
    Case("a stem without stride", inputs_stem_stride, judge_network, drive_network),
)
