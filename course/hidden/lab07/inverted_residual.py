"""Hidden cases of the class InvertedResidual, lab 07, and answers to it."""

from course.answers import edit
from labsupport.checks.lab07.inverted_residual import drive_block, judge_block
from labsupport.checks.protocol import Case

CLASS = "InvertedResidual"


def inputs_no_expansion() -> tuple:
    return 5, 5, 1, 1, {"kernel_size": 5}, (4, 6)


def inputs_wider() -> tuple:
    return 3, 6, 1, 2, {}, (5, 4)


def inputs_one_pixel() -> tuple:
    return 3, 3, 2, 2, {}, (1, 1)


def inputs_drawn(seed: int) -> tuple:
    settings = {}
    if seed % 2:
        settings["kernel_size"] = (1, 3, 5, 7)[seed // 2 % 4]
    if seed % 3 == 0:
        settings["activation"] = "ReLU"
    if seed % 5 < 2:
        settings["gated"] = True
    channels = 1 + seed % 4
    return (
        channels,
        channels if seed % 3 else channels + 2,
        1 + seed // 3 % 2,
        1 + seed % 4,
        settings,
        (3 + seed % 4, 2 + seed % 5),
    )


CASES = (
    Case("no expansion", inputs_no_expansion, judge_block, drive_block),
    Case("more channels out than in", inputs_wider, judge_block, drive_block),
    Case("one pixel", inputs_one_pixel, judge_block, drive_block),
    Case("blocks of all kinds", inputs_drawn, judge_block, drive_block, seeds=16),
)

WRONG_ANSWERS = {
    "expands-by-one": edit(
        "[conv_bn(in_channels, wide, 1, activation=activation)] if expand_ratio != 1 else []",
        "[conv_bn(in_channels, wide, 1, activation=activation)]",
    ),
    "filter-not-depthwise": edit("kernel_size, stride, wide, activation", "kernel_size, stride, 1, activation"),
    "ignores-kernel-size": edit("conv_bn(wide, wide, kernel_size,", "conv_bn(wide, wide, 3,"),
    "stride-in-the-wrong-place": edit(
        "conv_bn(in_channels, wide, 1, activation",
        "conv_bn(in_channels, wide, 1, stride, activation",
        "kernel_size, stride, wide",
        "kernel_size, 1, wide",
    ),
    "forgets-stride": edit("kernel_size, stride, wide", "kernel_size, 1, wide"),
    "changes-its-input": edit(
        "return projected + x if self.adds_input else projected",
        "return x.add_(projected) if self.adds_input else projected",
    ),
    "ignores-the-gate": edit("layers += [gate] if gate is not None else []", "pass"),
    "gate-before-the-filter": edit(
        "        layers += [gate] if gate is not None else []\n",
        "",
        "        layers.append(conv_bn(wide, wide, kernel_size, stride, wide, activation))",
        "        layers += [gate] if gate is not None else []\n"
        "        layers.append(conv_bn(wide, wide, kernel_size, stride, wide, activation))",
    ),
    "adds-at-stride-2": edit(
        "stride == 1 and in_channels == out_channels",
        "in_channels == out_channels",
        "return projected + x if self.adds_input else projected",
        "step = 1 + (x.shape[-1] > projected.shape[-1])\n"
        "        x = x[:, :, ::step, ::step]\n"
        "        return projected + x if self.adds_input else projected",
    ),
    "never-adds": edit("stride == 1 and in_channels == out_channels", "False"),
    "activation-after-the-sum": edit(
        "return projected + x if self.adds_input else projected",
        "return F.relu6(projected + x) if self.adds_input else projected",
    ),
    "ignores-activation": edit(
        "conv_bn(in_channels, wide, 1, activation=activation)",
        "conv_bn(in_channels, wide, 1)",
        "kernel_size, stride, wide, activation",
        "kernel_size, stride, wide",
    ),
    "activation-after-projection": edit("out_channels, 1, activation=None", "out_channels, 1"),
    "forgets-batch-norm": edit(
        "layers.append(conv_bn(wide, out_channels, 1, activation=None))",
        "layers.append(nn.Conv2d(wide, out_channels, 1, bias=False))",
    ),
    "raises-runtime-error, whenever the stride is 1": edit(
        "stride == 1 and in_channels == out_channels", "stride == 1"
    ),
    "raises-runtime-error, by channels alone": edit(
        "stride == 1 and in_channels == out_channels", "in_channels == out_channels"
    ),
    "raises-type-error, a plain list": edit("self.layers = nn.Sequential(*layers)", "self.layers = layers"),
    "wrong-output, added twice": edit("return projected + x if", "return projected + 2 * x if"),
    "unregistered-layers": edit(
        "self.layers = nn.Sequential(*layers)", "self.layers = lambda x: nn.Sequential(*layers)(x)"
    ),
}

READERS_WRONG_ANSWERS = {
    "raises-runtime-error, the addition asks for the stride alone": edit(
        "self.adds_input = stride == 1 and in_channels == out_channels", "self.adds_input = not stride > 1"
    ),
    "filter-not-depthwise, groups left out": edit(
        "kernel_size, stride, wide, activation", "kernel_size, stride, activation=activation"
    ),
    "activation-after-projection, as in the other two": edit(
        "out_channels, 1, activation=None", "out_channels, 1, activation=activation"
    ),
}

RIGHT_ANSWERS = {
    "layers with names": edit(
        """        layers = [conv_bn(in_channels, wide, 1, activation=activation)] if expand_ratio != 1 else []
        layers.append(conv_bn(wide, wide, kernel_size, stride, wide, activation))
        layers += [gate] if gate is not None else []
        layers.append(conv_bn(wide, out_channels, 1, activation=None))
        self.layers = nn.Sequential(*layers)
""",
        """        self.expand = nn.Identity()
        if expand_ratio > 1:
            self.expand = conv_bn(in_channels, wide, 1, activation=activation)
        self.filter = conv_bn(wide, wide, kernel_size, stride, groups=wide, activation=activation)
        self.gate = gate or nn.Identity()
        self.project = conv_bn(wide, out_channels, 1, activation=None)
""",
        "projected = self.layers(x)",
        "projected = self.project(self.gate(self.filter(self.expand(x))))",
    ),
    "layers without conv_bn": edit(
        "layers = [conv_bn(in_channels, wide, 1, activation=activation)] if expand_ratio != 1 else []",
        "layers = [nn.Conv2d(in_channels, wide, 1, bias=False), nn.BatchNorm2d(wide), activation()]\n"
        "        layers = layers if expand_ratio != 1 else []",
        "layers.append(conv_bn(wide, wide, kernel_size, stride, wide, activation))",
        "layers.append(nn.Conv2d(wide, wide, kernel_size, stride, kernel_size // 2, 1, wide, False))\n"
        "        layers += [nn.BatchNorm2d(wide), activation()]",
    ),
    "shapes decide": edit(
        "self.adds_input = stride == 1 and in_channels == out_channels",
        "self.stride = stride",
        "return projected + x if self.adds_input else projected",
        "return torch.add(x, projected) if self.stride == 1 and x.shape == projected.shape else projected",
    ),
    "nothing added but zero": edit(
        "self.adds_input = stride == 1 and in_channels == out_channels",
        "self.factor = 1 if (stride, in_channels) == (1, out_channels) else 0",
        "return projected + x if self.adds_input else projected",
        "return projected + x if self.factor else projected",
    ),
}
