"""Hidden cases of fold_batch_norm, lab 10, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    outputs = 1 + seed % 6
    weight = torch.randn(outputs, 1 + seed % 3, 1 + seed % 4, 1 + seed % 2, generator=generator)
    bias, gamma, beta, mean = torch.randn(4, outputs, generator=generator)
    var = torch.rand(outputs, generator=generator) * 2 * (torch.arange(outputs) != 1)  # one channel is dead
    return weight, bias, gamma, beta, mean, var, (0.001, 0.01, 0.3)[seed % 3]


def judge_drawn(folded, weight, bias, gamma, beta, mean, var, eps):
    import torch
    from torch.nn import functional

    images = torch.linspace(-2, 2, 2 * weight.shape[1] * 30).reshape(2, -1, 5, 6).cos().double()
    both = functional.conv2d(images, weight.double(), bias.double())
    expected = functional.batch_norm(both, mean.double(), var.double(), gamma.double(), beta.double(), eps=eps)
    merged, moved = (torch.from_numpy(folded[name]).double() for name in ("weight", "bias"))
    new = functional.conv2d(images, merged, moved).numpy()
    hint = f"A weight of shape {tuple(weight.shape)}, eps {eps}: not what the two layers give."
    require_close(new, expected, "wrong-values", hint, rtol=1e-4, atol=1e-4)


CASES = (Case("like the two layers", inputs_drawn, judge_drawn, seeds=12),)

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
    "wrong-weight, absolute gamma": edit("gamma / torch", "gamma.abs() / torch"),
    "wrong-weight, always 1e-5": edit("var + eps", "var + 1e-5"),
    "changes-its-argument": edit(
        "    moved = beta + (bias - mean) * factor", "    bias -= mean\n    moved = beta + bias * factor"
    ),
    "changes-its-argument, weight": edit(
        '"weight": weight * factor', '"weight": weight.mul_(factor', ".view(-1, 1, 1, 1), ", ".view(-1, 1, 1, 1)), "
    ),
    "wrong-bias, beta scaled": edit("beta + (bias - mean) * factor", "(beta + bias - mean) * factor"),
    "wrong-bias, mean added": edit("bias - mean", "bias + mean"),
    "forgets-eps, variance at least eps": edit("torch.sqrt(var + eps)", "torch.sqrt(var.clamp(min=eps))"),
    "wrong-weight, along the width": edit(
        "factor.view(-1, 1, 1, 1)", "factor[: weight.shape[0]].view(-1, 1, 1, 1).abs() * gamma.sign().prod()"
    ),
}

READERS_WRONG_ANSWERS = {
    "eps-outside-the-root, eps outside the root": """
def fold_batch_norm(
    weight: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, eps: float
) -> dict[str, Tensor]:
    factor = gamma / (var.sqrt() + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
    "bias-not-scaled, bias not scaled": """
def fold_batch_norm(
    weight: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, eps: float
) -> dict[str, Tensor]:
    factor = gamma / torch.sqrt(var + eps)
    new_weight = weight * factor.view(-1, 1, 1, 1)
    new_bias = bias + beta - mean * factor
    return {"weight": new_weight, "bias": new_bias}
""",
    "scales-input-channels, factor on input channels": """
def fold_batch_norm(
    weight: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, eps: float
) -> dict[str, Tensor]:
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(1, -1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
}

RIGHT_ANSWERS = {
    "einsum and rsqrt": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma * torch.rsqrt(var + eps)
    return {'weight': torch.einsum('oihw,o->oihw', weight, factor), 'bias': torch.addcmul(beta, bias - mean, factor)}
""",
    "channel by channel": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    filters, shifts = [], []
    for channel in range(len(weight)):
        factor = gamma[channel] / (var[channel] + eps) ** 0.5
        filters.append(weight[channel] * factor)
        shifts.append(beta[channel] + (bias[channel] - mean[channel]) * factor)
    return {'weight': torch.stack(filters), 'bias': torch.stack(shifts)}
""",
    "the library": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    from torch.nn.utils.fusion import fuse_conv_bn_weights
    w, b = fuse_conv_bn_weights(weight, bias, mean, var, eps, gamma, beta)
    return {'weight': w.detach(), 'bias': b.detach()}
""",
}
