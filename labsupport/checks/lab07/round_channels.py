"""Visible cases of round_channels, lab 07."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close, require_type


def drive_widths(round_channels: Callable) -> Data:
    return [round_channels(channels) for channels in (33.6, 52.0, 103.0, 11.0, 3.0, 96.0, 27.0)]


def judge_widths(rounded: Data) -> None:
    require_type(rounded, list, "returns-wrong-type", "Return one whole number for each call.")
    whole = "Return a whole number: 32 and not 32.0. Channels are counted."
    for width in rounded:
        require_type(width, int, "returns-a-float", whole)
    third, half, near, small, tiny, exact, limit = rounded
    require(
        third != 40, "rounds-up", "33.6 became 40. The nearest multiple of 8 is 32, and it loses less than a tenth."
    )
    require(near != 96, "rounds-down", "103 became 96. The nearest multiple of 8 is 104.")
    hint = "52 lies in the middle between 48 and 56: a half goes up. (Python's round takes the even multiple.)"
    require(half != 48, "half-goes-down", hint)
    hint = "11 became 8, which loses more than a tenth. Then the next multiple is taken: 16."
    require(small != 8, "loses-more-than-a-tenth", hint)
    require(tiny != 0, "lets-a-layer-vanish", "3 became 0 channels. At least one multiple of the divisor stays.")
    hint = "27 became 24, which is less than nine tenths of 27. Then the next multiple is taken: 32."
    require(limit != 24, "wrong-limit", hint)
    expected = [32, 56, 104, 16, 8, 96, 32]
    require_close([third, half, near, small, tiny, exact, limit], expected, "wrong-width", "See the two steps.")


def inputs_divisor_6() -> tuple:
    return 31.0, 6


def judge_divisor_6(width: Data) -> None:
    require_type(width, int, "returns-a-float", "Return a whole number: 32 and not 32.0. Channels are counted.")
    hint = "The divisor is 6: 31 is nearest to 30, which is more than nine tenths of it."
    require(width % 6 == 0, "divisor-always-8", f"{hint} Got {width}.")
    require_close(width, 30, "wrong-width", hint, rtol=0)


CASES = (
    Case("seven widths", judge=judge_widths, driver=drive_widths),
    Case("a divisor of 6", inputs_divisor_6, judge_divisor_6),
)
