"""Training on the grids of int8: while a network trains, its weights and activations are rounded as a file rounds them.

Weights have one symmetric scale for each output channel, as ONNX Runtime's tool gives them. Batch norm multiplies whole
channels, so it may stand behind the rounded weight: folded into it, the codes stay what they are. Activations have one
scale and a zero point, uint8, whose ends are running means of the least and the greatest value of a batch.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

WEIGHT_END = 127
STEPS = 255
_MOMENTUM = 0.02


def on_grid(weight: Tensor) -> Tensor:
    """Round a weight to 8 bits, one scale for each output channel; gradients pass as if it had not been rounded."""
    scale = (weight.detach().abs().flatten(1).amax(1) / WEIGHT_END).clamp(min=1e-8)
    zero_point = torch.zeros(len(scale), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zero_point, 0, -WEIGHT_END, WEIGHT_END)


class GridConv2d(nn.Conv2d):
    """A convolution that rounds its weight whenever it uses it."""

    def forward(self, images: Tensor) -> Tensor:
        """Return what the convolution returns with its weight on the grid."""
        return self._conv_forward(images, on_grid(self.weight), self.bias)


class GridLinear(nn.Linear):
    """A linear layer that rounds its weight whenever it uses it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer returns with its weight on the grid."""
        return nn.functional.linear(x, on_grid(self.weight), self.bias)


_ON_GRID: dict[type, type] = {nn.Conv2d: GridConv2d, nn.Linear: GridLinear}
"""Classes and no parametrizations: a network is sent to other processes, which parametrized ones cannot be."""


class Rounded(nn.Module):
    """A layer whose output is rounded to uint8.

    Args:
        inner: the layer.
    """

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.register_buffer("low", torch.zeros(()))
        self.register_buffer("high", torch.zeros(()))
        self.register_buffer("batches", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer returns, on a grid that contains 0."""
        out = self.inner(x).float()
        if self.training:
            self._follow(out.detach())
        scale = ((self.high - self.low) / STEPS).clamp(min=1e-8)
        zero_point = (-self.low / scale).round().clamp(0, STEPS).to(torch.int32)
        return torch.fake_quantize_per_tensor_affine(out, scale, zero_point, 0, STEPS)

    def _follow(self, out: Tensor) -> None:
        share = 1.0 if not self.batches else _MOMENTUM
        self.low.lerp_(out.min().clamp(max=0), share)
        self.high.lerp_(out.max().clamp(min=0), share)
        self.batches.add_(1)


def put_on(model: nn.Module) -> None:
    """Let a network train on grids: every weight, and what comes out of activations, projections and additions.

    Args:
        model: of convolutions with batch norm, ReLU or ReLU6, linear layers, and blocks with an attribute `has_skip`.
    """
    for layer in model.modules():
        layer.__class__ = _ON_GRID.get(type(layer), type(layer))
    for parent, name, child in list(_rounded_places(model)):
        setattr(parent, name, Rounded(child))


def take_off(model: nn.Module) -> None:
    """Undo `put_on`; the weights stay on their grids."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, Rounded):
                setattr(parent, name, child.inner)
    plain = {rounded: kind for kind, rounded in _ON_GRID.items()}
    with torch.no_grad():
        for layer in [one for one in model.modules() if type(one) in plain]:
            layer.weight.copy_(on_grid(layer.weight))
            layer.__class__ = plain[type(layer)]


def _rounded_places(model: nn.Module) -> Iterator[tuple[nn.Module, str, nn.Module]]:
    """Yield parent, name and layer of each output that a file rounds, the inner ones first."""
    for parent in model.modules():
        for name, child in parent.named_children():
            if isinstance(child, nn.ReLU | nn.ReLU6):
                yield parent, name, child
            elif getattr(child, "has_skip", None) is not None:
                last = str(len(child.layers) - 1)
                yield child.layers, last, child.layers[-1]
                if child.has_skip:
                    yield parent, name, child
