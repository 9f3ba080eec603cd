"""Hidden cases of scaled_widths, lab 07, and wrong answers to it."""

import math

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_quarter(scaled_widths):
    return [scaled_widths([32, 16, 24, 40, 112, 960], 0.35), scaled_widths([16, 24, 40, 112, 960], 1.0)]


def judge_quarter(results):
    hint = "At 0.35 a width of 32 is 11.2. The nearest multiple, 8, loses more than a tenth: make_divisible gives 16."
    require(results[0][0] != 8, "rounds-to-the-nearest-only", hint)
    require_close(results[0], [16, 8, 8, 16, 40, 960], "wrong-widths", "At 0.35.", rtol=0)
    require_close(results[1], [16, 24, 40, 112, 960], "wrong-widths", "At 1.0 nothing changes.", rtol=0)


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    return [draws.randint(1, 90) for _ in range(2 + seed % 6)], (0.35, 1.0, 0.3, 1.25, 2.0)[seed % 5]


def judge_drawn(scaled, widths, multiplier):
    expected = []
    for place, width in enumerate(widths):
        wanted = width * (max(1.0, multiplier) if place == len(widths) - 1 else multiplier)
        rounded = max(8, math.floor(wanted / 8 + 0.5) * 8)
        expected.append(rounded + 8 if rounded < 0.9 * wanted else rounded)
    hint = f"{widths} at {multiplier}, each rounded by make_divisible: {expected}, not {scaled}."
    require(scaled == expected, "wrong-widths", hint)


def inputs_fractions() -> tuple:
    return [89, 45, 178, 8], 0.3


CASES = (
    Case("a third as wide, and as it is", judge=judge_quarter, driver=drive_quarter),
    Case("other widths", inputs_drawn, judge_drawn, seeds=20),
    Case("fractions that decide", inputs_fractions, judge_drawn),
)

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
    "wrong-widths, head never narrower, never rounded": edit(
        "make_divisible(widths[-1] * max(1.0, multiplier), 8)]", "int(widths[-1] * max(1.0, multiplier))]"
    ),
    "wrong-widths, head at least 1280": edit("widths[-1] * max(1.0, multiplier)", "max(1280, widths[-1] * multiplier)"),
    "first-block-not-scaled, multiples of 16": edit(
        "make_divisible(width * multiplier, 8)", "make_divisible(width * multiplier, 16)"
    ),
    "wrong-widths, rounded first": edit(
        "make_divisible(width * multiplier, 8)", "make_divisible(int(width * multiplier), 8)"
    ),
    "wrong-length, without repeats": edit("for width in widths[:-1]]", "for width in dict.fromkeys(widths[:-1])]"),
    "first-block-not-scaled, sorted": edit("return [*scaled,", "return [*sorted(scaled),"),
    "first-block-not-scaled, never below 16": edit(
        "make_divisible(width * multiplier, 8)", "make_divisible(width * multiplier, 8, 16)"
    ),
}

READERS_WRONG_ANSWERS = {
    "rounds-to-the-nearest-only, plain rounding": """
def scaled_widths(widths: list[int], multiplier: float) -> list[int]:
    factors = [multiplier] * (len(widths) - 1) + [max(1.0, multiplier)]
    return [max(8, int(width * factor / 8 + 0.5) * 8) for width, factor in zip(widths, factors)]
""",
    "head-shrinks, last made narrower": """
def scaled_widths(widths: list[int], multiplier: float) -> list[int]:
    return [make_divisible(width * multiplier, 8) for width in widths]
""",
    "head-never-grows, last never scaled": """
def scaled_widths(widths: list[int], multiplier: float) -> list[int]:
    scaled = [make_divisible(width * multiplier, 8) for width in widths[:-1]]
    return [*scaled, widths[-1]]
""",
}

RIGHT_ANSWERS = {
    "one loop": """
def scaled_widths(widths, multiplier):
    out = []
    for place, width in enumerate(widths):
        factor = max(multiplier, 1.0) if place == len(widths) - 1 else multiplier
        out.append(make_divisible(width * factor, 8))
    return out
""",
    "unpacked": """
def scaled_widths(widths, multiplier):
    *inner, head = widths
    head = make_divisible(head * multiplier if multiplier > 1 else head, 8)
    return [make_divisible(multiplier * width, 8) for width in inner] + [head]
""",
    "a copy that is changed": """
def scaled_widths(widths, multiplier):
    widths = list(widths)
    for place in range(len(widths) - 1):
        widths[place] = make_divisible(widths[place] * multiplier, 8)
    widths[-1] = make_divisible(max(widths[-1], widths[-1] * multiplier), 8)
    return widths
""",
}
