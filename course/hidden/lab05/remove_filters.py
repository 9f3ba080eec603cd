"""Hidden cases of remove_filters, lab 05, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


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


CASES = (Case("stride 2 and no bias", judge=judge_without_bias, driver=drive_without_bias),)

WRONG_ANSWERS = {
    "keeps-filters": """
def remove_filters(conv, batch_norm, next_conv, kept):
    return conv, batch_norm, next_conv
""",
    "forgets-next-inputs": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = next_conv.weight, len(kept)
    return conv, batch_norm, next_conv
""",
    "cuts-next-outputs": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[kept % 4][:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "forgets-batch-norm": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = batch_norm.weight, batch_norm.bias
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "forgets-bias": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = conv.bias
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "stale-statistics": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean, batch_norm.running_var
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "stale-numbers": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "wrong-channels": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, : len(kept)]), len(kept)
    return conv, batch_norm, next_conv
""",
    "changes-its-argument": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = (conv, batch_norm, next_conv)
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
    "cuts-inputs-too": """
def remove_filters(conv, batch_norm, next_conv, kept):
    conv, batch_norm, next_conv = copy.deepcopy((conv, batch_norm, next_conv))
    conv.weight, conv.out_channels = nn.Parameter(conv.weight[kept][:, kept[kept < conv.in_channels]]), len(kept)
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias[kept])
    batch_norm.weight, batch_norm.bias = nn.Parameter(batch_norm.weight[kept]), nn.Parameter(batch_norm.bias[kept])
    batch_norm.running_mean, batch_norm.running_var = batch_norm.running_mean[kept], batch_norm.running_var[kept]
    batch_norm.num_features = len(kept)
    next_conv.weight, next_conv.in_channels = nn.Parameter(next_conv.weight[:, kept]), len(kept)
    return conv, batch_norm, next_conv
""",
}
