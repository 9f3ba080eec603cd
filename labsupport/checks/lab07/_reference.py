"""What the judges of several exercises of lab 07 share."""

import math

import numpy as np

from labsupport.checks.protocol import Data


def wave(shape: tuple[int, ...], step: float, height: float) -> np.ndarray:
    """Return the numbers that the drivers fill their tensors with."""
    count = math.prod(shape)
    return (height * np.sin(step * np.arange(1, count + 1))).reshape(shape)


def same(actual: Data, expected: np.ndarray) -> bool:
    """Say whether a result is a tensor equal to a known one, up to rounding."""
    got = np.asarray(actual)
    return got.shape == expected.shape and bool(np.allclose(got, expected, rtol=1e-4, atol=1e-4))


def first_of(actual: Data, values: list[np.ndarray]) -> int:
    """Return which of several wrong results this is, counted from 0, or -1."""
    return next((number for number, value in enumerate(values) if same(actual, value)), -1)
