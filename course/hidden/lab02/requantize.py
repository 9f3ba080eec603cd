"""Hidden cases of requantize, lab 02, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_dtype


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
        require_close(got, expected, "wrong-codes", "Accumulators of 32 bits.", rtol=0, atol=0)


def inputs_every_tie() -> tuple:
    import torch

    return torch.arange(-32, 33, dtype=torch.int32), 2**30, 32, 60


def judge_every_tie(codes):
    expected = [round(value / 4) + 60 for value in range(-32, 33)]
    require_close(codes, expected, "wrong-codes", "Quarters, ties to even.", rtol=0, atol=0)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shift = (1, 2, 8, 31, 33, 40, 47)[seed % 7]
    multiplier = (1, 3, 2**30, 2**31 - 1, 1_518_500_249)[seed % 5]
    reach = min(2**31 - 1, 300 * 2**shift // multiplier + 2)
    accumulator = torch.randint(-reach, reach + 1, (2, 1 + seed), generator=generator, dtype=torch.int64).int()
    if seed % 3 == 0:
        accumulator[0, 0], accumulator[1, 0] = 2**31 - 1, -(2**31)
    return accumulator, multiplier, shift, (0, 255, 3, 128)[seed % 4]


def judge_drawn(codes, accumulator, multiplier, shift, zero_point):
    from fractions import Fraction

    require_dtype(codes, "uint8", "wrong-type", "The result is uint8.")
    expected = [
        [min(max(round(Fraction(value * multiplier, 2**shift)) + zero_point, 0), 255) for value in row]
        for row in accumulator.tolist()
    ]
    hint = f"multiplier {multiplier}, shift {shift}, zero point {zero_point}."
    require_close(codes, expected, "wrong-codes", hint, rtol=0, atol=0)


CASES = (
    Case("accumulators of 32 bits", judge=judge_random_accumulators, driver=drive_random_accumulators),
    Case("every tie around zero", inputs_every_tie, judge_every_tie),
    Case("drawn multipliers and shifts", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "rounds-twice": """
def requantize(accumulator, multiplier, shift, zero_point):
    high, rest = (accumulator.long() * multiplier + 2**30) >> 31, shift - 31
    rounded = (high + 2 ** (rest - 1)) >> rest if rest > 0 else torch.round(accumulator / 2)
    return (rounded + zero_point).clamp(0, 255).byte()
""",
    "computes-in-float, float32": """
def requantize(accumulator, multiplier, shift, zero_point):
    return (torch.round(accumulator.float() * (multiplier / 2**shift)) + zero_point).clamp(0, 255).byte()
""",
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
    "computes-in-float": edit(
        "    return (floor + up + zero_point)",
        "    floor = (product.double() / 2**shift).round().long()\n    return (floor + zero_point)",
    ),
    "saturates-before-the-zero-point": edit(
        "(floor + up + zero_point).clamp(0, 255)", "((floor + up).clamp(0, 255) + zero_point)"
    ),
    "wrong-codes, half goes to the odd neighbour": edit("floor % 2 == 1", "floor % 2 == 0"),
    "rounds-down, halves alone": edit("(rest > half) | ((rest == half) & (floor % 2 == 1))", "rest > half"),
    "changes-its-argument": edit(
        "    product = accumulator.to(torch.int64) * multiplier",
        "    product = accumulator.to(torch.int64) * multiplier\n    accumulator.clamp_(-1, 1)",
    ),
    "wrong-type": edit(".to(torch.uint8)", ".int()"),
}

READERS_WRONG_ANSWERS = {
    "rounds-half-up, exactly half is rounded up (adds half before the": """
def requantize(accumulator: Tensor, multiplier: int, shift: int, zero_point: int) -> Tensor:
    product = accumulator.to(torch.int64) * multiplier
    q = ((product + (1 << (shift - 1))) >> shift) + zero_point
    return q.clamp(0, 255).to(torch.uint8)
""",
    "rounds-half-away, exactly half is rounded away from": """
def requantize(accumulator: Tensor, multiplier: int, shift: int, zero_point: int) -> Tensor:
    product = accumulator.to(torch.int64) * multiplier
    q = torch.sign(product) * ((product.abs() + (1 << (shift - 1))) >> shift)
    return (q + zero_point).clamp(0, 255).to(torch.uint8)
""",
    "overflows-int32, multiplies in int32, which": """
def requantize(accumulator: Tensor, multiplier: int, shift: int, zero_point: int) -> Tensor:
    product = (accumulator * multiplier).to(torch.int64)
    down = product >> shift
    rest = product - (down << shift)
    half = 1 << (shift - 1)
    up = (rest > half) | ((rest == half) & (down % 2 == 1))
    return (down + up.long() + zero_point).clamp(0, 255).to(torch.uint8)
""",
}

RIGHT_ANSWERS = {
    "half added, ties mended": """
def requantize(accumulator, multiplier, shift, zero_point):
    product = accumulator.long() * multiplier
    rounded = (product + (1 << (shift - 1))) >> shift
    tie = (product & ((1 << shift) - 1)) == (1 << (shift - 1))
    rounded = torch.where(tie & (rounded % 2 != 0), rounded - 1, rounded)
    return torch.clamp(rounded + zero_point, min=0, max=255).byte()
""",
    "Python's fractions": """
def requantize(accumulator, multiplier, shift, zero_point):
    from fractions import Fraction

    codes = [
        max(0, min(255, round(Fraction(value * multiplier, 2**shift)) + zero_point))
        for value in accumulator.flatten().tolist()
    ]
    return torch.tensor(codes, dtype=torch.uint8).reshape(accumulator.shape)
""",
    "numpy": """
def requantize(accumulator, multiplier, shift, zero_point):
    import numpy as np

    product = accumulator.numpy().astype(np.int64) * np.int64(multiplier)
    down, rest = np.divmod(product, np.int64(1) << np.int64(shift))
    up = np.where(2 * rest == 2**shift, down & 1, 2 * rest > 2**shift)
    return torch.from_numpy(np.clip(down + up + zero_point, 0, 255).astype(np.uint8))
""",
}
