"""Visible cases of scaled_widths, lab 07."""

from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_half() -> tuple:
    return [32, 16, 24, 96, 320, 1280], 0.5


def judge_half(half: Data) -> None:
    require(len(half) == 6, "wrong-length", "Six widths in, six widths out.")
    hint = (
        "At 0.5 the stem should have 16 channels, not 32. The first layers work on the largest images: scale them too."
    )
    require(half[0] != 32, "stem-not-scaled", hint)
    require(half[1] != 16, "first-block-not-scaled", "At 0.5 the first block should have 8 channels, not 16.")
    require(
        half[-1] != 640, "head-shrinks", "At 0.5 the head became 640. It is the one layer that never gets narrower."
    )
    hint = "Widths are multiples of 8: pass each scaled width to make_divisible."
    require(all(width % 8 == 0 for width in half), "cuts-instead-of-rounding", hint)
    require_close(half, [16, 8, 16, 48, 160, 1280], "wrong-widths", "At 0.5.", rtol=0)


def inputs_more() -> tuple:
    return [32, 16, 24, 24, 96, 320, 1280], 1.4


def judge_more(more: Data) -> None:
    require(len(more) == 7, "wrong-length", "Seven widths in, seven widths out.")
    require(more[-1] != 1280, "head-never-grows", "At 1.4 the head stayed at 1280. It does grow: 1792.")
    hint = "Widths are multiples of 8: pass each scaled width to make_divisible."
    require(all(width % 8 == 0 for width in more), "cuts-instead-of-rounding", hint)
    require_close(more, [48, 24, 32, 32, 136, 448, 1792], "wrong-widths", "At 1.4.", rtol=0)


CASES = (
    Case("half as wide", inputs_half, judge_half, new=True),
    Case("1.4 times as wide", inputs_more, judge_more, new=True),
)
