"""What the judges of several exercises of lab 07 share."""

import math

import numpy as np

from labsupport.checks.protocol import Data, require, require_close, require_type


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


def require_counts(cost: Data) -> None:
    """Raise CheckFailed unless this is a dict of two whole numbers, parameters and macs."""
    require_type(cost, dict, "returns-no-dict", "Return a dict with the keys parameters and macs.")
    keys = f"The keys must be parameters and macs, not {', '.join(map(str, cost))}."
    require(set(cost) == {"parameters", "macs"}, "wrong-keys", keys)
    for what in ("parameters", "macs"):
        whole = f"{what} is a {type(cost[what]).__name__}. Counts are whole numbers: divide with //, not with /."
        require_type(cost[what], int, "returns-a-float", whole)


def require_cost(cost: Data, parameters: int, macs: int) -> None:
    """Raise CheckFailed unless these are the counts."""
    require_close(cost["parameters"], parameters, "wrong-parameters", "Count the parameters again.", rtol=0, atol=0)
    require_close(cost["macs"], macs, "wrong-macs", "Count the MACs again.", rtol=0, atol=0)
