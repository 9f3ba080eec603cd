"""Hidden cases of conv2d_macs, lab 00, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_mixed_geometry(conv2d_macs):
    return [
        conv2d_macs(12, 24, (5, 3), (17, 23), (3, 2), (2, 0), 3),
        conv2d_macs(3, 64, (7, 7), (224, 224), (2, 2), (3, 3), 1),
        conv2d_macs(6, 4, (1, 1), (9, 9), (4, 4), (0, 0), 2),
    ]


def judge_mixed_geometry(macs):
    require_close(
        macs,
        [4 * 24 * 15 * 6 * 11, 3 * 64 * 49 * 112 * 112, 3 * 4 * 3 * 3],
        "wrong-macs",
        "Groups, stride, padding and kernel all differ.",
        rtol=0,
    )


def inputs_defaults() -> tuple:
    return 2, 3, (3, 3), (5, 5)


def judge_defaults(macs):
    require_close(macs, 2 * 3 * 9 * 9, "changed-defaults", "Without stride, padding and groups: 1, 0 and 1.", rtol=0)


CASES = (
    Case("groups, stride, padding and kernel together", judge=judge_mixed_geometry, driver=drive_mixed_geometry),
    Case("default arguments", inputs_defaults, judge_defaults),
)

WRONG_ANSWERS = {
    "counts-flops": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return 2 * in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    "forgets-positions": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels
""",
    "off-by-one": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    "counts-the-bias": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return (in_channels // groups * kernel_size[0] * kernel_size[1] + 1) * out_channels * height * width
""",
    "forgets-a-factor": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * height * width
""",
    "ignores-stride": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = (image_size[i] + 2 * padding[i] - kernel_size[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    "ignores-padding": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    "forgets-groups": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    "groups-divide-twice": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels // groups * height * width
""",
    "square-kernel": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[1] ** 2 * out_channels * height * width
""",
    "swaps-height-and-width": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[1 - i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    "rounds-output-up": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = (math.ceil((image_size[i] + 2 * padding[i] - kernel_size[i]) / stride[i]) + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
}
