"""Hidden cases of equalizing_factors, lab 03, and answers to it."""

from course.answers import edit
from labsupport.checks.lab03.equalizing_factors import judge_factors
from labsupport.checks.protocol import Case


def inputs_far_apart() -> tuple:
    import torch

    first = torch.tensor([1e-6, 5e3, 2.0]).view(3, 1, 1, 1) * torch.ones(3, 2, 1, 3)
    return first, torch.tensor([[[3e2], [1e-5], [0.0]], [[-1.0], [-2e-5], [0.0]]])


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    channels = 2 + seed % 5
    first = torch.randn(channels, *((3, 3, 1), (5,), (1, 2, 4), (2, 1, 1))[seed % 4], generator=generator)
    rest = ((), (3, 2), (1, 1))[seed % 3]
    second = torch.randn((4, channels, 1)[seed % 3], channels, *rest, generator=generator)
    first = first * 10 ** (2 * torch.randn(channels, *[1] * (first.ndim - 1), generator=generator))
    if seed % 2:
        first[seed % channels] = 0
    if seed % 3 == 1:
        second[:, 0] = 0
    return first, second


CASES = (
    Case("channels a billion times apart", inputs_far_apart, judge_factors),
    Case("drawn layers", inputs_drawn, judge_factors, seeds=20),
)

WRONG_ANSWERS = {
    "upside-down": edit("(written / read).sqrt()", "(read / written).sqrt()"),
    "no-square-root": edit("(written / read).sqrt()", "written / read"),
    "returns-the-common-size": edit("(written / read).sqrt()", "(written * read).sqrt()"),
    "forgets-abs": edit("first_weight.abs()", "first_weight", "second_weight.abs()", "second_weight"),
    "forgets-abs, of the second": edit("second_weight.abs()", "second_weight"),
    "reads-by-output": edit("second_weight.abs().transpose(0, 1)", "second_weight.abs()"),
    "zero-channel": """
def equalizing_factors(first_weight, second_weight):
    written = first_weight.abs().flatten(1).amax(1)
    read = second_weight.abs().transpose(0, 1).flatten(1).amax(1)
    return (written / read).sqrt()
""",
    "zero-channel, a small number added": """
def equalizing_factors(first_weight, second_weight):
    written = first_weight.abs().flatten(1).amax(1) + 1e-8
    read = second_weight.abs().transpose(0, 1).flatten(1).amax(1) + 1e-8
    return torch.sqrt(written / read)
""",
    "zero-channel, on one side only": edit("(written > 0) & (read > 0)", "read > 0"),
    "changes-its-argument": edit("first_weight.abs()", "first_weight.abs_()"),
    "raises-index-error, for a linear layer": """
def equalizing_factors(first_weight, second_weight):
    written, read = first_weight.abs().amax((1, 2, 3)), second_weight.abs().amax((0, 2, 3))
    return torch.where((written > 0) & (read > 0), (written / read).sqrt(), 1.0)
""",
    "wrong-factors, the mean magnitude": edit(
        "first_weight.abs().flatten(1).amax(1)", "first_weight.abs().flatten(1).mean(1)"
    ),
    "wrong-factors, the norm": edit("first_weight.abs().flatten(1).amax(1)", "first_weight.flatten(1).norm(dim=1)"),
    "wrong-factors, relative to the largest": edit(
        "(written / read).sqrt(),", "(written / read).sqrt() / (written / read).sqrt()[in_use].max(),"
    ),
    "wrong-factors, between a tenth and ten": edit(
        "(written / read).sqrt(),", "(written / read).sqrt().clamp(0.1, 10),"
    ),
}

READERS_WRONG_ANSWERS = {
    "upside-down, fraction inverted": """
def equalizing_factors(first_weight: Tensor, second_weight: Tensor) -> Tensor:
    r = first_weight.flatten(1).abs().amax(dim=1)
    t = second_weight.transpose(0, 1).flatten(1).abs().amax(dim=1)
    dead = (r == 0) | (t == 0)
    return torch.where(dead, torch.ones_like(r), torch.sqrt(t / r))
""",
    "no-square-root, no root": """
def equalizing_factors(first_weight: Tensor, second_weight: Tensor) -> Tensor:
    r = first_weight.flatten(1).abs().amax(dim=1)
    t = second_weight.transpose(0, 1).flatten(1).abs().amax(dim=1)
    dead = (r == 0) | (t == 0)
    return torch.where(dead, torch.ones_like(r), r / t)
""",
    "forgets-abs, sign forgotten": """
def equalizing_factors(first_weight: Tensor, second_weight: Tensor) -> Tensor:
    r = first_weight.flatten(1).amax(dim=1)
    t = second_weight.transpose(0, 1).flatten(1).amax(dim=1)
    usable = (r > 0) & (t > 0)
    return torch.where(usable, torch.sqrt(r / t), torch.ones_like(r))
""",
}

RIGHT_ANSWERS = {
    "a loop over channels": """
def equalizing_factors(first_weight, second_weight):
    factors = torch.ones(len(first_weight))
    for c in range(len(first_weight)):
        written, read = first_weight[c].abs().max(), second_weight[:, c].abs().max()
        if written != 0 and read != 0:
            factors[c] = (written / read) ** 0.5
    return factors
""",
    "numpy": """
def equalizing_factors(first_weight, second_weight):
    import numpy as np

    written = np.abs(first_weight.numpy()).reshape(len(first_weight), -1).max(axis=1)
    read = np.abs(np.moveaxis(second_weight.numpy(), 1, 0)).reshape(len(first_weight), -1).max(axis=1)
    used = (written * 1.0 != 0) & (read != 0)
    return torch.from_numpy(np.where(used, np.sqrt(written) / np.sqrt(np.where(used, read, 1)), 1).astype(np.float32))
""",
    "roots first, norms without a limit": """
def equalizing_factors(first_weight, second_weight):
    written = torch.linalg.vector_norm(first_weight.flatten(1), float("inf"), dim=1)
    read = torch.linalg.vector_norm(second_weight.movedim(1, 0).flatten(1), float("inf"), dim=1)
    factors = torch.ones(len(written))
    used = torch.minimum(written, read) > 0
    factors[used] = written[used].sqrt() * read[used].rsqrt()
    return factors
""",
}
