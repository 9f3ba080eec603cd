"""Hidden cases of round_channels, lab 07, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_other_divisors(round_channels):
    return [round_channels(17, 4), round_channels(25.0, 16), round_channels(5, 1), round_channels(17.5, 16)]


def judge_other_divisors(rounded):
    require_close(rounded, [16, 32, 5, 16], "divisor-always-8", "Divisors 4, 16, 1 and 16.")


CASES = (Case("other divisors", judge=judge_other_divisors, driver=drive_other_divisors),)

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
}
