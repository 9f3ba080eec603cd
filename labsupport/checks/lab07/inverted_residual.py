"""Visible cases of the class InvertedResidual, lab 07."""

import numpy as np

from labsupport.checks.lab07._reference import same, wave
from labsupport.checks.protocol import Case, Data, require, require_close

CLASS = "InvertedResidual"


def drive_block(
    block_class: type,
    channels: int,
    out_channels: int,
    stride: int,
    ratio: int,
    settings: dict,
    size: tuple[int, int],
) -> Data:
    """Build the block, fill its layers in the order in which they run, and run it in eval mode."""
    import torch
    from torch import nn

    def waves(shape: tuple, step: float, height: float) -> torch.Tensor:
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    class Scale(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.factors = nn.Parameter(torch.linspace(0.5, 2, channels * ratio)[:, None, None])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.factors

    given = dict(settings)
    if "activation" in given:
        given["activation"] = getattr(nn, given["activation"])
    if given.pop("gated", False):
        given["gate"] = Scale()
    block = block_class(channels, out_channels, stride, ratio, **given).eval()
    ran, x = [], waves((2, channels, *size), 0.9, 3.0)
    for module in block.modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d)):
            module.register_forward_hook(lambda module, *_: ran.append(module))
    with torch.no_grad():
        block(x.clone())
        convs = [module for module in ran if isinstance(module, nn.Conv2d)]
        norms = [module for module in ran if isinstance(module, nn.BatchNorm2d)]
        for number, conv in enumerate(convs):
            conv.weight.copy_(waves(conv.weight.shape, 1.3 + 0.4 * number, 1.5))
        for number, norm in enumerate(norms):
            norm.weight.copy_(1.2 + waves(norm.weight.shape, 0.8 + 0.3 * number, 0.4))
            norm.bias.copy_(waves(norm.bias.shape, 0.5 + 0.2 * number, 0.7))
            norm.running_mean.copy_(waves(norm.bias.shape, 1.9 + 0.2 * number, 0.5))
            norm.running_var.copy_(2 + waves(norm.bias.shape, 2.3 + 0.2 * number, 1.0))
        given_x = x.clone()
        out = block(given_x)
    names = "in_channels", "out_channels", "groups"
    facts = [
        [*(getattr(conv, name) for name in names), conv.kernel_size[0], conv.stride[0], conv.padding[0]]
        if not isinstance(conv.padding, str)
        else [*(getattr(conv, name) for name in names), conv.kernel_size[0], conv.stride[0], conv.kernel_size[0] // 2]
        for conv in convs
    ]
    counted = sum(parameter.numel() for parameter in block.parameters())
    changed = float((given_x - x).abs().max())
    return {"out": out, "convs": facts, "norms": len(norms), "parameters": counted, "changed": changed}


def mix(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Apply a 1x1 convolution."""
    return np.einsum("nchw,oc->nohw", x, weight[:, :, 0, 0])


def filter_each(x: np.ndarray, weight: np.ndarray, stride: int) -> np.ndarray:
    """Apply a depthwise convolution with padding."""
    kernel = weight.shape[-1]
    pad = kernel // 2
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))
    return np.einsum("nchwij,cij->nchw", windows[:, :, ::stride, ::stride], weight[:, 0])


def normed(x: np.ndarray, number: int) -> np.ndarray:
    """Apply the batch norm that the driver filled as the one of this number."""
    count = (x.shape[1],)
    scale, shift = 1.2 + wave(count, 0.8 + 0.3 * number, 0.4), wave(count, 0.5 + 0.2 * number, 0.7)
    mean, var = wave(count, 1.9 + 0.2 * number, 0.5), 2 + wave(count, 2.3 + 0.2 * number, 1.0)
    factor = scale / np.sqrt(var + 1e-5)
    return x * factor[:, None, None] + (shift - mean * factor)[:, None, None]


def expected(x: np.ndarray, out_channels: int, stride: int, ratio: int, settings: dict) -> dict[str, np.ndarray]:
    """Return the block's output before the addition, and what a gate in another place would give."""
    hidden, kernel = x.shape[1] * ratio, settings.get("kernel_size", 3)
    top = np.inf if settings.get("activation") == "ReLU" else 6
    found, number = x, 0
    gate = np.linspace(0.5, 2, hidden)[:, None, None] if settings.get("gated") else 1.0

    def limit(values: np.ndarray) -> np.ndarray:
        return np.clip(values, 0, top)

    if ratio != 1:
        found, number = limit(normed(mix(x, wave((hidden, x.shape[1], 1, 1), 1.3, 1.5)), 0)), 1
    filters = wave((hidden, 1, kernel, kernel), 1.3 + 0.4 * number, 1.5)
    project = wave((out_channels, hidden, 1, 1), 1.7 + 0.4 * number, 1.5)

    def end(values: np.ndarray) -> np.ndarray:
        return normed(mix(values, project), number + 1)

    filtered = limit(normed(filter_each(found, filters, stride), number))
    early = limit(normed(filter_each(found * gate, filters, stride), number))
    return {"out": end(filtered * gate), "no gate": end(filtered), "early gate": end(early)}


def judge_block(
    facts: Data, channels: int, out_channels: int, stride: int, ratio: int, settings: dict, size: tuple[int, int]
) -> None:
    hidden, kernel = channels * ratio, settings.get("kernel_size", 3)
    convs, count = facts["convs"], 2 if ratio == 1 else 3
    hint = "PyTorch sees no convolution in the block. Keep layers in an nn.Sequential or as attributes, not in a list."
    require(len(convs) > 0, "unregistered-layers", hint)
    hint = "With expand_ratio = 1 there is no expansion: two convolutions, not three."
    require(not (ratio == 1 and len(convs) == 3), "expands-by-one", hint)
    hint = f"{len(convs)} convolutions ran, and {count} were expected: expansion, filter, projection."
    require_close(len(convs), count, "wrong-number-of-convolutions", hint, rtol=0, atol=0)
    hint = f"{facts['norms']} batch norms ran beside {count} convolutions: conv_bn brings one for each."
    require_close(facts["norms"], count, "forgets-batch-norm", hint, rtol=0, atol=0)
    filters = convs[-2]
    hint = f"The filter has groups={filters[2]}. It is depthwise: as many groups as it has channels."
    require(filters[1] == 1 or filters[2] != 1, "filter-not-depthwise", hint)
    hint = f"The filter has a kernel of {filters[3]}, and kernel_size is {kernel}."
    require(filters[3] == kernel, "ignores-kernel-size", hint)
    hint = "The stride belongs to the filter, and to it alone."
    elsewhere = any(conv[4] != 1 for conv in [*convs[:-2], convs[-1]])
    require(not elsewhere, "stride-in-the-wrong-place", hint)
    require(filters[4] == stride or elsewhere, "forgets-stride", f"The filter has stride {filters[4]}, not {stride}.")
    wanted = [[channels, hidden, 1, 1, 1, 0]] if ratio != 1 else []
    wanted += [[hidden, hidden, hidden, kernel, stride, kernel // 2], [hidden, out_channels, 1, 1, 1, 0]]
    hint = "The convolutions differ in (in, out, groups, kernel, stride, padding)."
    require_close(convs, wanted, "wrong-convolution", hint, rtol=0, atol=0)
    hint = "x was changed. Write out + x, not x += out."
    require(facts["changed"] == 0, "changes-its-input", hint)
    x = wave((2, channels, *size), 0.9, 3.0)
    found = expected(x, out_channels, stride, ratio, settings)
    clean, adds = found["out"], stride == 1 and channels == out_channels
    skip = x if adds else 0.0
    if settings.get("gated"):
        hint = "The gate was not used. It stands between the filter and the projection."
        require(not same(facts["out"], found["no gate"] + skip), "ignores-the-gate", hint)
        hint = "The gate stands before the filter. Its place is behind it, before the projection."
        require(not same(facts["out"], found["early gate"] + skip), "gate-before-the-filter", hint)
    if not adds and x.shape[1] == clean.shape[1]:
        hint = "The input was added although the stride is 2. Input and output are no longer the same places."
        thinned = x[:, :, ::stride, ::stride]
        require(not same(facts["out"], clean + thinned), "adds-at-stride-2", hint)
    if adds:
        require(not same(facts["out"], clean), "never-adds", "Stride 1 and equal channels: the input must be added.")
        hint = "The sum went through an activation. The end is linear."
        require(not same(facts["out"], np.clip(clean + x, 0, 6)), "activation-after-the-sum", hint)
    if settings.get("activation") == "ReLU":
        limited = expected(x, out_channels, stride, ratio, settings | {"activation": "ReLU6"})["out"]
        hint = "The activations are ReLU6, and activation=nn.ReLU was asked for."
        require(same(limited, clean) or not same(facts["out"], limited + skip), "ignores-activation", hint)
    hint = "There is an activation after the projection. It is linear: activation=None."
    ends = [np.clip(clean, 0, top) for top in (6, np.inf)]
    ended = any(same(facts["out"], end + skip) and not same(end, clean) for end in ends)
    require(not ended, "activation-after-projection", hint)
    require_close(
        facts["out"], clean + skip, "wrong-output", "Expand, filter, gate, project, add.", rtol=1e-3, atol=1e-3
    )
    norms = 2 * (hidden * (count - 1) + out_channels)
    weights = hidden * kernel**2 + hidden * out_channels + (channels * hidden if ratio != 1 else 0)
    total = norms + weights + (hidden if settings.get("gated") else 0)
    hint = "PyTorch does not see all parameters: layers and gate must be attributes, or in an nn.Sequential."
    require_close(facts["parameters"], total, "unregistered-layers", hint, rtol=0, atol=0)


def inputs_stride_1() -> tuple:
    return 4, 4, 1, 3, {}, (5, 6)


def inputs_stride_2() -> tuple:
    return 4, 4, 2, 2, {"kernel_size": 5}, (6, 7)


def inputs_gated() -> tuple:
    return 3, 5, 1, 4, {"activation": "ReLU", "gated": True}, (4, 5)


CASES = (
    Case("equal channels, stride 1", inputs_stride_1, judge_block, drive_block),
    Case("equal channels, stride 2, a 5x5 filter", inputs_stride_2, judge_block, drive_block),
    Case("a gate and ReLU", inputs_gated, judge_block, drive_block),
)
