"""Cases of lab 01 that grading adds to the visible ones: other ranges, shapes and widths, and inputs that must stay."""

from labsupport.checks.protocol import Case, require, require_close, require_dtype


def drive_many_ranges(choose_qparams_affine):
    ends = [(-6.0, 6.0), (0.0, 6.0), (-1e-3, 9.0), (3.0, 3.5), (-7.5, -7.0), (-1e-20, 0.0)]
    return [choose_qparams_affine(low, high, *grid, False) for low, high in ends for grid in ((0, 255), (-8, 7))]


def judge_many_ranges(grids):
    ends = [(-6.0, 6.0), (0.0, 6.0), (-1e-3, 9.0), (0.0, 3.5), (-7.5, 0.0), (-1e-20, 0.0)]
    pairs = [(low, high, *grid) for low, high in ends for grid in ((0, 255), (-8, 7))]
    for grid, (low, high, quant_min, quant_max) in zip(grids, pairs, strict=True):
        scale = (high - low) / (quant_max - quant_min)
        require_close(grid["scale"], scale, "wrong-scale", f"The range from {low} to {high}.")
        distance = abs(grid["zero_point"] - (quant_min - low / scale))
        require(distance < 0.51, "wrong-zero-point", f"The zero point for the range from {low} to {high}.")


def drive_four_bits(choose_qparams_affine):
    return [choose_qparams_affine(-0.7, 0.1, -7, 7, True), choose_qparams_affine(-0.4, -0.2, -1, 1, True)]


def judge_four_bits(grids):
    require_close([grid["scale"] for grid in grids], [0.1, 0.4], "wrong-scale", "Symmetric at 4 and at 2 bits.")
    require_close([grid["zero_point"] for grid in grids], [0, 0], "symmetric-with-zero-point", "It is 0.", rtol=0)


def drive_narrow_codes(quantize_affine):
    import torch

    x = torch.linspace(-2.0, 2.0, 41).reshape(1, 41, 1)
    codes = [
        quantize_affine(x, 0.25, 0, -7, 7),
        quantize_affine(x, 0.25, 8, 0, 15),
        quantize_affine(x[:, :0], 1.0, 0, 0, 9),
    ]
    return {"codes": codes, "x": x}


def judge_narrow_codes(data):
    signed, unsigned, empty = data["codes"]
    require_dtype(signed, "int8", "wrong-type", "A grid with negative integers.")
    require_dtype(unsigned, "uint8", "always-int8", "A grid without negative integers.")
    require(empty.shape == (1, 0, 1), "wrong-shape", "A tensor without values.")
    expected = [max(-8, min(8, round(value * 4))) for value in [-2 + 0.1 * index for index in range(41)]]
    clean = [index for index in range(41) if index % 5]
    got = signed.ravel()[clean]
    require_close(got, [max(-7, min(7, expected[index])) for index in clean], "wrong-codes", "4 bits, symmetric.")
    got = unsigned.ravel()[clean]
    require_close(got, [min(15, expected[index] + 8) for index in clean], "wrong-codes", "4 bits with a zero point.")


def drive_rows(quantize_affine):
    import torch

    x = torch.tensor([[1.0, 2.0], [1.0, 2.0]])
    return quantize_affine(x, torch.tensor([[0.1], [0.5]]), torch.tensor([[0], [7]]), 0, 15)


def judge_rows(codes):
    hint = "Row 0 has scale 0.1 and zero point 0, row 1 has 0.5 and 7, and the grid ends at 15."
    require_close(codes, [[10, 15], [9, 11]], "wrong-codes", hint)


def drive_input_stays(quantize_affine):
    import torch

    x = torch.tensor([0.3, -0.7])
    quantize_affine(x, 0.1, 0, -128, 127)
    return x


def judge_input_stays(x):
    require_close(x, [0.3, -0.7], "changes-its-input", "The tensor x was changed by the call.")


def drive_channel_shapes(group_scales):
    import torch

    generator = torch.Generator().manual_seed(1)
    weights = [torch.randn(8, 1, 3, 3, generator=generator), torch.randn(5, 16, generator=generator)]
    return [group_scales(weights[0], 8, 9), group_scales(weights[1], 2, 16), group_scales(weights[1], 6, 1000)]


def judge_channel_shapes(scales):
    import torch

    generator = torch.Generator().manual_seed(1)
    weights = [torch.randn(8, 1, 3, 3, generator=generator), torch.randn(5, 16, generator=generator)]
    for got, weight, steps in zip(scales, (weights[0], weights[1], weights[1]), (127, 1, 31), strict=True):
        expected = (weight.flatten(1).abs().max(1, keepdim=True).values / steps).numpy()
        require_close(got, expected, "wrong-scales", "One scale a channel, at 8, 2 and 6 bits.")


def drive_dead_group(group_scales):
    import torch

    return group_scales(torch.tensor([[1.0, 2.0, 0.0, 0.0, 3.0]]), 3, 2)


def judge_dead_group(scales):
    require(scales.shape == (1, 3), "wrong-shape", "Three groups.")
    require(scales[0, 1] > 0, "zero-scale", "The group of zeros needs a positive scale.")
    require_close(scales[0, [0, 2]], [2 / 3, 1.0], "wrong-scales", "The other two groups.")


