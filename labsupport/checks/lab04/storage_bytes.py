"""Visible cases of storage_bytes, lab 04."""

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type


def inputs_matrix() -> tuple:
    import torch

    mask = torch.zeros(10, 13, dtype=torch.bool)
    mask[::2, ::3] = True
    return (mask,)


def judge_matrix(sizes: Data) -> None:
    keys = {"dense", "csr", "bitmask"}
    require_type(sizes, dict, "returns-no-dict", "Return a dict with the keys dense, csr and bitmask.")
    require(set(sizes) == keys, "wrong-keys", f"The keys must be dense, csr and bitmask, not {', '.join(sizes)}.")
    kept, rows, total = 25, 10, 130
    reject(sizes["dense"], {4 * kept: ("dense-leaves-zeros-out", "Dense stores every weight, zeros included.")})
    require_close(sizes["dense"], 4 * total, "wrong-dense", "130 weights of 4 bytes.")
    pruned = total - kept
    reject(
        sizes["csr"],
        {
            4 * kept: ("forgets-index-bytes", "100 bytes are the 25 values alone. Without indices nobody knows where."),
            4 * kept + 4 * (rows + 1): ("forgets-column-indices", "144 bytes lack the column of each kept weight."),
            8 * kept: ("forgets-row-starts", "200 bytes are values and columns. Add the 11 row starts."),
            8 * kept + 4 * rows: ("row-starts-off-by-one", "There are 11 row starts: one for each row and the end."),
            8 * pruned + 4 * (rows + 1): ("stores-the-pruned", "105 weights are pruned, 25 are kept: True means kept."),
            12 * kept: ("stores-row-indices", "A row and a column for each value is COO. CSR has one start a row."),
            8 * kept + 4 * 14: ("counts-columns-as-rows", "The matrix has 10 rows of 13 columns: 11 row starts."),
        },
    )
    require_close(sizes["csr"], 244, "wrong-csr", "25 values, 25 columns and 11 row starts of 4 bytes each.")
    reject(
        sizes["bitmask"],
        {
            4 * kept: ("forgets-index-bytes", "100 bytes are the values alone. Add one bit for each of 130 weights."),
            4 * kept + total: ("byte-for-a-bit", "230 takes a byte for each weight. One bit is enough, 8 in a byte."),
            4 * kept + 16: ("rounds-down", "130 bits do not fit in 16 bytes: round up."),
            4 * kept + 16.25: ("bytes-not-whole", "A file has whole bytes: 130 bits take 17."),
            4 * total + 17: ("bitmask-stores-zeros", "This stores all 130 values beside the bits. Only 25 are kept."),
        },
    )
    require_close(sizes["bitmask"], 117, "wrong-bitmask", "25 values of 4 bytes, and 130 bits in 17 bytes.")


def inputs_convolution() -> tuple:
    import torch

    mask = torch.zeros(4, 3, 3, 3, dtype=torch.bool)
    mask[:, 0, 0, 0] = True
    return (mask,)


def judge_convolution(sizes: Data) -> None:
    hint = "A weight of shape (4, 3, 3, 3) is a matrix of 4 rows and 27 columns: one row for each output channel."
    reject(sizes["csr"], {32 + 4 * 13: ("wrong-rows", hint), 32 + 4 * 37: ("wrong-rows", hint)})
    require_close([sizes["dense"], sizes["csr"], sizes["bitmask"]], [432, 52, 30], "wrong-bytes", hint)


CASES = (
    Case("a matrix of 10 rows and 13 columns", inputs_matrix, judge_matrix),
    Case("a convolution", inputs_convolution, judge_convolution),
)
