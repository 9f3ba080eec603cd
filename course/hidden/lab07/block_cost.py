"""Hidden cases of block_cost, lab 07, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab07._reference import require_cost, require_counts
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    return draws.randint(1, 99), draws.randint(1, 99), 1 + seed % 3, (1, 2, 3, 6)[seed % 4], draws.randint(1, 230)


def judge_drawn(cost, in_channels, out_channels, stride, expand_ratio, size):
    import torch
    from torch import nn

    hidden, image = in_channels * expand_ratio, torch.empty(1, in_channels, size, size, device="meta")
    layers = [nn.Conv2d(in_channels, hidden, 1, bias=False, device="meta")] if expand_ratio > 1 else []
    layers.append(nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False, device="meta"))
    layers.append(nn.Conv2d(hidden, out_channels, 1, bias=False, device="meta"))
    parameters = macs = 0
    for layer in layers:
        image = layer(image)
        parameters += layer.weight.numel() + 2 * layer.out_channels
        macs += layer.weight.numel() * image.shape[2] * image.shape[3]
    require_counts(cost)
    require_cost(cost, parameters, macs)


CASES = (Case("blocks of all kinds", inputs_drawn, judge_drawn, seeds=20),)

WRONG_ANSWERS = {
    "expands-the-output": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = out_channels * expand_ratio, math.ceil(size / stride)
    expand = in_channels * hidden if expand_ratio > 1 else 0
    norms = 2 * ((2 if expand_ratio > 1 else 1) * hidden + out_channels)
    parameters = expand + 9 * hidden + hidden * out_channels + norms
    return {"parameters": parameters, "macs": expand * size**2 + (9 + out_channels) * hidden * out_size**2}
""",
    "groups-forgotten": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, math.ceil(size / stride)
    expand = in_channels * hidden if expand_ratio > 1 else 0
    norms = 2 * ((2 if expand_ratio > 1 else 1) * hidden + out_channels)
    parameters = expand + 9 * hidden * hidden + hidden * out_channels + norms
    return {"parameters": parameters, "macs": expand * size**2 + (9 * hidden + out_channels) * hidden * out_size**2}
""",
    "expands-after-the-stride": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, math.ceil(size / stride)
    expand = in_channels * hidden if expand_ratio > 1 else 0
    norms = 2 * ((2 if expand_ratio > 1 else 1) * hidden + out_channels)
    weights = expand + 9 * hidden + hidden * out_channels
    return {"parameters": weights + norms, "macs": weights * out_size**2}
""",
    "depthwise-before-the-stride": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, math.ceil(size / stride)
    expand = in_channels * hidden if expand_ratio > 1 else 0
    norms = 2 * ((2 if expand_ratio > 1 else 1) * hidden + out_channels)
    parameters = expand + 9 * hidden + hidden * out_channels + norms
    return {"parameters": parameters, "macs": (expand + 9 * hidden) * size**2 + hidden * out_channels * out_size**2}
""",
    "expands-at-ratio-1": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, math.ceil(size / stride)
    parameters = in_channels * hidden + 9 * hidden + hidden * out_channels + 2 * (2 * hidden + out_channels)
    macs = in_channels * hidden * size**2 + (9 + out_channels) * hidden * out_size**2
    return {"parameters": parameters, "macs": macs}
""",
    "forgets-batch-norm": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, math.ceil(size / stride)
    expand = in_channels * hidden if expand_ratio > 1 else 0
    parameters = expand + 9 * hidden + hidden * out_channels
    return {"parameters": parameters, "macs": expand * size**2 + (9 + out_channels) * hidden * out_size**2}
""",
    "counts-running-statistics": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, math.ceil(size / stride)
    expand = in_channels * hidden if expand_ratio > 1 else 0
    norms = 4 * ((2 if expand_ratio > 1 else 1) * hidden + out_channels)
    parameters = expand + 9 * hidden + hidden * out_channels + norms
    return {"parameters": parameters, "macs": expand * size**2 + (9 + out_channels) * hidden * out_size**2}
""",
    "rounds-the-size-down": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    expand = in_channels * hidden if expand_ratio > 1 else 0
    norms = 2 * ((2 if expand_ratio > 1 else 1) * hidden + out_channels)
    parameters = expand + 9 * hidden + hidden * out_channels + norms
    return {"parameters": parameters, "macs": expand * size**2 + (9 + out_channels) * hidden * out_size**2}
