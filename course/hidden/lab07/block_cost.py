"""Hidden cases of block_cost, lab 07, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_odd_size(block_cost):
    return [block_cost(16, 24, 2, 4, 15), block_cost(40, 40, 1, 3, 7)]


def judge_odd_size(costs):
    odd, square = costs
    require_close(odd["macs"], 16 * 64 * 225 + (9 + 24) * 64 * 64, "rounds-the-size-down", "15 with stride 2 gives 8.")
    require_close(odd["parameters"], 16 * 64 + 9 * 64 + 64 * 24 + 2 * (64 + 64 + 24), "wrong-parameters", "15x15.")
    require_close(square["macs"], (40 * 120 + 9 * 120 + 120 * 40) * 49, "wrong-macs", "The skip costs no MACs.")
    require_close(square["parameters"], 10680 + 2 * (120 + 120 + 40), "wrong-parameters", "40 to 40 channels.")


CASES = (Case("an odd size, and a block with a skip", judge=judge_odd_size, driver=drive_odd_size),)

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
}
