"""Answers to lab 07 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "conv-cost": {
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
    },
    "inverted-residual": {
        "skip-when-stride-is-2": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x[:, :, ::stride, ::stride] if y.shape[1] == x.shape[1] else y
""",
        "relu-after-projection": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.relu6(F.conv2d(y, project))
    return y + x if stride == 1 and y.shape == x.shape else y
""",
        "relu-after-the-sum": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return F.relu6(y + x) if stride == 1 and y.shape == x.shape else y
""",
        "relu-without-limit": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu(F.conv2d(x, expand))
    y = F.relu(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
        "no-relu-after-depthwise": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1])
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
        "forgets-skip": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    return F.conv2d(y, project)
""",
        "forgets-stride": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, padding=depthwise.shape[-1] // 2, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
        "forgets-padding": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
        "raises-when-channels-differ": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 else y
""",
        "raises-with-a-wide-filter": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=1, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
        "skip-by-shape-only": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if y.shape == x.shape else y
""",
        "changes-its-input": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    if stride == 1 and y.shape == x.shape:
        x += y
        return x
    return y
""",
    },
    "block-cost": {
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
    },
    "hard-swish": {
        "hard-swish-slope": """
def hard_swish(x):
    gate = (0.2 * x + 0.5).clamp(0, 1)
    return {"gate": gate, "output": x * gate}
""",
        "forgets-the-sixth": """
def hard_swish(x):
    gate = F.relu6(x + 3)
    return {"gate": gate, "output": x * gate}
""",
        "no-upper-limit": """
def hard_swish(x):
    gate = F.relu(x + 3) / 6
    return {"gate": gate, "output": x * gate}
""",
        "gate-not-shifted": """
def hard_swish(x):
    gate = F.relu6(x) / 6
    return {"gate": gate, "output": x * gate}
""",
        "the-smooth-one": """
def hard_swish(x):
    gate = torch.sigmoid(x)
    return {"gate": gate, "output": x * gate}
""",
        "returns-the-gate-twice": """
def hard_swish(x):
    gate = F.relu6(x + 3) / 6
    return {"gate": gate, "output": gate}
""",
    },
    "squeeze-excite": {
        "squeeze-without-the-mean": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.conv2d(x, reduce_weight[:, :, None, None], reduce_bias))
    return x * F.hardsigmoid(F.conv2d(hidden, expand_weight[:, :, None, None], expand_bias))
""",
        "sums-instead-of-mean": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.sum((2, 3)), reduce_weight, reduce_bias))
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
        "means-over-the-batch": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((0, 2, 3), keepdim=True).flatten(1), reduce_weight, reduce_bias))
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
        "smooth-gate": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return x * torch.sigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
        "forgets-relu": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.linear(x.mean((2, 3)), reduce_weight, reduce_bias)
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
        "adds-the-gate": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return x + F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
        "returns-the-gate": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))
""",
        "relu6-between-the-layers": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu6(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
        "changes-its-input": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    x *= F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
    return x
""",
    },
    "round-channels": {
        "rounds-down": """
def round_channels(channels, divisor=8):
    return max(divisor, int(channels) // divisor * divisor)
""",
        "rounds-up": """
def round_channels(channels, divisor=8):
    return math.ceil(channels / divisor) * divisor
""",
        "loses-more-than-a-tenth": """
def round_channels(channels, divisor=8):
    return max(divisor, int(channels + divisor / 2) // divisor * divisor)
""",
        "lets-a-layer-vanish": """
def round_channels(channels, divisor=8):
    rounded = int(channels + divisor / 2) // divisor * divisor
    return rounded + divisor if 0 < rounded < 0.9 * channels else rounded
""",
        "half-goes-down": """
def round_channels(channels, divisor=8):
    rounded = max(divisor, round(channels / divisor) * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
""",
        "divisor-always-8": """
def round_channels(channels, divisor=8):
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
""",
        "wrong-limit": """
def round_channels(channels, divisor=8):
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.85 * channels else rounded
""",
        "returns-a-float": """
def round_channels(channels, divisor=8):
    rounded = max(divisor, (channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
""",
    },
    "scaled-widths": {
        "stem-not-scaled": """
def scaled_widths(widths, multiplier):
    inner = [make_divisible(width * multiplier, 8) for width in widths[2:-1]]
    return [*widths[:2], *inner, make_divisible(widths[-1] * max(1.0, multiplier), 8)]
""",
        "first-block-not-scaled": """
def scaled_widths(widths, multiplier):
    inner = [make_divisible(width * multiplier, 8) for width in widths[2:-1]]
    stem = make_divisible(widths[0] * multiplier, 8)
    return [stem, widths[1], *inner, make_divisible(widths[-1] * max(1.0, multiplier), 8)]
""",
        "head-shrinks": """
def scaled_widths(widths, multiplier):
    return [make_divisible(width * multiplier, 8) for width in widths]
""",
        "head-never-grows": """
def scaled_widths(widths, multiplier):
    return [*(make_divisible(width * multiplier, 8) for width in widths[:-1]), widths[-1]]
""",
        "cuts-instead-of-rounding": """
def scaled_widths(widths, multiplier):
    return [*(int(width * multiplier) for width in widths[:-1]), int(widths[-1] * max(1.0, multiplier))]
""",
        "changes-its-input": """
def scaled_widths(widths, multiplier):
    for i in range(len(widths)):
        factor = max(1.0, multiplier) if i == len(widths) - 1 else multiplier
        widths[i] = make_divisible(widths[i] * factor, 8)
    return widths
""",
        "rounds-to-the-nearest-only": """
def scaled_widths(widths, multiplier):
    factors = [multiplier] * (len(widths) - 1) + [max(1.0, multiplier)]
    return [max(8, int(width * factor + 4) // 8 * 8) for width, factor in zip(widths, factors)]
""",
    },
}
