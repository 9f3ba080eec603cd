"""Visible cases of group_scales, lab 01."""

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_shape, require_type


def inputs_per_channel() -> tuple:
    import torch

    return torch.tensor([[1.27, -0.5, 0.2], [-2.54, 0.1, 0.3]]), 8, 3


def judge_per_channel(scales: Data) -> None:
    require_type(scales, np.ndarray, "returns-wrong-type", "Return a tensor.")
    columns = np.array([2.54, 0.5, 0.3]) / 127
    hint = "These are the scales of the columns, the input channels. Output channels are dimension 0: one scale a row."
    wrong_axis = scales.size == 3 and np.allclose(np.sort(scales.ravel()), np.sort(columns), rtol=1e-4)
    require(not wrong_axis, "wrong-axis", hint)
    require(scales.size != 1, "per-tensor", "One scale for the whole weight: the two output channels need one each.")
    require_shape(scales, (2, 1), "wrong-shape", "Two output channels, one group in each.")
    hint = "-2.54 is larger than 0.3: the magnitude decides, so take abs() before the largest."
    reject(float(scales[1, 0]), {0.3 / 127: ("signed-largest", hint)})
    hint = "At 8 bits the integers end at 127, not 128: 2 ** 7 - 1."
    signed = "The integers are signed: half of the 8 bits' steps a side."
    reject(float(scales[0, 0]), {1.27 / 128: ("counts-integers", hint), 1.27 / 255: ("unsigned-steps", signed)})
    require_close(scales, [[0.01], [0.02]], "wrong-scales", "1.27 and 2.54 over 127.")


def inputs_groups_of_four() -> tuple:
    import torch

    return torch.arange(1, 25).float().reshape(2, 3, 2, 2), 4, 4


def judge_groups_of_four(scales: Data) -> None:
    require_shape(scales, (2, 3), "wrong-shape", "2 output channels of 12 weights have 3 groups of 4 each.")
    expected = np.array([[4, 8, 12], [16, 20, 24]]) / 7
    hint = "All scales are too small by the same factor: at 4 bits the integers end at 2 ** 3 - 1 = 7."
    require(not np.allclose(scales, expected * 7 / 127), "always-eight-bits", hint)
    require_close(scales, expected, "wrong-scales", "The largest weight of each group over 7.")


def inputs_short_group() -> tuple:
    import torch

    return torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 0.0, 0.0, 10.0]]), 3, 2


def judge_short_group(scales: Data) -> None:
    hint = "5 weights in groups of 2 make 3 groups, the last of a single weight: a group ends where its channel ends."
    crossing = scales.shape == (2, 3) and np.allclose(scales.ravel()[:3] * 3, [2, 4, 6])
    require(scales.size != 5 and not crossing, "crosses-channels", hint)
    hint = "5 weights in groups of 2 make 3 groups. The last one is shorter and needs a scale too."
    require(scales.shape != (2, 2), "drops-the-rest", hint)
    hint = "Two zeros are a group, and got the scale 0, which quantizing would divide by. Give it a positive scale."
    require(scales[1, 1] > 0, "zero-scale", hint)
    hint = "At 3 bits the integers end at 3. A group of zeros takes the scale 1."
    require_close(scales, np.array([[2, 4, 5], [7, 3, 10]]) / 3, "wrong-scales", hint)


CASES = (
    Case("one group a channel", inputs_per_channel, judge_per_channel),
    Case("groups of four in a convolution", inputs_groups_of_four, judge_groups_of_four),
    Case("a short group and a group of zeros", inputs_short_group, judge_short_group),
)
