"""Hidden cases of mobile_network, lab 07, and answers to it."""

from course.answers import edit
from labsupport.checks.lab07.mobile_network import drive_network, judge_network
from labsupport.checks.protocol import Case


def inputs_one_row() -> tuple:
    return [(1, 3, 4, 2)], 3, 5, 2, {"stem_stride": 2}


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    rows = [
        (draws.choice((1, 2, 3, 6)), draws.randint(1, 9), draws.randint(1, 3), draws.choice((1, 2)))
        for _ in range(draws.randint(1, 4))
    ]
    settings = ({}, {"stem_stride": 1}, {"stem_stride": 2})[seed % 3]
    return rows, draws.randint(1, 8), draws.randint(2, 12), draws.randint(2, 11), settings


CASES = (
    Case("one row of four", inputs_one_row, judge_network, drive_network),
    Case("tables of all kinds", inputs_drawn, judge_network, drive_network, seeds=12),
)

WRONG_ANSWERS = {
    "one-block-a-row": edit("for number in range(num_blocks):", "for number in range(1):"),
    "ratio-and-stride-swapped": edit(
        "first_stride if number == 0 else 1, expand_ratio))", "expand_ratio, first_stride if number == 0 else 1))"
    ),
    "stride-in-every-block": edit("first_stride if number == 0 else 1", "first_stride"),
    "wrong-block, stride in the last of a row": edit("if number == 0 else", "if number == num_blocks - 1 else"),
    "ignores-stem-stride": edit("stem_channels, 3, stem_stride)", "stem_channels, 3, 2)"),
    "forgets-the-last-convolution": edit(
        "layers += [conv_bn(before, last_channels, 1), nn",
        "layers += [nn",
        "nn.Linear(last_channels,",
        "nn.Linear(before,",
    ),
    "wrong-ends, the last one 3x3": edit("last_channels, 1)", "last_channels, 3)"),
    "wrong-output-shape, 1000 classes": edit("nn.Linear(last_channels, num_classes)", "nn.Linear(last_channels, 1000)"),
    "softmax-at-the-end": edit(
        "nn.Linear(last_channels, num_classes))", "nn.Linear(last_channels, num_classes), nn.Softmax(1))"
    ),
    "wrong-logits, no activation in the stem": edit(
        "stem_channels, 3, stem_stride)]", "stem_channels, 3, stem_stride, activation=None)]"
    ),
    "wrong-logits, the largest value": edit("nn.AdaptiveAvgPool2d(1)", "nn.AdaptiveMaxPool2d(1)"),
    "wrong-logits, ReLU at the end": edit(
        "conv_bn(before, last_channels, 1)", "conv_bn(before, last_channels, 1, activation=nn.ReLU)"
    ),
    "returns-wrong-type, channels of the stem for every row": edit(
        "            before = out_channels\n", "            pass\n"
    ),
    "returns-wrong-type, without a mean": edit("nn.AdaptiveAvgPool2d(1), ", ""),
    "wrong-number-of-blocks, one too many": edit("range(num_blocks)", "range(num_blocks + 1)"),
}

READERS_WRONG_ANSWERS = {
    "stride-in-every-block, a loop without a number": """
def mobile_network(block, rows, stem_channels, last_channels, num_classes, stem_stride=2):
    layers, channels = [conv_bn(3, stem_channels, 3, stem_stride)], stem_channels
    for expand_ratio, out_channels, num_blocks, stride in rows:
        for _ in range(num_blocks):
            layers.append(block(channels, out_channels, stride, expand_ratio))
            channels = out_channels
    layers += [conv_bn(channels, last_channels, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(last_channels, num_classes))
""",
    "wrong-block, only the first block changes the channels": """
def mobile_network(block, rows, stem_channels, last_channels, num_classes, stem_stride=2):
    layers, channels = [conv_bn(3, stem_channels, 3, stem_stride)], stem_channels
    for row, (expand_ratio, out_channels, num_blocks, stride) in enumerate(rows):
        for number in range(num_blocks):
            first = row == 0 and number == 0
            layers.append(block(channels, out_channels, stride if first else 1, expand_ratio))
            channels = out_channels
    layers += [conv_bn(channels, last_channels, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(last_channels, num_classes))
""",
    "ratio-and-stride-swapped, in the order of a row": edit(
        "block(before, out_channels, first_stride if number == 0 else 1, expand_ratio)",
        "block(before, out_channels, expand_ratio, 1 if number else first_stride)",
    ),
}

RIGHT_ANSWERS = {
    "strides in a list": """
def mobile_network(block, rows, stem_channels, last_channels, num_classes, stem_stride=2):
    network = nn.Sequential(conv_bn(3, stem_channels, 3, stem_stride))
    for ratio, width, count, first in rows:
        for stride in [first] + [1] * (count - 1):
            network.append(block(stem_channels, width, stride, ratio))
            stem_channels = width
    network.extend([conv_bn(stem_channels, last_channels, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(1)])
    return network.append(nn.Linear(last_channels, num_classes))
""",
    "a module of its own": """
class _Network(nn.Module):
    def __init__(self, features, classifier):
        super().__init__()
        self.features, self.classifier = features, classifier
    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))

def mobile_network(block, rows, stem_channels, last_channels, num_classes, stem_stride=2):
    features, channels = [conv_bn(3, stem_channels, 3, stem_stride)], stem_channels
    for ratio, width, count, stride in rows:
        features.append(block(channels, width, stride, ratio))
        features += [block(width, width, 1, ratio) for _ in range(count - 1)]
        channels = width
    features.append(conv_bn(channels, last_channels, 1))
    return _Network(nn.Sequential(*features), nn.Linear(last_channels, num_classes))
""",
    "all pairs first": """
def mobile_network(block, rows, stem_channels, last_channels, num_classes, stem_stride=2):
    wanted = [(width, 1 if place else stride, ratio) for ratio, width, count, stride in rows for place in range(count)]
    before = [stem_channels, *(width for width, _, _ in wanted)]
    made = [block(channels, *one) for channels, one in zip(before, wanted)]
    head = [conv_bn(before[-1], last_channels, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    head.append(nn.Linear(last_channels, num_classes))
    return nn.Sequential(conv_bn(3, stem_channels, 3, stem_stride), *made, *head)
""",
}
