"""Visible cases of quantize_affine, lab 01."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_published_example() -> tuple:
    import torch

    return torch.tensor([10.0, -10.0, 1.0]), 0.05, 0, -128, 127


def judge_published_example(codes: Data) -> None:
    require_dtype(codes, "int8", "wrong-type", "The grid has negative integers: store int8, as the last step.")
    hint = f"10.0 at scale 0.05 became {codes[0]}, not 127. 200 is past the end of the grid and must stop there, not "
    require(not codes[0] < 0 < codes[1], "casts-before-clamp", hint + "wrap: saturate before you change the type.")
    require_close(codes, [127, -128, 20], "wrong-codes", "x / scale is 200, -200 and 20, and the grid ends at 127.")


def inputs_uint8_codes() -> tuple:
    import torch

    return torch.tensor([[-0.5, 0.0, 0.26], [0.74, 1.0, 40.0]]), 0.1, 3, 0, 255


def judge_uint8_codes(codes: Data) -> None:
    require_dtype(codes, "uint8", "always-int8", "The grid from 0 to 255 does not fit into int8: store uint8.")
    flat = codes.ravel().tolist()
    require(flat[1] != 0, "forgets-zero-point", "0.0 became 0. It is the zero point, here 3: add it.")
    require(flat[2] != 5, "truncates", "0.26 at scale 0.1 is 2.6 steps. Round to 3; changing the type alone cuts off.")
    hint = f"-0.5 and 40.0 became {flat[0]} and {flat[5]}, not 0 and 255: saturate after adding the zero point."
    require(flat[0] != 3 and flat[0] < 200 and flat[5] == 255, "clamps-before-zero-point", hint)
    require_close(codes, [[0, 3, 6], [10, 13, 255]], "wrong-codes", "Divide, round, add 3, stop at 0 and 255.")


def inputs_ties() -> tuple:
    import torch

    return torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, -2.5]), 1.0, 3, -128, 127


def judge_ties(codes: Data) -> None:
    steps = [int(code) - 3 for code in codes]
    even = "torch.round sends a half to the even neighbour."
    hint = "Halves were rounded after the zero point was added: an odd one, 3, turns even into odd. Round first."
    require(steps != [1, 1, 3, -1, -1, -3], "rounds-after-zero-point", hint)
    require(steps != [1, 2, 3, -1, -2, -3], "rounds-half-away", f"Halves went away from zero: {even}")
    require(steps != [1, 2, 3, 0, -1, -2], "rounds-half-up", f"Halves went up, as by floor(x + 0.5): {even}")
    require_close(steps, [0, 2, 2, 0, -2, -2], "wrong-codes", "A half goes to the even neighbour, then 3 is added.")


def inputs_two_grids() -> tuple:
    import torch

    grids = torch.tensor([[0.2], [0.01]]), torch.tensor([[-5], [20]])
    return torch.tensor([[0.42, -0.6], [0.42, -0.6]]), *grids, -100, 50


def judge_two_grids(codes: Data) -> None:
    hint = "Both rows came out equal. scale and zero_point are tensors: 0.2 and -5 for row 0, 0.01 and 20 for row 1."
    require(not np.array_equal(codes[0], codes[1]), "one-grid-for-all", hint)
    require_close(codes, [[-3, -8], [50, -40]], "wrong-codes", "Scale and zero point are tensors here, one a row.")


CASES = (
    Case("the published example", inputs_published_example, judge_published_example),
    Case("uint8 with a zero point", inputs_uint8_codes, judge_uint8_codes),
    Case("halves", inputs_ties, judge_ties),
    Case("a grid for each row", inputs_two_grids, judge_two_grids),
)
