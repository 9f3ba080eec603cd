"""Hidden cases of group_scales, lab 01, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_channel_shapes(group_scales):
    import torch

    generator = torch.Generator().manual_seed(1)
    weights = [torch.randn(8, 1, 3, 3, generator=generator), torch.randn(5, 16, generator=generator)]
    return [group_scales(weights[0], 8, 9), group_scales(weights[1], 2, 16), group_scales(weights[1], 6, 1000)]


def judge_channel_shapes(scales):
    import torch

    generator = torch.Generator().manual_seed(1)
    weights = [torch.randn(8, 1, 3, 3, generator=generator), torch.randn(5, 16, generator=generator)]
    for got, weight, steps in zip(scales, (weights[0], weights[1], weights[1]), (127, 1, 31), strict=True):
        expected = (weight.flatten(1).abs().max(1, keepdim=True).values / steps).numpy()
        require_close(got, expected, "wrong-scales", "One scale a channel, at 8, 2 and 6 bits.")


def inputs_dead_group() -> tuple:
    import torch

    return torch.tensor([[1.0, 2.0, 0.0, 0.0, 3.0]]), 3, 2


def judge_dead_group(scales):
    require(scales.shape == (1, 3), "wrong-shape", "Three groups.")
    require(scales[0, 1] > 0, "zero-scale", "The group of zeros needs a positive scale.")
    require_close(scales, [[2 / 3, 1.0, 1.0]], "wrong-scales", "The group of zeros takes 1.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((3, 10), (4, 3, 3, 2), (1, 9), (6, 1, 5, 1), (5, 2, 7))[seed % 5]
    weight = torch.randn(shape, generator=generator) * 10.0 ** torch.randint(-9, 3, shape, generator=generator)
    weight[0].view(-1)[:4] = 0
    weight[-1].view(-1)[4:] = -weight[-1].view(-1)[4:].abs()
    return weight, 2 + seed % 7, 1 + seed // 2


def judge_drawn(scales, weight, num_bits, group_size):
    top, expected = 2 ** (num_bits - 1) - 1, []
    for channel in weight.flatten(1).tolist():
        groups = [channel[start : start + group_size] for start in range(0, len(channel), group_size)]
        expected.append([max(map(abs, group)) / top or 1.0 for group in groups])
    hint = f"A weight of shape {tuple(weight.shape)} in groups of {group_size} at {num_bits} bits. "
    hint += "A group of zeros takes the scale 1."
    require_close(scales, expected, "wrong-scales", hint, atol=0)


CASES = (
    Case("depthwise and linear weights", judge=judge_channel_shapes, driver=drive_channel_shapes),
    Case("a group of zeros between others", inputs_dead_group, judge_dead_group),
    Case("drawn weights with zeros", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "wrong-axis": """
def group_scales(weight, num_bits, group_size):
    scales = weight.flatten(1).abs().amax(0) / (2 ** (num_bits - 1) - 1)
    return scales.clamp(min=1e-8).reshape(-1, 1)
""",
    "per-tensor": """
def group_scales(weight, num_bits, group_size):
    return (weight.abs().max() / (2 ** (num_bits - 1) - 1)).reshape(1, 1)
""",
    "signed-largest": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.amax(1, keepdim=True) for part in parts], 1) / (2 ** (num_bits - 1) - 1)
""",
    "counts-integers": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1) / 2 ** (num_bits - 1)
""",
    "unsigned-steps": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1) / (2**num_bits - 1)
""",
    "always-eight-bits": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1).clamp(min=1e-8) / 127
