"""Visible cases of round_upper_half, lab 13."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_halves() -> tuple:
    import torch

    return torch.tensor([-40, -12, -11, -5, -4, -3, 0, 3, 4, 5, 11, 12, 40], dtype=torch.int32), 3, 5


def inputs_far() -> tuple:
    import torch

    return torch.tensor([[-(2**30), -700, -3], [1, 699, 2**30 - 1]], dtype=torch.int32), 1, -128


def rounded(high: np.ndarray, shift: int) -> np.ndarray:
    """Divide by 2 ** shift and round, a half up, with floats of 64 bits: exact for 32-bit integers."""
    return np.floor(high.astype(np.float64) / 2**shift + 0.5).astype(np.int64)


def judge_round(found: Data, high: object, shift: int, zero_point: int) -> None:
    require_dtype(found, "int8", "wrong-type", "The result must be stored as int8: change the type at the end.")
    codes = np.asarray(high, dtype=np.int64)
    expected = np.clip(rounded(codes, shift) + zero_point, -128, 127)
    to_even = np.rint(codes / 2**shift).astype(np.int64)
    toward_zero = np.trunc(codes / 2**shift + 0.5).astype(np.int64)
    known = {
        "rounds-down": (
            np.clip((codes >> shift) + zero_point, -128, 127),
            "`>>` alone rounds down. Add half of 2 ** shift before it.",
        ),
        "half-to-even": (
            np.clip(to_even + zero_point, -128, 127),
            "A half goes up here, also where the even number lies below: 1.5 becomes 2, and 2.5 becomes 3.",
        ),
        "half-rounds-toward-zero": (
            np.clip(toward_zero + zero_point, -128, 127),
            "Below zero the result is one too large: dividing an integer rounds toward zero, `>>` rounds down.",
        ),
        "wraps-around": (
            (rounded(codes, shift) + zero_point).astype(np.int8).astype(np.int64),
            "Values past the end of int8 must stop there: clamp before you change the type.",
        ),
        "saturates-before-the-zero-point": (
            (np.clip(rounded(codes, shift), -128, 127) + zero_point).astype(np.int8).astype(np.int64),
            "Add the zero point first, then saturate.",
        ),
        "saturates-to-uint8": (
            np.clip(rounded(codes, shift) + zero_point, 0, 255).astype(np.int8).astype(np.int64),
            "int8 reaches from -128 to 127.",
        ),
        "adds-a-whole": (
            np.clip(((codes + (1 << shift)) >> shift) + zero_point, -128, 127),
            "2 ** shift is a whole step. Add half of it.",
        ),
        "forgets-the-zero-point": (np.clip(rounded(codes, shift), -128, 127), "The zero point is missing."),
    }
    for mistake, (wrong, hint) in known.items():
        if wrong.shape == found.shape and (wrong != expected).any():
            require((wrong != found).any(), mistake, hint)
    require_close(found, expected, "wrong-code", "Round once, add the zero point, saturate.", rtol=0, atol=0)


CASES = (
    Case("halves of both signs", inputs_halves, judge_round),
    Case("values that saturate, shift 1", inputs_far, judge_round),
)
