"""Hidden cases of slice_depthwise, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab05.slice_depthwise import drive_images, judge_images
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    channels, kernel = 4 + seed, (1 + seed % 4, 2 + seed % 3)
    settings = {"stride": (1 + seed % 3, 1 + seed % 2), "padding": (seed % 2, seed % 3), "dilation": (1 + seed % 2, 1)}
    full = nn.Conv2d(channels, channels, kernel, groups=channels, bias=seed % 2 == 0, **settings)
    for parameter in full.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return full, torch.randperm(channels, generator=generator)[: 1 + seed % 3]


def inputs_neighbours() -> tuple:
    import torch
    from torch import nn

    full = nn.Conv2d(4, 4, 5, padding=2, groups=4)
    full.weight.data, full.bias.data = torch.arange(100.0).cos().reshape(4, 1, 5, 5), torch.arange(4.0)
    return full, torch.tensor([1, 2, 3])


CASES = (
    Case("other layers, in any order", inputs_drawn, judge_images, drive_images, seeds=3, new=True),
    Case("three neighbours", inputs_neighbours, judge_images, drive_images, new=True),
)

WRONG_ANSWERS = {
    "stale-groups": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(depthwise.weight[kept])
    slim.in_channels = slim.out_channels = len(kept)
    return slim
""",
    "stale-numbers": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(depthwise.weight[kept])
    slim.groups = len(kept)
    return slim
""",
    "cuts-wrong-axis": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(depthwise.weight[kept][:, kept[:0]])
    slim.in_channels = slim.out_channels = slim.groups = len(kept)
    return slim
""",
    "changes-geometry": """
def slice_depthwise(depthwise, kept):
    slim = nn.Conv2d(len(kept), len(kept), depthwise.kernel_size, padding=1, groups=len(kept), bias=False)
    slim.weight = nn.Parameter(depthwise.weight[kept])
    return slim
""",
    "changes-its-argument": """
def slice_depthwise(depthwise, kept):
    depthwise.weight = nn.Parameter(depthwise.weight[kept])
    depthwise.in_channels = depthwise.out_channels = depthwise.groups = len(kept)
    return depthwise
""",
    "forgets-bias": edit("slim.bias = nn.Parameter(depthwise.bias[kept])", "slim.bias = None"),
    "stale-bias": edit("slim.bias = nn.Parameter(depthwise.bias[kept])", "pass"),
    "shares-its-argument, first biases": edit("depthwise.bias[kept]", "depthwise.bias[: len(kept)]"),
    "changes-geometry, half the kernel as padding": edit(
        "    return slim", "    slim.padding = tuple(k // 2 for k in slim.kernel_size)\n    return slim"
    ),
    "changes-geometry, one stride": edit(
        "    return slim", "    slim.stride = (slim.stride[0], slim.stride[0])\n    return slim"
    ),
    "changes-geometry, dilation": edit("    return slim", "    slim.dilation = (1, 1)\n    return slim"),
    "changes-geometry, built anew": edit(
        "slim = copy.deepcopy(depthwise)",
        "slim = nn.Conv2d(1, 1, depthwise.kernel_size, depthwise.stride, depthwise.padding, bias=depthwise.bias "
        "is not None)",
    ),
    "wrong-channels, sorted": edit("depthwise.weight[kept]", "depthwise.weight[kept.sort().values]"),
    "shares-its-argument": edit(
        "slim.weight = nn.Parameter(depthwise.weight[kept])",
        "slim.weight = nn.Parameter(depthwise.weight.data[int(kept[0]) : int(kept[0]) + len(kept)]) if "
        "bool((kept.diff() == 1).all()) else nn.Parameter(depthwise.weight[kept])",
    ),
}

READERS_WRONG_ANSWERS = {
    "stale-groups, groups not set": """
def slice_depthwise(depthwise: nn.Conv2d, kept: Tensor) -> nn.Conv2d:
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(slim.weight[kept])
    if slim.bias is not None:
        slim.bias = nn.Parameter(slim.bias[kept])
    slim.in_channels = len(kept)
    slim.out_channels = len(kept)
    return slim
""",
    "forgets-bias, bias lost": """
def slice_depthwise(depthwise: nn.Conv2d, kept: Tensor) -> nn.Conv2d:
    count = len(kept)
    slim = nn.Conv2d(
        count,
        count,
        depthwise.kernel_size,
        stride=depthwise.stride,
        padding=depthwise.padding,
        dilation=depthwise.dilation,
        groups=count,
        bias=False,
        padding_mode=depthwise.padding_mode,
    )
    slim.weight = nn.Parameter(depthwise.weight[kept])
    return slim.train(depthwise.training)
""",
    "changes-geometry, dilation lost": """
def slice_depthwise(depthwise: nn.Conv2d, kept: Tensor) -> nn.Conv2d:
    count = len(kept)
    slim = nn.Conv2d(
        count,
        count,
        depthwise.kernel_size,
        stride=depthwise.stride,
        padding=depthwise.padding,
        groups=count,
        bias=depthwise.bias is not None,
        padding_mode=depthwise.padding_mode,
    )
    slim.weight = nn.Parameter(depthwise.weight[kept])
    if depthwise.bias is not None:
        slim.bias = nn.Parameter(depthwise.bias[kept])
    return slim.train(depthwise.training)
""",
}

RIGHT_ANSWERS = {
    "built anew": """
def slice_depthwise(depthwise, kept):
    n, old = len(kept), depthwise
    geometry = dict(stride=old.stride, padding=old.padding, dilation=old.dilation, padding_mode=old.padding_mode)
    slim = nn.Conv2d(n, n, old.kernel_size, groups=n, bias=old.bias is not None, **geometry)
    slim.load_state_dict({name: tensor[kept] for name, tensor in old.state_dict().items()})
    return slim.train(old.training)
""",
    "through .data": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    for parameter in slim.parameters():
        parameter.data = parameter.data[kept].clone()
    slim.groups = slim.in_channels = slim.out_channels = kept.shape[0]
    return slim
""",
    "channel by channel": """
def slice_depthwise(depthwise, kept):
    slim = copy.deepcopy(depthwise)
    slim.weight = nn.Parameter(torch.stack([depthwise.weight[i] for i in kept.tolist()]))
    if depthwise.bias is not None:
        slim.bias = nn.Parameter(torch.stack([depthwise.bias[i] for i in kept.tolist()]))
    slim.groups = slim.in_channels = slim.out_channels = len(kept)
    return slim
""",
}
