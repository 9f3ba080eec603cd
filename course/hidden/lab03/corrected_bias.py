"""Hidden cases of corrected_bias, lab 03, and answers to it."""

from course.answers import edit
from labsupport.checks.lab03.corrected_bias import judge_bias
from labsupport.checks.protocol import Case


def inputs_one_image() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(7)
    exact = torch.randn(1, 1, 3, 5, generator=generator)
    return torch.tensor([100.0]), [exact], [exact + torch.rand(exact.shape, generator=generator)]


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    channels = (4, 1, 3, 6)[seed % 4]
    positions = ((), (3, 2), (1, 7), (4, 4), (1, 1))[seed % 5]
    counts = torch.randint(1, 6, (1 + seed % 3,), generator=generator).tolist()
    exact = [torch.randn(count, channels, *positions, generator=generator) for count in counts]
    size = torch.randn(1, channels, *[1] * len(positions), generator=generator)
    rounded = [one + size * torch.randn(one.shape, generator=generator).abs() for one in exact]
    return torch.randn(channels, generator=generator), exact, rounded


CASES = (
    Case("one image, one channel, a large bias", inputs_one_image, judge_bias),
    Case("drawn layers and batches", inputs_drawn, judge_bias, seeds=20),
)

WRONG_ANSWERS = {
    "wrong-sign": edit("bias - by_channel.mean(1)", "bias + by_channel.mean(1)"),
    "wrong-sign, float minus rounded": edit("rounded - exact for", "exact - rounded for"),
    "returns-the-shift": edit("bias - by_channel.mean(1)", "by_channel.mean(1)"),
    "ignores-the-float-network": edit("rounded - exact for", "rounded for"),
    "one-shift-for-all": edit("bias - by_channel.mean(1)", "bias - by_channel.mean()"),
    "mean-of-means": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    shifts = [
        (rounded - exact).transpose(0, 1).flatten(1).mean(1)
        for rounded, exact in zip(rounded_outputs, float_outputs, strict=True)
    ]
    return bias - torch.stack(shifts).mean(0)
""",
    "one-batch-only": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    for exact, rounded in zip(float_outputs, rounded_outputs):
        shift = (rounded - exact).transpose(0, 1).flatten(1).mean(1)
    return bias - shift
""",
    "raises-index-error, for a linear layer": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    return bias - (torch.cat(rounded_outputs) - torch.cat(float_outputs)).mean((0, 2, 3))
""",
    "raises-runtime-error, positions kept": edit(
        "shift.transpose(0, 1).flatten(1)", "shift.mean(0)", "bias - by_channel.mean(1)", "bias - by_channel"
    ),
    "changes-its-argument": edit("return bias - by_channel.mean(1)", "return bias.sub_(by_channel.mean(1))"),
    "wrong-bias, the size of the shift": edit("by_channel.mean(1)", "by_channel.mean(1).abs()"),
    "wrong-bias, the median": edit("by_channel.mean(1)", "by_channel.median(1).values"),
    "wrong-bias, absolute errors": edit("[rounded - exact for", "[(rounded - exact).abs() for"),
    "wrong-bias, rounded": edit(
        "return bias - by_channel.mean(1)", "return (bias - by_channel.mean(1)).round(decimals=2)"
    ),
}

READERS_WRONG_ANSWERS = {
    "wrong-sign, shift added": """
def corrected_bias(bias: Tensor, float_outputs: list[Tensor], rounded_outputs: list[Tensor]) -> Tensor:
    difference = torch.cat(rounded_outputs) - torch.cat(float_outputs)
    shift = difference.transpose(0, 1).flatten(1).mean(dim=1)
    return bias + shift
""",
    "mean-of-means, mean of means": """
def corrected_bias(bias: Tensor, float_outputs: list[Tensor], rounded_outputs: list[Tensor]) -> Tensor:
    shifts = []
    for exact, rounded in zip(float_outputs, rounded_outputs):
        shifts.append((rounded - exact).transpose(0, 1).flatten(1).mean(dim=1))
    return bias - torch.stack(shifts).mean(dim=0)
""",
    "changes-its-argument, bias changed in place": """
def corrected_bias(bias: Tensor, float_outputs: list[Tensor], rounded_outputs: list[Tensor]) -> Tensor:
    difference = torch.cat(rounded_outputs) - torch.cat(float_outputs)
    bias -= difference.transpose(0, 1).flatten(1).mean(dim=1)
    return bias
""",
}

RIGHT_ANSWERS = {
    "sums and a count": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    total, count = torch.zeros(len(bias), dtype=torch.float64), 0
    for exact, rounded in zip(float_outputs, rounded_outputs):
        for a, b in zip(exact, rounded):
            a, b = a.reshape(len(bias), -1), b.reshape(len(bias), -1)
            total += (b - a).double().sum(1)
            count += a.shape[1]
    return bias - (total / count).float()
""",
    "the difference of two means": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    def mean(outputs):
        together = torch.cat(outputs)
        return together.mean([d for d in range(together.ndim) if d != 1])

    return mean(float_outputs) - mean(rounded_outputs) + bias
""",
    "numpy": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    import numpy as np

    rows = [np.moveaxis((r - e).numpy(), 1, -1).reshape(-1, len(bias)) for r, e in zip(rounded_outputs, float_outputs)]
    return torch.from_numpy(bias.numpy() - np.vstack(rows).mean(0))
""",
    "a loop over channels": """
def corrected_bias(bias, float_outputs, rounded_outputs):
    corrected = bias.clone()
    for c in range(len(bias)):
        errors = torch.cat([(r[:, c] - e[:, c]).flatten() for r, e in zip(rounded_outputs, float_outputs)])
        corrected[c] -= errors.mean()
    return corrected
""",
}
