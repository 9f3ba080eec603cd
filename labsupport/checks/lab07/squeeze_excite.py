"""Visible cases of squeeze_excite, lab 07."""

import numpy as np

from labsupport.checks.lab07._reference import first_of, wave
from labsupport.checks.protocol import Case, Data, reject, require, require_close


def hard_sigmoid(x: np.ndarray) -> np.ndarray:
    return np.clip(x + 3, 0, 6) / 6


def gate_of(squeezed: np.ndarray, layers: list[np.ndarray], relu: bool = True) -> np.ndarray:
    """Return what the gate's function gets, for squeezed values (N, C)."""
    hidden = squeezed @ layers[0].T + layers[1]
    return (np.maximum(hidden, 0) if relu else hidden) @ layers[2].T + layers[3]


def inputs_two_images() -> tuple:
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    layers = tensor((3, 6), 1.3, 1.0), tensor((3,), 2.0, 0.3), tensor((6, 3), 0.8, 1.0), tensor((6,), 1.1, 0.5)
    channel = torch.tensor([1.0, -2.0, 0.5, 3.0, -1.0, 2.0])[:, None, None]
    return tensor((2, 6, 4, 5), 0.37, 2.0) + channel, *layers


def judge_two_images(out: Data) -> None:
    layers = [wave((3, 6), 1.3, 1.0), wave((3,), 2.0, 0.3), wave((6, 3), 0.8, 1.0), wave((6,), 1.1, 0.5)]
    x = wave((2, 6, 4, 5), 0.37, 2.0) + np.array([1.0, -2.0, 0.5, 3.0, -1.0, 2.0])[:, None, None]
    raw = gate_of(x.mean((2, 3)), layers)
    gate = hard_sigmoid(raw)
    got = np.asarray(out)
    require(
        got.size != gate.size, "returns-the-gate", "That is the gate. Multiply the input by it, channel by channel."
    )
    places = np.moveaxis(gate_of(np.moveaxis(x, 1, 3).reshape(-1, 6), layers).reshape(2, 4, 5, 6), 3, 1)
    wide = (slice(None), slice(None), None, None)
    summed = gate_of(x.sum((2, 3)), layers)[wide]
    whole_batch = gate_of(x.mean((0, 2, 3))[None], layers)[wide]
    linear = gate_of(x.mean((2, 3)), layers, relu=False)[wide]
    each = "Each place has a gate of its own. Squeeze first: one mean for each channel of each image."
    pixels = "The gate depends on how many pixels there are: take the mean, not the sum."
    batch = "Both images got the same gate: the mean runs over height and width, not over the batch."
    smooth = "The gate came from the smooth sigmoid. This one is made of straight lines: relu6(x + 3) / 6."
    between = "Between the two layers stands a ReLU; without it they are one linear layer."
    gates = [hard_sigmoid(places), *(hard_sigmoid(value) for value in (summed, whole_batch, linear))]
    scaled = [x * value for value in (*gates, 1 / (1 + np.exp(-raw))[wide])]
    found = first_of(out, [*scaled, x + gate[wide]])
    reject(found, {0: ("squeeze-without-the-mean", each), 1: ("sums-instead-of-mean", pixels)})
    reject(found, {2: ("means-over-the-batch", batch), 3: ("forgets-relu", between), 4: ("smooth-gate", smooth)})
    reject(found, {5: ("adds-the-gate", "The gate was added. It scales each channel: multiply.")})
    require_close(out, x * gate[wide], "wrong-output", "Mean, layer, ReLU, layer, gate, scale.", rtol=1e-4, atol=1e-4)


def inputs_one_image() -> tuple:
    import torch

    x = torch.tensor([[[[1.0, 3.0, -1.0]], [[0.0, 2.0, -8.0]]]])
    layers = torch.tensor([[2.0, 1.0], [-1.0, 0.5], [0.0, -1.0]]), torch.tensor([0.5, 1.0, -1.0])
    return x, *layers, torch.tensor([[1.0, 0.0, -2.0], [-0.5, 1.0, 1.0]]), torch.tensor([0.25, -1.0])


def judge_any(out: Data, x: object, *layers: object) -> None:
    images, parts = np.asarray(x, np.float64), [np.asarray(layer, np.float64) for layer in layers]
    gate = hard_sigmoid(gate_of(images.mean((2, 3)), parts))
    limited = np.clip(images.mean((2, 3)) @ parts[0].T + parts[1], 0, 6) @ parts[2].T + parts[3]
    cut = images * hard_sigmoid(limited)[:, :, None, None]
    expected = images * gate[:, :, None, None]
    hint = "Values above 6 were cut between the layers. There stands a ReLU, not a ReLU6."
    differs = not np.allclose(cut, expected, rtol=1e-3, atol=1e-3)
    reject(first_of(out, [cut]) if differs else -1, {0: ("relu6-between-the-layers", hint)})
    hint = f"Images of shape {images.shape}: mean, layer, ReLU, layer, gate, scale."
    require_close(out, expected, "wrong-output", hint, rtol=1e-4, atol=1e-4)


CASES = (
    Case("two images of six channels", inputs_two_images, judge_two_images),
    Case("one image of two channels", inputs_one_image, judge_any),
)
