"""Hidden cases of slice_depthwise, lab 05, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_with_bias(slice_depthwise):
    import torch
    from torch import nn

    torch.manual_seed(2)
    full = nn.Conv2d(4, 4, 5, padding=2, groups=4, bias=True)
    kept, images = torch.tensor([0, 3]), torch.randn(1, 4, 6, 6)
    return {"slim": slice_depthwise(full, kept)(images[:, kept]), "full": full(images)[:, kept]}


def judge_with_bias(data):
    require_close(data["slim"], data["full"], "forgets-bias", "A depthwise convolution with a bias.", atol=1e-5)


CASES = (Case("a depthwise layer with bias", judge=judge_with_bias, driver=drive_with_bias),)

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
}
