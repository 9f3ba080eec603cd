"""Hidden cases of fold_batch_norm, lab 10, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_like_the_layers(fold_batch_norm):
    import torch
    from torch import nn

    torch.manual_seed(2)
    pairs = []
    for conv in (nn.Conv2d(6, 6, 3, groups=6), nn.Conv2d(6, 4, 1)):
        norm = nn.BatchNorm2d(conv.out_channels, eps=0.01).eval()
        for tensor in (norm.weight, norm.bias, norm.running_mean):
            nn.init.normal_(tensor)
        norm.running_var.uniform_(0.0, 2.0)
        norm.running_var[0] = 0.0  # a dead channel
        x = torch.randn(2, 6, 5, 5)
        with torch.no_grad():
            expected = norm(conv(x))
            tensors = [conv.weight, conv.bias, norm.weight, norm.bias, norm.running_mean, norm.running_var]
            given = [tensor.detach().clone() for tensor in tensors]
            kept = [tensor.clone() for tensor in given]
            folded = fold_batch_norm(*given, 0.01)
            y = torch.nn.functional.conv2d(x, folded["weight"], folded["bias"], groups=conv.groups)
        same = all(torch.equal(a, b) for a, b in zip(given, kept, strict=True))
        pairs.append({"y": y, "expected": expected, "same": same})
    return pairs


def judge_like_the_layers(pairs):
    for pair, kind in zip(pairs, ("a depthwise", "a 1x1"), strict=True):
        hint = f"Folded into {kind} convolution, one channel with variance 0: not what the two layers give."
        require_close(pair["y"], pair["expected"], "wrong-values", hint, rtol=1e-3, atol=1e-4)
        require(pair["same"], "changes-its-input", "A tensor that was passed in was changed.")


CASES = (Case("depthwise and 1x1", judge=judge_like_the_layers, driver=drive_like_the_layers),)

WRONG_ANSWERS = {
    "forgets-eps": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
    "eps-outside-the-root": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / (torch.sqrt(var) + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
    "variance-for-deviation": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / (var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
    "scales-input-channels": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(1, -1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
    "forgets-the-bias": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta - mean * factor}
""",
    "bias-not-scaled": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + bias - mean * factor}
""",
    "forgets-the-mean": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + bias * factor}
""",
}
