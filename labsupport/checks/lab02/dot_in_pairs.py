"""Visible cases of dot_in_pairs, lab 02."""

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_dtype


def inputs_four_products() -> tuple:
    import torch

    return torch.tensor([255, 255, 255, 100], dtype=torch.uint8), torch.tensor([127, 127, -128, 50], dtype=torch.int8)


def judge_four_products(found: Data) -> None:
    known = {
        37130: ("nothing-saturates", "This is the exact sum. The pair 32385 + 32385 must stop at 32767."),
        -28406: ("wraps", "The first pair, 64770, wrapped around. It must stop at 32767: saturate, then cast."),
        32512: ("pairs-across", "Neighbours make a pair: 255 * 127 twice, then 255 * -128 and 100 * 50."),
    }
    reject(found, known)
    require_dtype(np.asarray(found), "int32", "wrong-type", "The pairs are added in int32.")
    require_close(found, 32767 - 27640, "wrong-sum", "32767 from the first pair, -27640 from the second.", rtol=0)


def inputs_rows_of_five() -> tuple:
    import torch

    x = torch.tensor([[255, 255, 0, 1, 200], [1, 2, 3, 4, 5], [255, 255, 255, 255, 255]], dtype=torch.uint8)
    return x, torch.tensor([-128, -128, 5, -6, 127], dtype=torch.int8)


def judge_rows_of_five(found: Data) -> None:
    hint = "The fifth product has no neighbour. It stands alone and must be added."
    right = [-32768 - 6 + 25400, -384 + 15 - 24 + 635, -32768 - 255 + 32385]
    first = np.ravel(found)[:1].tolist()
    require(first != [-32768 - 6], "drops-the-odd-product", hint)
    require(first != [-65280 - 6 + 25400], "nothing-saturates", "-255 * 128 twice is -65280 and must stop at -32768.")
    require(first != [-32767 - 6 + 25400], "symmetric-ends", "An int16 begins at -2**15, which is -32768.")
    require(np.size(found) != 1, "sums-all-rows", "One sum for each row: add over the last dimension alone.")
    require_close(
        found, right, "wrong-sum", "Pairs 0 and 1, 2 and 3, then the fifth alone; each row by itself.", rtol=0
    )


CASES = (
    Case("four products", inputs_four_products, judge_four_products),
    Case("three rows of five products", inputs_rows_of_five, judge_rows_of_five),
)
