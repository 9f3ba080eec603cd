"""Visible cases of pack_four_bits, lab 01."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_two_pairs() -> tuple:
    import torch

    return (torch.tensor([[1, 2], [7, 5]], dtype=torch.int8),)


def judge_two_pairs(packed: Data) -> None:
    require_dtype(packed, "uint8", "wrong-type", "A byte is a uint8: an int8 ends at 127, and 240 is possible here.")
    values = np.ravel(packed).tolist()
    require(values != [18, 117], "first-code-on-top", "The first code, 1, came into the upper half. It goes below.")
    require(values != [113, 82], "pairs-across", "1 was paired with 7. The neighbours are 1 and 2, then 7 and 5.")
    require(values != [3, 12] and values != [3, 7], "adds-the-codes", "Move the second code up by four bits first.")
    require(values != [169, 223], "moves-by-eight", "8 was added to each code. Keep its lower four bits: & 15.")
    require(len(values) != 4, "one-byte-a-code", "Four codes of four bits fill two bytes, not four.")
    require_close(packed, [1 + 16 * 2, 7 + 16 * 5], "wrong-bytes", "1 and 2 make 33, 7 and 5 make 87.", rtol=0)


def inputs_negative_and_odd() -> tuple:
    import torch

    return (torch.tensor([-1, 0, -8, -1, 3, 4, -3], dtype=torch.int8),)


def judge_negative_and_odd(packed: Data) -> None:
    require_dtype(packed, "uint8", "wrong-type", "A byte is a uint8: an int8 ends at 127, and 240 is possible here.")
    values = np.ravel(packed).tolist()
    hint = "7 codes need 4 bytes; the upper half of the last byte is empty. The last code is missing."
    require(values != [15, 248, 67], "drops-the-odd-code", hint)
    hint = "The last byte holds one code, -3, which is 13. Its upper half must be 0."
    require(values[:3] != [15, 248, 67] or values[3:] == [13], "wrong-last-half", hint)
    hint = "-1 and 0 became {}. A negative code fills the upper half with ones: keep its lower four bits, & 15."
    require(values[:1] != [255], "keeps-the-sign", hint.format(values[:1]))
    hint = "-1 was stored as 7: 8 was added to each code. Keep its lower four bits, & 15."
    require(values[:1] != [135], "moves-by-eight", hint)
    require_close(
        packed, [15, 248, 67, 13], "wrong-bytes", "-1 is 15, -8 is 8, and the lower half comes first.", rtol=0
    )


CASES = (
    Case("two pairs", inputs_two_pairs, judge_two_pairs),
    Case("negative codes, an odd number", inputs_negative_and_odd, judge_negative_and_odd),
)
