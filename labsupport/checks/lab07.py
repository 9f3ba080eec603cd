"""The visible cases of lab 07, Mobile architectures."""

import math
from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, Exercise, reject, require, require_close, require_type, run


def wave(shape: tuple[int, ...], step: float, height: float) -> np.ndarray:
    """Return the numbers that the drivers fill their tensors with."""
    count = math.prod(shape)
    return (height * np.sin(step * np.arange(1, count + 1))).reshape(shape)


def same(actual: Data, expected: np.ndarray) -> bool:
    """Say whether a result is a tensor equal to a known one, up to rounding."""
    got = np.asarray(actual)
    return got.shape == expected.shape and bool(np.allclose(got, expected, rtol=1e-4, atol=1e-4))


def first_of(actual: Data, values: list[np.ndarray]) -> int:
    """Return which of several wrong results this is, counted from 0, or -1."""
    return next((number for number, value in enumerate(values) if same(actual, value)), -1)


def require_counts(cost: Data) -> None:
    """Raise CheckFailed unless this is a dict of two whole numbers, parameters and macs."""
    require_type(cost, dict, "returns-no-dict", "Return a dict with the keys parameters and macs.")
    keys = f"The keys must be parameters and macs, not {', '.join(map(str, cost))}."
    require(set(cost) == {"parameters", "macs"}, "wrong-keys", keys)
    for what in ("parameters", "macs"):
        whole = f"{what} is a {type(cost[what]).__name__}. Counts are whole numbers: divide with //, not with /."
        require_type(cost[what], int, "returns-a-float", whole)


def require_cost(cost: Data, parameters: int, macs: int) -> None:
    """Raise CheckFailed unless these are the counts."""
    require_close(cost["parameters"], parameters, "wrong-parameters", "Count the parameters again.", rtol=0, atol=0)
    require_close(cost["macs"], macs, "wrong-macs", "Count the MACs again.", rtol=0, atol=0)


def drive_two_convs(conv_cost: Callable) -> Data:
    return [conv_cost(32, 64, 3, 1, 1, 56, 40), conv_cost(96, 96, 3, 2, 96, 75, 56)]


def judge_two_convs(costs: Data) -> None:
    judge_dense_conv(costs[0])
    judge_depthwise_conv(costs[1])


def judge_dense_conv(cost: Data) -> None:
    weights, places = 9 * 32 * 64, 56 * 40
    hint = f"{2 * weights * places:,} counts multiplications and additions apart. One MAC is one of each."
    thin = "A kernel of size 3 has 3 x 3 weights for each input channel, not 3."
    require_counts(cost)
    reject(cost["parameters"], {3 * 32 * 64: ("kernel-not-squared", thin)})
    reject(cost["macs"], {2 * weights * places: ("counts-flops", hint)})
    require_cost(cost, weights, weights * places)


def judge_depthwise_conv(cost: Data) -> None:
    weights, places = 9 * 96, 38 * 28
    forgotten = "With 96 groups each filter sees one input channel, not 96: divide in_channels by groups."
    twice = "With 96 groups there still are 96 filters, each with 9 weights. Only the input channels are divided."
    low = "A stride of 2 on 75 rows with padding gives 38 rows: round up."
    at_input = "A convolution computes one value at each place of its output, which is smaller by the stride."
    require_counts(cost)
    reject(cost["parameters"], {96 * weights: ("groups-forgotten", forgotten), 9: ("groups-taken-twice", twice)})
    reject(
        cost["macs"],
        {96 * weights * places: ("groups-forgotten-in-macs", f"{forgotten} For the MACs as for the parameters.")},
    )
    reject(cost["macs"], {weights * 75 * 56: ("counts-at-the-input", at_input)})
    reject(cost["macs"], {weights * 37 * 28: ("rounds-the-size-down", low)})
    require_cost(cost, weights, weights * places)


CONV_COST = Exercise(
    "conv-cost", "conv_cost", (Case("a dense and a depthwise convolution", drive_two_convs, judge_two_convs),)
)


def check_conv_cost(conv_cost: Callable) -> None:
    """Compare conv_cost with counts made by hand."""
    run(CONV_COST, conv_cost)


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


def drive_two_strides(inverted_residual: Callable) -> Data:
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    weights = tensor((12, 4, 1, 1), 1.3, 2.0), tensor((12, 1, 3, 3), 0.7, 1.0), tensor((4, 12, 1, 1), 2.1, 0.5)
    return [inverted_residual(tensor((2, 4, 6, 8), 0.9, 3.0), *weights, stride) for stride in (1, 2)]


