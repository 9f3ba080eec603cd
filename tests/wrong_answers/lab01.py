"""Answers to lab 01 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "choose-qparams-affine": {
        "zero-point-sign": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": quant_min + round(low / scale)}
""",
        "zero-point-not-clamped": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    if low == high == 0:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": quant_min - round(low / scale)}
""",
        "range-without-zero": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
        "zero-scale": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    zero_point = quant_min - round(low / scale) if scale else 0
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, zero_point))}
""",
        "raises-zero-division-error": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
        "truncates-zero-point": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - int(low / scale)))}
""",
        "zero-point-not-whole": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / (quant_max - quant_min) or 1.0
    return {"scale": scale, "zero_point": quant_min - low / scale}
""",
        "counts-integers": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / (quant_max + 1), "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min + 1)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
        "forgets-quant-min": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, -round(low / scale)))}
""",
        "ignores-negative-end": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": high / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
        "symmetric-uses-width": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    if symmetric:
        return {"scale": scale, "zero_point": 0}
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
        "always-symmetric": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    largest = max(abs(low), abs(high))
    return {"scale": largest / 127 if largest else 1.0, "zero_point": 0}
""",
    },
    "quantize-affine": {
        "casts-before-clamp": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    dtype = torch.int8 if quant_min < 0 else torch.uint8
    return (torch.round(x / scale) + zero_point).to(dtype).clamp(quant_min, quant_max)
""",
        "always-int8": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.round(x / scale) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8)
""",
        "wrong-type": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    return torch.clamp(torch.round(x / scale) + zero_point, quant_min, quant_max)
""",
        "forgets-zero-point": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.round(x / scale)
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "truncates": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = (x / scale).int() + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "clamps-before-zero-point": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.clamp(torch.round(x / scale), quant_min, quant_max)
    return (steps + zero_point).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "rounds-half-away": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.sign(x) * torch.floor(x.abs() / scale + 0.5) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "rounds-half-up": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.floor(x / scale + 0.5) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "wrong-codes": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.round(x * scale) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "one-grid-for-all": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    scale, zero_point = (torch.as_tensor(part).flatten()[0] for part in (scale, zero_point))
    steps = torch.round(x / scale) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "raises-value-error": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    steps = torch.round(x / float(scale)) + int(zero_point)
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
        "changes-its-input": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    x /= scale
    steps = torch.round(x) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
    },
    "group-scales": {
        "wrong-axis": """
def group_scales(weight, num_bits, group_size):
    scales = weight.flatten(1).abs().amax(0) / (2 ** (num_bits - 1) - 1)
    return scales.clamp(min=1e-8).reshape(-1, 1)
""",
        "per-tensor": """
def group_scales(weight, num_bits, group_size):
    return (weight.abs().max() / (2 ** (num_bits - 1) - 1)).reshape(1, 1)
""",
        "signed-largest": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.amax(1, keepdim=True) for part in parts], 1) / (2 ** (num_bits - 1) - 1)
""",
        "counts-integers": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1) / 2 ** (num_bits - 1)
""",
        "unsigned-steps": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1) / (2**num_bits - 1)
""",
        "always-eight-bits": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1).clamp(min=1e-8) / 127
""",
        "crosses-channels": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten().split(group_size)
    scales = torch.stack([part.abs().max() for part in parts]) / (2 ** (num_bits - 1) - 1)
    return scales.reshape(len(weight), -1) if len(parts) % len(weight) == 0 else scales
""",
        "drops-the-rest": """
def group_scales(weight, num_bits, group_size):
    rows = weight.flatten(1)
    whole = rows.shape[1] // group_size
    groups = rows[:, : whole * group_size].reshape(len(rows), whole, group_size)
    return (groups.abs().amax(2) / (2 ** (num_bits - 1) - 1)).clamp(min=1e-8)
""",
        "zero-scale": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1) / (2 ** (num_bits - 1) - 1)
""",
    },
    "percentile-range": {
        "calibrates-on-test": """
def percentile_range(splits, num_samples, coverage):
    values = splits["test"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
        "calibrates-on-validation": """
def percentile_range(splits, num_samples, coverage):
    values = splits["validation"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
        "calibrates-on-train": """
def percentile_range(splits, num_samples, coverage):
    values = splits["train"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
        "percentile-of-signed-values": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    high = torch.quantile(values, coverage).item()
    return {"low": -high, "high": high}
""",
        "percentile-of-magnitudes": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten().abs()
    high = torch.quantile(values, coverage).item()
    return {"low": -high, "high": high}
""",
        "leaves-out-twice": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    return {"low": torch.quantile(values, 1 - coverage).item(), "high": torch.quantile(values, coverage).item()}
""",
        "one-end-only": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    return {"low": values.min().item(), "high": torch.quantile(values, (1 + coverage) / 2).item()}
""",
        "takes-min-max": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples]
    return {"low": values.min().item(), "high": values.max().item()}
""",
        "uses-all-images": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
        "takes-values-for-images": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"].flatten()[:num_samples]
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
        "swapped-ends": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[1].item(), "high": ends[0].item()}
""",
    },
    "linear-int32": {
        "int8-accumulator": """
def linear_int32(x, weight, bias, zero_point):
    centred = (x.int() - zero_point).to(torch.int8)
    return (centred @ weight.T).to(torch.int32) + bias
""",
        "int16-accumulator": """
def linear_int32(x, weight, bias, zero_point):
    centred = x.to(torch.int16) - zero_point
    return (centred @ weight.to(torch.int16).T).to(torch.int32) + bias
""",
        "subtracts-in-uint8": """
def linear_int32(x, weight, bias, zero_point):
    centred = (x - zero_point).to(torch.int32)
    return centred @ weight.int().T + bias
""",
        "forgets-zero-point": """
def linear_int32(x, weight, bias, zero_point):
    return x.int() @ weight.int().T + bias
""",
        "forgets-bias": """
def linear_int32(x, weight, bias, zero_point):
    return (x.int() - zero_point) @ weight.int().T
""",
        "wrong-type": """
def linear_int32(x, weight, bias, zero_point):
    return (x.float() - zero_point) @ weight.float().T + bias
""",
    },
    "requantize": {
        "rounds-half-away": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    rounded = torch.sign(product) * ((product.abs() + (1 << (shift - 1))) >> shift)
    return torch.clamp(rounded + zero_point, 0, 255).to(torch.uint8)
""",
        "rounds-half-up": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    return torch.clamp(((product + (1 << (shift - 1))) >> shift) + zero_point, 0, 255).to(torch.uint8)
""",
        "rounds-down": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    return torch.clamp((product >> shift) + zero_point, 0, 255).to(torch.uint8)
""",
        "rounds-toward-zero": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    return torch.clamp(torch.sign(product) * (product.abs() >> shift) + zero_point, 0, 255).to(torch.uint8)
""",
        "overflows-int32": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = (accumulator * multiplier).long()
    return torch.clamp(torch.round(product / 2**shift).int() + zero_point, 0, 255).to(torch.uint8)
""",
        "forgets-zero-point": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    return torch.clamp(torch.round(product / 2**shift), 0, 255).to(torch.uint8)
""",
        "casts-before-clamp": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    return (torch.round(product / 2**shift).long() + zero_point).to(torch.uint8).clamp(0, 255)
""",
        "wrong-codes": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    return torch.clamp(torch.round(product / 2**31) + zero_point, 0, 255).to(torch.uint8)
""",
    },
}
