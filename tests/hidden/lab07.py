"""The hidden cases of lab 07."""

import numpy as np

from labsupport.checks.lab07 import block, gate_of, hard_sigmoid, require_block, wave
from labsupport.checks.protocol import Case, require, require_close


def drive_grouped(conv_cost):
    return [conv_cost(48, 24, 5, 2, 4, 7, 9), conv_cost(1280, 1000, 1, 1, 1, 1, 1)]


def judge_grouped(costs):
    weights = 25 * 12 * 24
    require_close(costs[0]["parameters"], weights, "groups-forgotten", "Four groups of 12 input channels.")
    require_close(costs[0]["macs"], weights * 4 * 5, "wrong-macs", "7x9 with stride 2 gives 4x5.")
    require_close([costs[1]["parameters"], costs[1]["macs"]], [1280000, 1280000], "wrong-pointwise", "One place only.")


def drive_other_shapes(inverted_residual):
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    x, expand = tensor((1, 3, 7, 9), 0.9, 3.0), tensor((6, 3, 1, 1), 1.3, 2.0)
    filters, wider = tensor((6, 1, 5, 5), 0.7, 1.0), tensor((5, 6, 1, 1), 2.1, 0.5)
    outs = [inverted_residual(x, expand, filters, wider, stride) for stride in (1, 2)]
    pixel = tensor((2, 3, 1, 1), 0.9, 3.0)
    same = inverted_residual(pixel, expand, filters, tensor((3, 6, 1, 1), 2.1, 0.5), 2)
    return [*outs, same, inverted_residual(pixel, expand, filters, tensor((3, 6, 1, 1), 2.1, 0.5), 1), pixel]


def judge_other_shapes(results):
    *results, same, added, pixel = results
    x, weights = wave((1, 3, 7, 9), 0.9, 3.0), [wave((6, 3, 1, 1), 1.3, 2.0), wave((6, 1, 5, 5), 0.7, 1.0)]
    for out, stride in zip(results, (1, 2), strict=True):
        require_block(out, x, [*weights, wave((5, 6, 1, 1), 2.1, 0.5)], stride)
    image = wave((2, 3, 1, 1), 0.9, 3.0)
    require_close(pixel, image, "changes-its-input", "x has changed.", rtol=1e-4, atol=1e-4)
    clean = block(image, [*weights, wave((3, 6, 1, 1), 2.1, 0.5)], 1)  # of one pixel: the same for both strides
    hint = "The input was added although the stride is 2. One pixel stays one pixel, and still there is no skip."
    require_close(same, clean, "skip-by-shape-only", hint, rtol=1e-4, atol=1e-4)
    require_close(added, clean + image, "forgets-skip", "Stride 1: the input is added.", rtol=1e-4, atol=1e-4)


def drive_odd_size(block_cost):
    return [block_cost(16, 24, 2, 4, 15), block_cost(40, 40, 1, 3, 7)]


def judge_odd_size(costs):
    odd, square = costs
    require_close(odd["macs"], 16 * 64 * 225 + (9 + 24) * 64 * 64, "rounds-the-size-down", "15 with stride 2 gives 8.")
    require_close(odd["parameters"], 16 * 64 + 9 * 64 + 64 * 24 + 2 * (64 + 64 + 24), "wrong-parameters", "15x15.")
    require_close(square["macs"], (40 * 120 + 9 * 120 + 120 * 40) * 49, "wrong-macs", "The skip costs no MACs.")
    require_close(square["parameters"], 10680 + 2 * (120 + 120 + 40), "wrong-parameters", "40 to 40 channels.")


def drive_many_values(hard_swish):
    import torch

    x = torch.linspace(-8, 8, 4001).reshape(1, 1, 4001, 1)
    result = hard_swish(x)
    return [result["gate"], result["output"], x.sum()]


def judge_many_values(result):
    gate, output, total = result
    x = np.linspace(-8, 8, 4001).reshape(1, 1, 4001, 1)
    require_close(gate, hard_sigmoid(x), "wrong-gate", "Along a line.", rtol=1e-4, atol=1e-5)
    require_close(output, x * hard_sigmoid(x), "wrong-output", "Along a line.", rtol=1e-4, atol=1e-5)
    require(abs(total) < 0.1, "changes-its-input", "x has changed.")


def drive_one_pixel(squeeze_excite):
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    layers = tensor((2, 4), 1.3, 9.0), tensor((2,), 2.0, 8.0), tensor((4, 2), 0.8, 0.1), tensor((4,), 1.1, 0.5)
    images = [tensor(shape, 0.41, 1.5) for shape in ((3, 4, 1, 1), (1, 4, 9, 2))]
    return [[squeeze_excite(x, *layers) for x in images], images]


def judge_one_pixel(results):
    layers = [wave((2, 4), 1.3, 9.0), wave((2,), 2.0, 8.0), wave((4, 2), 0.8, 0.1), wave((4,), 1.1, 0.5)]
    for out, image, shape in zip(*results, ((3, 4, 1, 1), (1, 4, 9, 2)), strict=True):
        x = wave(shape, 0.41, 1.5)
        require_close(image, x, "changes-its-input", "x has changed.", rtol=1e-4, atol=1e-4)
        gate = hard_sigmoid(gate_of(x.mean((2, 3)), layers))
        limited = np.clip(x.mean((2, 3)) @ layers[0].T + layers[1], 0, 6) @ layers[2].T + layers[3]
        cut = "Values above 6 were cut between the layers. There stands a ReLU, not a ReLU6."
        close = np.allclose(np.asarray(out), x * hard_sigmoid(limited)[:, :, None, None], atol=1e-5)
        require(not close, "relu6-between-the-layers", cut)
        hint = f"Images of shape {shape}."
        require_close(out, x * gate[:, :, None, None], "wrong-output", hint, rtol=1e-4, atol=1e-4)


def drive_other_divisors(round_channels):
    return [round_channels(17, 4), round_channels(25.0, 16), round_channels(5, 1), round_channels(17.5, 16)]


def judge_other_divisors(rounded):
    require_close(rounded, [16, 32, 5, 16], "divisor-always-8", "Divisors 4, 16, 1 and 16.")


def drive_quarter(scaled_widths):
    return [scaled_widths([32, 16, 24, 40, 112, 960], 0.35), scaled_widths([16, 24, 40, 112, 960], 1.0)]


def judge_quarter(results):
    hint = "At 0.35 a width of 32 is 11.2. The nearest multiple, 8, loses more than a tenth: make_divisible gives 16."
    require(results[0][0] != 8, "rounds-to-the-nearest-only", hint)
    require_close(results[0], [16, 8, 8, 16, 40, 960], "wrong-widths", "At 0.35.", rtol=0)
    require_close(results[1], [16, 24, 40, 112, 960], "wrong-widths", "At 1.0 nothing changes.", rtol=0)


HIDDEN = {
    "conv-cost": (Case("four groups, and a classifier", drive_grouped, judge_grouped),),
    "inverted-residual": (Case("more channels, and a 5x5 filter", drive_other_shapes, judge_other_shapes),),
    "block-cost": (Case("an odd size, and a block with a skip", drive_odd_size, judge_odd_size),),
    "hard-swish": (Case("four thousand values", drive_many_values, judge_many_values),),
    "squeeze-excite": (Case("one pixel, and a narrow image", drive_one_pixel, judge_one_pixel),),
    "round-channels": (Case("other divisors", drive_other_divisors, judge_other_divisors),),
    "scaled-widths": (Case("a third as wide, and as it is", drive_quarter, judge_quarter),),
}
