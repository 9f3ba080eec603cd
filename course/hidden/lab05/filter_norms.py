"""Hidden cases of filter_norms, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = (1 + seed % 6, 1 + seed % 3, 1 + seed % 4, 1 + seed % 5) if seed % 3 else (4 + seed % 3, 1 + seed)
    return torch.randn(shape, generator=generator) - seed % 2, 1 + seed // 3 % 2


def judge_drawn(norms, weight, order):
    rows = weight.flatten(1).tolist()
    powers = [sum(abs(value) ** order for value in row) for row in rows]
    expected = [power ** (1 / order) for power in powers]
    hint = f"A weight of shape {tuple(weight.shape)}, order {order}."
    require_close(norms, expected, f"wrong-l{order}", hint)


CASES = (Case("weights of four and of two dimensions", inputs_drawn, judge_drawn, seeds=20),)

WRONG_ANSWERS = {
    "signed-sum": """
def filter_norms(weight, order):
    flat = weight.flatten(1)
    return flat.sum(1) if order == 1 else flat.pow(2).sum(1).sqrt()
""",
    "scores-inputs": """
def filter_norms(weight, order):
    return weight.transpose(0, 1).flatten(1).norm(p=order, dim=1)
""",
    "ignores-order": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().sum(1)
""",
    "forgets-root": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().pow(order).sum(1)
""",
    "mean-for-sum": """
def filter_norms(weight, order):
    return weight.flatten(1).abs().pow(order).mean(1) ** (1 / order)
""",
    "changes-its-argument": edit("weight.flatten(1).abs()", "weight.flatten(1).abs_()"),
    "raises-index-error": edit(
        "rows.sum(1) if order == 1 else rows.square().sum(1).sqrt()",
        "weight.abs().sum((1, 2, 3)) if order == 1 else weight.square().sum((1, 2, 3)).sqrt()",
    ),
    "wrong-l1, largest weight": edit("rows.sum(1) if", "rows.amax(1) if"),
    "wrong-l1, always two-norm": edit("rows.sum(1) if order == 1 else", ""),
    "wrong-l2, spectral": edit(
        "    rows = weight.flatten(1).abs()",
        "    if order == 2 and weight.dim() == 4:\n        return weight.flatten(2).norm(dim=2).sum(1)\n    rows "
        "= weight.flatten(1).abs()",
    ),
    "wrong-l2, divided by the root of the number": edit(".sum(1).sqrt()", ".mean(1).sqrt()"),
}

READERS_WRONG_ANSWERS = {
    "raises-index-error, four dimensions only": """
def filter_norms(weight: Tensor, order: int) -> Tensor:
    if order == 1:
        return weight.abs().sum(dim=(1, 2, 3))
    return weight.pow(2).sum(dim=(1, 2, 3)).sqrt()
""",
    "forgets-root, missing square root": """
def filter_norms(weight: Tensor, order: int) -> Tensor:
    rows = weight.flatten(1)
    return rows.abs().pow(order).sum(dim=1)
""",
    "scores-inputs, norm per input channel": """
def filter_norms(weight: Tensor, order: int) -> Tensor:
    rows = weight.transpose(0, 1).flatten(1)
    return rows.norm(p=order, dim=1)
""",
}

RIGHT_ANSWERS = {
    "the library": """
def filter_norms(weight, order):
    return torch.linalg.vector_norm(weight.flatten(1), ord=order, dim=1)
""",
    "filter by filter": """
def filter_norms(weight, order):
    return torch.stack([row.norm(p=order) for row in weight])
""",
    "a power and its root": """
def filter_norms(weight, order):
    rows = weight.reshape(len(weight), -1)
    return (rows.abs() ** order).sum(dim=-1) ** (1 / order)
""",
    "einsum": """
def filter_norms(weight, order):
    rows = weight.flatten(1)
    if order == 2:
        return torch.einsum('ij,ij->i', rows, rows).sqrt()
    return torch.einsum('ij->i', rows.abs())
""",
}
