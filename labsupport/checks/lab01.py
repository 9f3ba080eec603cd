"""The visible cases of lab 01, Quantization by hand."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import (
    Case,
    Data,
    Exercise,
    reject,
    require,
    require_close,
    require_dtype,
    require_shape,
    require_type,
    run,
)


def require_grid(grid: Data, quant_min: int, quant_max: int) -> None:
    """Raise CheckFailed unless the result is a usable grid: a positive scale and a zero point on the grid."""
    require_type(grid, dict, "returns-no-dict", "Return a dict with the keys scale and zero_point.")
    require(set(grid) == {"scale", "zero_point"}, "wrong-keys", f"The keys must be scale, zero_point: {list(grid)}.")
    require_type(grid["scale"], (int, float), "scale-is-no-number", "The scale is one number.")
    require_type(grid["zero_point"], int, "zero-point-not-whole", "The zero point is an integer: round it.")
    require(grid["scale"] > 0, "zero-scale", f"The scale is {grid['scale']}. It must be positive: see step 2.")
    hint = f"The zero point {grid['zero_point']} is not on the grid from {quant_min} to {quant_max}. "
    hint += "Widen the range to contain 0, and saturate the zero point."
    require(quant_min <= grid["zero_point"] <= quant_max, "zero-point-not-clamped", hint)


def drive_asymmetric(choose_qparams_affine: Callable) -> Data:
    return [choose_qparams_affine(-0.996, 1.554, *ends, False) for ends in ((0, 255), (-128, 127))]


def judge_asymmetric(grids: Data) -> None:
    hint = "A wrong sign: 0 lies 100 steps above low, which sits at quant_min. The formula subtracts a negative number."
    zero_points = [grid.get("zero_point") for grid in grids if isinstance(grid, dict)]
    require(zero_points not in ([-100, -228], [0, -128]), "zero-point-sign", hint)
    require_grid(grids[0], 0, 255)
    hint = "256 integers have 255 steps between them: divide by quant_max - quant_min."
    reject(grids[0]["scale"], {2.55 / 256: ("counts-integers", hint)})
    hint = "symmetric is False here: the range of high - low gets all 255 steps."
    reject(grids[0]["scale"], {1.554 / 127: ("always-symmetric", hint)})
    require_close(grids[0]["scale"], 0.01, "wrong-scale", "From -0.996 to 1.554 in 255 steps.")
    hint = "99.6 steps lie between low and 0. Round to 100; int() cuts off."
    reject(grids[0]["zero_point"], {99: ("truncates-zero-point", hint)})
    require_close(grids[0]["zero_point"], 100, "wrong-zero-point", "low is 99.6 steps below 0.", rtol=0)
    hint = "The zero point counts from quant_min, which is -128 here: -128 + 100 is -28."
    reject(grids[1]["zero_point"], {100: ("forgets-quant-min", hint)})
    require_grid(grids[1], -128, 127)
    require_close(grids[1]["zero_point"], -28, "wrong-zero-point", hint, rtol=0)


def drive_without_zero(choose_qparams_affine: Callable) -> Data:
    return [choose_qparams_affine(low, low + 3.1, 0, 255, False) for low in (2.0, -5.1)]


def judge_without_zero(grids: Data) -> None:
    for grid, zero_point in zip(grids, (0, 255), strict=True):
        require_grid(grid, 0, 255)
        hint = "The range from 2.0 to 5.1 does not contain 0, so no integer stands for 0. Widen it first, here to 0."
        reject(grid["scale"], {3.1 / 255: ("range-without-zero", hint)})
        require_close(grid["scale"], 0.02, "wrong-scale", "From 0 to 5.1, or from -5.1 to 0, in 255 steps.")
        hint = "0 lies at one end of the range, so at one end of the grid."
        require_close(grid["zero_point"], zero_point, "wrong-zero-point", hint, rtol=0)


def drive_symmetric(choose_qparams_affine: Callable) -> Data:
    return [choose_qparams_affine(-2.54, 1.0, -127, 127, True), choose_qparams_affine(0.5, 1.27, -127, 127, True)]


def judge_symmetric(grids: Data) -> None:
    hint = "The largest magnitude is 2.54, at the negative end: use both ends."
    require_grid(grids[0], -127, 127)
    reject(grids[0]["scale"], {1.0 / 127: ("ignores-negative-end", hint)})
    hint = "Symmetric: the larger end decides, 2.54 / 127, not the width 3.54."
    reject(grids[0]["scale"], {3.54 / 254: ("symmetric-uses-width", hint)})
    for grid, scale in zip(grids, (0.02, 0.01), strict=True):
        require_grid(grid, -127, 127)
        require_close(grid["scale"], scale, "wrong-scale", "The larger end, 2.54 or 1.27, takes 127 steps.")
        require_close(grid["zero_point"], 0, "symmetric-with-zero-point", "Symmetric: the zero point is 0.", rtol=0)


def drive_constant(choose_qparams_affine: Callable) -> Data:
    zeros = [choose_qparams_affine(0.0, 0.0, 0, 255, False), choose_qparams_affine(0.0, 0.0, -127, 127, True)]
    return [*zeros, choose_qparams_affine(0.51, 0.51, 0, 255, False)]


def judge_constant(grids: Data) -> None:
    for grid, ends in zip(grids, ((0, 255), (-127, 127), (0, 255)), strict=True):
        require_grid(grid, *ends)
    require_close(grids[2]["scale"], 0.002, "wrong-scale", "0.51 everywhere: the range from 0 to 0.51, with 0 in it.")


CHOOSE_QPARAMS_AFFINE = Exercise(
    "choose-qparams-affine",
    "choose_qparams_affine",
    (
        Case("an asymmetric range in uint8 and int8", drive_asymmetric, judge_asymmetric),
        Case("ranges without 0", drive_without_zero, judge_without_zero),
        Case("symmetric", drive_symmetric, judge_symmetric),
        Case("the same number everywhere", drive_constant, judge_constant),
    ),
)


def check_choose_qparams_affine(choose_qparams_affine: Callable) -> None:
    """Compare choose_qparams_affine with grids worked out by hand."""
    run(CHOOSE_QPARAMS_AFFINE, choose_qparams_affine)


def drive_published_example(quantize_affine: Callable) -> Data:
    import torch

    return quantize_affine(torch.tensor([10.0, -10.0, 1.0]), 0.05, 0, -128, 127)


def judge_published_example(codes: Data) -> None:
    require_dtype(codes, "int8", "wrong-type", "The grid has negative integers: store int8, as the last step.")
    hint = f"10.0 at scale 0.05 became {codes[0]}, not 127. 200 is past the end of the grid and must stop there, not "
    require(not codes[0] < 0 < codes[1], "casts-before-clamp", hint + "wrap: saturate before you change the type.")
    require_close(codes, [127, -128, 20], "wrong-codes", "x / scale is 200, -200 and 20, and the grid ends at 127.")


def drive_uint8_codes(quantize_affine: Callable) -> Data:
    import torch

    return quantize_affine(torch.tensor([[-0.5, 0.0, 0.26], [0.74, 1.0, 40.0]]), 0.1, 3, 0, 255)


def judge_uint8_codes(codes: Data) -> None:
    require_dtype(codes, "uint8", "always-int8", "The grid from 0 to 255 does not fit into int8: store uint8.")
    flat = codes.ravel().tolist()
    require(flat[1] != 0, "forgets-zero-point", "0.0 became 0. It is the zero point, here 3: add it.")
    require(flat[2] != 5, "truncates", "0.26 at scale 0.1 is 2.6 steps. Round to 3; changing the type alone cuts off.")
    hint = f"-0.5 and 40.0 became {flat[0]} and {flat[5]}, not 0 and 255: saturate after adding the zero point."
    require(flat[0] != 3 and flat[0] < 200 and flat[5] == 255, "clamps-before-zero-point", hint)
    require_close(codes, [[0, 3, 6], [10, 13, 255]], "wrong-codes", "Divide, round, add 3, stop at 0 and 255.")


def drive_ties(quantize_affine: Callable) -> Data:
    import torch

    return quantize_affine(torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, -2.5]), 1.0, 0, -128, 127)


def judge_ties(codes: Data) -> None:
    even = "torch.round sends a half to the even neighbour."
    require(list(codes) != [1, 2, 3, -1, -2, -3], "rounds-half-away", f"Halves went away from zero: {even}")
    require(list(codes) != [1, 2, 3, 0, -1, -2], "rounds-half-up", f"Halves went up, as by floor(x + 0.5): {even}")
    require_close(codes, [0, 2, 2, 0, -2, -2], "wrong-codes", "A half goes to the even neighbour.")


def drive_two_grids(quantize_affine: Callable) -> Data:
    import torch

    grids = torch.tensor([[0.2], [0.01]]), torch.tensor([[-5], [20]])
    return quantize_affine(torch.tensor([[0.42, -0.6], [0.42, -0.6]]), *grids, -100, 50)


def judge_two_grids(codes: Data) -> None:
    hint = "Both rows came out equal. scale and zero_point are tensors: 0.2 and -5 for row 0, 0.01 and 20 for row 1."
    require(not np.array_equal(codes[0], codes[1]), "one-grid-for-all", hint)
    require_close(codes, [[-3, -8], [50, -40]], "wrong-codes", "Scale and zero point are tensors here, one a row.")


QUANTIZE_AFFINE = Exercise(
    "quantize-affine",
    "quantize_affine",
    (
        Case("the published example", drive_published_example, judge_published_example),
        Case("uint8 with a zero point", drive_uint8_codes, judge_uint8_codes),
        Case("halves", drive_ties, judge_ties),
        Case("a grid for each row", drive_two_grids, judge_two_grids),
    ),
)


def check_quantize_affine(quantize_affine: Callable) -> None:
    """Compare quantize_affine with codes worked out by hand."""
    run(QUANTIZE_AFFINE, quantize_affine)


def drive_per_channel(group_scales: Callable) -> Data:
    import torch

    return group_scales(torch.tensor([[1.27, -0.5, 0.2], [-2.54, 0.1, 0.3]]), 8, 3)


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


def drive_groups_of_four(group_scales: Callable) -> Data:
    import torch

    return group_scales(torch.arange(1, 25).float().reshape(2, 3, 2, 2), 4, 4)


def judge_groups_of_four(scales: Data) -> None:
    require_shape(scales, (2, 3), "wrong-shape", "2 output channels of 12 weights have 3 groups of 4 each.")
    expected = np.array([[4, 8, 12], [16, 20, 24]]) / 7
    hint = "All scales are too small by the same factor: at 4 bits the integers end at 2 ** 3 - 1 = 7."
    require(not np.allclose(scales, expected * 7 / 127), "always-eight-bits", hint)
    require_close(scales, expected, "wrong-scales", "The largest weight of each group over 7.")


def drive_short_group(group_scales: Callable) -> Data:
    import torch

    return group_scales(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 0.0, 0.0, 10.0]]), 3, 2)


def judge_short_group(scales: Data) -> None:
    hint = "5 weights in groups of 2 make 3 groups, the last of a single weight: a group ends where its channel ends."
    require(scales.shape != (5,) and scales.size != 5, "crosses-channels", hint)
    hint = "5 weights in groups of 2 make 3 groups. The last one is shorter and needs a scale too."
    require(scales.shape != (2, 2), "drops-the-rest", hint)
    hint = "Two zeros are a group, and got the scale 0, which quantizing would divide by. Give it a positive scale."
    require(scales[1, 1] > 0, "zero-scale", hint)
    got, expected = scales.ravel()[[0, 1, 2, 3, 5]], np.array([2, 4, 5, 7, 10]) / 3
    require_close(got, expected, "wrong-scales", "At 3 bits the integers end at 3.")


GROUP_SCALES = Exercise(
    "group-scales",
    "group_scales",
    (
        Case("one group a channel", drive_per_channel, judge_per_channel),
        Case("groups of four in a convolution", drive_groups_of_four, judge_groups_of_four),
        Case("a short group and a group of zeros", drive_short_group, judge_short_group),
    ),
)


def check_group_scales(group_scales: Callable) -> None:
    """Compare group_scales with scales worked out by hand."""
    run(GROUP_SCALES, group_scales)


def drive_splits(percentile_range: Callable) -> Data:
    import torch

    ends = {"train": (-400, 400), "validation": (-300, 300), "calibration": (-80, 20), "test": (-200, 200)}
    splits = {name: torch.linspace(*pair, 101).repeat(6, 2, 1) for name, pair in ends.items()}
    splits["calibration"][4:] *= 7
    return percentile_range(splits, 4, 0.9)


def judge_splits(found: Data) -> None:
    require_type(found, dict, "returns-no-dict", "Return a dict with the keys low and high.")
    require(set(found) == {"low", "high"}, "wrong-keys", f"The keys must be low and high, not {', '.join(found)}.")
    low, high = found["low"], found["high"]
    require_type(low, (int, float), "returns-no-number", "low and high are numbers: use .item().")
    require(low <= high, "swapped-ends", f"low is {low:g} and high is {high:g}.")
    hint = "This range comes from the test split, which the result will be reported on. One split is there for ranges."
    reject(high, {180.0: ("calibrates-on-test", hint)})
    hint = "This range comes from the validation split, which decisions are made on. One split is there for ranges."
    reject(high, {270.0: ("calibrates-on-validation", hint)})
    reject(high, {360.0: ("calibrates-on-train", "This range comes from the train split. Use the one for ranges.")})
    reject(high, {20.0: ("takes-min-max", "20 is the largest value. At a coverage of 0.9, some values lie outside.")})
    if abs(low + high) < 1e-4:
        hint = "From -10 to 10: a quantile of the signed values was mirrored. Most of these values are below -10."
        reject(high, {10.0: ("percentile-of-signed-values", hint)})
        hint = "A quantile of the magnitudes gives ends that mirror each other. These values go from -80 to 20."
        require(condition=False, mistake="percentile-of-magnitudes", hint=hint)
    hint = "0.1 lies below the range and 0.1 above it. The 0.1 left out is for both sides: half of it for each."
    reject(high, {10.0: ("leaves-out-twice", hint)})
    reject(low, {-80.0: ("one-end-only", "low is the smallest value. Half of what is left out belongs on each side.")})
    hint = "Too few values were seen: take the first images, then all they hold."
    require(high > -50, "takes-values-for-images", hint)
    require(low > -79, "uses-all-images", "Images after the first num_samples, 4 here, have moved the range.")
    require_close([low, high], [-75.0, 15.0], "wrong-range", "The quantiles 0.05 and 0.95.")


PERCENTILE_RANGE = Exercise(
    "percentile-range", "percentile_range", (Case("signed values on four splits", drive_splits, judge_splits),)
)


def check_percentile_range(percentile_range: Callable) -> None:
    """Compare percentile_range with quantiles worked out by hand."""
    run(PERCENTILE_RANGE, percentile_range)


def drive_small_layer(linear_int32: Callable) -> Data:
    import torch

    x = torch.tensor([[10, 12, 7], [0, 20, 10]], dtype=torch.uint8)
    weight = torch.tensor([[1, 2, 3], [-1, 0, 4]], dtype=torch.int8)
    return linear_int32(x, weight, torch.tensor([100, -7], dtype=torch.int32), 10)


def judge_small_layer(sums: Data) -> None:
    require_dtype(sums, "int32", "wrong-type", "The accumulator is int32: widen x and the weight before you compute.")
    hint = "The zero point was not subtracted: code 10 means 0 here, and must add nothing."
    require(sums[0, 0] != 155, "forgets-zero-point", hint)
    hint = f"0 - 10 is -10, but in uint8 it wraps to 246: the second image got {sums[1, 0]}. Widen x to int32 first."
    require(sums[1, 0] != 366, "subtracts-in-uint8", hint)
    require(sums[0, 0] != -5, "forgets-bias", "The bias is missing.")
    require_close(sums, [[95, -19], [110, 3]], "wrong-sums", "(x - 10) times the weights, plus the bias.", rtol=0)


def drive_large_layer(linear_int32: Callable) -> Data:
    import torch

    x = torch.full((1, 1000), 255, dtype=torch.uint8)
    weight = torch.stack([torch.full((1000,), 127), torch.full((1000,), -127)]).to(torch.int8)
    return linear_int32(x, weight, torch.tensor([0, 0], dtype=torch.int32), 5)


def judge_large_layer(sums: Data) -> None:
    hint = f"1000 products of 250 * 127 make 31,750,000; this is {sums[0, 0]}. "
    require(abs(int(sums[0, 0])) > 255, "int8-accumulator", hint + "8 bits cannot hold it: widen to int32 first.")
    require(abs(int(sums[0, 0])) > 32768, "int16-accumulator", hint + "16 bits cannot hold the sum: use int32.")
    require_close(sums, [[31_750_000, -31_750_000]], "wrong-sums", "1000 products of 250 * 127.", rtol=0)


LINEAR_INT32 = Exercise(
    "linear-int32",
    "linear_int32",
    (
        Case("two images, three inputs", drive_small_layer, judge_small_layer),
        Case("a thousand large products", drive_large_layer, judge_large_layer),
    ),
)


def check_linear_int32(linear_int32: Callable) -> None:
    """Compare linear_int32 with sums worked out by hand."""
    run(LINEAR_INT32, linear_int32)


def drive_halves(requantize: Callable) -> Data:
    import torch

    return requantize(torch.tensor([1, 3, 5, 2, -1, -3, -5, 0], dtype=torch.int32), 2**30, 31, 100)


def judge_halves(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    steps = [int(code) - 100 for code in codes]
    hint = "2 times 2**30 needs 32 bits, and int32 has 31 for the size: the product wrapped. Multiply in int64."
    require(steps[3] not in (-1, -100), "overflows-int32", hint)
    require(codes[3] != 1, "forgets-zero-point", "The results lack the zero point 100.")
    hint = "0.5, 1.5 and 2.5 became {}, {} and {}: ".format(*steps[:3])
    require(steps != [0, 1, 2, 1, -1, -2, -3, 0], "rounds-down", hint + "a shift alone rounds down. Look at the rest.")
    even = "halves go to the even neighbour, 0, 2 and 2."
    require(steps != [1, 2, 3, 1, -1, -2, -3, 0], "rounds-half-away", f"{hint}rounded away from zero, but {even}")
    require(steps != [1, 2, 3, 1, 0, -1, -2, 0], "rounds-half-up", f"{hint}rounded up, but {even}")
    require(steps != [0, 1, 2, 1, 0, -1, -2, 0], "rounds-toward-zero", f"{hint}cut off, but {even}")
    require_close(steps, [0, 2, 2, 1, 0, -2, -2, 0], "wrong-codes", "Half of the accumulator, ties to even.", rtol=0)


def drive_saturating(requantize: Callable) -> Data:
    import torch

    accumulator = torch.tensor([[1_000_000, -1_000_000], [70_000, 3_333]], dtype=torch.int32)
    return requantize(accumulator, 1_717_986_918, 39, 3)


def judge_saturating(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    hint = f"1,000,000 / 320 lies far past 255, -1,000,000 / 320 far below 0. They became {codes[0].tolist()}. "
    wrapped = codes[0, 0] != 255 or codes[0, 1] != 0
    require(not wrapped, "casts-before-clamp", hint + "Past 0 and 255 they must stop: saturate, then change the type.")
    require_close(codes, [[255, 0], [222, 13]], "wrong-codes", "multiplier / 2**39 is 1 / 320 here.", rtol=0)


REQUANTIZE = Exercise(
    "requantize",
    "requantize",
    (
        Case("halves", drive_halves, judge_halves),
        Case("a real multiplier, and saturation", drive_saturating, judge_saturating),
    ),
)


def check_requantize(requantize: Callable) -> None:
    """Compare requantize with codes worked out by hand."""
    run(REQUANTIZE, requantize)


EXERCISES = (CHOOSE_QPARAMS_AFFINE, QUANTIZE_AFFINE, GROUP_SCALES, PERCENTILE_RANGE, LINEAR_INT32, REQUANTIZE)
