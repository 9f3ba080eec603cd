"""Hidden cases of quantize_affine, lab 01, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close, require_dtype


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


def inputs_rows() -> tuple:
    import torch

    x = torch.tensor([[1.0, 2.0], [1.0, 2.0]])
    return x, torch.tensor([[0.1], [0.5]]), torch.tensor([[0], [7]]), 0, 15


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


CASES = (
    Case("the input stays as it is", judge=judge_input_stays, driver=drive_input_stays),
    Case("a scale for each row", inputs_rows, judge_rows),
    Case("narrow grids", judge=judge_narrow_codes, driver=drive_narrow_codes),
)

WRONG_ANSWERS = {
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
    "changes-its-argument": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    x /= scale
    steps = torch.round(x) + zero_point
    return torch.clamp(steps, quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
}
