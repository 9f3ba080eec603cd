"""Visible cases of add_branches, lab 02."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_one_rounding() -> tuple:
    import torch

    a = torch.tensor([[11, 12, 20, 7], [200, 0, 13, 10]], dtype=torch.uint8)
    b = torch.tensor([[6, 7, 5, 4], [255, 0, 9, 5]], dtype=torch.uint8)
    return a, b, (10, 5, 3), (1_400_000_000, 900_000_000), 32


def judge_one_rounding(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    values = np.ravel(codes).tolist()
    known = {
        "rounds-each-branch": ([3, 4, 6, 2, 117, 0, 5, 3], "Each branch was rounded before the addition. Round once."),
        "rounds-down": ([3, 4, 6, 1, 117, 0, 4, 3], "The shift alone rounds down. Round to the nearest."),
        "forgets-input-zero-points": ([8, 8, 11, 6, 122, 3, 9, 7], "A code equal to its zero point must add nothing."),
        "forgets-output-zero-point": ([1, 1, 3, 0, 114, 0, 2, 0], "The zero point of the result is missing."),
        "swaps-multipliers": ([4, 4, 5, 2, 124, 0, 5, 3], "The first multiplier belongs to a, the second to b."),
        "subtracts-in-uint8": (
            [4, 4, 6, 139, 117, 136, 5, 3],
            "7 - 10 is -3, and in uint8 it wraps to 253: widen first.",
        ),
        "casts-before-clamp": ([4, 4, 6, 2, 117, 255, 5, 3], "-1 became 255: saturate before you change the type."),
        "saturates-before-the-zero-point": (
            [4, 4, 6, 3, 117, 3, 5, 3],
            "-1 became 0 before 3 was added: add it first.",
        ),
        "overflows-int32": ([3, 3, 3, 3, 3, 3, 3, 3], "A product has up to 39 bits and wrapped: multiply in int64."),
    }
    for slug, (wrong, hint) in known.items():
        require(values != wrong, slug, hint)
    hint = "a counts from 10, b from 5; one step of a is 0.326 steps of the result, one of b 0.21; zero is 3."
    require_close(codes, [[4, 4, 6, 2], [117, 0, 5, 3]], "wrong-codes", hint, rtol=0)


def inputs_saturating() -> tuple:
    import torch

    a = torch.tensor([0, 255, 200, 120, 101], dtype=torch.uint8)
    b = torch.tensor([0, 255, 40, 130, 128], dtype=torch.uint8)
    return a, b, (100, 128, 60), (2**28, 2**30), 29


def judge_saturating(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    values = np.ravel(codes).tolist()
    hint = "The first sum is far below 0, the second far above 255. Past the ends they must stop: saturate, then cast."
    require(values[:2] != [10, 136], "casts-before-clamp", hint)
    require(values[:1] != [60], "saturates-before-the-zero-point", "Saturate after adding the zero point, not before.")
    hint = "One step of a is half a step of the result, one of b two; 100, 128 and 60 stand for 0."
    require_close(values[:4], [0, 255, 0, 74], "wrong-codes", hint, rtol=0)
    require(values[4] in (60, 61), "wrong-codes", "Half a step above 60 may become 60 or 61.")


CASES = (
    Case("fractions that count together", inputs_one_rounding, judge_one_rounding),
    Case("sums past both ends", inputs_saturating, judge_saturating),
)
