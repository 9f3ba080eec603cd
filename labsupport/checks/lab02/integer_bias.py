"""Visible cases of integer_bias, lab 02."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype, require_shape


def require_int32(found: Data, count: int) -> None:
    """Raise CheckFailed unless the result is one int32 for each output."""
    hint = "The accumulator is int32, yours is int64: change the type at the end."
    require(getattr(found, "dtype", None) != "int64", "keeps-int64", hint)
    require_shape(found, (count,), "wrong-shape", "One integer for each output: sum over all dimensions but the first.")
    require_dtype(found, "int32", "wrong-type", "The result is int32: change the type at the end.")


def inputs_linear() -> tuple:
    import torch

    weight = torch.tensor([[10, -3, 5], [-100, -90, 20]], dtype=torch.int8)
    return torch.tensor([0.5385, -0.2672]), weight, 0.1, torch.tensor([0.05, 0.02]), 7


def judge_linear(found: Data) -> None:
    values = np.ravel(found).tolist()
    known = {
        "forgets-zero-point": ([108, -134], "The zero point times the sum of the weights is missing."),
        "adds-the-zero-point": ([192, -1324], "The sign is wrong: what was pulled out of the sum is *subtracted*."),
        "forgets-weight-scale": ([-79, 1187], "The bias was divided by the input's scale alone. Products have both."),
        "forgets-input-scale": ([-73, 1177], "The bias was divided by the weights' scale alone. Products have both."),
        "truncates": ([23, 1057], "107.7 and -133.6 steps were cut off to 107 and -133. Round to the nearest."),
        "rounds-down": ([23, 1056], "107.7 steps became 107. Round to the nearest."),
        "zero-point-once": ([101, -141], "The zero point was subtracted once. It is subtracted from every code."),
        "multiplies-by-scales": ([-84, 1190], "Divide the bias by the scale: it has to become a number of steps."),
    }
    hint = "-100, -90 and 20 add up to -170, which int8 cannot hold: it wraps. Widen before you add and multiply."
    require(values not in ([24, -224], [24, -736]), "sums-in-int8", hint)
    for slug, (wrong, hint) in known.items():
        require(values != wrong, slug, hint)
    require_int32(found, 2)
    require_close(found, [24, 1056], "wrong-bias", "108 - 7 * 12 is 24, and -134 + 7 * 170 is 1056.", rtol=0)


def inputs_convolution() -> tuple:
    import torch

    weight = torch.tensor([[[[90, 80]], [[70, 1]]], [[[1, -2]], [[3, -4]]], [[[0, 0]], [[0, 0]]]], dtype=torch.int8)
    return torch.tensor([1.24, -0.92, 0.0]), weight, 0.5, torch.tensor([0.025, 0.1, 0.2]), 73


def judge_convolution(found: Data) -> None:
    require_int32(found, 3)
    values = np.ravel(found).tolist()
    hint = "90 + 80 + 70 + 1 is 241. In int8 it wraps to -15: widen before you add."
    require(values[0] not in (170, 99 + 73 * 15), "sums-in-int8", hint)
    require_close(found, [99 - 73 * 241, -18 + 73 * 2, 0], "wrong-bias", "99 - 73 * 241, -18 + 73 * 2 and 0.", rtol=0)


CASES = (
    Case("a linear layer", inputs_linear, judge_linear),
    Case("a convolution with zero point 73", inputs_convolution, judge_convolution),
)
