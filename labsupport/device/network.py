"""An int8 ONNX file as a list of layers that have a kernel; whatever has none is refused by name.

Activations are height x width x channels. ONNX Runtime's uint8 activations become int8 by moving every zero point by
128; no weight changes. A linear layer is a 1 x 1 convolution of a 1 x 1 image.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

from labsupport.device.errors import NotSupportedError

MOVED = 128  # from the zero point of uint8 to that of int8
AVERAGES, VIEWS = ("ReduceMean", "GlobalAveragePool"), ("Flatten", "Reshape", "Squeeze")


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
        grids: of what it reads, then of what it writes.
        ratios: float32; of conv and depthwise one a channel, input scale times weight scale over output scale; of add
            one an input, of pool one: input scale over output scale.
        weight: int8, conv (out, ky, kx, in), depthwise (ky, kx, channels).
        bias: int32, (out,), as in the file.
        kernel, stride, pad: the same in both directions, in pixels.
    """

    kind: str
    reads: tuple[str, ...]
    writes: str
    grids: tuple[Grid, ...]
    ratios: np.ndarray
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None
    kernel: int = 1
    stride: int = 1
    pad: int = 0

    @property
    def folded_bias(self) -> np.ndarray:
        """The bias for sums of raw codes: minus the input's zero point times the weights of that output, int32."""
        axes = (0, 1) if self.kind == "depthwise" else (1, 2, 3)
        return (self.bias - self.grids[0].zero_point * self.weight.sum(axes, dtype=np.int64)).astype(np.int32)