""",
    "wrong-macs, always stride 2": edit("math.ceil(size / stride)", "math.ceil(size / 2) if stride > 1 else size"),
    "wrong-parameters, no norm of the projection": edit("+ out_channels)\n", ")\n"),
    "wrong-macs, batch norm costs": edit(
        "macs = expand * size**2 +", "macs = 2 * out_channels * out_size**2 + expand * size**2 +"
    ),
    "wrong-parameters, expansion from 3": edit(
        "expand = in_channels * hidden if expand_ratio != 1 else 0",
        "expand = in_channels * hidden if expand_ratio > 2 else 0",
    ),
    "returns-a-float": edit("math.ceil(size / stride)", "float(math.ceil(size / stride))"),
    "wrong-parameters, equal channels": edit("hidden * out_channels\n", "hidden * in_channels\n"),
}

READERS_WRONG_ANSWERS = {
    "expands-after-the-stride, expansion at small size": """
def block_cost(
    in_channels: int, out_channels: int, stride: int, expand_ratio: int, size: int
) -> dict[str, int]:
    hidden = in_channels * expand_ratio
    places = math.ceil(size / stride) ** 2
    parameters = macs = 0
    if expand_ratio != 1:
        parameters += in_channels * hidden + 2 * hidden
        macs += in_channels * hidden * places
    parameters += 9 * hidden + 2 * hidden
    macs += 9 * hidden * places
    parameters += hidden * out_channels + 2 * out_channels
    macs += hidden * out_channels * places
    return {"parameters": parameters, "macs": macs}
""",
    "expands-at-ratio-1, expansion always counted": """
def block_cost(
    in_channels: int, out_channels: int, stride: int, expand_ratio: int, size: int
) -> dict[str, int]:
    hidden = in_channels * expand_ratio
    places = math.ceil(size / stride) ** 2
    parameters = (
        in_channels * hidden + 9 * hidden + hidden * out_channels + 2 * (hidden + hidden + out_channels)
    )
    macs = in_channels * hidden * size**2 + 9 * hidden * places + hidden * out_channels * places
    return {"parameters": parameters, "macs": macs}
""",
    "rounds-the-size-down, odd size rounded down": """
def block_cost(
    in_channels: int, out_channels: int, stride: int, expand_ratio: int, size: int
) -> dict[str, int]:
    hidden = in_channels * expand_ratio
    places = (size // stride) ** 2
    parameters = macs = 0
    if expand_ratio != 1:
        parameters += in_channels * hidden + 2 * hidden
        macs += in_channels * hidden * size**2
    parameters += 9 * hidden + 2 * hidden
    macs += 9 * hidden * places
    parameters += hidden * out_channels + 2 * out_channels
    macs += hidden * out_channels * places
    return {"parameters": parameters, "macs": macs}
""",
}

RIGHT_ANSWERS = {
    "the earlier exercise": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, after = in_channels * expand_ratio, -(-size // stride)
    parts = [(conv_cost(hidden, hidden, 3, stride, hidden, size, size), hidden)]
    parts.append((conv_cost(hidden, out_channels, 1, 1, 1, after, after), out_channels))
    if expand_ratio > 1:
        parts.append((conv_cost(in_channels, hidden, 1, 1, 1, size, size), hidden))
    return {'parameters': sum(p['parameters'] + 2 * c for p, c in parts), 'macs': sum(p['macs'] for p, _ in parts)}
""",
    "branches": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden = in_channels * expand_ratio
    places = ((size + stride - 1) // stride) ** 2
    parameters = (9 + 2 + out_channels) * hidden + 2 * out_channels
    macs = (9 + out_channels) * hidden * places
    if expand_ratio == 1:
        return {'parameters': parameters, 'macs': macs}
    return {'parameters': parameters + (in_channels + 2) * hidden, 'macs': macs + in_channels * hidden * size * size}
""",
    "a table of layers": """
def block_cost(in_channels, out_channels, stride, expand_ratio, size):
    hidden, after = in_channels * expand_ratio, len(range(0, size, stride))
    table = [(in_channels, hidden, size), (9, hidden, after), (hidden, out_channels, after)][expand_ratio == 1:]
    return {'parameters': sum((n + 2) * c for n, c, _ in table), 'macs': sum(n * c * s * s for n, c, s in table)}
""",
}
