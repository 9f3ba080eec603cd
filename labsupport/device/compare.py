"""The board against ONNX Runtime, layer by layer: each layer is fed the runtime's own inputs.

Classes that agree are a weak test: truncation in place of rounding keeps most of them. Here every code is compared, and
where one differs, the exact value before rounding says whether it may: only where it lies on a half, to within what
float32 can tell, do the runtime's float32 and the board's integers round to different sides.
"""

from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime

from labsupport.device.network import Layer, Network
from labsupport.device.read_int8 import MOVED

TIE = 3 * 2**-17
"""How far from a half a value may lie whose two roundings differ, in steps.

The runtime computes in float32, which below 256 is exact to 2**-17; an addition rounds three times, a product once.
"""


@dataclass(frozen=True)
class Difference:
    """One layer on the board beside the runtime's.

    Attributes:
        layer: its number.
        codes: how many were compared.
        differ: how many are not equal.
        steps: the largest difference.
        from_half: how far from a half the farthest of these lies before rounding, in steps; 0.0 where none differs.
    """

    layer: int
    codes: int
    differ: int
    steps: int
    from_half: float

    @property
    def is_rounding(self) -> bool:
        """Whether every difference is one step at a tie."""
        return self.steps <= 1 and self.from_half <= TIE


FLOAT_LIMIT = 1e-5
"""How far a float32 value may lie from the runtime's, as a part of the tensor's largest: both add in another order."""


@dataclass(frozen=True)
class FloatDifference:
    """One float32 layer on the board beside the runtime's.

    Attributes:
        layer: its number.
        values: how many were compared.
        largest: the largest difference, as a part of the largest value of the tensor.
    """

    layer: int
    values: int
    largest: float

    @property
    def is_rounding(self) -> bool:
        """Whether the order of additions explains it."""
        return self.largest <= FLOAT_LIMIT


class Reference:
    """The runtime, with all of its tensors in view that the board has too."""

    def __init__(self, network: Network) -> None:
        model = onnx.load_from_string(network.fused)
        self.names, self.network = list(network.shapes), network
        known = {one.name for one in (*model.graph.input, *model.graph.output)}
        more = [name for name in self.names if name not in known]
        model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in more)
        options = onnxruntime.SessionOptions()
        options.log_severity_level, options.intra_op_num_threads = 3, 1
        options.add_session_config_entry("session.x64quantprecision", "1")  # exact sums on processors without VNNI
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def tensors(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Return every tensor of one normalised image, (height, width, channels), as the board stores it."""
        feeds = {self.session.get_inputs()[0].name: image[None]}
        asked = [name for name in self.names if name not in feeds]
        found = feeds | dict(zip(asked, self.session.run(asked, feeds), strict=True))
        return {name: _as_stored(found[name], shape) for name, shape in self.network.shapes.items()}


def _as_stored(codes: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    height, width, channels = shape
    signed = (codes.astype(np.int16) - MOVED).astype(np.int8) if codes.dtype == np.uint8 else codes
    return np.ascontiguousarray(signed.reshape(channels, height, width).transpose(1, 2, 0))


def before_rounding(network: Network, layer: Layer, inputs: list[np.ndarray]) -> np.ndarray:
    """Return what a layer computes before it rounds, zero point of the output included, in float64."""
    zero = layer.grids[-1].zero_point
    centred = [codes.astype(np.int64) - grid.zero_point for codes, grid in zip(inputs, layer.grids, strict=False)]
    ratios = layer.ratios.astype(np.float64)
    if layer.kind == "add":
        return centred[0] * ratios[0] + centred[1] * ratios[1] + zero
    if layer.kind == "pool":
        return centred[0].mean((0, 1), keepdims=True) * ratios[0] + zero
    return _sums(network, layer, centred[0]) * ratios + zero


def _sums(network: Network, layer: Layer, centred: np.ndarray) -> np.ndarray:
    """Return the exact accumulators of a convolution, int64 (height, width, channels); padding is the number 0."""
    height, width, out = network.shapes[layer.writes]
    padded = np.pad(centred, ((layer.pad, layer.pad), (layer.pad, layer.pad), (0, 0)))
    total = np.zeros((height, width, out), np.int64) + layer.bias
    for ky in range(layer.kernel):
        for kx in range(layer.kernel):
            window = padded[
                ky : ky + height * layer.stride : layer.stride, kx : kx + width * layer.stride : layer.stride
            ]
            window = window[:height, :width]
            if layer.kind == "depthwise":
                total += window * layer.weight[ky, kx]
            else:
                # float64 holds these sums exactly, and multiplies matrices fast
                total += (window.astype(np.float64) @ layer.weight[:, ky, kx].T.astype(np.float64)).astype(np.int64)
    return total


def layer_by_layer(
    firmware: "Firmware",  # noqa: F821
    tensors: dict[str, np.ndarray],
) -> list[Difference] | list[FloatDifference]:
    """Compare each layer of a firmware, fed the runtime's inputs, with the runtime's outputs."""
    network, found = firmware.network, []
    for number, layer in enumerate(network.layers):
        inputs = [tensors[name] for name in layer.reads]
        got, _ = firmware.run_layer(number, inputs)
        compared = _compared_int8 if network.dtype == np.int8 else _compared_float
        found.append(compared(network, number, inputs, got, tensors[layer.writes]))
    return found


def _compared_int8(
    network: Network, number: int, inputs: list[np.ndarray], got: np.ndarray, wanted: np.ndarray
) -> Difference:
    off = np.abs(got.astype(np.int16) - wanted)
    where = off > 0
    exact = before_rounding(network, network.layers[number], inputs)[where] if where.any() else np.zeros(0)
    from_half = np.abs(exact - np.floor(exact) - 0.5).max() if len(exact) else 0.0
    return Difference(number, off.size, int(where.sum()), int(off.max()), float(from_half))


def _compared_float(
    network: Network,  # noqa: ARG001
    number: int,
    inputs: list[np.ndarray],  # noqa: ARG001
    got: np.ndarray,
    wanted: np.ndarray,
) -> FloatDifference:
    largest = np.abs(got - wanted).max() / np.abs(wanted).max()
    return FloatDifference(number, got.size, float(largest))
