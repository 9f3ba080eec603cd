"""Real factors as integers, in the form that the kernels want: multiplier / 2 ** (32 + shift), shift at least 1."""

import math

import numpy as np

from labsupport.device.errors import NotSupportedError

MAX_SHIFT = 30
PRESCALE = 256  # kernels of additions and averages multiply by it first, so that ratios up to 128 fit


def fixed_point(ratio: float) -> tuple[int, int]:
    """Return multiplier and shift of a positive ratio; the multiplier fits into int32.

    Raises:
        NotSupportedError: the ratio is 0.5 or more, or so small that no shift reaches it.
    """
    fraction, exponent = math.frexp(ratio)
    multiplier, shift = round(fraction * 2**31), -1 - exponent
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift - 1
    if shift == 0:  # the kernels round with one addition, which needs a shift of 1 or more
        multiplier, shift = round(fraction * 2**30), 1
    if ratio <= 0 or not 1 <= shift <= MAX_SHIFT:
        raise NotSupportedError(
            f"The scale ratio {ratio:g} cannot be written as a multiplier and a shift: only 2**-32 to 0.5 can."
        )
    return multiplier, shift


def fixed_points(ratios: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return multipliers, int32, and shifts, uint8, of ratios of any number."""
    pairs = [fixed_point(float(ratio)) for ratio in ratios]
    return np.array([m for m, _ in pairs], np.int32), np.array([s for _, s in pairs], np.uint8)


def shared_shift(ratios: np.ndarray) -> tuple[list[int], int]:
    """Return a multiplier for each ratio and one shift for all, after division by PRESCALE."""
    shift = min(fixed_point(float(ratio) / PRESCALE)[1] for ratio in ratios)
    return [round(float(ratio) / PRESCALE * 2 ** (32 + shift)) for ratio in ratios], shift
