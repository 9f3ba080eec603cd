"""Cases of lab 05 that grading adds to the visible ones."""

from labsupport.checks.protocol import Case, require, require_close


def drive_linear_filters(filter_norms):
    import torch

    weight = torch.arange(24.0).reshape(4, 6) - 12
    before = weight.clone()
    result = filter_norms(weight, 2)
    return {"norms": result, "expected": before.norm(dim=1), "unchanged": torch.equal(weight, before)}


def judge_linear_filters(data):
    require(data["unchanged"], "changes-its-input", "The weight given was changed.")
    require_close(data["norms"], data["expected"], "wrong-l2", "A linear layer: its filters are its rows.")


def drive_exact_ratio(channels_to_keep):
    import torch

    return [
        len(channels_to_keep(torch.rand(10, generator=torch.Generator().manual_seed(0)), r / 10)) for r in range(10)
    ]


def judge_exact_ratio(counts):
    hint = "0.3 of 10 channels are 3, although 0.3 * 10 may be a little more or less in floating point."
    require(all(abs(count - (10 - r)) <= 1 for r, count in enumerate(counts)), "wrong-count", hint)
    require_close([counts[0], counts[5]], [10, 5], "wrong-count", "Ratios 0 and 0.5 of 10 channels.", rtol=0)


def drive_without_bias(remove_filters):
    import torch
    from torch import nn

    torch.manual_seed(1)
    conv, norm, reader = nn.Conv2d(2, 5, 3, stride=2, bias=False), nn.BatchNorm2d(5), nn.Conv2d(5, 3, 1, bias=False)
    norm.running_mean.copy_(torch.randn(5))
    full = nn.Sequential(conv, norm, nn.ReLU(), reader).eval()
    images, kept = torch.randn(1, 2, 7, 7), torch.tensor([4])
    slim = nn.Sequential(*remove_filters(conv, norm, reader, kept)).eval()
    with torch.no_grad():
        slim = nn.Sequential(slim[0], slim[1], nn.ReLU(), slim[2])(images)
        gone = torch.tensor([0, 1, 2, 3])
        for tensor in (conv.weight, norm.weight, norm.bias):
            tensor[gone] = 0
        return {"slim": slim, "masked": full(images)}


def judge_without_bias(data):
    require_close(
        data["slim"], data["masked"], "wrong-channels", "Masked and removed differ, stride 2, no bias.", atol=1e-5
    )


def drive_three_layers(keep_in_stream):
    import torch

    layers = [torch.tensor([1.0, 2, 1, 4]), torch.tensor([6.0, 2, 3, 1]), torch.tensor([10.0, 40, 60, 10])]
    before = [layer.clone() for layer in layers]
    kept = keep_in_stream(layers, 3)
    return {"kept": list(kept), "unchanged": all(torch.equal(a, b) for a, b in zip(layers, before, strict=True))}


def judge_three_layers(data):
    require(data["unchanged"], "changes-the-scores", "The scores given were changed: do not write to them.")
    require(len(data["kept"]) == 3, "wrong-length", "Three layers keep three sets.")
    for kept in data["kept"]:
        require_close(kept, [0, 1, 2], "wrong-channels", "Three layers, each divided by its mean.", rtol=0)


def drive_with_bias(slice_depthwise):
    import torch
    from torch import nn

    torch.manual_seed(2)
    full = nn.Conv2d(4, 4, 5, padding=2, groups=4, bias=True)
    kept, images = torch.tensor([0, 3]), torch.randn(1, 4, 6, 6)
    return {"slim": slice_depthwise(full, kept)(images[:, kept]), "full": full(images)[:, kept]}


def judge_with_bias(data):
    require_close(data["slim"], data["full"], "forgets-bias", "A depthwise convolution with a bias.", atol=1e-5)


def drive_two_norms(recalibrate):
    import torch
    from torch import nn

    torch.manual_seed(3)
    model = nn.Sequential(nn.BatchNorm2d(2), nn.ReLU(), nn.BatchNorm2d(2)).train()
    images = torch.randn(200, 2, 3, 3) + 1
    recalibrate(model, [images])
    with torch.no_grad():
        expected = torch.relu(
            (images - images.mean((0, 2, 3), keepdim=True)) / images.var((0, 2, 3), keepdim=True).sqrt()
        )
    return {"mean": model[2].running_mean, "expected": expected.mean((0, 2, 3)), "training": model.training}


def judge_two_norms(data):
    require(data["training"] is False, "left-in-train-mode", "The model is left in training mode.")
    require_close(data["mean"], data["expected"], "wrong-mean", "Two batch norms, one batch.", rtol=0.01, atol=0.01)


def drive_unordered_scan(choose_ratios):
    scan = {"a": {0.75: 0.5, 0.25: 0.9, 0.5: 0.86}, "b": {0.5: 0.95, 0.25: 0.93}}
    return choose_ratios(scan, 0.9, 0.05)


def judge_unordered_scan(ratios):
    require_close([ratios["a"], ratios["b"]], [0.5, 0.5], "wrong-ratio", "The ratios of a scan may stand in any order.")


HIDDEN = {
    "filter-norms": (Case("a linear layer", drive_linear_filters, judge_linear_filters),),
    "channels-to-keep": (Case("ten channels at ten ratios", drive_exact_ratio, judge_exact_ratio),),
    "remove-filters": (Case("stride 2 and no bias", drive_without_bias, judge_without_bias),),
    "keep-in-stream": (Case("three layers write to one stream", drive_three_layers, judge_three_layers),),
    "slice-depthwise": (Case("a depthwise layer with bias", drive_with_bias, judge_with_bias),),
    "recalibrate": (Case("two batch norms in a row", drive_two_norms, judge_two_norms),),
    "choose-ratios": (Case("a scan out of order", drive_unordered_scan, judge_unordered_scan),),
}
