"""Hidden cases of conv2d_macs, lab 00, and wrong answers to it."""

from course.answers import edit
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


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    groups = draw.choice((1, 1, 2, 3, 5))
    channels = groups * draw.randrange(1, 5), groups * draw.randrange(1, 5)
    kernel_size = draw.randrange(1, 8), draw.randrange(1, 8)
    image_size = draw.randrange(7, 30), draw.randrange(7, 30)
    stride = draw.randrange(1, 6), draw.randrange(1, 6)
    return *channels, kernel_size, image_size, stride, (draw.randrange(5), draw.randrange(5)), groups


def judge_drawn(macs, in_channels, out_channels, kernel_size, image_size, stride, padding, groups):
    places = [
        len(range(-pad, size + pad - side + 1, step))
        for side, size, step, pad in zip(kernel_size, image_size, stride, padding, strict=True)
    ]
    connections = sum(
        source * groups // in_channels == target * groups // out_channels
        for source in range(in_channels)
        for target in range(out_channels)
    )
    expected = connections * places[0] * places[1] * kernel_size[0] * kernel_size[1]
    setting = f"{in_channels} to {out_channels} channels in {groups} groups, kernel {kernel_size}, image {image_size}, "
    setting += f"stride {stride}, padding {padding}."
    require_close(macs, expected, "wrong-macs", setting, rtol=0, atol=0)


CASES = (
    Case("groups, stride, padding and kernel together", judge=judge_mixed_geometry, driver=drive_mixed_geometry),
    Case("default arguments", inputs_defaults, judge_defaults),
    Case("drawn convolutions", inputs_drawn, judge_drawn, seeds=20),
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
    "wrong-macs, the stride of the height": edit("// stride[1] + 1", "// stride[0] + 1"),
    "wrong-macs, the padding of the height": edit("2 * padding[1]", "2 * padding[0]"),
    "wrong-macs, strides up to 2 only": edit("// stride[0] + 1", "// min(stride[0], 2) + 1"),
    "wrong-macs, divided before padding": edit(
        "(image_size[0] + 2 * padding[0] - kernel_size[0]) // stride[0] + 1",
        "(image_size[0] - kernel_size[0]) // stride[0] + 2 * padding[0] // stride[0] + 1",
    ),
    "wrong-macs, the width over its stride": edit(
        "(image_size[1] + 2 * padding[1] - kernel_size[1]) // stride[1] + 1", "math.ceil(image_size[1] / stride[1])"
    ),
    "changed-defaults": edit("stride: tuple[int, int] = (1, 1)", "stride: tuple[int, int] = (2, 2)"),
}

READERS_WRONG_ANSWERS = {
    "wrong-macs, off by one: the 1 is added before the": """
def conv2d_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: tuple[int, int],
    image_size: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    groups: int = 1,
) -> int:
    h = (image_size[0] + 2 * padding[0] - kernel_size[0] + 1) // stride[0]
    w = (image_size[1] + 2 * padding[1] - kernel_size[1] + 1) // stride[1]
    return out_channels * h * w * (in_channels // groups) * kernel_size[0] * kernel_size[1]
""",
    "wrong-macs, the stride of the height is used for the width": """
def conv2d_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: tuple[int, int],
    image_size: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    groups: int = 1,
) -> int:
    s = stride[0]
    h, w = [(image_size[i] + 2 * padding[i] - kernel_size[i]) // s + 1 for i in (0, 1)]
    return out_channels * h * w * (in_channels // groups) * kernel_size[0] * kernel_size[1]
""",
    "forgets-groups, ignores groups": """
def conv2d_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: tuple[int, int],
    image_size: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    groups: int = 1,
) -> int:
    h = (image_size[0] + 2 * padding[0] - kernel_size[0]) // stride[0] + 1
    w = (image_size[1] + 2 * padding[1] - kernel_size[1]) // stride[1] + 1
    return out_channels * h * w * in_channels * kernel_size[0] * kernel_size[1]
""",
}

RIGHT_ANSWERS = {
    "a convolution without memory": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    layer = torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, device="meta")
    output = layer(torch.empty(1, in_channels, *image_size, device="meta"))
    return output.numel() * layer.weight[0].numel()
""",
    "a loop over both sides": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    macs = in_channels * out_channels // groups
    for side, size, step, pad in zip(kernel_size, image_size, stride, padding):
        macs *= side * (1 + math.floor((size - side + 2 * pad) / step))
    return macs
""",
    "numpy": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    import numpy as np

    kernel, image, step, pad = map(np.array, (kernel_size, image_size, stride, padding))
    positions = (image + 2 * pad - kernel) // step + 1
    return out_channels * (in_channels // groups) * np.prod(kernel) * np.prod(positions)
""",
}
