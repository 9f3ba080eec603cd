"""Hidden cases of arithmetic_intensity, lab 00, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def inputs_one_number() -> tuple:
    return 1, [(1,), (), (1, 1)], 2


def judge_one_number(intensity):
    require_close(intensity, 2 / 6, "forgets-scalars", "A tensor of shape () holds one number.")


def inputs_half_a_byte() -> tuple:
    return 1_000, [(10, 10), (100,)], 0.5


def judge_half_a_byte(intensity):
    require_close(intensity, 20.0, "wrong-intensity", "int4 takes half a byte a number.")


CASES = (
    Case("one number each", inputs_one_number, judge_one_number),
    Case("half a byte a number", inputs_half_a_byte, judge_half_a_byte),
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
}
