"""Hidden cases of conv_cost, lab 07, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_grouped(conv_cost):
    return [conv_cost(48, 24, 5, 2, 4, 7, 9), conv_cost(1280, 1000, 1, 1, 1, 1, 1)]


def judge_grouped(costs):
    weights = 25 * 12 * 24
    require_close(costs[0]["parameters"], weights, "groups-forgotten", "Four groups of 12 input channels.")
    require_close(costs[0]["macs"], weights * 4 * 5, "wrong-macs", "7x9 with stride 2 gives 4x5.")
    require_close([costs[1]["parameters"], costs[1]["macs"]], [1280000, 1280000], "wrong-pointwise", "One place only.")


CASES = (Case("four groups, and a classifier", judge=judge_grouped, driver=drive_grouped),)

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
}
