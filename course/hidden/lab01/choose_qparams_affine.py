"""Hidden cases of choose_qparams_affine, lab 01, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab01.choose_qparams_affine import require_grid
from labsupport.checks.protocol import Case, require_close


def drive_many_ranges(choose_qparams_affine):
    ends = [(-6.0, 6.5), (0.0, 6.0), (-1e-3, 9.0), (3.0, 3.5), (-7.5, -7.0), (-1e-20, 0.0)]
    return [choose_qparams_affine(low, high, *grid, False) for low, high in ends for grid in ((0, 255), (-8, 7))]


def judge_many_ranges(grids):
    ends = [(-6.0, 6.5), (0.0, 6.0), (-1e-3, 9.0), (0.0, 3.5), (-7.5, 0.0), (-1e-20, 0.0)]
    zero_points = [122, -1, 0, -8, 0, -8, 0, -8, 255, 7, 255, 7]
    pairs = [(low, high, *grid) for low, high in ends for grid in ((0, 255), (-8, 7))]
    for grid, (low, high, quant_min, quant_max), zero_point in zip(grids, pairs, zero_points, strict=True):
        scale = (high - low) / (quant_max - quant_min)
        hint = f"The range from {low} to {high}."
        require_close(grid["scale"], scale, "wrong-scale", hint, atol=0)
        require_close(grid["zero_point"], zero_point, "wrong-zero-point", hint, rtol=0)


def drive_four_bits(choose_qparams_affine):
    return [choose_qparams_affine(-0.7, 0.1, -7, 7, True), choose_qparams_affine(-0.4, -0.2, -1, 1, True)]


def judge_four_bits(grids):
    require_close([grid["scale"] for grid in grids], [0.1, 0.4], "wrong-scale", "Symmetric at 4 and at 2 bits.")
    require_close([grid["zero_point"] for grid in grids], [0, 0], "symmetric-with-zero-point", "It is 0.", rtol=0)


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    num_steps = draw.choice((1, 3, 15, 254, 255, 1023))
    scale = draw.choice((3e-9, 0.02, 1.0, 700.0)) * draw.uniform(1, 2)
    if seed % 3 == 0:
        ends = sorted((num_steps * scale * draw.choice((-1, 1)), num_steps * scale * draw.uniform(-0.9, 0.9)))
        return *ends, -num_steps, num_steps, True
    below = draw.randrange(num_steps + 1)
    part = draw.uniform(-0.4, 0.4) if 0 < below < num_steps else 0.0
    low, high = -(below + part) * scale, (num_steps - below - part) * scale
    if below == 0 or below == num_steps:
        low, high = (0.3 * high, high) if below == 0 else (low, 0.7 * low)
    quant_min = draw.choice((0, -(num_steps // 2) - 1, -num_steps, 5))
    return low, high, quant_min, quant_min + num_steps, False


def judge_drawn(grid, low, high, quant_min, quant_max, symmetric):
    from fractions import Fraction

    low, high = Fraction(min(low, 0)), Fraction(max(high, 0))
    scale = max(-low, high) / quant_max if symmetric else (high - low) / (quant_max - quant_min)
    setting = f"From {float(low):g} to {float(high):g} on a grid from {quant_min} to {quant_max}, "
    setting += "symmetric." if symmetric else "asymmetric."
    require_grid(grid, quant_min, quant_max)
    require_close(grid["scale"], float(scale), "wrong-scale", setting, atol=0)
    zero_point = 0 if symmetric else quant_min - round(low / scale)
    require_close(grid["zero_point"], zero_point, "wrong-zero-point", setting, rtol=0, atol=0)


CASES = (
    Case("six ranges on two grids", judge=judge_many_ranges, driver=drive_many_ranges),
    Case("symmetric at 4 and 2 bits", judge=judge_four_bits, driver=drive_four_bits),
    Case("drawn ranges and grids", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "zero-point-sign": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": quant_min + round(low / scale)}
""",
    "zero-point-not-clamped": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    if low == high == 0:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": quant_min - round(low / scale)}
""",
    "range-without-zero": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
    "zero-scale": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    zero_point = quant_min - round(low / scale) if scale else 0
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, zero_point))}
""",
    "raises-zero-division-error": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
    "truncates-zero-point": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - int(low / scale)))}
