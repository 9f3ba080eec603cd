"""Visible cases of separable_from_dense, lab 07."""

import numpy as np

from labsupport.checks.lab07._reference import same
from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def inputs_four_by_three() -> tuple:
    import torch

    values = torch.arange(1, 4 * 3 * 9 + 1, dtype=torch.float64)
    return ((torch.sin(1.7 * values) + torch.sin(0.13 * values**1.5)).reshape(4, 3, 3, 3).float(),)


def inputs_five_by_five() -> tuple:
    import torch

    values = torch.arange(1, 2 * 4 * 25 + 1, dtype=torch.float64)
    return ((3 * torch.cos(0.9 * values) - torch.sin(0.07 * values**1.4)).reshape(2, 4, 5, 5).float(),)


def first_terms(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first column of U (in, out), first singular value (in,), first row of Vh (in, k, k)."""
    matrices = weight.transpose(1, 0, 2, 3).reshape(weight.shape[1], weight.shape[0], -1)
    u, s, vh = np.linalg.svd(matrices, full_matrices=False)
    return u[:, :, 0], s[:, 0], vh[:, 0].reshape(weight.shape[1], *weight.shape[2:])


def pair_of(found: Data, weight: np.ndarray) -> np.ndarray:
    """Return the dense weight of a pair, after its keys and shapes were asked for."""
    require_keys(found, "depthwise", "pointwise")
    out_channels, in_channels, height, width = weight.shape
    depthwise, pointwise = (np.asarray(found[name], np.float64) for name in ("depthwise", "pointwise"))
    hint = (
        f"One window for each of the {out_channels} outputs came back. A depthwise convolution has one for each of the "
        f"{in_channels} inputs."
    )
    per_output = depthwise.shape == (out_channels, 1, height, width) and out_channels != in_channels
    require(not per_output, "a-window-for-each-output", hint)
    for name, array, shape in (
        ("depthwise", depthwise, (in_channels, 1, height, width)),
        ("pointwise", pointwise, (out_channels, in_channels, 1, 1)),
    ):
        hint = f"{name} has the shape {array.shape}; F.conv2d takes {shape} here."
        require(array.shape == shape, "not-for-conv2d", hint)
    return pointwise * depthwise[:, 0]


def judge_pair(found: Data, weight: object) -> None:
    dense = np.asarray(weight, np.float64)
    product = pair_of(found, dense)
    u, s, windows = first_terms(dense)
    mixed = u.T[:, :, None, None]
    hint = "The size is lost: multiply the column by the first singular value."
    require(not same(product, mixed * windows), "forgets-the-singular-value", hint)
    hint = "The singular value went into both factors. Into one of them, or its square root into both."
    twice = mixed * (s**2)[:, None, None] * windows
    require(not same(product, twice), "singular-value-twice", hint)
    mean = dense.mean(0)
    fitted = (dense * mean).sum((2, 3)) / (mean * mean).sum((1, 2))
    hint = "The window is the mean over the outputs. Windows of opposite sign cancel: take the first singular vector."
    require(not same(product, fitted[:, :, None, None] * mean), "averages-the-windows", hint)
    whole_u, whole_s, whole_v = np.linalg.svd(dense.reshape(-1, dense[0, 0].size), full_matrices=False)
    shared = (whole_s[0] * np.outer(whole_u[:, 0], whole_v[0])).reshape(dense.shape)
    hint = "All input channels got the same window. Each has a matrix, and a window, of its own."
    require(dense.shape[1] == 1 or not same(product, shared), "one-window-for-all", hint)
    best = mixed * s[:, None, None] * windows
    error, least = ((dense - product) ** 2).sum(), ((dense - best) ** 2).sum()
    hint = f"The squared differences sum up to {error:.4g}; the nearest pair has {least:.4g}."
    require_close(product, best, "not-the-nearest", hint, rtol=1e-3, atol=1e-3)


CASES = (
    Case("four outputs, three inputs", inputs_four_by_three, judge_pair),
    Case("two outputs, four inputs, 5x5", inputs_five_by_five, judge_pair),
)
