"""Hidden cases of storage_bytes, lab 04, and wrong answers to it."""

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


CASES = (Case("nothing kept and everything kept", judge=judge_storage_edges, driver=drive_storage_edges),)

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
}
