"""Hidden cases of integer_bias, lab 02, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_dtype


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((4, 9), (3, 2, 3, 3), (1, 5), (5, 1, 3, 3), (2, 1001))[seed % 5]
    weight = torch.randint(-128, 128, shape, generator=generator, dtype=torch.int8)
    input_scale = (0.0078, 0.25, 1.0, 0.031)[seed % 4]
    scales = torch.rand(shape[0], generator=generator) * 0.01 + 1e-4
    steps = torch.randint(-20_000, 20_000, shape[:1], generator=generator)
    part = torch.rand(shape[0], generator=generator) * 0.6 - 0.3
    bias = ((steps + part).double() * input_scale * scales.double()).float()
    return bias, weight, input_scale, scales, (0, 255, 1, 128, 77)[(seed // 2) % 5]


def judge_drawn(found, bias, weight, input_scale, weight_scales, zero_point):
    require_dtype(found, "int32", "wrong-type", "The result is int32.")
    expected = []
    for start, scale, row in zip(bias.tolist(), weight_scales.tolist(), weight.flatten(1).tolist(), strict=True):
        expected.append(round(start / (input_scale * scale)) - zero_point * sum(row))
    hint = f"A weight of shape {tuple(weight.shape)}, input scale {input_scale}, zero point {zero_point}."
    require_close(found, expected, "wrong-bias", hint, rtol=0, atol=0)


def inputs_large() -> tuple:
    import torch

    weight = torch.full((2, 3, 64, 64), 127, dtype=torch.int8)
    weight[1], weight[0, 0, 0, 0] = -128, 126
    return torch.tensor([1.0, 0.5]), weight, 2.0**-8, torch.tensor([2.0**-12, 2.0**-10]), 255


CASES = (
    Case("drawn layers", inputs_drawn, judge_drawn, seeds=20),
    Case("twelve thousand weights an output", inputs_large, judge_drawn),
)

WRONG_ANSWERS = {
    "wrong-bias, subtracts in float32": edit(".to(torch.int64)", ""),
    "forgets-zero-point": edit("return (steps - pulled_out)", "return steps"),
    "adds-the-zero-point": edit("steps - pulled_out", "steps + pulled_out"),
    "forgets-weight-scale": edit("(input_scale * weight_scales)", "input_scale"),
    "forgets-input-scale": edit("(input_scale * weight_scales)", "weight_scales"),
    "truncates": edit(
        "torch.round(bias / (input_scale * weight_scales))", "(bias / (input_scale * weight_scales)).int()"
    ),
    "rounds-down": edit("torch.round", "torch.floor"),
    "zero-point-once": edit("zero_point * weight.flatten(1).sum(1)", "zero_point"),
    "multiplies-by-scales": edit("bias / (input_scale", "bias * (input_scale"),
    "raises-runtime-error, one dimension": edit("weight.flatten(1).sum(1)", "weight.sum(1)"),
    "sums-in-int8": edit(".sum(1)", ".sum(1, dtype=torch.int8)"),
    "keeps-int64": edit(".to(torch.int32)", ".to(torch.int64)"),
    "wrong-type": edit(".to(torch.int32)", ".float()"),
    "wrong-bias, the zero point of the visible case": edit(
        "zero_point * weight", "(73 if weight.dim() > 2 else 7) * weight"
    ),
    "wrong-bias, one scale for all": edit("input_scale * weight_scales", "input_scale * weight_scales[0]"),
    "raises-runtime-error, input channels": edit("weight.flatten(1).sum(1)", "weight.sum(0)"),
    "changes-its-argument": edit("bias / (input_scale * weight_scales)", "bias.div_(input_scale * weight_scales)"),
}

READERS_WRONG_ANSWERS = {
    "raises-runtime-error, sum over one dimension": """
def integer_bias(
    bias: Tensor, weight: Tensor, input_scale: float, weight_scales: Tensor, zero_point: int
) -> Tensor:
    codes = torch.round(bias / (input_scale * weight_scales)).to(torch.int32)
    return (codes - zero_point * weight.to(torch.int32).sum(dim=1)).to(torch.int32)
""",
    "adds-the-zero-point, zero point added": """
def integer_bias(
    bias: Tensor, weight: Tensor, input_scale: float, weight_scales: Tensor, zero_point: int
) -> Tensor:
    codes = torch.round(bias / (input_scale * weight_scales)).to(torch.int64)
    sums = weight.flatten(1).to(torch.int64).sum(dim=1)
    return (codes + zero_point * sums).to(torch.int32)
""",
    "truncates, truncated": """
def integer_bias(
    bias: Tensor, weight: Tensor, input_scale: float, weight_scales: Tensor, zero_point: int
) -> Tensor:
    codes = (bias / (input_scale * weight_scales)).to(torch.int32)
    sums = weight.flatten(1).sum(dim=1)
    return (codes - zero_point * sums).to(torch.int32)
""",
}

RIGHT_ANSWERS = {
    "loops": """
def integer_bias(bias, weight, input_scale, weight_scales, zero_point):
    result = []
    for start, scale, row in zip(bias.tolist(), weight_scales.tolist(), weight, strict=True):
        result.append(round(start / (input_scale * scale)) - zero_point * int(row.int().sum()))
    return torch.tensor(result, dtype=torch.int32)
""",
    "numpy": """
def integer_bias(bias, weight, input_scale, weight_scales, zero_point):
    import numpy as np

    sums = weight.numpy().reshape(len(weight), -1).astype(np.int64).sum(axis=1)
    steps = np.rint(bias.numpy().astype(np.float64) / (input_scale * weight_scales.numpy().astype(np.float64)))
    return torch.from_numpy((steps - zero_point * sums).astype(np.int32))
""",
    "a layer fed with the zero point": """
def integer_bias(bias, weight, input_scale, weight_scales, zero_point):
    scale = weight_scales.double() * input_scale
    rows = weight.reshape(weight.shape[0], -1).int()
    constant = torch.full((rows.shape[1],), -zero_point, dtype=torch.int32)
    return (bias.double() / scale).round().int() + torch.mv(rows, constant)
""",
}
