"""Hidden cases of add_branches, lab 02, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_dtype, require_shape


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((3, 7), (2, 4, 3, 3), (1,), (0, 5), (40,))[seed % 5]
    a, b = (torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8) for _ in range(2))
    zero_points = tuple(torch.randint(0, 256, (3,), generator=generator).tolist())
    shift = (1, 8, 31, 36, 47)[seed % 4]
    top = 2**shift
    multipliers = tuple(
        int(top * part) | 1 for part in torch.rand(2, generator=generator, dtype=torch.float64).tolist()
    )
    return a, b, zero_points, multipliers, shift


def judge_drawn(codes, a, b, zero_points, multipliers, shift):
    from fractions import Fraction

    require_dtype(codes, "uint8", "wrong-type", "The result is uint8.")
    require_shape(codes, a.shape, "wrong-shape", "The shape is that of a.")
    hint = f"Zero points {zero_points}, multipliers {multipliers}, shift {shift}: round the sum once."
    for got, one, other in zip(codes.ravel().tolist(), a.flatten().tolist(), b.flatten().tolist(), strict=True):
        products = multipliers[0] * (one - zero_points[0]) + multipliers[1] * (other - zero_points[1])
        exact = Fraction(products, 2**shift) + zero_points[2]
        near = min(max(exact, Fraction(0)), Fraction(255))
        require(abs(got - near) <= Fraction(1, 2), "wrong-codes", hint)


CASES = (Case("drawn branches", inputs_drawn, judge_drawn, seeds=20),)

WRONG_ANSWERS = {
    "rounds-each-branch": """
def add_branches(a, b, zero_points, multipliers, shift):
    half, result = 1 << (shift - 1), zero_points[2]
    for codes, zero, multiplier in zip((a, b), zero_points, multipliers):
        result = result + (((codes.long() - zero) * multiplier + half) >> shift)
    return result.clamp(0, 255).byte()
""",
    "rounds-down": edit("(total + (1 << (shift - 1))) >> shift", "total >> shift"),
    "forgets-input-zero-points": edit("(a.long() - zero_a)", "a.long()", "(b.long() - zero_b)", "b.long()"),
    "forgets-output-zero-point": edit("(rounded + zero_y)", "rounded"),
    "swaps-multipliers": edit(
        "multipliers[0] * (a", "multipliers[1] * (a", "multipliers[1] * (b", "multipliers[0] * (b"
    ),
    "subtracts-in-uint8": edit(
        "(a.long() - zero_a)", "(a - zero_a).long()", "(b.long() - zero_b)", "(b - zero_b).long()"
    ),
    "casts-before-clamp": edit(".clamp(0, 255).to(torch.uint8)", ".to(torch.uint8).clamp(0, 255)"),
    "saturates-before-the-zero-point": edit("(rounded + zero_y).clamp(0, 255)", "(rounded.clamp(0, 255) + zero_y)"),
    "overflows-int32": edit(
        "a.long()", "a.int()", "b.long()", "b.int()", "    rounded =", "    total = total.long()\n    rounded ="
    ),
    "wrong-type": edit(".to(torch.uint8)", ".int()"),
    "wrong-codes, codes added as they are": """
def add_branches(a, b, zero_points, multipliers, shift):
    return (a.int() + b.int()).clamp(0, 255).byte()
""",
    "wrong-codes, one zero point for all": edit("(b.long() - zero_b)", "(b.long() - zero_a)"),
    "wrong-codes, the first multiplier for both": edit("multipliers[1] * (b", "multipliers[0] * (b"),
    "changes-its-argument": edit("    zero_a, zero_b", "    a.clamp_(1, 250)\n    zero_a, zero_b"),
    "rounds-down, in float32": """
def add_branches(a, b, zero_points, multipliers, shift):
    total = (a.float() - zero_points[0]) * multipliers[0] + (b.float() - zero_points[1]) * multipliers[1]
    return ((total / 2**shift).floor() + zero_points[2]).clamp(0, 255).byte()
""",
}

READERS_WRONG_ANSWERS = {
    "subtracts-in-uint8, centred in uint8": """
def add_branches(
    a: Tensor, b: Tensor, zero_points: tuple[int, ...], multipliers: tuple[int, ...], shift: int
) -> Tensor:
    centred_a = (a - zero_points[0]).to(torch.int64)
    centred_b = (b - zero_points[1]).to(torch.int64)
    total = centred_a * multipliers[0] + centred_b * multipliers[1]
    codes = ((total + (1 << (shift - 1))) >> shift) + zero_points[2]
    return codes.clamp(0, 255).to(torch.uint8)
""",
    "rounds-each-branch, rounded twice": """
def add_branches(
    a: Tensor, b: Tensor, zero_points: tuple[int, ...], multipliers: tuple[int, ...], shift: int
) -> Tensor:
    half = 1 << (shift - 1)
    total = torch.zeros(a.shape, dtype=torch.int64)
    for codes, zero_point, multiplier in zip((a, b), zero_points, multipliers):
        total = total + (((codes.long() - zero_point) * multiplier + half) >> shift)
    return (total + zero_points[2]).clamp(0, 255).to(torch.uint8)
""",
    "rounds-down, rounded down": """
def add_branches(
    a: Tensor, b: Tensor, zero_points: tuple[int, ...], multipliers: tuple[int, ...], shift: int
) -> Tensor:
    total = (a.long() - zero_points[0]) * multipliers[0] + (b.long() - zero_points[1]) * multipliers[1]
    return ((total >> shift) + zero_points[2]).clamp(0, 255).to(torch.uint8)
""",
}

RIGHT_ANSWERS = {
    "fractions, one value at a time": """
def add_branches(a, b, zero_points, multipliers, shift):
    from fractions import Fraction

    codes = []
    for one, other in zip(a.flatten().tolist(), b.flatten().tolist(), strict=True):
        total = (one - zero_points[0]) * multipliers[0] + (other - zero_points[1]) * multipliers[1]
        codes.append(max(0, min(255, round(Fraction(total, 2**shift)) + zero_points[2])))
    return torch.tensor(codes, dtype=torch.uint8).reshape(a.shape)
""",
    "numpy": """
def add_branches(a, b, zero_points, multipliers, shift):
    import numpy as np

    total = (a.numpy().astype(np.int64) - zero_points[0]) * np.int64(multipliers[0])
    total = total + (b.numpy().astype(np.int64) - zero_points[1]) * np.int64(multipliers[1])
    rounded = (total + 2 ** (shift - 1)) // 2**shift + zero_points[2]
    return torch.from_numpy(np.clip(rounded, 0, 255).astype(np.uint8))
""",
    "stacked, ties to even": """
def add_branches(a, b, zero_points, multipliers, shift):
    centred = torch.stack([a, b], dim=-1).to(torch.int64) - torch.tensor(zero_points[:2])
    total = (centred * torch.tensor(multipliers)).sum(-1)
    down = total >> shift
    rest = 2 * (total - (down << shift))
    up = (rest > 2**shift) | ((rest == 2**shift) & (down % 2 != 0))
    return torch.clamp(down + up + zero_points[2], 0, 255).byte()
""",
}
