"""Hidden cases of squeeze_excite, lab 07, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab07.squeeze_excite import judge_any
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    count, channels, squeezed = 1 + seed % 4, 1 + seed % 5, 1 + seed % 3
    shapes = ((squeezed, channels), (squeezed,), (channels, squeezed), (channels,))
    x = torch.randn(count, channels, 1 + seed % 6, 1 + seed % 7, generator=generator) * 2
    layers = [torch.randn(shape, generator=generator) for shape in shapes]
    return x, layers[0], layers[1] + 9 * (seed % 2), layers[2] / (1 + 4 * (seed % 2)), layers[3]


CASES = (Case("images of all shapes", inputs_drawn, judge_any, seeds=20),)

WRONG_ANSWERS = {
    "squeeze-without-the-mean": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.conv2d(x, reduce_weight[:, :, None, None], reduce_bias))
    return x * F.hardsigmoid(F.conv2d(hidden, expand_weight[:, :, None, None], expand_bias))
""",
    "sums-instead-of-mean": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.sum((2, 3)), reduce_weight, reduce_bias))
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
    "means-over-the-batch": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((0, 2, 3), keepdim=True).flatten(1), reduce_weight, reduce_bias))
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
    "smooth-gate": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return x * torch.sigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
    "forgets-relu": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.linear(x.mean((2, 3)), reduce_weight, reduce_bias)
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
    "adds-the-gate": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return x + F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
    "returns-the-gate": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))
""",
    "relu6-between-the-layers": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu6(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    return x * F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
""",
    "changes-its-argument": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    hidden = F.relu(F.linear(x.mean((2, 3)), reduce_weight, reduce_bias))
    x *= F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))[:, :, None, None]
    return x
""",
    "wrong-output, first bias forgotten": edit("@ reduce_weight.T + reduce_bias", "@ reduce_weight.T"),
    "wrong-output, second bias forgotten": edit("@ expand_weight.T + expand_bias", "@ expand_weight.T"),
    "wrong-output, largest value": edit("x.mean((2, 3))", "x.amax((2, 3))"),
    "wrong-output, slope of a fifth": edit(
        "F.hardsigmoid(reduced @ expand_weight.T + expand_bias)",
        "(0.2 * (reduced @ expand_weight.T + expand_bias) + 0.5).clamp(0, 1)",
    ),
    "wrong-output, divided by 20 pixels": edit("x.mean((2, 3))", "x.sum((2, 3)) / 20"),
    "wrong-output, half": edit("    squeezed = x.mean((2, 3))", "    squeezed = x.half().mean((2, 3)).float()"),
    "wrong-output, means of the rows": edit("x.mean((2, 3))", "x.amax(3).mean(2)"),
}

READERS_WRONG_ANSWERS = {
    "means-over-the-batch, mean over the batch": """
def squeeze_excite(
    x: Tensor, reduce_weight: Tensor, reduce_bias: Tensor, expand_weight: Tensor, expand_bias: Tensor
) -> Tensor:
    means = x.mean(dim=(0, 2, 3))
    hidden = F.relu(reduce_weight @ means + reduce_bias)
    gate = F.hardsigmoid(expand_weight @ hidden + expand_bias)
    return x * gate.view(1, -1, 1, 1)
""",
    "smooth-gate, smooth sigmoid": """
def squeeze_excite(
    x: Tensor, reduce_weight: Tensor, reduce_bias: Tensor, expand_weight: Tensor, expand_bias: Tensor
) -> Tensor:
    means = x.mean(dim=(2, 3))
    hidden = F.relu(F.linear(means, reduce_weight, reduce_bias))
    gate = torch.sigmoid(F.linear(hidden, expand_weight, expand_bias))
    return x * gate[:, :, None, None]
""",
    "forgets-relu, relu forgotten": """
def squeeze_excite(
    x: Tensor, reduce_weight: Tensor, reduce_bias: Tensor, expand_weight: Tensor, expand_bias: Tensor
) -> Tensor:
    means = x.mean(dim=(2, 3))
    hidden = F.linear(means, reduce_weight, reduce_bias)
    gate = F.hardsigmoid(F.linear(hidden, expand_weight, expand_bias))
    return x * gate[:, :, None, None]
""",
}

RIGHT_ANSWERS = {
    "1x1 convolutions": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    y = F.adaptive_avg_pool2d(x, 1)
    y = F.relu(F.conv2d(y, reduce_weight[:, :, None, None], reduce_bias))
    return x * F.hardsigmoid(F.conv2d(y, expand_weight[..., None, None], expand_bias))
""",
    "einsum and relu6": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    means = x.flatten(2).mean(-1)
    hidden = (torch.einsum('nc,sc->ns', means, reduce_weight) + reduce_bias).clamp(min=0)
    gate = F.relu6(torch.einsum('ns,cs->nc', hidden, expand_weight) + expand_bias + 3) / 6
    return torch.einsum('nchw,nc->nchw', x, gate)
""",
    "image by image": """
def squeeze_excite(x, reduce_weight, reduce_bias, expand_weight, expand_bias):
    out = []
    for image in x:
        hidden = torch.relu(reduce_weight @ image.mean(dim=(1, 2)) + reduce_bias)
        out.append(image * F.hardsigmoid(expand_weight @ hidden + expand_bias).view(-1, 1, 1))
    return torch.stack(out)
""",
}
