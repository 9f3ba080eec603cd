"""Visible cases of equalizing_factors, lab 03."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype, require_shape


def inputs_two_convolutions() -> tuple:
    import torch

    first = torch.tensor([[[[0.5, -8.0]], [[2.0, 1.0]]], [[[1.0, 0.25]], [[-0.5, 0.5]]], [[[0.1, 0.2]], [[0.3, -0.4]]]])
    second = torch.tensor([[0.25, -1.0, 0.5], [-2.0, 3.0, 0.1], [1.0, -4.0, 0.9]]).view(3, 3, 1, 1)
    return first, second


def inputs_zero_channels() -> tuple:
    import torch

    first = torch.tensor([[0.5, 0.1], [0.0, 0.0], [-3.0, 1.0], [1.0, 2.0]]).view(4, 2, 1, 1)
    second = torch.tensor([[2.0, 1.0, 0.75, 0.0], [-0.5, 4.0, -0.25, 0.0]])
    return first, second


def judge_factors(result: Data, first_weight, second_weight) -> None:
    first, second = first_weight.double().numpy(), second_weight.double().numpy()
    channels = len(first)
    others = tuple(dim for dim in range(second.ndim) if dim != 1)
    written, read = abs(first).reshape(channels, -1).max(1), abs(second).max(others)
    used = (written > 0) & (read > 0)
    hint = f"{channels} channels lie between the two layers. Return one factor for each."
    require_shape(result, (channels,), "wrong-shape", hint)
    require_dtype(result, "float32", "wrong-dtype", "Return float32, the type of the weights.")
    hint = "A channel is all zeros in one of the two weights. Whatever is divided there, its factor is 1."
    require(bool((result[~used] == 1).all()), "zero-channel", f"{hint} Got {result[~used]}.")
    r, t = written[used], read[used]
    signed_r, signed_t = first.reshape(channels, -1).max(1)[used], second.max(others)[used]
    of_signs = "The largest magnitude may belong to a negative weight: abs first."
    with np.errstate(all="ignore"):
        known = [
            (
                "upside-down",
                np.sqrt(t / r),
                "These are the inverse factors: a large channel is divided by one above 1.",
            ),
            ("no-square-root", r / t, "r / t moves all of the difference to the second layer. Take the square root."),
            ("returns-the-common-size", np.sqrt(r * t), "Both sides have sqrt(r t) afterwards. Return sqrt(r / t)."),
            ("forgets-abs", np.sqrt(signed_r / t), of_signs),
            ("forgets-abs", np.sqrt(r / signed_t), of_signs),
            ("forgets-abs", np.sqrt(signed_r / signed_t), of_signs),
        ]
    if len(second) == channels:
        by_output = abs(second).reshape(channels, -1).max(1)[used]
        hint = "t belongs to the channels that the second layer reads, its second dimension; yours is by its outputs."
        known.append(("reads-by-output", np.sqrt(r / by_output), hint))
    expected = np.ones(channels)
    expected[used] = np.sqrt(r / t)
    if not np.allclose(result, expected, rtol=1e-4, atol=1e-6):
        for slug, wrong, why in known:
            require(not np.allclose(result[used], wrong, rtol=1e-4, atol=1e-6), slug, why)
    setting = f"Largest magnitudes: written {written.round(3)}, read {read.round(3)}."
    require_close(result, expected, "wrong-factors", setting, rtol=1e-4, atol=1e-6)


CASES = (
    Case("two convolutions of three channels", inputs_two_convolutions, judge_factors),
    Case("a convolution and a linear layer, two channels of zeros", inputs_zero_channels, judge_factors),
)
