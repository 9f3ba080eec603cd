"""Hidden cases of group_scales, lab 01, and wrong answers to it."""

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
    require_close(scales[0, [0, 2]], [2 / 3, 1.0], "wrong-scales", "The other two groups.")


CASES = (
    Case("depthwise and linear weights", judge=judge_channel_shapes, driver=drive_channel_shapes),
    Case("a group of zeros between others", inputs_dead_group, judge_dead_group),
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
}
