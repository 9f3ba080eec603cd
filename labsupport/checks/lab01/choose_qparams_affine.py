"""Visible cases of choose_qparams_affine, lab 01."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type, show


def require_grid(grid: Data, quant_min: int, quant_max: int) -> None:
    """Raise CheckFailed unless the result is a usable grid: a positive scale and a zero point on the grid."""
    require_type(grid, dict, "returns-no-dict", "Return a dict with the keys scale and zero_point.")
    require(set(grid) == {"scale", "zero_point"}, "wrong-keys", f"The keys must be scale, zero_point: {list(grid)}.")
    require_type(grid["scale"], (int, float), "scale-is-no-number", "The scale is one number: use .item() on a tensor.")
    point = grid["zero_point"]
    if not isinstance(point, int) or isinstance(point, bool):
        require(np.ndim(point) or point != np.floor(point), "zero-point-no-int", f"Return {point} as an int: int(...).")
        require(condition=False, mistake="zero-point-not-whole", hint=f"The zero point is {show(point)}. Round it.")
    require(grid["scale"] > 0, "zero-scale", f"The scale is {grid['scale']}. It must be positive: see step 2.")
    hint = f"The zero point {grid['zero_point']} is not on the grid from {quant_min} to {quant_max}. "
    hint += "Widen the range to contain 0, and saturate the zero point."
    require(quant_min <= grid["zero_point"] <= quant_max, "zero-point-not-clamped", hint)


def drive_asymmetric(choose_qparams_affine: Callable) -> Data:
    return [choose_qparams_affine(-0.996, 1.554, *ends, False) for ends in ((0, 255), (-128, 127))]


def judge_asymmetric(grids: Data) -> None:
    hint = "A wrong sign: 0 lies 100 steps above low, which sits at quant_min. The formula subtracts a negative number."
    zero_points = [grid.get("zero_point") for grid in grids if isinstance(grid, dict)]
    require(zero_points not in ([-100, -228], [0, -128]), "zero-point-sign", hint)
    require_grid(grids[0], 0, 255)
    hint = "256 integers have 255 steps between them: divide by quant_max - quant_min."
    reject(grids[0]["scale"], {2.55 / 256: ("counts-integers", hint)})
    hint = "symmetric is False here: the range of high - low gets all 255 steps."
    reject(grids[0]["scale"], {1.554 / 127: ("always-symmetric", hint)})
    require_close(grids[0]["scale"], 0.01, "wrong-scale", "From -0.996 to 1.554 in 255 steps.")
    hint = "99.6 steps lie between low and 0. Round to 100; int() cuts off."
    reject(grids[0]["zero_point"], {99: ("truncates-zero-point", hint)})
    require_close(grids[0]["zero_point"], 100, "wrong-zero-point", "low is 99.6 steps below 0.", rtol=0)
    hint = "The zero point counts from quant_min, which is -128 here: -128 + 100 is -28."
    reject(grids[1]["zero_point"], {100: ("forgets-quant-min", hint)})
    require_grid(grids[1], -128, 127)
    require_close(grids[1]["zero_point"], -28, "wrong-zero-point", hint, rtol=0)


def drive_without_zero(choose_qparams_affine: Callable) -> Data:
    return [choose_qparams_affine(low, low + 3.1, 0, 255, False) for low in (2.0, -5.1)]


def judge_without_zero(grids: Data) -> None:
    for grid, zero_point in zip(grids, (0, 255), strict=True):
        require_grid(grid, 0, 255)
        hint = "The range from 2.0 to 5.1 does not contain 0, so no integer stands for 0. Widen it first, here to 0."
        reject(grid["scale"], {3.1 / 255: ("range-without-zero", hint)})
        require_close(grid["scale"], 0.02, "wrong-scale", "From 0 to 5.1, or from -5.1 to 0, in 255 steps.")
        hint = "0 lies at one end of the range, so at one end of the grid."
        require_close(grid["zero_point"], zero_point, "wrong-zero-point", hint, rtol=0)


def drive_symmetric(choose_qparams_affine: Callable) -> Data:
    return [choose_qparams_affine(-2.54, 1.0, -127, 127, True), choose_qparams_affine(0.5, 1.27, -127, 127, True)]


def judge_symmetric(grids: Data) -> None:
    hint = "The largest magnitude is 2.54, at the negative end: use both ends."
    require_grid(grids[0], -127, 127)
    reject(grids[0]["scale"], {1.0 / 127: ("ignores-negative-end", hint)})
    hint = "Symmetric: the larger end decides, 2.54 / 127, not the width 3.54."
    reject(grids[0]["scale"], {3.54 / 254: ("symmetric-uses-width", hint)})
    for grid, scale in zip(grids, (0.02, 0.01), strict=True):
        require_grid(grid, -127, 127)
        require_close(grid["scale"], scale, "wrong-scale", "The larger end, 2.54 or 1.27, takes 127 steps.")
        require_close(grid["zero_point"], 0, "symmetric-with-zero-point", "Symmetric: the zero point is 0.", rtol=0)


def drive_constant(choose_qparams_affine: Callable) -> Data:
    zeros = [choose_qparams_affine(0.0, 0.0, 0, 255, False), choose_qparams_affine(0.0, 0.0, -127, 127, True)]
    return [*zeros, choose_qparams_affine(0.51, 0.51, 0, 255, False)]


def judge_constant(grids: Data) -> None:
    for grid, ends in zip(grids, ((0, 255), (-127, 127), (0, 255)), strict=True):
        require_grid(grid, *ends)
    require_close(grids[2]["scale"], 0.002, "wrong-scale", "0.51 everywhere: the range from 0 to 0.51, with 0 in it.")


CASES = (
    Case("an asymmetric range in uint8 and int8", judge=judge_asymmetric, driver=drive_asymmetric),
    Case("ranges without 0", judge=judge_without_zero, driver=drive_without_zero),
    Case("symmetric", judge=judge_symmetric, driver=drive_symmetric),
    Case("the same number everywhere", judge=judge_constant, driver=drive_constant),
)
