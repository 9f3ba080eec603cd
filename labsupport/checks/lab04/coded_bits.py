"""Visible cases of coded_bits, lab 04."""

from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_five_symbols() -> tuple:
    import torch

    return torch.tensor([4, 0, 4, 9, 4, 2, 0, 4, 7, 4, 2, 0, 4]), 10


def judge_five_symbols(bits: Data) -> None:
    table = 5 * 10
    setting = "The counts are 6, 3, 2, 1, 1. "
    reject(
        bits,
        {
            26: ("forgets-the-table", "26 bits are the code words alone. Add 5 entries of 10 bits."),
            26 + 10 * 10: ("counts-absent-symbols", "Five different symbols occur, not all from 0 to 9."),
            27 + 10 * 10: ("counts-absent-symbols", "Symbols that do not occur are no symbols: five occur."),
            26 + 13 * 10: (
                "table-of-all-elements",
                "The table has an entry for each different symbol, not each element.",
            ),
            26 + 10: ("one-table-entry", "The table has an entry for each different symbol: five."),
            13 + table: ("stops-too-early", setting + "Merge until one is left: the last merge, of 13, costs too."),
            3 * 13 + table: ("fixed-length-code", "3 bits for each of 13 symbols is a code of fixed length."),
            28 + table: ("does-not-sort-again", setting + "After 1 + 1 comes 2 + 2: a merged count is ranked again."),
            45 + table: ("merges-the-most-frequent", setting + "Begin with the two rarest: 1 + 1."),
        },
    )
    hint = setting + "Merges cost 2, 4, 7 and 13 bits, and the table 50."
    require_close(bits, 26 + table, "wrong-bits", hint, rtol=1e-9)


def inputs_four_alike() -> tuple:
    import torch

    return torch.tensor([[3, -1], [8, 5]]), 6


def judge_four_alike(bits: Data) -> None:
    hint = "Four counts of 1: merge 1 and 1, then the other 1 and 1, then 2 and 2. "
    running = hint + "2 + 3 + 4 bits come from one group that grows: a merged count is ranked again."
    reject(bits, {9 + 4 * 6: ("one-growing-group", running)})
    require_close(bits, 8 + 4 * 6, "wrong-bits", hint + "That costs 8 bits, and the table 24.", rtol=1e-9)


def inputs_one_symbol() -> tuple:
    import torch

    return torch.full((3, 4), 5), 16


def judge_one_symbol(bits: Data) -> None:
    hint = "All twelve are the same symbol. There is nothing to merge: the table of 16 bits says all."
    reject(bits, {28: ("one-symbol-costs-bits", hint)})
    require_close(bits, 16, "wrong-bits", hint, rtol=1e-9)


CASES = (
    Case("five symbols", inputs_five_symbols, judge_five_symbols),
    Case("four symbols, once each", inputs_four_alike, judge_four_alike),
    Case("one symbol alone", inputs_one_symbol, judge_one_symbol),
)
