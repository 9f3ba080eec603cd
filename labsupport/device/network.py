"""A network as a list of layers that have a kernel, int8 or float32.

Activations are height x width x channels. A linear layer is a 1 x 1 convolution of a 1 x 1 image.
"""

import math
from dataclasses import dataclass, field

import numpy as np

UNBOUNDED = -float(np.finfo(np.float32).max), float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Grid:
    """Scale and zero point of int8 activations."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class Layer:
    """One call of a kernel.

    Attributes:
        kind: "conv", "depthwise", "add" or "pool" (the average over the whole image).
        reads: the tensors that it reads, one, or two for "add".
        writes: the tensor that it writes.
        grids: of what it reads, then of what it writes; none in a float32 network.
        ratios: float32; of conv and depthwise one a channel, input scale times weight scale over output scale; of add
            one an input, of pool one: input scale over output scale; none in a float32 network.
        weight: int8 or float32, conv (out, ky, kx, in), depthwise (ky, kx, channels).
        bias: int32 or float32, (out,), as in the file.
        kernel, stride, pad: the same in both directions, in pixels.
        bounds: of a float32 network: least and largest output, from an activation that follows; in int8 the grid has
            them.
    """

    kind: str
    reads: tuple[str, ...]
    writes: str
    grids: tuple[Grid, ...] = ()
    ratios: np.ndarray | None = None
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None
    kernel: int = 1
    stride: int = 1
    pad: int = 0
    bounds: tuple[float, float] = UNBOUNDED

    @property
    def folded_bias(self) -> np.ndarray:
        """The bias for sums of raw codes: minus the input's zero point times the weights of that output, int32."""
        axes = (0, 1) if self.kind == "depthwise" else (1, 2, 3)
        return (self.bias - self.grids[0].zero_point * self.weight.sum(axes, dtype=np.int64)).astype(np.int32)


@dataclass(frozen=True)
class Network:
    """A network that a part can run.

    Attributes:
        layers: in the order of execution.
        shapes: (height, width, channels) of each tensor.
        input, output: names of the first and the last tensor.
        input_grid, output_grid: how images are rounded, and what the scores stand for; None in a float32 network.
        fused: the ONNX file as ONNX Runtime wrote it, an int8 one with integer operators; its tensors have the same
            names.
    """

    layers: tuple[Layer, ...]
    shapes: dict[str, tuple[int, int, int]]
    input: str
    output: str
    input_grid: Grid | None
    output_grid: Grid | None
    fused: bytes = field(repr=False)

    @property
    def dtype(self) -> np.dtype:
        """The type of activations and weights, int8 or float32."""
        return np.dtype(np.float32 if self.input_grid is None else np.int8)

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each tensor."""
        return {name: self.dtype.itemsize * math.prod(shape) for name, shape in self.shapes.items()}

    def macs(self, layer: Layer) -> int:
        """Return how many products a layer adds up for one image."""
        if layer.weight is None:
            return 0
        height, width, _ = self.shapes[layer.writes]
        return height * width * layer.weight.size
