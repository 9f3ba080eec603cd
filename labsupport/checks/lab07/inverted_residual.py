"""Visible cases of inverted_residual, lab 07."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.lab07._reference import first_of, same
from labsupport.checks.protocol import Case, Data, reject, require, require_close


def relu6(x: np.ndarray) -> np.ndarray:
    return np.clip(x, 0, 6)


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


def block(
    x: np.ndarray, weights: list[np.ndarray], stride: int, first: Callable = relu6, second: Callable = relu6
) -> np.ndarray:
    """Return what the projection of an inverted residual gives, before the skip."""
    expand, depthwise, project = weights
    return mix(second(filter_each(first(mix(x, expand)), depthwise, stride)), project)


def require_block(out: Data, x: np.ndarray, weights: list[np.ndarray], stride: int) -> None:
    """Raise CheckFailed, naming the likely mistake, unless this is the output of the block."""
    clean = block(x, weights, stride)
    has_skip = stride == 1 and x.shape[1] == clean.shape[1]
    got = np.asarray(out)
    hint = "The output is as large as the input although the stride is 2: the depthwise convolution has the stride."
    unstrided = (*clean.shape[:2], *x.shape[2:])
    require(got.shape == clean.shape or got.shape != unstrided, "forgets-stride", hint)
    hint = f"The output has shape {got.shape}, and {clean.shape} was expected: pad by half of the kernel."
    require(got.shape == clean.shape, "forgets-padding", hint)
    thinned = x[:, :, ::stride, ::stride]
    if not has_skip and x.shape[1] == clean.shape[1]:
        hint = "The input was added although the stride is 2. Input and output are no longer the same places: no skip."
        require(not same(out, clean + thinned), "skip-when-stride-is-2", hint)
    skip = x if has_skip else 0.0
    unlimited = block(x, weights, stride, *[lambda v: np.maximum(v, 0)] * 2) + skip
    only_one = block(x, weights, stride, second=lambda v: v) + skip
    twice = "The depthwise convolution has its activation too: ReLU6 comes twice."
    straight = "There is no activation after the projection: it is linear."
    high = "Values above 6 got through. The activation is ReLU6, in both places."
    found = first_of(out, [relu6(clean) + skip, unlimited, only_one])
    reject(found, {0: ("relu-after-projection", straight), 1: ("relu-without-limit", high)})
    reject(found, {2: ("no-relu-after-depthwise", twice)})
    if has_skip:
        added = "Stride 1 and as many channels out as in: the input must be added."
        summed = "The sum went through an activation. The end is linear."
        found = first_of(out, [relu6(clean + x), clean])
        reject(found, {0: ("relu-after-the-sum", summed), 1: ("forgets-skip", added)})
    require_close(out, clean + skip, "wrong-output", "Expand, filter, project, add.", rtol=1e-4, atol=1e-4)


def inputs_stride_1() -> tuple:
    import torch

    def tensor(shape: tuple, step: float, height: float) -> torch.Tensor:
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    weights = tensor((12, 4, 1, 1), 1.3, 2.0), tensor((12, 1, 3, 3), 0.7, 1.0), tensor((4, 12, 1, 1), 2.1, 0.5)
    return tensor((2, 4, 6, 8), 0.9, 3.0), *weights, 1


def inputs_stride_2() -> tuple:
    import torch

    def tensor(shape: tuple, step: float, height: float) -> torch.Tensor:
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    weights = tensor((12, 4, 1, 1), 1.3, 2.0), tensor((12, 1, 3, 3), 0.7, 1.0), tensor((4, 12, 1, 1), 2.1, 0.5)
    return tensor((2, 4, 6, 8), 0.9, 3.0), *weights, 2


def judge_block(out: Data, x: object, expand: object, depthwise: object, project: object, stride: int) -> None:
    weights = [np.asarray(weight, np.float64) for weight in (expand, depthwise, project)]
    require_block(out, np.asarray(x, np.float64), weights, stride)


CASES = (
    Case("equal channels, stride 1", inputs_stride_1, judge_block),
    Case("equal channels, stride 2", inputs_stride_2, judge_block),
)
