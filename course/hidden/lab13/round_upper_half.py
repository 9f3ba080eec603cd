"""Hidden cases of round_upper_half, lab 13, and answers to it."""

from course.answers import edit
from labsupport.checks.lab13.round_upper_half import judge_round
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shift = 1 + seed * 3 % 30
    reach = min(2**30, 150 << shift)
    high = torch.randint(-reach, reach, (3, 7 + seed), generator=generator, dtype=torch.int32)
    return high, shift, seed * 13 % 256 - 128


def inputs_nothing() -> tuple:
    import torch

    return torch.zeros(0, 4, dtype=torch.int32), 7, 3


def inputs_largest() -> tuple:
    import torch

    return torch.tensor([-(2**30), -(2**29), -(2**29) - 1, 0, 2**29 - 1, 2**29, 2**30 - 1], dtype=torch.int32), 30, 0


CASES = (
    Case("other products", inputs_drawn, judge_round, seeds=20),
    Case("no values", inputs_nothing, judge_round),
    Case("the largest shift", inputs_largest, judge_round),
)

WRONG_ANSWERS = {
    "rounds-down": edit("(high + (1 << (shift - 1))) >> shift", "high >> shift"),
    "half-to-even": edit("(high + (1 << (shift - 1))) >> shift", "torch.round(high.double() / 2**shift).long()"),
    "half-rounds-toward-zero": edit(
        "(high + (1 << (shift - 1))) >> shift", "torch.trunc(high.double() / 2**shift + 0.5).long()"
    ),
    "wraps-around": edit(".clamp(-128, 127)", ""),
    "saturates-before-the-zero-point": edit(
        "(rounded + zero_point).clamp(-128, 127)", "(rounded.clamp(-128, 127) + zero_point)"
    ),
    "saturates-to-uint8": edit("clamp(-128, 127)", "clamp(0, 255)"),
    "adds-a-whole": edit("1 << (shift - 1)", "1 << shift"),
    "forgets-the-zero-point": edit("(rounded + zero_point)", "rounded"),
    "wrong-type": edit(".to(torch.int8)", ""),
    "changes-its-argument": edit(
        "    rounded = (high + (1 << (shift - 1)))", "    high += 1 << (shift - 1)\n    rounded = high"
    ),
    "wrong-code, symmetric": edit("clamp(-128, 127)", "clamp(-127, 127)"),
}

READERS_WRONG_ANSWERS = {
    "half-rounds-toward-zero, integer division": """
def round_upper_half(high: Tensor, shift: int, zero_point: int) -> Tensor:
    half = 1 << (shift - 1)
    value = torch.div(high.long() + half, 1 << shift, rounding_mode="trunc")
    return torch.clamp(value + zero_point, -128, 127).to(torch.int8)
""",
    "wrong-code, away from zero": """
def round_upper_half(high: Tensor, shift: int, zero_point: int) -> Tensor:
    half = 1 << (shift - 1)
    magnitude = (high.long().abs() + half) >> shift
    value = torch.sign(high.long()) * magnitude + zero_point
    return value.clamp(-128, 127).to(torch.int8)
""",
    "wrong-code, clamped to the symmetric range": """
def round_upper_half(high: Tensor, shift: int, zero_point: int) -> Tensor:
    value = ((high.long() + 2 ** (shift - 1)) >> shift) + zero_point
    return torch.clamp(value, -127, 127).to(torch.int8)
""",
}

RIGHT_ANSWERS = {
    "in 64 bits": """
def round_upper_half(high, shift, zero_point):
    value = ((high.long() + 2 ** (shift - 1)) >> shift) + zero_point
    return torch.clamp(value, min=-128, max=127).to(torch.int8)
""",
    "the last bit decides": """
def round_upper_half(high, shift, zero_point):
    up = (high >> (shift - 1)) & 1
    value = (high >> shift) + up + zero_point
    return value.clamp(-128, 127).to(dtype=torch.int8)
""",
    "numpy": """
def round_upper_half(high, shift, zero_point):
    value = np.floor_divide(high.numpy().astype(np.int64) + (1 << shift >> 1), 1 << shift) + zero_point
    return torch.from_numpy(np.clip(value, -128, 127).astype(np.int8))
""",
}