def drive_other_coverage(percentile_range):
    import torch

    generator = torch.Generator().manual_seed(2)
    splits = {name: torch.randn(20, 50, generator=generator) for name in ("test", "calibration", "train", "validation")}
    return [percentile_range(splits, number, coverage) for number, coverage in ((20, 0.99), (1, 0.5), (7, 0.0))]


def judge_other_coverage(found):
    import torch

    generator = torch.Generator().manual_seed(2)
    torch.randn(20, 50, generator=generator)
    values = torch.randn(20, 50, generator=generator).double()
    for got, (number, low, high) in zip(found, ((20, 0.005, 0.995), (1, 0.25, 0.75), (7, 0.5, 0.5)), strict=True):
        expected = [values[:number].quantile(share).item() for share in (low, high)]
        require_close(
            [got["low"], got["high"]], expected, "wrong-range", "Other coverages and numbers of images.", rtol=1e-4
        )


def drive_full_coverage(percentile_range):
    import torch

    values = torch.arange(1.0, 241.0).reshape(4, 3, 4, 5)
    splits = {"train": -values, "validation": 2 * values, "calibration": values, "test": 3 * values}
    return percentile_range(splits, 2, 1.0)


def judge_full_coverage(found):
    hint = "At a coverage of 1 nothing is left out of the first 2 images, all channels and pixels."
    require_close([found["low"], found["high"]], [1.0, 120.0], "wrong-range", hint)


def drive_mixed_signs(linear_int32):
    import torch

    generator = torch.Generator().manual_seed(3)
    x = torch.randint(0, 256, (4, 300), generator=generator, dtype=torch.uint8)
    weight = torch.randint(-127, 128, (6, 300), generator=generator, dtype=torch.int8)
    bias = torch.randint(-(10**6), 10**6, (6,), generator=generator, dtype=torch.int32)
    return {"sums": linear_int32(x, weight, bias, 73), "x": x, "weight": weight, "bias": bias}


def judge_mixed_signs(data):
    import torch

    generator = torch.Generator().manual_seed(3)
    x = torch.randint(0, 256, (4, 300), generator=generator, dtype=torch.uint8)
    weight = torch.randint(-127, 128, (6, 300), generator=generator, dtype=torch.int8)
    bias = torch.randint(-(10**6), 10**6, (6,), generator=generator, dtype=torch.int32)
    require((data["x"] == x.numpy()).all(), "changes-its-input", "The input was changed by the call.")
    expected = ((x.double() - 73) @ weight.double().T + bias).numpy()
    require_dtype(data["sums"], "int32", "wrong-type", "The accumulator is int32.")
    require_close(data["sums"], expected, "wrong-sums", "300 inputs, 6 outputs, zero point 73.", rtol=0)


def drive_random_accumulators(requantize):
    import torch

    generator = torch.Generator().manual_seed(4)
    accumulator = torch.randint(-(2**31), 2**31 - 1, (3, 4, 50), generator=generator, dtype=torch.int64).int()
    return [requantize(accumulator, 1_234_567_891, 53, 128), requantize(accumulator // 2**12, 2**30, 42, 10)]


def judge_random_accumulators(codes):
    from fractions import Fraction

    import torch

    generator = torch.Generator().manual_seed(4)
    accumulator = torch.randint(-(2**31), 2**31 - 1, (3, 4, 50), generator=generator, dtype=torch.int64).int()
    settings = ((accumulator, 1_234_567_891, 53, 128), (accumulator // 2**12, 2**30, 42, 10))
    for got, (values, multiplier, shift, zero_point) in zip(codes, settings, strict=True):
        require_dtype(got, "uint8", "wrong-type", "The result is uint8.")
        exact = [round(Fraction(value * multiplier, 2**shift)) + zero_point for value in values.flatten().tolist()]
        expected = torch.tensor(exact).clamp(0, 255).reshape(values.shape).numpy()
        require_close(got, expected, "wrong-codes", "Accumulators of 32 bits.", rtol=0)


def drive_every_tie(requantize):
    import torch

    return requantize(torch.arange(-32, 33, dtype=torch.int32), 2**30, 32, 60)


def judge_every_tie(codes):
    expected = [round(value / 4) + 60 for value in range(-32, 33)]
    require_close(codes, expected, "wrong-codes", "Quarters, ties to even.", rtol=0)


HIDDEN = {
    "choose-qparams-affine": (
        Case("six ranges on two grids", drive_many_ranges, judge_many_ranges),
        Case("symmetric at 4 and 2 bits", drive_four_bits, judge_four_bits),
    ),
    "quantize-affine": (
        Case("narrow grids", drive_narrow_codes, judge_narrow_codes),
        Case("a scale for each row", drive_rows, judge_rows),
        Case("the input stays as it is", drive_input_stays, judge_input_stays),
    ),
    "group-scales": (
        Case("depthwise and linear weights", drive_channel_shapes, judge_channel_shapes),
        Case("a group of zeros between others", drive_dead_group, judge_dead_group),
    ),
    "percentile-range": (
        Case("other coverages", drive_other_coverage, judge_other_coverage),
        Case("full coverage of images with channels", drive_full_coverage, judge_full_coverage),
    ),
    "linear-int32": (Case("mixed signs", drive_mixed_signs, judge_mixed_signs),),
    "requantize": (
        Case("accumulators of 32 bits", drive_random_accumulators, judge_random_accumulators),
        Case("every tie around zero", drive_every_tie, judge_every_tie),
    ),
}
