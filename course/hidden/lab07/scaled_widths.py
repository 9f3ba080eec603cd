"""Hidden cases of scaled_widths, lab 07, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_quarter(scaled_widths):
    return [scaled_widths([32, 16, 24, 40, 112, 960], 0.35), scaled_widths([16, 24, 40, 112, 960], 1.0)]


def judge_quarter(results):
    hint = "At 0.35 a width of 32 is 11.2. The nearest multiple, 8, loses more than a tenth: make_divisible gives 16."
    require(results[0][0] != 8, "rounds-to-the-nearest-only", hint)
    require_close(results[0], [16, 8, 8, 16, 40, 960], "wrong-widths", "At 0.35.", rtol=0)
    require_close(results[1], [16, 24, 40, 112, 960], "wrong-widths", "At 1.0 nothing changes.", rtol=0)


CASES = (Case("a third as wide, and as it is", judge=judge_quarter, driver=drive_quarter),)

WRONG_ANSWERS = {
    "stem-not-scaled": edit(
        ":-1",
        "2:-1",
        "[*scaled, make_divisible(widths[-1] * max(1.0, multiplier), 8)]",
        "[*widths[:2], *scaled, make_divisible(widths[-1] * max(1.0, multiplier), 8)]",
    ),
    "first-block-not-scaled": """
def scaled_widths(widths, multiplier):
    inner = [make_divisible(width * multiplier, 8) for width in widths[2:-1]]
    stem = make_divisible(widths[0] * multiplier, 8)
    return [stem, widths[1], *inner, make_divisible(widths[-1] * max(1.0, multiplier), 8)]
""",
    "head-shrinks": """
def scaled_widths(widths, multiplier):
    return [make_divisible(width * multiplier, 8) for width in widths]
""",
    "head-never-grows": """
def scaled_widths(widths, multiplier):
    return [*(make_divisible(width * multiplier, 8) for width in widths[:-1]), widths[-1]]
""",
    "cuts-instead-of-rounding": """
def scaled_widths(widths, multiplier):
    return [*(int(width * multiplier) for width in widths[:-1]), int(widths[-1] * max(1.0, multiplier))]
""",
    "changes-its-argument": """
def scaled_widths(widths, multiplier):
    for i in range(len(widths)):
        factor = max(1.0, multiplier) if i == len(widths) - 1 else multiplier
        widths[i] = make_divisible(widths[i] * factor, 8)
    return widths
""",
    "rounds-to-the-nearest-only": """
def scaled_widths(widths, multiplier):
    factors = [multiplier] * (len(widths) - 1) + [max(1.0, multiplier)]
    return [max(8, int(width * factor + 4) // 8 * 8) for width, factor in zip(widths, factors)]
""",
}