def judge_two_strides(results: Data) -> None:
    weights = [wave((12, 4, 1, 1), 1.3, 2.0), wave((12, 1, 3, 3), 0.7, 1.0), wave((4, 12, 1, 1), 2.1, 0.5)]
    for out, stride in zip(results, (1, 2), strict=True):
        require_block(out, wave((2, 4, 6, 8), 0.9, 3.0), weights, stride)


INVERTED_RESIDUAL = Exercise(
    "inverted-residual",
    "inverted_residual",
    (Case("equal channels, stride 1 and 2", drive_two_strides, judge_two_strides),),
)


def check_inverted_residual(inverted_residual: Callable) -> None:
    """Compare inverted_residual with the three steps in numpy."""
    run(INVERTED_RESIDUAL, inverted_residual)


def drive_two_blocks(block_cost: Callable) -> Data:
    return [block_cost(24, 32, 2, 6, 29), block_cost(32, 16, 1, 1, 112)]


def judge_two_blocks(costs: Data) -> None:
    judge_block_with_stride(costs[0])
    judge_block_without_expansion(costs[1])


def judge_block_with_stride(cost: Data) -> None:
    hidden, inner, outer = 144, 29 * 29, 15 * 15
    expand, depthwise, project, norms = 24 * hidden, 9 * hidden, hidden * 32, 2 * (2 * hidden + 32)
    weights = expand + depthwise + project
    other_side = 24 * 192 + 9 * 192 + 192 * 32 + 2 * (2 * 192 + 32)
    dense = expand + 9 * hidden**2 + project + norms
    sides = "The expansion multiplies the input channels: 6 x 24 = 144 hidden channels, not 6 x 32."
    groups = "The depthwise convolution has 9 weights for each hidden channel, not for each pair of channels."
    norm = "Each convolution has a batch norm, with a weight and a bias for each channel."
    running = "Batch norm has 2 parameters a channel; running mean and variance are not trained and do not count."
    late = "The expansion works on the whole input, 29x29: the stride is in the depthwise convolution."
    early = "The depthwise convolution has the stride, so it computes 15x15 values a channel."
    low = "A stride of 2 on 29 rows gives 15 rows: round up, as in exercise 1."
    require_counts(cost)
    reject(cost["parameters"], {other_side: ("expands-the-output", sides), dense: ("groups-forgotten", groups)})
    reject(cost["parameters"], {weights: ("forgets-batch-norm", norm)})
    reject(cost["parameters"], {weights + 2 * norms: ("counts-running-statistics", running)})
    reject(cost["macs"], {weights * outer: ("expands-after-the-stride", late)})
    reject(cost["macs"], {(expand + depthwise) * inner + project * outer: ("depthwise-before-the-stride", early)})
    reject(cost["macs"], {expand * inner + (depthwise + project) * 14 * 14: ("rounds-the-size-down", low)})
    macs = expand * inner + (depthwise + project) * outer
    require_cost(cost, weights + norms, macs)


def judge_block_without_expansion(cost: Data) -> None:
    weights, places = 9 * 32 + 32 * 16, 112 * 112
    hint = "With expand_ratio 1 there is no expansion: no 1x1 convolution and no batch norm of it."
    norms = 2 * (32 + 16)
    require_counts(cost)
    for extra in (32 * 32 + 64, 32 * 32, 64):  # the weights of the expansion with those of its batch norm, or one alone
        reject(cost["parameters"], {weights + norms + extra: ("expands-at-ratio-1", hint)})
    reject(cost["macs"], {(weights + 32 * 32) * places: ("expands-at-ratio-1", hint)})
    require_cost(cost, weights + norms, weights * places)


BLOCK_COST = Exercise(
    "block-cost", "block_cost", (Case("with a stride, and without expansion", drive_two_blocks, judge_two_blocks),)
)


def check_block_cost(block_cost: Callable) -> None:
    """Compare block_cost with counts made by hand."""
    run(BLOCK_COST, block_cost)


def drive_seven_values(hard_swish: Callable) -> Data:
    import torch

    return hard_swish(torch.tensor([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 6.0]))


