"""Hidden cases of dot_in_pairs, lab 02, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_dtype


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((7,), (3, 8), (2, 3, 5), (1, 1), (4, 64), (2, 33))[seed % 6]
    low = 180 if seed % 2 else 0
    x = torch.randint(low, 256, shape, generator=generator, dtype=torch.uint8)
    weight = torch.randint(-128, 128, shape[-1:], generator=generator, dtype=torch.int8)
    if seed % 3 == 0:
        weight = torch.where(weight < 0, torch.tensor(-128), torch.tensor(127)).to(torch.int8)
    return x, weight


def judge_drawn(found, x, weight):
    def of_row(row):
        products = [code * factor for code, factor in zip(row, weight.tolist(), strict=True)]
        return sum(max(-32768, min(32767, sum(products[at : at + 2]))) for at in range(0, len(products), 2))

    expected = [of_row(row) for row in x.reshape(-1, x.shape[-1]).tolist()]
    require_dtype(found, "int32", "wrong-type", "The sums are int32.")
    hint = f"x of shape {tuple(x.shape)}: neighbours make pairs, each pair stops at -32768 and 32767."
    require_close(found.ravel(), expected, "wrong-sum", hint, rtol=0, atol=0)


def inputs_many() -> tuple:
    import torch

    return torch.full((2, 4096), 255, dtype=torch.uint8), torch.full((4096,), 127, dtype=torch.int8)


CASES = (
    Case("drawn rows", inputs_drawn, judge_drawn, seeds=20),
    Case("four thousand products", inputs_many, judge_drawn),
)

WRONG_ANSWERS = {
    "nothing-saturates": edit("pairs.clamp(-(2**15), 2**15 - 1).sum", "pairs.sum"),
    "wraps": edit("pairs.clamp(-(2**15), 2**15 - 1)", "pairs.to(torch.int16)"),
    "pairs-across": """
def dot_in_pairs(x, weight):
    products = F.pad(x.int() * weight.int(), (0, len(weight) % 2))
    half = products.shape[-1] // 2
    pairs = products[..., :half] + products[..., half:]
    return pairs.clamp(-(2**15), 2**15 - 1).sum(-1, dtype=torch.int32)
""",
    "drops-the-odd-product": """
def dot_in_pairs(x, weight):
    products = x.int() * weight.int()
    count = len(weight) // 2 * 2
    pairs = products[..., 0:count:2] + products[..., 1:count:2]
    return pairs.clamp(-(2**15), 2**15 - 1).sum(-1, dtype=torch.int32)
""",
    "symmetric-ends": edit("-(2**15), 2**15 - 1", "-(2**15) + 1, 2**15 - 1"),
    "wrong-type": edit(", dtype=torch.int32)", ")"),
    "wrong-sum, the total saturates": """
def dot_in_pairs(x, weight):
    return (x.int() * weight.int()).sum(-1, dtype=torch.int32).clamp(-(2**15), 2**15 - 1)
""",
    "wrong-sum, never below zero": edit("-(2**15), 2**15 - 1", "0, 2**15 - 1"),
    "wrong-sum, multiplied in uint8": edit("x.int() * weight.int()", "(x * weight.to(torch.uint8)).int()"),
    "raises-runtime-error, no odd ones": edit(
        "F.pad(x.int() * weight.int(), (0, len(weight) % 2))", "x.int() * weight.int()"
    ),
    "sums-all-rows": edit(".sum(-1, dtype=torch.int32)", ".sum(dtype=torch.int32)"),
    "changes-its-argument": edit("    products = F.pad", "    x.clamp_(max=254)\n    products = F.pad"),
}

READERS_WRONG_ANSWERS = {
    "wraps, pair wraps in int16": """
def dot_in_pairs(x: Tensor, weight: Tensor) -> Tensor:
    products = x.to(torch.int16) * weight.to(torch.int16)
    if products.shape[-1] % 2:
        products = F.pad(products, (0, 1))
    pairs = products[..., 0::2] + products[..., 1::2]
    pairs = pairs.clamp(-(2**15), 2**15 - 1)
    return pairs.to(torch.int32).sum(dim=-1).to(torch.int32)
""",
    "nothing-saturates, products saturated": """
def dot_in_pairs(x: Tensor, weight: Tensor) -> Tensor:
    products = x.to(torch.int32) * weight.to(torch.int32)
    products = products.clamp(-(2**15), 2**15 - 1)
    products = F.pad(products, (0, products.shape[-1] % 2))
    pairs = products[..., 0::2] + products[..., 1::2]
    return pairs.sum(dim=-1, dtype=torch.int32)
""",
    "wrong-sum, total saturated": """
def dot_in_pairs(x: Tensor, weight: Tensor) -> Tensor:
    low, high = -(2**15), 2**15 - 1
    products = x.int() * weight.int()
    total = torch.zeros(x.shape[:-1], dtype=torch.int32)
    for k in range(0, x.shape[-1], 2):
        pair = products[..., k : k + 2].sum(dim=-1).clamp(low, high).int()
        total = (total + pair).clamp(low, high)
    return total
""",
}

RIGHT_ANSWERS = {
    "unflattened": """
def dot_in_pairs(x, weight):
    odd = len(weight) % 2
    products = torch.nn.functional.pad(x.long() * weight, (0, odd))
    pairs = products.unflatten(-1, (-1, 2)).sum(-1)
    return torch.clamp(pairs, -32768, 32767).sum(-1).int()
""",
    "numpy": """
def dot_in_pairs(x, weight):
    import numpy as np

    products = x.numpy().astype(np.int32) * weight.numpy().astype(np.int32)
    pairs = np.add.reduceat(products, range(0, products.shape[-1], 2), axis=-1)
    return torch.from_numpy(np.asarray(np.clip(pairs, -32768, 32767).sum(-1, dtype=np.int32)))
""",
    "loops": """
def dot_in_pairs(x, weight):
    total = torch.zeros(x.shape[:-1], dtype=torch.int32)
    for at in range(0, len(weight), 2):
        pair = (x[..., at : at + 2].int() * weight[at : at + 2].int()).sum(-1)
        total += torch.minimum(torch.maximum(pair, torch.tensor(-32768)), torch.tensor(32767)).int()
    return total
""",
}
