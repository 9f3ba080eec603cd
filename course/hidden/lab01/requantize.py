"""Hidden cases of requantize, lab 01, and wrong answers to it."""

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
        require_close(got, expected, "wrong-codes", "Accumulators of 32 bits.", rtol=0)


def inputs_every_tie() -> tuple:
    import torch

    return torch.arange(-32, 33, dtype=torch.int32), 2**30, 32, 60


def judge_every_tie(codes):
    expected = [round(value / 4) + 60 for value in range(-32, 33)]
    require_close(codes, expected, "wrong-codes", "Quarters, ties to even.", rtol=0)


CASES = (
    Case("accumulators of 32 bits", judge=judge_random_accumulators, driver=drive_random_accumulators),
    Case("every tie around zero", inputs_every_tie, judge_every_tie),
)

WRONG_ANSWERS = {
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
}
