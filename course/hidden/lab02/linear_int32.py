"""Hidden cases of linear_int32, lab 02, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_dtype


def inputs_mixed_signs() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(3)
    x = torch.randint(0, 256, (4, 300), generator=generator, dtype=torch.uint8)
    weight = torch.randint(-127, 128, (6, 300), generator=generator, dtype=torch.int8)
    return x, weight, torch.randint(-(10**6), 10**6, (6,), generator=generator, dtype=torch.int32), 73


def judge_mixed_signs(sums, x, weight, bias, zero_point):
    expected = ((x.double() - zero_point) @ weight.double().T + bias).numpy()
    require_dtype(sums, "int32", "wrong-type", "The accumulator is int32.")
    require_close(sums, expected, "wrong-sums", "300 inputs, 6 outputs, zero point 73.", rtol=0, atol=0)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    images, inputs, outputs = 1 + seed % 3, (1, 2, 17, 1001)[seed % 4], 5 - seed % 4
    x = torch.randint(0, 256, (images, inputs), generator=generator, dtype=torch.uint8)
    weight = torch.randint(-128, 128, (outputs, inputs), generator=generator, dtype=torch.int8)
    if inputs > 1000:
        x[0], weight[-1], weight[0] = 255, 127, -128
    bias = torch.randint(-(2**28), 2**28, (outputs,), generator=generator, dtype=torch.int32)
    return x, weight, bias, (0, 255, 1, 128, 77)[seed % 5]


def judge_drawn(sums, x, weight, bias, zero_point):
    require_dtype(sums, "int32", "wrong-type", "The accumulator is int32.")
    expected = [
        [
            start + sum((code - zero_point) * factor for code, factor in zip(image, row, strict=True))
            for row, start in zip(weight.tolist(), bias.tolist(), strict=True)
        ]
        for image in x.tolist()
    ]
    hint = f"{x.shape[1]} inputs and zero point {zero_point}. The sums are exact: float32 is not."
    require_close(sums, expected, "wrong-sums", hint, rtol=0, atol=0)


CASES = (
    Case("mixed signs", inputs_mixed_signs, judge_mixed_signs),
    Case("drawn layers, some of 1001 inputs", inputs_drawn, judge_drawn, seeds=20),
)

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
    "wrong-sums, float32 inside": edit(
        "centred @ weight.to(torch.int32).T + bias", "(centred.float() @ weight.float().T + bias).to(torch.int32)"
    ),
    "keeps-int64": edit(
        "x.to(torch.int32) - zero_point", "x.long() - zero_point", "weight.to(torch.int32)", "weight.long()"
    ),
    "wrong-sums, the zero point of the visible case": edit("- zero_point", "- 10"),
    "wrong-sums, the zero point once a sum": """
def linear_int32(x, weight, bias, zero_point):
    return x.int() @ weight.int().T - zero_point + bias
""",
    "changes-its-argument": """
def linear_int32(x, weight, bias, zero_point):
    bias -= zero_point * weight.sum(1, dtype=torch.int32)
    return x.int() @ weight.int().T + bias
""",
    "wrong-sums, never below zero": edit(
        "x.to(torch.int32) - zero_point", "(x.to(torch.int32) - zero_point).clamp(min=0)"
    ),
}

READERS_WRONG_ANSWERS = {
    "subtracts-in-uint8, subtracts the zero point in uint8, which": """
def linear_int32(x: Tensor, weight: Tensor, bias: Tensor, zero_point: int) -> Tensor:
    return (x - zero_point).int() @ weight.int().T + bias
""",
    "int16-accumulator, accumulates in": """
def linear_int32(x: Tensor, weight: Tensor, bias: Tensor, zero_point: int) -> Tensor:
    acc = (x.to(torch.int16) - zero_point) @ weight.to(torch.int16).T
    return acc.int() + bias
""",
    "wrong-sums, computes in float32, exact only up to": """
def linear_int32(x: Tensor, weight: Tensor, bias: Tensor, zero_point: int) -> Tensor:
    return ((x.float() - zero_point) @ weight.float().T + bias.float()).to(torch.int32)
""",
}

RIGHT_ANSWERS = {
    "the zero point pulled out of the sum": """
def linear_int32(x, weight, bias, zero_point):
    products = torch.mm(x.int(), weight.int().t())
    return products + (bias - zero_point * weight.sum(dim=1, dtype=torch.int32))
""",
    "int64 and numpy": """
def linear_int32(x, weight, bias, zero_point):
    import numpy as np

    sums = (x.numpy().astype(np.int64) - zero_point) @ weight.numpy().astype(np.int64).T + bias.numpy()
    return torch.from_numpy(sums.astype(np.int32))
""",
    "einsum": """
def linear_int32(x, weight, bias, zero_point):
    return torch.einsum("ni,oi->no", x.int() - zero_point, weight.int()) + bias[None]
""",
    "float64, which holds every sum": """
def linear_int32(x, weight, bias, zero_point):
    return torch.nn.functional.linear(x.double() - zero_point, weight.double(), bias.double()).int()
""",
    "loops": """
def linear_int32(x, weight, bias, zero_point):
    sums = torch.zeros(x.shape[0], weight.shape[0], dtype=torch.int32)
    for n in range(x.shape[0]):
        for o in range(weight.shape[0]):
            sums[n, o] = int(((x[n].int() - zero_point) * weight[o]).sum()) + int(bias[o])
    return sums
""",
}