""",
    "crosses-channels": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten().split(group_size)
    scales = torch.stack([part.abs().max() for part in parts]) / (2 ** (num_bits - 1) - 1)
    return scales.reshape(len(weight), -1) if len(parts) % len(weight) == 0 else scales
""",
    "crosses-channels, padded at the end": """
def group_scales(weight, num_bits, group_size):
    count = math.ceil(weight[0].numel() / group_size)
    flat = torch.nn.functional.pad(weight.flatten(), (0, len(weight) * count * group_size - weight.numel()))
    scales = flat.reshape(len(weight), count, group_size).abs().amax(2) / (2 ** (num_bits - 1) - 1)
    return torch.where(scales > 0, scales, 1.0)
""",
    "drops-the-rest": """
def group_scales(weight, num_bits, group_size):
    rows = weight.flatten(1)
    whole = rows.shape[1] // group_size
    groups = rows[:, : whole * group_size].reshape(len(rows), whole, group_size)
    return (groups.abs().amax(2) / (2 ** (num_bits - 1) - 1)).clamp(min=1e-8)
""",
    "zero-scale": """
def group_scales(weight, num_bits, group_size):
    parts = weight.flatten(1).split(group_size, 1)
    return torch.cat([part.abs().amax(1, keepdim=True) for part in parts], 1) / (2 ** (num_bits - 1) - 1)
""",
    "wrong-scales, never below 1e-8": edit("torch.where(scales > 0, scales, 1.0)", "scales.clamp(min=1e-8)"),
    "wrong-scales, one for all small scales": edit("scales > 0", "scales > 1e-5"),
    "wrong-scales, as many pieces of equal length": edit(
        ".split(group_size, dim=1)", ".chunk(math.ceil(weight[0].numel() / group_size), dim=1)"
    ),
    "wrong-scales, every n-th weight": """
def group_scales(weight, num_bits, group_size):
    rows = weight.flatten(1)
    count = math.ceil(rows.shape[1] / group_size)
    largest = torch.stack([rows[:, start::count].abs().amax(1) for start in range(count)], dim=1)
    scales = largest / (2 ** (num_bits - 1) - 1)
    return torch.where(scales > 0, scales, 1.0)
""",
    "changes-its-argument": edit("piece.abs()", "piece.abs_()"),
}

READERS_WRONG_ANSWERS = {
    "wrong-scales, every tiny scale becomes 1, not only that of": """
def group_scales(weight: Tensor, num_bits: int, group_size: int) -> Tensor:
    rows = weight.detach().flatten(1)
    scales = torch.stack([p.abs().amax(dim=1) for p in rows.split(group_size, dim=1)], dim=1) / (
        2 ** (num_bits - 1) - 1
    )
    return torch.where(scales < 1e-6, torch.ones_like(scales), scales)
""",
    "wrong-scales, cuts into pieces of equal length (chunk) and not of": """
def group_scales(weight: Tensor, num_bits: int, group_size: int) -> Tensor:
    rows = weight.detach().flatten(1)
    pieces = rows.chunk(math.ceil(rows.shape[1] / group_size), dim=1)
    scales = torch.stack([p.abs().amax(dim=1) for p in pieces], dim=1) / (2 ** (num_bits - 1) - 1)
    return torch.where(scales == 0, torch.ones_like(scales), scales)
""",
    "drops-the-rest, drops the shorter last": """
def group_scales(weight: Tensor, num_bits: int, group_size: int) -> Tensor:
    rows = weight.detach().flatten(1)
    n = max(1, rows.shape[1] // group_size)
    pieces = rows[:, : n * group_size].split(group_size, dim=1)
    scales = torch.stack([p.abs().amax(dim=1) for p in pieces], dim=1) / (2 ** (num_bits - 1) - 1)
    return torch.where(scales == 0, torch.ones_like(scales), scales)
""",
}

RIGHT_ANSWERS = {
    "padded with zeros": """
def group_scales(weight, num_bits, group_size):
    rows = weight.reshape(weight.shape[0], -1)
    rows = torch.nn.functional.pad(rows, (0, -rows.shape[1] % group_size))
    largest = rows.reshape(len(rows), -1, group_size).abs().max(dim=2).values
    scales = largest / (2 ** (num_bits - 1) - 1)
    scales[scales == 0] = 1
    return scales
""",
    "loops": """
def group_scales(weight, num_bits, group_size):
    top = 2 ** (num_bits - 1) - 1
    rows = []
    for channel in weight:
        numbers = channel.flatten().tolist()
        row = []
        for start in range(0, len(numbers), group_size):
            largest = max(abs(number) for number in numbers[start : start + group_size])
            row.append(largest / top if largest > 0 else 1.0)
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float64)
""",
    "numpy": """
def group_scales(weight, num_bits, group_size):
    import numpy as np

    rows = np.abs(weight.numpy().reshape(len(weight), -1))
    largest = np.maximum.reduceat(rows, range(0, rows.shape[1], group_size), axis=1)
    return torch.from_numpy(np.where(largest == 0, 1, largest / np.float32(2 ** (num_bits - 1) - 1)))
""",
}
