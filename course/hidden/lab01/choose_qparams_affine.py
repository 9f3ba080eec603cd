"""Hidden cases of choose_qparams_affine, lab 01, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_many_ranges(choose_qparams_affine):
    ends = [(-6.0, 6.0), (0.0, 6.0), (-1e-3, 9.0), (3.0, 3.5), (-7.5, -7.0), (-1e-20, 0.0)]
    return [choose_qparams_affine(low, high, *grid, False) for low, high in ends for grid in ((0, 255), (-8, 7))]


def judge_many_ranges(grids):
    ends = [(-6.0, 6.0), (0.0, 6.0), (-1e-3, 9.0), (0.0, 3.5), (-7.5, 0.0), (-1e-20, 0.0)]
    pairs = [(low, high, *grid) for low, high in ends for grid in ((0, 255), (-8, 7))]
    for grid, (low, high, quant_min, quant_max) in zip(grids, pairs, strict=True):
        scale = (high - low) / (quant_max - quant_min)
        require_close(grid["scale"], scale, "wrong-scale", f"The range from {low} to {high}.")
        distance = abs(grid["zero_point"] - (quant_min - low / scale))
        require(distance < 0.51, "wrong-zero-point", f"The zero point for the range from {low} to {high}.")


def drive_four_bits(choose_qparams_affine):
    return [choose_qparams_affine(-0.7, 0.1, -7, 7, True), choose_qparams_affine(-0.4, -0.2, -1, 1, True)]


def judge_four_bits(grids):
    require_close([grid["scale"] for grid in grids], [0.1, 0.4], "wrong-scale", "Symmetric at 4 and at 2 bits.")
    require_close([grid["zero_point"] for grid in grids], [0, 0], "symmetric-with-zero-point", "It is 0.", rtol=0)


CASES = (
    Case("six ranges on two grids", judge=judge_many_ranges, driver=drive_many_ranges),
    Case("symmetric at 4 and 2 bits", judge=judge_four_bits, driver=drive_four_bits),
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
}