""",
    "zero-point-not-whole": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / (quant_max - quant_min) or 1.0
    return {"scale": scale, "zero_point": quant_min - low / scale}
""",
    "counts-integers": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / (quant_max + 1), "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min + 1)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
    "forgets-quant-min": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, -round(low / scale)))}
""",
    "ignores-negative-end": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": high / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
    "symmetric-uses-width": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    if symmetric:
        return {"scale": scale, "zero_point": 0}
    return {"scale": scale, "zero_point": max(quant_min, min(quant_max, quant_min - round(low / scale)))}
""",
    "always-symmetric": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    largest = max(abs(low), abs(high))
    return {"scale": largest / 127 if largest else 1.0, "zero_point": 0}
""",
    "zero-point-no-int": edit("quant_min - round(low / scale)", "float(quant_min - round(low / scale))"),
    "wrong-zero-point, the next integer below": edit("round(low / scale)", "math.floor(low / scale)"),
    "wrong-scale, symmetric at 8 bits only": edit("max(-low, high) / quant_max", "max(-low, high) / 127"),
    "wrong-scale, never below 1e-8": edit(
        "scale = (high - low) / (quant_max - quant_min)", "scale = max((high - low) / (quant_max - quant_min), 1e-8)"
    ),
    "wrong-scale, rounded": edit('max(-low, high) / quant_max, "', 'round(max(-low, high) / quant_max, 4), "'),
}

READERS_WRONG_ANSWERS = {
    "range-without-zero, widens only the lower": """
def choose_qparams_affine(low: float, high: float, quant_min: int, quant_max: int, symmetric: bool) -> dict:
    low = min(low, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": max(abs(low), abs(high)) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    zero_point = max(quant_min, min(quant_max, round(quant_min - low / scale)))
    return {"scale": scale, "zero_point": zero_point}
""",
    "ignores-negative-end, symmetric looks at the upper end": """
def choose_qparams_affine(low: float, high: float, quant_min: int, quant_max: int, symmetric: bool) -> dict:
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    if symmetric:
        return {"scale": high / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    zero_point = max(quant_min, min(quant_max, round(quant_min - low / scale)))
    return {"scale": scale, "zero_point": zero_point}
""",
    "wrong-scale, asks for the empty range before it is": """
def choose_qparams_affine(low: float, high: float, quant_min: int, quant_max: int, symmetric: bool) -> dict:
    if low == high:
        return {"scale": 1.0, "zero_point": 0}
    low, high = min(low, 0.0), max(high, 0.0)
    if symmetric:
        return {"scale": max(-low, high) / quant_max, "zero_point": 0}
    scale = (high - low) / (quant_max - quant_min)
    zero_point = max(quant_min, min(quant_max, round(quant_min - low / scale)))
    return {"scale": scale, "zero_point": zero_point}
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    import numpy as np

    ends = np.clip([low, high], [-np.inf, 0], [0, np.inf]).astype(np.float64)
    if not ends.any():
        return {"scale": 1, "zero_point": 0}
    if symmetric:
        return {"scale": np.abs(ends).max() / quant_max, "zero_point": 0}
    scale = np.ptp(ends) / (quant_max - quant_min)
    return {"scale": scale, "zero_point": int(np.clip(quant_min - np.rint(ends[0] / scale), quant_min, quant_max))}
""",
    "torch": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    ends = torch.tensor([min(low, 0), max(high, 0)], dtype=torch.float64)
    if not ends.abs().sum() > 0:
        return dict(zero_point=0, scale=1.0)
    width = 2 * ends.abs().max() if symmetric else ends[1] - ends[0]
    scale = width / (2 * quant_max if symmetric else quant_max - quant_min)
    zero_point = 0 if symmetric else int((quant_min - torch.round(ends[0] / scale)).item())
    return dict(zero_point=zero_point, scale=scale.item())
""",
    "multiplied before divided": """
def choose_qparams_affine(low, high, quant_min, quant_max, symmetric):
    if low > 0:
        low = 0
    if high < 0:
        high = 0
    if low == 0 and high == 0:
        return {"scale": 3.0, "zero_point": 0}
    if symmetric:
        return {"scale": abs(low) / quant_max if abs(low) > high else high / quant_max, "zero_point": 0}
    steps = quant_max - quant_min
    return {"scale": (high - low) / steps, "zero_point": quant_min + round(steps * -low / (high - low))}
""",
}
