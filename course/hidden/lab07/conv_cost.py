"""Hidden cases of conv_cost, lab 07, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab07._reference import require_cost, require_counts
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    groups = draws.choice((1, 2, 3, 5, 64))
    channels = groups * draws.randint(1, 9), groups * draws.randint(1, 9)
    return (
        *channels,
        draws.choice((1, 3, 5, 7)),
        draws.randint(1, 4),
        groups,
        draws.randint(1, 230),
        draws.randint(1, 230),
    )


def judge_drawn(cost, in_channels, out_channels, kernel_size, stride, groups, height, width):
    import torch

    weight = torch.empty(out_channels, in_channels // groups, kernel_size, kernel_size, device="meta")
    image = torch.empty(1, in_channels, height, width, device="meta")
    out = torch.nn.functional.conv2d(image, weight, stride=stride, padding=kernel_size // 2, groups=groups)
    require_counts(cost)
    require_cost(cost, weight.numel(), weight.numel() * out.shape[2] * out.shape[3])


def inputs_large() -> tuple:
    return 255, 101, 7, 1, 1, 201, 199


CASES = (
    Case("convolutions of all kinds", inputs_drawn, judge_drawn, seeds=20),
    Case("an odd count above 2 to the 24", inputs_large, judge_drawn),
)

WRONG_ANSWERS = {
    "groups-forgotten": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * in_channels * out_channels
    macs = parameters * math.ceil(height / stride) * math.ceil(width / stride)
    return {"parameters": parameters, "macs": macs}
""",
    "groups-forgotten-in-macs": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * in_channels // groups * out_channels
    macs = kernel_size**2 * in_channels * out_channels * math.ceil(height / stride) * math.ceil(width / stride)
    return {"parameters": parameters, "macs": macs}
""",
    "groups-taken-twice": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * (in_channels // groups) * (out_channels // groups)
    macs = parameters * math.ceil(height / stride) * math.ceil(width / stride)
    return {"parameters": parameters, "macs": macs}
""",
    "counts-at-the-input": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * in_channels // groups * out_channels
    return {"parameters": parameters, "macs": parameters * height * width}
""",
    "rounds-the-size-down": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * in_channels // groups * out_channels
    return {"parameters": parameters, "macs": parameters * (height // stride) * (width // stride)}
""",
    "counts-flops": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * in_channels // groups * out_channels
    macs = 2 * parameters * math.ceil(height / stride) * math.ceil(width / stride)
    return {"parameters": parameters, "macs": macs}
""",
    "kernel-not-squared": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size * in_channels // groups * out_channels
    macs = parameters * math.ceil(height / stride) * math.ceil(width / stride)
    return {"parameters": parameters, "macs": macs}
""",
    "returns-a-float": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    parameters = kernel_size**2 * in_channels / groups * out_channels
    return {"parameters": parameters, "macs": parameters * math.ceil(height / stride) * math.ceil(width / stride)}
""",
    "wrong-macs, square image": edit("math.ceil(width / stride)", "math.ceil(height / stride)"),
    "wrong-macs, stride at most 2": edit("math.ceil(height / stride)", "math.ceil(height / min(stride, 2))"),
    "wrong-parameters, kernel 3": edit("kernel_size**2", "9"),
    "wrong-parameters, bias": edit("* out_channels\n", "* out_channels + out_channels\n"),
    "wrong-parameters, depthwise or dense only": edit("(in_channels // groups)", "(1 if groups > 1 else in_channels)"),
    "wrong-macs, valid padding": edit("math.ceil(width / stride)", "((width - kernel_size) // stride + 1)"),
    "wrong-macs, float32": edit(
        "parameters * out_height * out_width", "int(torch.tensor([float(parameters)]) * out_height * out_width)"
    ),
}

READERS_WRONG_ANSWERS = {
    "rounds-the-size-down, output rounded down": """
def conv_cost(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, groups: int, height: int, width: int
) -> dict[str, int]:
    parameters = out_channels * (in_channels // groups) * kernel_size**2
    macs = parameters * (height // stride) * (width // stride)
    return {"parameters": parameters, "macs": macs}
""",
    "groups-forgotten, groups ignored": """
def conv_cost(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, groups: int, height: int, width: int
) -> dict[str, int]:
    rows, columns = math.ceil(height / stride), math.ceil(width / stride)
    parameters = in_channels * out_channels * kernel_size * kernel_size
    return {"parameters": parameters, "macs": parameters * rows * columns}
""",
    "groups-taken-twice, one group counted": """
def conv_cost(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, groups: int, height: int, width: int
) -> dict[str, int]:
    rows, columns = math.ceil(height / stride), math.ceil(width / stride)
    parameters = (in_channels // groups) * (out_channels // groups) * kernel_size**2
    return {"parameters": parameters, "macs": parameters * rows * columns}
""",
}

RIGHT_ANSWERS = {
    "floor of size minus 1": edit(
        "math.ceil(height / stride), math.ceil(width / stride)", "(height - 1) // stride + 1, -(-width // stride)"
    ),
    "a convolution on meta": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    settings = {'stride': stride, 'padding': kernel_size // 2, 'groups': groups, 'bias': False, 'device': 'meta'}
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, **settings)
    places = conv(torch.empty(1, in_channels, height, width, device='meta')).shape[2:].numel()
    return {'macs': conv.weight.numel() * places, 'parameters': conv.weight.numel()}
""",
    "group by group": """
def conv_cost(in_channels, out_channels, kernel_size, stride, groups, height, width):
    places = len(range(0, height, stride)) * len(range(0, width, stride))
    each = kernel_size * kernel_size * (in_channels // groups) * (out_channels // groups)
    return {'parameters': sum(each for _ in range(groups)), 'macs': groups * each * places}
""",
}
