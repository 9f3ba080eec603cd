"""Hidden cases of block_costs, lab 09, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_many_blocks(block_costs):
    cases = [(8, 24, 1, 6, 5, 16), (24, 24, 1, 2, 3, 8), (40, 80, 2, 4, 5, 16), (3, 7, 1, 1, 3, 5)]
    return [block_costs(*case) for case in cases]


def judge_many_blocks(costs):
    expected = []
    for width, out, stride, ratio, kernel, size in (
        (8, 24, 1, 6, 5, 16),
        (24, 24, 1, 2, 3, 8),
        (40, 80, 2, 4, 5, 16),
        (3, 7, 1, 1, 3, 5),
    ):
        hidden, places = width * ratio, (size // stride) ** 2
        expand = width * hidden if ratio > 1 else 0
        rest = kernel * kernel * hidden + hidden * out
        norms = 2 * (hidden + out + (hidden if ratio > 1 else 0))
        expected.append([expand + rest + norms, expand * size * size + rest * places])
    got = [[cost["parameters"], cost["macs"]] for cost in costs]
    require_close(got, expected, "wrong-counts", "Four blocks of other sizes, by the formulas.", rtol=0, atol=0)


CASES = (Case("four other blocks", judge=judge_many_blocks, driver=drive_many_blocks),)

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
}