def judge_seven_values(result: Data) -> None:
    require_type(result, dict, "returns-no-dict", "Return a dict with the keys gate and output.")
    keys = f"The keys must be gate and output, not {', '.join(map(str, result))}."
    require(set(result) == {"gate", "output"}, "wrong-keys", keys)
    gate, x = np.asarray(result["gate"]), np.array([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 6.0])
    right = np.clip(x + 3, 0, 6) / 6
    slope = "The slope is 1/5, that of another library's hard sigmoid. Here it is 1/6: the gate is 0 at -3 and 1 at 3."
    smooth = "That is the sigmoid itself. The hard one is made of straight lines."
    made = [np.clip(0.2 * x + 0.5, 0, 1), 6 * right, np.maximum(x + 3, 0) / 6, np.clip(x, 0, 6) / 6]
    found = first_of(gate, [*made, 1 / (1 + np.exp(-x))])
    reject(found, {0: ("hard-swish-slope", slope)})
    reject(found, {1: ("forgets-the-sixth", "The gate ends at 1, not at 6: divide by 6.")})
    reject(found, {2: ("no-upper-limit", "At 6 the gate is above 1: it must stop there.")})
    reject(found, {3: ("gate-not-shifted", "At 0 the gate is 0.5: shift x by 3 first.")})
    reject(found, {4: ("the-smooth-one", smooth)})
    require_close(gate, right, "wrong-gate", "The gate is 0 up to -3, 1 from 3 on, a straight line between.")
    hint = "output is the gate once more. It must be x times the gate."
    require(not same(result["output"], right), "returns-the-gate-twice", hint)
    require_close(result["output"], x * right, "wrong-output", "output is x times the gate.")


HARD_SWISH = Exercise("hard-swish", "hard_swish", (Case("seven values", drive_seven_values, judge_seven_values),))


def check_hard_swish(hard_swish: Callable) -> None:
    """Compare hard_swish with values made by hand."""
    run(HARD_SWISH, hard_swish)


def hard_sigmoid(x: np.ndarray) -> np.ndarray:
    return np.clip(x + 3, 0, 6) / 6


def gate_of(squeezed: np.ndarray, layers: list[np.ndarray], relu: bool = True) -> np.ndarray:
    """Return what the gate's function gets, for squeezed values (N, C)."""
    hidden = squeezed @ layers[0].T + layers[1]
    return (np.maximum(hidden, 0) if relu else hidden) @ layers[2].T + layers[3]


def drive_two_images(squeeze_excite: Callable) -> Data:
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    layers = tensor((3, 6), 1.3, 1.0), tensor((3,), 2.0, 0.3), tensor((6, 3), 0.8, 1.0), tensor((6,), 1.1, 0.5)
    channel = torch.tensor([1.0, -2.0, 0.5, 3.0, -1.0, 2.0])[:, None, None]
    return squeeze_excite(tensor((2, 6, 4, 5), 0.37, 2.0) + channel, *layers)


def judge_two_images(out: Data) -> None:
    layers = [wave((3, 6), 1.3, 1.0), wave((3,), 2.0, 0.3), wave((6, 3), 0.8, 1.0), wave((6,), 1.1, 0.5)]
    x = wave((2, 6, 4, 5), 0.37, 2.0) + np.array([1.0, -2.0, 0.5, 3.0, -1.0, 2.0])[:, None, None]
    raw = gate_of(x.mean((2, 3)), layers)
    gate = hard_sigmoid(raw)
    got = np.asarray(out)
    require(
        got.size != gate.size, "returns-the-gate", "That is the gate. Multiply the input by it, channel by channel."
    )
    places = np.moveaxis(gate_of(np.moveaxis(x, 1, 3).reshape(-1, 6), layers).reshape(2, 4, 5, 6), 3, 1)
    wide = (slice(None), slice(None), None, None)
    summed = gate_of(x.sum((2, 3)), layers)[wide]
    whole_batch = gate_of(x.mean((0, 2, 3))[None], layers)[wide]
    linear = gate_of(x.mean((2, 3)), layers, relu=False)[wide]
    each = "Each place has a gate of its own. Squeeze first: one mean for each channel of each image."
    pixels = "The gate depends on how many pixels there are: take the mean, not the sum."
    batch = "Both images got the same gate: the mean runs over height and width, not over the batch."
    smooth = "The gate came from the smooth sigmoid. This one is made of straight lines: relu6(x + 3) / 6."
    between = "Between the two layers stands a ReLU; without it they are one linear layer."
    gates = [hard_sigmoid(places), *(hard_sigmoid(value) for value in (summed, whole_batch, linear))]
    scaled = [x * value for value in (*gates, 1 / (1 + np.exp(-raw))[wide])]
    found = first_of(out, [*scaled, x + gate[wide]])
    reject(found, {0: ("squeeze-without-the-mean", each), 1: ("sums-instead-of-mean", pixels)})
    reject(found, {2: ("means-over-the-batch", batch), 3: ("forgets-relu", between), 4: ("smooth-gate", smooth)})
    reject(found, {5: ("adds-the-gate", "The gate was added. It scales each channel: multiply.")})
    require_close(out, x * gate[wide], "wrong-output", "Mean, layer, ReLU, layer, gate, scale.", rtol=1e-4, atol=1e-4)


