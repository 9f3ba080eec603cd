"""Visible cases of slice_depthwise, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close


def drive_depthwise(slice_depthwise: Callable) -> Data:
    import torch
    from torch import nn

    torch.manual_seed(0)
    full = nn.Conv2d(6, 6, 3, stride=2, padding=1, groups=6, bias=False)
    kept = torch.tensor([1, 4])
    images = torch.randn(1, 6, 8, 8)
    slim = slice_depthwise(full, kept)
    facts = {"shape": list(slim.weight.shape), "numbers": [slim.in_channels, slim.out_channels, slim.groups]}
    facts["stride"], facts["full"] = list(slim.stride), list(full.weight.shape)
    if facts["full"] == [6, 1, 3, 3] and facts["shape"] == [2, 1, 3, 3] and facts["numbers"] == [2, 2, 2]:
        facts["output"], facts["expected"] = slim(images[:, kept]), full(images)[:, kept]
    return facts


def judge_depthwise(facts: Data) -> None:
    require(facts["full"] == [6, 1, 3, 3], "changes-its-input", "The layer given was changed. Copy it: copy.deepcopy.")
    require(facts["shape"] != [6, 1, 3, 3], "keeps-filters", "The weight still has 6 filters.")
    require(
        facts["shape"] == [2, 1, 3, 3],
        "cuts-wrong-axis",
        f"The weight has shape {facts['shape']}, expected [2, 1, 3, 3]: the filters lie along dimension 0.",
    )
    inputs, outputs, groups = facts["numbers"]
    require(groups != 6, "stale-groups", "groups is still 6. A depthwise convolution has as many groups as channels.")
    numbers = f"in_channels, out_channels and groups are {facts['numbers']}; the weight has 2 channels."
    require(inputs == outputs == groups == 2, "stale-numbers", numbers)
    require(facts["stride"] == [2, 2], "changes-geometry", "Stride, padding and kernel must stay as they were.")
    hint = "The outputs are not those of channels 1 and 4."
    require_close(facts["output"], facts["expected"], "wrong-channels", hint, atol=1e-5)


CASES = (Case("two of six channels", judge=judge_depthwise, driver=drive_depthwise),)
