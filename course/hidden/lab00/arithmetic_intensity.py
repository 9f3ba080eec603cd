"""Hidden cases of arithmetic_intensity, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_one_number() -> tuple:
    return 1, [(1,), (), (1, 1)], 2


def judge_one_number(intensity):
    require_close(intensity, 2 / 6, "forgets-scalars", "A tensor of shape () holds one number.")


def inputs_half_a_byte() -> tuple:
    return 1_000, [(10, 10), (100,)], 0.5


def judge_half_a_byte(intensity):
    require_close(intensity, 20.0, "wrong-intensity", "int4 takes half a byte a number.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    shapes = [(), (1,), (10,), (3, 3), (1, 24, 7, 9), (48, 24, 3, 5), (60_000, 70_000)]
    chosen = [draw.choice(shapes) for _ in range(draw.randrange(1, 7))]
    return draw.choice((0, 7, 12_345, 10**10)), chosen, draw.choice((0.25, 0.5, 1, 2, 4, 8))


def judge_drawn(intensity, macs, shapes, bytes_per_number):
    from fractions import Fraction

    numbers = 0
    for shape in shapes:
        count = 1
        for side in shape:
            count *= side
        numbers += count
    hint = f"{macs} MACs, shapes {shapes}, {bytes_per_number} bytes a number."
    expected = float(Fraction(2 * macs) / (numbers * Fraction(bytes_per_number)))
    require_close(intensity, expected, "wrong-intensity", hint, atol=0)


CASES = (
    Case("one number each", inputs_one_number, judge_one_number),
    Case("half a byte a number", inputs_half_a_byte, judge_half_a_byte),
    Case("drawn layers", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "counts-macs": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return macs / (sum(math.prod(shape) for shape in shapes) * bytes_per_number)
""",
    "forgets-bytes-per-number": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / sum(math.prod(shape) for shape in shapes)
""",
    "upside-down": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return sum(math.prod(shape) for shape in shapes) * bytes_per_number / (2 * macs)
""",
    "leaves-a-tensor-out": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / (sum(math.prod(shape) for shape in shapes[:-1]) * bytes_per_number)
""",
    "always-four-bytes": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / (sum(math.prod(shape) for shape in shapes) * 4)
""",
    "forgets-scalars": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / (sum(math.prod(shape) for shape in shapes if shape) * bytes_per_number)
""",
    "counts-equal-shapes-once": edit("in shapes)", "in set(shapes))"),
    "wrong-intensity, rounded": edit(
        "2 * macs / (numbers * bytes_per_number)", "round(2 * macs / (numbers * bytes_per_number), 1)"
    ),
    "wrong-intensity, int32": edit(
        "math.prod(shape) for", "int(torch.tensor(shape, dtype=torch.int32).prod(dtype=torch.int32)) for"
    ),
    "changes-its-argument": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    numbers = 0
    while shapes:
        numbers += math.prod(shapes.pop())
    return 2 * macs / (numbers * bytes_per_number)
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    import numpy as np

    return np.float64(2 * macs) / (bytes_per_number * np.sum([np.prod(shape) for shape in shapes]))
""",
    "loops": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    moved = 0
    for shape in shapes:
        size = bytes_per_number
        for side in shape:
            size *= side
        moved += size
    return (macs + macs) / moved
""",
    "torch": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    moved = torch.tensor([torch.Size(shape).numel() * bytes_per_number for shape in shapes], dtype=torch.float64)
    return (2 * macs / moved.sum()).item()
""",
}
