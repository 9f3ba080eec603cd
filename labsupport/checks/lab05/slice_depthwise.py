"""Visible cases of slice_depthwise, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_two_of_six() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(0)
    full = nn.Conv2d(6, 6, 3, stride=2, padding=1, groups=6, bias=False)
    full.weight.data = torch.randn(6, 1, 3, 3, generator=generator)
    return full, torch.tensor([1, 4])


def inputs_three_of_five() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(1)
    full = nn.Conv2d(5, 5, (3, 5), stride=(1, 2), padding=(0, 3), dilation=(2, 1), groups=5)
    full.weight.data = torch.randn(5, 1, 3, 5, generator=generator)
    full.bias.data = torch.randn(5, generator=generator)
    return full, torch.tensor([0, 2, 3])


def drive_images(slice_depthwise: Callable, full: object, kept: object) -> Data:
    import torch

    slim = slice_depthwise(full, kept)
    geometry = {name: list(getattr(slim, name)) for name in ("kernel_size", "stride", "padding", "dilation")}
    facts = {"shape": list(slim.weight.shape), "numbers": [slim.in_channels, slim.out_channels, slim.groups]}
    facts |= {"geometry": geometry, "bias": -1 if slim.bias is None else len(slim.bias)}
    if (
        facts["numbers"] == [len(kept)] * 3
        and facts["shape"][:2] == [len(kept), 1]
        and facts["bias"] in (-1, len(kept))
    ):
        images = torch.randn(2, len(kept), 9, 8, generator=torch.Generator().manual_seed(3))
        facts["output"] = slim(images)
    return facts


def judge_images(facts: Data, full: object, kept: object) -> None:
    import torch
    from torch.nn import functional

    count, shape = len(kept), [len(kept), *full.weight.shape[1:]]
    require(
        facts["shape"] != list(full.weight.shape), "keeps-filters", f"The weight still has {len(full.weight)} filters."
    )
    hint = f"The weight has shape {facts['shape']}, expected {shape}: the filters lie along dimension 0."
    require(facts["shape"] == shape, "cuts-wrong-axis", hint)
    hint = f"groups is still {full.groups}. A depthwise convolution has as many groups as channels."
    require(facts["numbers"][2] != full.groups, "stale-groups", hint)
    hint = f"in_channels, out_channels and groups are {facts['numbers']}; the weight has {count} channels."
    require(facts["numbers"] == [count] * 3, "stale-numbers", hint)
    for name, got in facts["geometry"].items():
        hint = f"{name} was {getattr(full, name)} and is {tuple(got)}. It must stay as it was."
        require(got == list(getattr(full, name)), "changes-geometry", hint)
    bias = None if full.bias is None else full.bias.detach().double()[kept]
    require(bias is None or facts["bias"] != -1, "forgets-bias", "The layer has a bias, the new one has none.")
    hint = f"The bias has {facts['bias']} numbers for {count} channels (-1: none): cut it as the weight."
    require(facts["bias"] == (-1 if bias is None else count), "stale-bias", hint)
    images = torch.randn(2, count, 9, 8, generator=torch.Generator().manual_seed(3)).double()
    settings = {"stride": full.stride, "padding": full.padding, "dilation": full.dilation, "groups": count}
    expected = functional.conv2d(images, full.weight.detach().double()[kept], bias, **settings)
    hint = f"The outputs are not those of channels {kept.tolist()}."
    require_close(facts["output"], expected, "wrong-channels", hint, rtol=1e-4, atol=1e-5)


CASES = (
    Case("two of six channels", inputs_two_of_six, judge_images, drive_images, new=True),
    Case("a bias and a kernel that is not square", inputs_three_of_five, judge_images, drive_images, new=True),
)
