"""Hidden cases of block_costs, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    stride = 1 + seed % 2
    width, out, size = draws.randint(1, 400), draws.randint(1, 500), stride * draws.randint(1, 120)
    return width, out, stride, draws.choice((1, 2, 3, 6)), draws.choice((1, 3, 5, 7)), size


def judge_drawn(costs, in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, places = in_channels * expand_ratio, (size // stride) ** 2
    expand = in_channels * hidden if expand_ratio > 1 else 0
    rest = kernel_size * kernel_size * hidden + hidden * out_channels
    norms = 2 * (hidden + out_channels + (hidden if expand_ratio > 1 else 0))
    expected = {"parameters": expand + rest + norms, "macs": expand * size * size + rest * places}
    hint = f"{in_channels} to {out_channels} channels, stride {stride}, ratio {expand_ratio}, kernel {kernel_size}, "
    for name, value in expected.items():
        hint_of = f"{hint}size {size}: {name} {value}, not {costs[name]}. They are exact whole numbers."
        require(costs[name] == value, "wrong-counts", hint_of)


CASES = (Case("other blocks", inputs_drawn, judge_drawn, seeds=20),)

WRONG_ANSWERS = {
    "expansion-at-the-output": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, out_size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    "depthwise-at-the-input": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden = in_channels * expand_ratio
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden, size), (hidden * out_channels, out_channels, size // stride)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    "forgets-the-stride": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden = in_channels * expand_ratio
    layers = [(in_channels * hidden, hidden)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden), (hidden * out_channels, out_channels)]
    parameters = sum(weights + 2 * channels for weights, channels in layers)
    return {"parameters": parameters, "macs": sum(weights for weights, _ in layers) * size**2}
""",
    "depthwise-is-dense": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden**2, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    "forgets-batch-norm": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, out_size), (hidden * out_channels, out_size)]
    return {"parameters": sum(w for w, _ in layers), "macs": sum(w * side**2 for w, side in layers)}
""",
    "one-batch-norm-number": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    "expands-by-one": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size), (kernel_size**2 * hidden, hidden, out_size)]
    layers += [(hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    "kernel-not-squared": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size * hidden, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    "wrong-macs, size not divided evenly": edit("(size // stride) ** 2", "size**2 // stride"),
    "wrong-macs, batch norm costs": edit(
        "weights * places for weights, _, places", "(weights + channels) * places for weights, channels, places"
    ),
    "wrong-counts, expansion only from 2": edit("expand_ratio > 1", "expand_ratio > 2"),
    "wrong-macs, always stride 2": edit("(size // stride) ** 2", "(size // 2) ** 2"),
    "wrong-parameters, kernel 3": edit("kernel_size**2 * hidden", "9 * hidden"),
    "wrong-parameters, biases": edit("weights + 2 * channels", "weights + 3 * channels"),
    "wrong-counts, float32": edit(
        "sum(weights * places for weights, _, places in layers)",
        "int(torch.tensor([float(weights * places) for weights, _, places in layers]).sum())",
    ),
}

READERS_WRONG_ANSWERS = {
    "depthwise-at-the-input, depthwise at input size": """
def block_costs(
    in_channels: int, out_channels: int, stride: int, expand_ratio: int, kernel_size: int, size: int
) -> dict[str, int]:
    hidden = in_channels * expand_ratio
    full = size * size
    small = (size // stride) ** 2
    parameters = 0
    macs = 0
    if expand_ratio != 1:
        parameters += in_channels * hidden + 2 * hidden
        macs += in_channels * hidden * full
    depthwise = kernel_size**2 * hidden
    parameters += depthwise + 2 * hidden
    macs += depthwise * full
    project = hidden * out_channels
    parameters += project + 2 * out_channels
    macs += project * small
    return {"parameters": parameters, "macs": macs}
""",
    "one-batch-norm-number, one number per norm": """
def block_costs(
    in_channels: int, out_channels: int, stride: int, expand_ratio: int, kernel_size: int, size: int
) -> dict[str, int]:
    hidden = in_channels * expand_ratio
    out_size = size // stride
    convolutions = []
    if expand_ratio > 1:
        convolutions.append((in_channels * hidden, hidden, size))
    convolutions.append((kernel_size**2 * hidden, hidden, out_size))
    convolutions.append((hidden * out_channels, out_channels, out_size))
    parameters = sum(weights + channels for weights, channels, _ in convolutions)
    macs = sum(weights * places**2 for weights, _, places in convolutions)
    return {"parameters": parameters, "macs": macs}
""",
    "expands-by-one, expansion at ratio one": """
def block_costs(
    in_channels: int, out_channels: int, stride: int, expand_ratio: int, kernel_size: int, size: int
) -> dict[str, int]:
    hidden = in_channels * expand_ratio
    out_size = size // stride
    expand = in_channels * hidden
    depthwise = kernel_size**2 * hidden
    project = hidden * out_channels
    norms = 2 * (hidden + hidden + out_channels)
    return {
        "parameters": expand + depthwise + project + norms,
        "macs": expand * size**2 + (depthwise + project) * out_size**2,
    }
""",
}

RIGHT_ANSWERS = {
    "convolution by convolution": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, side = in_channels * expand_ratio, size // stride
    parameters = macs = 0
    if expand_ratio != 1:
        parameters += in_channels * hidden + 2 * hidden
        macs += in_channels * hidden * size * size
    parameters += kernel_size * kernel_size * hidden + 2 * hidden + hidden * out_channels + 2 * out_channels
    macs += (kernel_size * kernel_size + out_channels) * hidden * side * side
    return {'macs': macs, 'parameters': parameters}
""",
    "layers are built and counted": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, side = in_channels * expand_ratio, (size + stride - 1) // stride
    convs = [(nn.Conv2d(in_channels, hidden, 1, bias=False), size)] * (expand_ratio > 1)
    convs += [(nn.Conv2d(hidden, hidden, kernel_size, groups=hidden, bias=False), side)]
    convs += [(nn.Conv2d(hidden, out_channels, 1, bias=False), side)]
    parameters = sum(c.weight.numel() + 2 * c.out_channels for c, _ in convs)
    return {'parameters': parameters, 'macs': sum(c.weight.numel() * s * s for c, s in convs)}
""",
    "int64 tensors": edit(
        '"macs": sum(weights * places for weights, _, places in layers)',
        '"macs": torch.tensor([weights * places for weights, _, places in layers]).sum()',
    ),
}
