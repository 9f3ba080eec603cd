"""Hidden cases of linear_int32, lab 01, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close, require_dtype


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


CASES = (Case("mixed signs", judge=judge_mixed_signs, driver=drive_mixed_signs),)

WRONG_ANSWERS = {
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
}
