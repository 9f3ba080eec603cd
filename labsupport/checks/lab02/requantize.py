"""Visible cases of requantize, lab 02."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_halves() -> tuple:
    import torch

    return torch.tensor([1, 3, 5, 2, -1, -3, -5, 0], dtype=torch.int32), 2**30, 31, 100


def judge_halves(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    steps = [int(code) - 100 for code in codes]
    hint = "2 times 2**30 needs 32 bits, and int32 has 31 for the size: the product wrapped. Multiply in int64."
    require(steps[3] not in (-1, -100), "overflows-int32", hint)
    require(codes[3] != 1, "forgets-zero-point", "The results lack the zero point 100.")
    hint = "0.5, 1.5 and 2.5 became {}, {} and {}: ".format(*steps[:3])
    even = "halves go to the even neighbour, 0, 2 and 2: look at the rest."
    require(steps != [0, 1, 2, 1, -1, -2, -3, 0], "rounds-down", f"{hint}rounded down, but {even}")
    require(steps != [1, 2, 3, 1, -1, -2, -3, 0], "rounds-half-away", f"{hint}rounded away from zero, but {even}")
    require(steps != [1, 2, 3, 1, 0, -1, -2, 0], "rounds-half-up", f"{hint}rounded up, but {even}")
    require(steps != [0, 1, 2, 1, 0, -1, -2, 0], "rounds-toward-zero", f"{hint}cut off, but {even}")
    hint = "-1.5 and -2.5 became 0 before the zero point 100 was added. Add it first, then saturate."
    require(steps != [0, 2, 2, 1, 0, 0, 0, 0], "saturates-before-the-zero-point", hint)
    require_close(steps, [0, 2, 2, 1, 0, -2, -2, 0], "wrong-codes", "Half of the accumulator, ties to even.", rtol=0)


def inputs_saturating() -> tuple:
    import torch

    accumulator = torch.tensor([[1_000_000, -1_000_000], [70_000, 3_333]], dtype=torch.int32)
    return accumulator, 1_717_986_918, 39, 3


def judge_saturating(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    hint = f"1,000,000 / 320 lies far past 255, -1,000,000 / 320 far below 0. They became {codes[0].tolist()}. "
    require(
        codes[0].tolist() != [56, 206],
        "casts-before-clamp",
        hint + "Past 0 and 255 they must stop: saturate, then change the type.",
    )
    require_close(codes, [[255, 0], [222, 13]], "wrong-codes", "multiplier / 2**39 is 1 / 320 here.", rtol=0)


def inputs_eighths() -> tuple:
    import torch

    return torch.tensor([[3, 11, 8], [-13, 20, 2001]], dtype=torch.int32), 2**30, 33, 7


def judge_eighths(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    hint = "3 / 8 became 1, and 11 / 8 became 2: rounded twice, first to halves or quarters. Round once, at the end."
    require(codes.ravel()[:2].tolist() != [8, 9], "rounds-twice", hint)
    hint = "2001 / 8 is 250, and with the zero point 257. It must stop at 255: saturate before you change the type."
    require(codes.ravel()[5] != 1, "casts-before-clamp", hint)
    require_close(codes, [[7, 8, 8], [5, 9, 255]], "wrong-codes", "Eighths of the accumulator, zero point 7.", rtol=0)


def inputs_nearly_half() -> tuple:
    import torch

    return torch.tensor([[805_306_365, -805_306_365, 3 * 2**28]], dtype=torch.int32), 2**30 + 4, 59, 9


def judge_nearly_half(codes: Data) -> None:
    require_dtype(codes, "uint8", "wrong-type", "Change the type to uint8 at the end.")
    hint = (
        "The first value lies a hair below 1.5, and became 2. The product has 60 bits, and float64 keeps 53: use int64."
    )
    require(codes.ravel()[:2].tolist() != [11, 7], "computes-in-float", hint)
    require_close(codes, [[10, 8, 11]], "wrong-codes", "A hair below 1.5, a hair above -1.5, a hair above 1.5.", rtol=0)


CASES = (
    Case("halves", inputs_halves, judge_halves),
    Case("eighths", inputs_eighths, judge_eighths),
    Case("a real multiplier, and saturation", inputs_saturating, judge_saturating),
    Case("a hair beside a half", inputs_nearly_half, judge_nearly_half),
)