@dataclass(frozen=True)
class Network:
    """An int8 network that a part can run.

    Attributes:
        layers: in the order of execution.
        shapes: (height, width, channels) of each tensor; a byte for each number.
        input, output: names of the first and the last tensor.
        input_grid, output_grid: how images are rounded, and what the scores stand for.
        fused: the ONNX file with integer operators, as ONNX Runtime wrote it; its tensors have the same names.
    """

    layers: tuple[Layer, ...]
    shapes: dict[str, tuple[int, int, int]]
    input: str
    output: str
    input_grid: Grid
    output_grid: Grid
    fused: bytes = field(repr=False)

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each tensor."""
        return {name: height * width * channels for name, (height, width, channels) in self.shapes.items()}

    def macs(self, layer: Layer) -> int:
        """Return how many products a layer adds up for one image."""
        if layer.weight is None:
            return 0
        height, width, _ = self.shapes[layer.writes]
        return height * width * layer.weight.size


def read(path: str | Path) -> Network:
    """Read an int8 file, QDQ or QOperator, for one image of fixed size.

    ONNX Runtime itself turns the pairs of QDQ into integer operators.

    Raises:
        NotSupportedError: names the operator and what about it has no kernel.
    """
    fused = _fused(Path(path))
    graph = onnx.load_from_string(fused).graph
    dims = [dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim]
    if len(dims) != 4 or not all(dims[1:]):
        raise NotSupportedError(
            f"The input has the shape {dims}: the exporter needs images (1, C, H, W) of a fixed size."
        )
    reader = _Reader(graph, (dims[2], dims[3], dims[1]))
    for node in graph.node:
        reader.take(node)
    return reader.network(fused)


def _fused(path: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        options, written = onnxruntime.SessionOptions(), Path(folder) / "fused.onnx"
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath, options.log_severity_level = str(written), 3
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return written.read_bytes()


class _Reader:
    """Takes the nodes of a fused graph in order, one method for each operator."""

    def __init__(self, graph: onnx.GraphProto, shape: tuple[int, int, int]) -> None:
        self.constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self.maker = {name: node for node in graph.node for name in node.output}
        self.source, self.target, self.shape = graph.input[0].name, graph.output[0].name, shape
        self.layers: list[Layer] = []
        self.shapes: dict[str, tuple[int, int, int]] = {}
        self.ends: dict[str, tuple[str, Grid]] = {}
        self.takers: dict[str, Callable[[onnx.NodeProto, list], None]] = {
            "QuantizeLinear": self._quantize,
            "DequantizeLinear": self._dequantize,
            "QLinearConv": self._conv,
            "QGemm": self._linear,
            "QLinearAdd": self._add,
            "QLinearGlobalAveragePool": self._pool,
        }
        self.takers |= dict.fromkeys(AVERAGES, self._mean) | dict.fromkeys(VIEWS, self._flatten)
        self.same: dict[str, str] = {}

    def take(self, node: onnx.NodeProto) -> None:
        """Add what one node computes.

        Raises:
            NotSupportedError: it has no kernel.
        """
        if node.op_type not in self.takers:
            _refuse(node, "has no kernel")
        self.takers[node.op_type](node, [self.constants.get(name) for name in node.input])

    def network(self, fused: bytes) -> Network:
        """Return what was taken."""
        if set(self.ends) != {"input", "output"} or not self.layers:
            raise NotSupportedError("The file is not int8 from its input to its output: quantize it first (lab 11).")
        (first, first_grid), (last, last_grid) = self.ends["input"], self.ends["output"]
        return Network(tuple(self.layers), self.shapes, first, last, first_grid, last_grid, fused)

    def _name(self, tensor: str, node: onnx.NodeProto) -> str:
        tensor = self.same.get(tensor, tensor)
        if tensor not in self.shapes:
            _refuse(node, f"reads {tensor}, which is no int8 tensor")
        return tensor

    def _put(self, layer: Layer, shape: tuple[int, int, int]) -> None:
        self.layers.append(layer)
        self.shapes[layer.writes] = shape

    def _quantize(self, node: onnx.NodeProto, constants: list) -> None:
        grid = _grid(constants[1], constants[2], node)
        if node.input[0] == self.source:  # done by whoever calls the firmware
            self.ends["input"] = node.output[0], grid
            self.shapes[node.output[0]] = self.shape
            return
        # a float operator between Dequantize and Quantize
        mean = self.maker.get(node.input[0])
        while mean is not None and mean.op_type in VIEWS:
            mean = self.maker.get(mean.input[0])
        wrapped = self.maker.get(mean.input[0]) if mean is not None else None
        if mean is None or mean.op_type not in AVERAGES or wrapped is None:
            _refuse(mean or node, "stays in float inside the network")
        scale, zero = (self.constants[name] for name in wrapped.input[1:3])
        self._average(node, wrapped.input[0], _grid(scale, zero, node), grid)

    def _dequantize(self, node: onnx.NodeProto, constants: list) -> None:
        if node.output[0] == self.target:
            self.ends["output"] = self._name(node.input[0], node), _grid(constants[1], constants[2], node)

    def _mean(self, node: onnx.NodeProto, constants: list) -> None:
        axes = _attributes(node).get("axes") or (list(constants[1]) if len(constants) > 1 else [2, 3])
        if sorted(axis % 4 for axis in axes) != [2, 3]:
            _refuse(node, f"averages over the axes {list(axes)}, not over height and width")

    def _flatten(self, node: onnx.NodeProto, _: list) -> None:
        if node.input[0] in self.maker and self.maker[node.input[0]].op_type in AVERAGES:
            return  # one pixel in float, of which `_quantize` asks
        tensor = self._name(node.input[0], node)
        height, width, _ = self.shapes[tensor]
        if height * width != 1:
            _refuse(node, f"flattens an image of {height} x {width}: pool it to one pixel before the linear layer")
        self.same[node.output[0]] = tensor

    def _conv(self, node: onnx.NodeProto, constants: list) -> None:
        x_scale, x_zero, weight, w_scale, w_zero, y_scale, y_zero = constants[1:8]
        attributes = _attributes(node)
        source, group = self._name(node.input[0], node), attributes.get("group", 1)
        height, width, channels = self.shapes[source]
        is_depthwise = group > 1
        if is_depthwise and (group != channels or weight.shape[0] != channels):
            _refuse(
                node, f"has {group} groups of {channels} channels: groups have a kernel with one channel each alone"
            )
        sizes, strides = attributes["kernel_shape"], attributes.get("strides", [1, 1])
        pads, dilations = attributes.get("pads", [0] * 4), attributes.get("dilations", [1, 1])
        if attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", "NOTSET"):
            _refuse(node, "has a padding that depends on the size of the image (auto_pad)")
        for what, values in (("kernel", sizes), ("stride", strides), ("padding", pads)):
            if len(set(values)) != 1:
                _refuse(node, f"has the {what} {list(values)}: both directions must be alike")
        if set(dilations) != {1}:
            _refuse(node, f"has the dilation {list(dilations)}, only 1 has a kernel")
        if pads[0] >= sizes[0]:
            _refuse(node, f"has a padding of {pads[0]} for a kernel of {sizes[0]}: some windows lie outside the image")
        bias = constants[8] if len(constants) > 8 else None
        layer = self._product(node, source, weight, bias, (x_scale, x_zero, w_scale, w_zero, y_scale, y_zero))
        arranged = weight.transpose(2, 3, 0, 1)[..., 0] if is_depthwise else weight.transpose(0, 2, 3, 1)
        layer = replace(layer, kind="depthwise" if is_depthwise else "conv", weight=np.ascontiguousarray(arranged))
        layer = replace(layer, kernel=sizes[0], stride=strides[0], pad=pads[0])
        out = [(side + 2 * pads[0] - sizes[0]) // strides[0] + 1 for side in (height, width)]
        self._put(layer, (out[0], out[1], weight.shape[0]))

    def _linear(self, node: onnx.NodeProto, constants: list) -> None:
        x_scale, x_zero, weight, w_scale, w_zero, bias, y_scale, y_zero = (constants + [None] * 9)[1:9]
        if y_scale is None:
            _refuse(node, "writes floats inside the network")
        attributes = _attributes(node)
        if attributes.get("alpha", 1.0) != 1.0 or attributes.get("transA", 0):
            _refuse(node, "has alpha or transA")
        weight = weight if attributes.get("transB") else weight.T
        source = self._name(node.input[0], node)
        if self.shapes[source] != (1, 1, weight.shape[1]):
            _refuse(node, f"reads an image of {self.shapes[source]}: pool it to one pixel before the linear layer")
        layer = self._product(node, source, weight, bias, (x_scale, x_zero, w_scale, w_zero, y_scale, y_zero))
        self._put(replace(layer, weight=np.ascontiguousarray(weight[:, None, None, :])), (1, 1, len(weight)))

    def _product(
        self, node: onnx.NodeProto, source: str, weight: np.ndarray, bias: np.ndarray | None, grids: tuple
    ) -> Layer:
        x_scale, x_zero, w_scale, w_zero, y_scale, y_zero = grids
        if weight is None or weight.dtype != np.int8:
            _refuse(node, "has weights that are no int8 constants")
        if np.any(w_zero):
            _refuse(node, "has weights with a zero point: quantize them symmetrically")
        bias = np.zeros(len(weight), np.int32) if bias is None else bias
        ratios = np.broadcast_to(x_scale * w_scale / y_scale, bias.shape).astype(np.float32)
        grids = (_grid(x_scale, x_zero, node), _grid(y_scale, y_zero, node))
        return Layer("conv", (source,), node.output[0], grids, ratios, weight, bias)

    def _add(self, node: onnx.NodeProto, constants: list) -> None:
        a_scale, a_zero, _, b_scale, b_zero, y_scale, y_zero = constants[1:8]
        if a_scale is None or b_scale is None or node.input[0] in self.constants or node.input[3] in self.constants:
            _refuse(node, "adds a constant")
        reads = self._name(node.input[0], node), self._name(node.input[3], node)
        if self.shapes[reads[0]] != self.shapes[reads[1]]:
            _refuse(node, f"adds images of the shapes {self.shapes[reads[0]]} and {self.shapes[reads[1]]}")
        grids = tuple(_grid(*pair, node) for pair in ((a_scale, a_zero), (b_scale, b_zero), (y_scale, y_zero)))
        ratios = np.array([a_scale / y_scale, b_scale / y_scale], np.float32)
        self._put(Layer("add", reads, node.output[0], grids, ratios), self.shapes[reads[0]])

    def _pool(self, node: onnx.NodeProto, constants: list) -> None:
        if _attributes(node).get("channels_last", 0):
            _refuse(node, "keeps channels last")
        self._average(node, node.input[0], _grid(*constants[1:3], node), _grid(*constants[3:5], node))

    def _average(self, node: onnx.NodeProto, tensor: str, grid: Grid, out: Grid) -> None:
        source = self._name(tensor, node)
        ratio = np.array([np.float32(grid.scale) / np.float32(out.scale)], np.float32)
        layer = Layer("pool", (source,), node.output[0], (grid, out), ratio)
        self._put(layer, (1, 1, self.shapes[source][2]))


def _attributes(node: onnx.NodeProto) -> dict:
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def _grid(scale: np.ndarray, zero_point: np.ndarray, node: onnx.NodeProto) -> Grid:
    if zero_point is None or zero_point.dtype not in (np.uint8, np.int8):
        _refuse(node, "has activations that are neither uint8 nor int8")
    return Grid(float(scale), int(zero_point) - (MOVED if zero_point.dtype == np.uint8 else 0))


def _refuse(node: onnx.NodeProto, why: str) -> None:
    raise NotSupportedError(f"{node.op_type} {node.name or node.output[0]} {why}.")