SQUEEZE_EXCITE = Exercise(
    "squeeze-excite", "squeeze_excite", (Case("two images of six channels", drive_two_images, judge_two_images),)
)


def check_squeeze_excite(squeeze_excite: Callable) -> None:
    """Compare squeeze_excite with the steps in numpy."""
    run(SQUEEZE_EXCITE, squeeze_excite)


def drive_widths(round_channels: Callable) -> Data:
    return [round_channels(channels) for channels in (33.6, 52.0, 103.0, 11.0, 3.0, 96.0, 27.0)]


def judge_widths(rounded: Data) -> None:
    require_type(rounded, list, "returns-wrong-type", "Return one whole number for each call.")
    whole = "Return a whole number: 32 and not 32.0. Channels are counted."
    for width in rounded:
        require_type(width, int, "returns-a-float", whole)
    third, half, near, small, tiny, exact, limit = rounded
    require(
        third != 40, "rounds-up", "33.6 became 40. The nearest multiple of 8 is 32, and it loses less than a tenth."
    )
    require(near != 96, "rounds-down", "103 became 96. The nearest multiple of 8 is 104.")
    hint = "52 lies in the middle between 48 and 56: a half goes up. (Python's round takes the even multiple.)"
    require(half != 48, "half-goes-down", hint)
    hint = "11 became 8, which loses more than a tenth. Then the next multiple is taken: 16."
    require(small != 8, "loses-more-than-a-tenth", hint)
    require(tiny != 0, "lets-a-layer-vanish", "3 became 0 channels. At least one multiple of the divisor stays.")
    hint = "27 became 24, which is less than nine tenths of 27. Then the next multiple is taken: 32."
    require(limit != 24, "wrong-limit", hint)
    expected = [32, 56, 104, 16, 8, 96, 32]
    require_close([third, half, near, small, tiny, exact, limit], expected, "wrong-width", "See the two steps.")


ROUND_CHANNELS = Exercise("round-channels", "round_channels", (Case("seven widths", drive_widths, judge_widths),))


def check_round_channels(round_channels: Callable) -> None:
    """Compare round_channels with widths rounded by hand."""
    run(ROUND_CHANNELS, round_channels)


def drive_multipliers(scaled_widths: Callable) -> Data:
    widths = [32, 16, 24, 96, 320, 1280]
    return [*(scaled_widths(widths, multiplier) for multiplier in (0.5, 1.4)), widths]


def judge_multipliers(results: Data) -> None:
    half, more, widths = results
    hint = "The list that was passed has changed. Return a new one."
    require(widths == [32, 16, 24, 96, 320, 1280], "changes-its-input", hint)
    require(len(half) == len(more) == 6, "wrong-length", "Six widths in, six widths out.")
    hint = (
        "At 0.5 the stem should have 16 channels, not 32. The first layers work on the largest images: scale them too."
    )
    require(half[0] != 32, "stem-not-scaled", hint)
    require(half[1] != 16, "first-block-not-scaled", "At 0.5 the first block should have 8 channels, not 16.")
    require(
        half[-1] != 640, "head-shrinks", "At 0.5 the head became 640. It is the one layer that never gets narrower."
    )
    require(more[-1] != 1280, "head-never-grows", "At 1.4 the head stayed at 1280. It does grow: 1792.")
    hint = "Widths are multiples of 8: pass each scaled width to make_divisible."
    require(all(width % 8 == 0 for width in [*half, *more]), "cuts-instead-of-rounding", hint)
    require_close(half, [16, 8, 16, 48, 160, 1280], "wrong-widths", "At 0.5.", rtol=0)
    require_close(more, [48, 24, 32, 136, 448, 1792], "wrong-widths", "At 1.4.", rtol=0)


SCALED_WIDTHS = Exercise(
    "scaled-widths", "scaled_widths", (Case("half and 1.4 times as wide", drive_multipliers, judge_multipliers),)
)


def check_scaled_widths(scaled_widths: Callable) -> None:
    """Compare scaled_widths with widths scaled by hand."""
    run(SCALED_WIDTHS, scaled_widths)


EXERCISES = (CONV_COST, INVERTED_RESIDUAL, BLOCK_COST, HARD_SWISH, SQUEEZE_EXCITE, ROUND_CHANNELS, SCALED_WIDTHS)
