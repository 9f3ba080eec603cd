"""Hidden cases of squeeze_excite, lab 07, and wrong answers to it."""

import numpy as np

from labsupport.checks.lab07._reference import wave
from labsupport.checks.lab07.squeeze_excite import gate_of, hard_sigmoid
from labsupport.checks.protocol import Case, require, require_close


def drive_one_pixel(squeeze_excite):
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    layers = tensor((2, 4), 1.3, 9.0), tensor((2,), 2.0, 8.0), tensor((4, 2), 0.8, 0.1), tensor((4,), 1.1, 0.5)
    images = [tensor(shape, 0.41, 1.5) for shape in ((3, 4, 1, 1), (1, 4, 9, 2))]
    return [[squeeze_excite(x, *layers) for x in images], images]


def judge_one_pixel(results):
    layers = [wave((2, 4), 1.3, 9.0), wave((2,), 2.0, 8.0), wave((4, 2), 0.8, 0.1), wave((4,), 1.1, 0.5)]
    for out, image, shape in zip(*results, ((3, 4, 1, 1), (1, 4, 9, 2)), strict=True):
        x = wave(shape, 0.41, 1.5)
        require_close(image, x, "changes-its-input", "x has changed.", rtol=1e-4, atol=1e-4)
        gate = hard_sigmoid(gate_of(x.mean((2, 3)), layers))
        limited = np.clip(x.mean((2, 3)) @ layers[0].T + layers[1], 0, 6) @ layers[2].T + layers[3]
        cut = "Values above 6 were cut between the layers. There stands a ReLU, not a ReLU6."
        close = np.allclose(np.asarray(out), x * hard_sigmoid(limited)[:, :, None, None], atol=1e-5)
        require(not close, "relu6-between-the-layers", cut)
        hint = f"Images of shape {shape}."
        require_close(out, x * gate[:, :, None, None], "wrong-output", hint, rtol=1e-4, atol=1e-4)


CASES = (Case("one pixel, and a narrow image", judge=judge_one_pixel, driver=drive_one_pixel),)

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
}
