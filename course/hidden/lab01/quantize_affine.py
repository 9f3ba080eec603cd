"""Hidden cases of quantize_affine, lab 01, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_dtype, require_shape


def drive_narrow_codes(quantize_affine):
    import torch

    x = torch.linspace(-2.0, 2.0, 41).reshape(1, 41, 1)
    codes = [
        quantize_affine(x, 0.25, 0, -7, 7),
        quantize_affine(x, 0.25, 8, 0, 15),
        quantize_affine(x[:, :0], 1.0, 0, 0, 9),
        quantize_affine(x.abs(), 0.25, 0, -7, 7),
    ]
    return codes


def judge_narrow_codes(codes):
    signed, unsigned, empty, positive = codes
    require_dtype(signed, "int8", "wrong-type", "A grid with negative integers.")
    require_dtype(unsigned, "uint8", "always-int8", "A grid without negative integers.")
    require_dtype(positive, "int8", "wrong-type", "The grid has negative integers, whatever the numbers are.")
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


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    quant_min, quant_max = ((-128, 127), (0, 255), (-8, 7), (0, 15), (-127, 127))[seed % 5]
    shape = ((3, 5), (2, 3, 4), (4, 1, 2, 3), (7,))[seed % 4]
    steps = torch.randint(-3 * (quant_max - quant_min), 3 * (quant_max - quant_min), shape, generator=generator) / 2
    scale, zero_point = 2.0 ** (seed % 7 - 3), quant_min + 1 + seed % 8
    if seed % 3 == 1:
        rows = (-1, *[1] * (len(shape) - 1))
        scale = 2.0 ** torch.randint(-6, 6, shape[:1], generator=generator).float().reshape(rows)
        zero_point = torch.randint(quant_min, quant_max + 1, shape[:1], generator=generator).reshape(rows)
    x = steps * scale
    x[-1].view(-1)[-1] = 3e10
    return x, scale, zero_point, quant_min, quant_max


def judge_drawn(codes, x, scale, zero_point, quant_min, quant_max):
    import torch

    kind = "int8" if quant_min < 0 else "uint8"
    require_dtype(codes, kind, "wrong-type", f"The grid goes from {quant_min} to {quant_max}.")
    grid = [torch.as_tensor(part).expand(x.shape).flatten().tolist() for part in (scale, zero_point)]
    expected = []
    for value, step, zero in zip(x.flatten().tolist(), *grid, strict=True):
        expected.append(min(max(round(value / step) + zero, quant_min), quant_max))
    require_shape(codes, x.shape, "wrong-shape", "The shape is that of x.")
    hint = f"A grid from {quant_min} to {quant_max}, many values halfway between two integers, the last one 3e10. "
    hint += "Round, then add the zero point, then saturate."
    require_close(codes.ravel(), expected, "wrong-codes", hint, rtol=0)


CASES = (
    Case("a scale for each row", inputs_rows, judge_rows),
    Case("narrow grids", judge=judge_narrow_codes, driver=drive_narrow_codes),
    Case("drawn grids, halves, a huge value", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "wrong-type, that of the numbers": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    codes = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return codes.to(torch.int8 if bool((codes < 0).any()) else torch.uint8)
""",
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
    "rounds-after-zero-point": edit("torch.round(x / scale) + zero_point", "torch.round(x / scale + zero_point)"),
    "wrong-codes, int32 before the clamp": edit(
        "torch.round(x / scale) + zero_point", "torch.round(x / scale).to(torch.int32) + zero_point"
    ),
    "wrong-codes, always 8 bits": edit(
        "clamp(quant_min, quant_max)", "clamp(*((-128, 127) if quant_min < 0 else (0, 255)))"
    ),
    "always-int8, by the upper end": edit("torch.int8 if quant_min < 0", "torch.int8 if quant_max < 128"),
}

READERS_WRONG_ANSWERS = {
    "wrong-codes, goes to int32 before saturating, which": """
def quantize_affine(
    x: Tensor, scale: float | Tensor, zero_point: int | Tensor, quant_min: int, quant_max: int
) -> Tensor:
    q = torch.round(x / scale).to(torch.int32) + zero_point
    return q.clamp(quant_min, quant_max).to(torch.int8 if quant_min < 0 else torch.uint8)
""",
    "wrong-type, the type follows the numbers and not the": """
def quantize_affine(
    x: Tensor, scale: float | Tensor, zero_point: int | Tensor, quant_min: int, quant_max: int
) -> Tensor:
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return q.to(torch.int8 if bool((q < 0).any()) else torch.uint8)
""",
    "rounds-after-zero-point, adds the zero point before rounding, which moves": """
def quantize_affine(
    x: Tensor, scale: float | Tensor, zero_point: int | Tensor, quant_min: int, quant_max: int
) -> Tensor:
    q = torch.round(x / scale + zero_point).clamp(quant_min, quant_max)
    return q.to(torch.int8 if quant_min < 0 else torch.uint8)
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    import numpy as np

    codes = np.rint(x.numpy() / np.asarray(scale, dtype=np.float32)) + np.asarray(zero_point)
    return torch.from_numpy(np.clip(codes, quant_min, quant_max).astype(np.int8 if quant_min < 0 else np.uint8))
""",
    "one value at a time": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    scales = torch.as_tensor(scale).expand(x.shape).reshape(-1)
    zeros = torch.as_tensor(zero_point).expand(x.shape).reshape(-1)
    codes = torch.empty(x.numel(), dtype=torch.uint8 if quant_min >= 0 else torch.int8)
    for place, value in enumerate(x.reshape(-1)):
        step = round(value.item() / scales[place].item()) + int(zeros[place])
        codes[place] = max(quant_min, min(quant_max, step))
    return codes.reshape(x.shape)
""",
    "times the reciprocal, minimum and maximum": """
def quantize_affine(x, scale, zero_point, quant_min, quant_max):
    codes = torch.add(torch.round(x.double() * (1 / scale)), zero_point)
    codes = torch.minimum(torch.maximum(codes, torch.tensor(quant_min)), torch.tensor(quant_max))
    return codes.char() if quant_min < 0 else codes.byte()
""",
}
