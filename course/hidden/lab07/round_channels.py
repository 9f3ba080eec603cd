"""Hidden cases of round_channels, lab 07, and wrong answers to it."""

from fractions import Fraction

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_other_divisors(round_channels):
    return [round_channels(17, 4), round_channels(25.0, 16), round_channels(5, 1), round_channels(17.5, 16)]


def judge_other_divisors(rounded):
    require_close(rounded, [16, 32, 5, 16], "wrong-width", "Divisors 4, 16, 1 and 16.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    return draws.randint(1, 1600) / 8 + 1 / 16, (1, 2, 4, 8, 16, 5, 12)[seed % 7]


def inputs_tenth(seed: int) -> tuple:
    return ((40, 20), (20, 12), (80, 24), (20.0, 6), (7, 3), (40.25, 12), (19.75, 6))[seed]


def judge_drawn(width, channels, divisor=8):
    channels, best = Fraction(channels), divisor
    for candidate in range(divisor, int(channels) + 3 * divisor, divisor):
        if abs(candidate - channels) <= abs(best - channels):  # the later one of two that are as near
            best = candidate
    best += divisor if best * 10 < 9 * channels else 0
    hint = f"{float(channels)} channels in multiples of {divisor}."
    require_close(width, best, "wrong-width", hint, rtol=0)


CASES = (
    Case("other divisors", judge=judge_other_divisors, driver=drive_other_divisors),
    Case("sixteenths of a channel", inputs_drawn, judge_drawn, seeds=60),
    Case("near nine tenths", inputs_tenth, judge_drawn, seeds=7),
)

WRONG_ANSWERS = {
    "rounds-down": """
def round_channels(channels, divisor=8):
    return max(divisor, int(channels) // divisor * divisor)
""",
    "rounds-up": """
def round_channels(channels, divisor=8):
    return math.ceil(channels / divisor) * divisor
""",
    "loses-more-than-a-tenth": """
def round_channels(channels, divisor=8):
    return max(divisor, int(channels + divisor / 2) // divisor * divisor)
""",
    "lets-a-layer-vanish": """
def round_channels(channels, divisor=8):
    rounded = int(channels + divisor / 2) // divisor * divisor
    return rounded + divisor if 0 < rounded < 0.9 * channels else rounded
""",
    "half-goes-down": edit("int(channels + divisor / 2) // divisor", "round(channels / divisor)"),
    "divisor-always-8": """
def round_channels(channels, divisor=8):
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
""",
    "wrong-limit": edit("0.9", "0.85"),
    "returns-a-float": """
def round_channels(channels, divisor=8):
    rounded = max(divisor, (channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
""",
    "wrong-width, at most": edit("rounded < 0.9", "rounded <= 0.9"),
    "wrong-width, before the half": edit("int(channels + divisor / 2)", "(int(channels) + divisor // 2)"),
    "wrong-width, plus 8": edit("rounded + divisor if", "rounded + 8 if"),
    "wrong-width, 8 at least": edit("max(divisor,", "max(8,"),
    "wrong-width, 4 as the half": edit("divisor / 2", "4"),
    "wrong-width, a tenth too much": edit("rounded < 0.9 * channels", "channels - rounded > 0.11 * channels"),
}

READERS_WRONG_ANSWERS = {
    "wrong-width, half fixed at four": """
def round_channels(channels: float, divisor: int = 8) -> int:
    rounded = max(divisor, int(channels + 4) // divisor * divisor)
    if rounded < 0.9 * channels:
        rounded += divisor
    return rounded
""",
    "wrong-width, width truncated first": """
def round_channels(channels: float, divisor: int = 8) -> int:
    channels = int(channels)
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    if rounded < 0.9 * channels:
        rounded += divisor
    return rounded
""",
    "half-goes-down, half to even": """
def round_channels(channels: float, divisor: int = 8) -> int:
    rounded = max(divisor, round(channels / divisor) * divisor)
    if rounded < 0.9 * channels:
        rounded += divisor
    return rounded
""",
}

RIGHT_ANSWERS = {
    "torchvision": """
def round_channels(channels, divisor=8):
    from torchvision.models._utils import _make_divisible
    return _make_divisible(channels, divisor)
""",
    "floor and a half": """
def round_channels(channels, divisor=8):
    rounded = max(1, math.floor(channels / divisor + 0.5)) * divisor
    if rounded / channels < 0.9:
        rounded += divisor
    return rounded
""",
    "counting up": """
def round_channels(channels, divisor=8):
    width = divisor
    while channels - width >= divisor / 2 or width < 0.9 * channels:
        width += divisor
    return width
""",
}
