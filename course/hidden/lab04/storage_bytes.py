"""Hidden cases of storage_bytes, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_storage_edges(storage_bytes):
    import torch

    empty, full = torch.zeros(3, 5, dtype=torch.bool), torch.ones(2, 4, 2, 2, dtype=torch.bool)
    return [storage_bytes(mask) for mask in (empty, full)]


def judge_storage_edges(sizes):
    rows = [[size["dense"], size["csr"], size["bitmask"]] for size in sizes]
    require_close(
        rows, [[60, 16, 2], [128, 268, 132]], "wrong-bytes", "Nothing kept in 3 x 5, all kept in 2 x 4 x 2 x 2."
    )


def inputs_drawn(seed: int) -> tuple:
    import torch

    shape = ((1, 9), (17, 3), (3, 5, 1, 7), (8, 8, 2), (2, 1))[seed % 5]
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < (seed % 7) / 6,)


def judge_drawn(sizes, mask):
    rows = mask.flatten(1).tolist()
    num_bits = num_kept = 0
    for row in rows:
        for kept in row:
            num_bits += 1
            num_kept += kept
    expected = [4 * num_bits, 8 * num_kept + 4 * len(rows) + 4, -(-num_bits // 8) + 4 * num_kept]
    hint = f"A mask of shape {tuple(mask.shape)} that keeps {num_kept}: dense, csr and bitmask."
    require_close([sizes[name] for name in ("dense", "csr", "bitmask")], expected, "wrong-bytes", hint, rtol=0)


CASES = (
    Case("nothing kept and everything kept", judge=judge_storage_edges, driver=drive_storage_edges),
    Case("drawn masks", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "forgets-index-bytes": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    return {"dense": 4 * mask.numel(), "csr": 4 * num_kept, "bitmask": 4 * num_kept}
""",
    "forgets-column-indices": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 4 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
    "forgets-row-starts": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    return {"dense": 4 * mask.numel(), "csr": 8 * num_kept, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
    "row-starts-off-by-one": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 8 * num_kept + 4 * mask.shape[0]
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
    "stores-row-indices": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    return {"dense": 4 * mask.numel(), "csr": 12 * num_kept, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
    "wrong-rows": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    rows = mask.numel() // mask.shape[-1]
    csr = 8 * num_kept + 4 * (rows + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
    "stores-the-pruned": """
def storage_bytes(mask):
    num_kept = int((~mask).sum())
    csr = 8 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
    "byte-for-a-bit": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 8 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": mask.numel() + 4 * num_kept}
""",
    "rounds-down": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 8 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": mask.numel() // 8 + 4 * num_kept}
""",
    "wrong-bytes, a byte too many": edit("math.ceil(mask.numel() / 8)", "mask.numel() // 8 + 1"),
    "wrong-bitmask, rounded up for each row": edit(
        "math.ceil(mask.numel() / 8)", "num_rows * math.ceil(mask[0].numel() / 8)"
    ),
    "wrong-csr, rows of zeros have no start": edit("num_rows + 1", "int(mask.flatten(1).any(1).sum()) + 1"),
    "wrong-bytes, always the smaller": edit('"csr": csr', '"csr": min(csr, 4 * mask.numel())'),
    "changes-its-argument": """
def storage_bytes(mask):
    num_rows, total, num_kept = len(mask), mask.numel(), 0
    while mask.any():
        mask.view(-1)[mask.flatten().nonzero()[0]] = False
        num_kept += 1
    return {"dense": 4 * total, "csr": 8 * num_kept + 4 * num_rows + 4, "bitmask": (total + 7) // 8 + 4 * num_kept}
""",
}

READERS_WRONG_ANSWERS = {
    "wrong-bytes, always adds a byte for the rest of the": """
def storage_bytes(mask: Tensor) -> dict[str, int]:
    n, kept = mask.numel(), int(mask.sum())
    return {"dense": 4 * n, "csr": 8 * kept + 4 * (mask.shape[0] + 1), "bitmask": n // 8 + 1 + 4 * kept}
""",
    "row-starts-off-by-one, forgets the end of the last row: as many row starts as": """
def storage_bytes(mask: Tensor) -> dict[str, int]:
    n, kept = mask.numel(), int(mask.sum())
    return {"dense": 4 * n, "csr": 8 * kept + 4 * mask.shape[0], "bitmask": math.ceil(n / 8) + 4 * kept}
""",
    "rounds-down, rounds the bits": """
def storage_bytes(mask: Tensor) -> dict[str, int]:
    n, kept = mask.numel(), int(mask.sum())
    return {"dense": 4 * n, "csr": 8 * kept + 4 * (mask.shape[0] + 1), "bitmask": n // 8 + 4 * kept}
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def storage_bytes(mask):
    import numpy as np

    bits = np.packbits(mask.numpy().ravel())
    values = np.zeros(np.count_nonzero(mask.numpy()), dtype=np.float32)
    starts = np.zeros(mask.shape[0] + 1, dtype=np.int32)
    csr = 2 * values.nbytes + starts.nbytes
    return {"dense": 4 * mask.numpy().size, "csr": csr, "bitmask": bits.nbytes + values.nbytes}
""",
    "the library's CSR": """
def storage_bytes(mask):
    sparse = mask.flatten(1).float().to_sparse_csr()
    csr = 4 * sum(part.numel() for part in (sparse.values(), sparse.col_indices(), sparse.crow_indices()))
    return dict(dense=4 * mask.numel(), csr=csr, bitmask=(mask.numel() + 7) // 8 + 4 * mask.count_nonzero().item())
""",
    "a loop over rows": """
def storage_bytes(mask):
    sizes = {"dense": 0, "csr": 4, "bitmask": 0}
    bits = 0
    for row in mask:
        kept = int(row.sum())
        sizes["dense"] += 4 * row.numel()
        sizes["csr"] += 8 * kept + 4
        sizes["bitmask"] += 4 * kept
        bits += row.numel()
    sizes["bitmask"] += -(-bits // 8)
    return sizes
""",
}
