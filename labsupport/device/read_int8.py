"""An int8 ONNX file as a network that a part can run.

ONNX Runtime's uint8 activations become int8 by moving every zero point by 128; no weight changes.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from labsupport.device.errors import NotSupportedError
from labsupport.device.network import Grid, Layer, Network
from labsupport.device.reader import AVERAGES, VIEWS, Reader, attributes, read_with, refuse

MOVED = 128  # from the zero point of uint8 to that of int8


def read(path: str | Path) -> Network:
    """Read an int8 file, QDQ or QOperator, for one image of fixed size.

    ONNX Runtime itself turns the pairs of QDQ into integer operators.

    Raises:
        NotSupportedError: names the operator and what about it has no kernel.
    """
    return read_with(Int8Reader, Path(path))


class Int8Reader(Reader):
    """Takes the nodes of a file with integer operators."""

    level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED

    def __init__(self, graph: onnx.GraphProto, shape: tuple[int, int, int]) -> None:
        super().__init__(graph, shape)
        self.ends: dict[str, tuple[str, Grid]] = {}
        self.takers = {
            "QuantizeLinear": self._quantize,
            "DequantizeLinear": self._dequantize,
            "QLinearConv": self._conv,
            "QGemm": self._linear,
            "QLinearAdd": self._add,
            "QLinearGlobalAveragePool": self._pool,
        }
        self.takers |= dict.fromkeys(AVERAGES, self.check_average) | dict.fromkeys(VIEWS, self.flatten)

    def network(self, fused: bytes) -> Network:
        """Return what was taken."""
        if set(self.ends) != {"input", "output"} or not self.layers:
            raise NotSupportedError("The file is not int8 from its input to its output: quantize it first (lab 11).")
        (first, first_grid), (last, last_grid) = self.ends["input"], self.ends["output"]
        return Network(tuple(self.layers), self.shapes, first, last, first_grid, last_grid, fused)

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
            refuse(mean or node, "stays in float inside the network")
        scale, zero = (self.constants[name] for name in wrapped.input[1:3])
        self._average(node, wrapped.input[0], _grid(scale, zero, node), grid)

    def _dequantize(self, node: onnx.NodeProto, constants: list) -> None:
        if node.output[0] == self.target:
            self.ends["output"] = self.name_of(node.input[0], node), _grid(constants[1], constants[2], node)

    def flatten(self, node: onnx.NodeProto, _: list) -> None:
        """Give an image of one pixel another name; one that is in float still is asked for by `_quantize`."""
        if node.input[0] not in self.maker or self.maker[node.input[0]].op_type not in AVERAGES:
            super().flatten(node, _)

    def _conv(self, node: onnx.NodeProto, constants: list) -> None:
        x_scale, x_zero, weight, w_scale, w_zero, y_scale, y_zero = constants[1:8]
        source = self.name_of(node.input[0], node)
        fields, shape = self.window(node, source, weight)
        bias = constants[8] if len(constants) > 8 else None
        layer = self._product(node, source, weight, bias, (x_scale, x_zero, w_scale, w_zero, y_scale, y_zero))
        self.put(replace(layer, **fields), shape)

    def _linear(self, node: onnx.NodeProto, constants: list) -> None:
        x_scale, x_zero, weight, w_scale, w_zero, bias, y_scale, y_zero = (constants + [None] * 9)[1:9]
        if y_scale is None:
            refuse(node, "writes floats inside the network")
        source = self.name_of(node.input[0], node)
        weight = self.matrix(node, source, weight)
        layer = self._product(node, source, weight, bias, (x_scale, x_zero, w_scale, w_zero, y_scale, y_zero))
        self.put(layer, (1, 1, len(weight)))

    def _product(
        self, node: onnx.NodeProto, source: str, weight: np.ndarray, bias: np.ndarray | None, grids: tuple
    ) -> Layer:
        x_scale, x_zero, w_scale, w_zero, y_scale, y_zero = grids
        if weight.dtype != np.int8:
            refuse(node, "has weights that are not int8")
        if np.any(w_zero):
            refuse(node, "has weights with a zero point: quantize them symmetrically")
        bias = np.zeros(len(weight), np.int32) if bias is None else bias
        ratios = np.broadcast_to(x_scale * w_scale / y_scale, bias.shape).astype(np.float32)
        grids = (_grid(x_scale, x_zero, node), _grid(y_scale, y_zero, node))
        return Layer("conv", (source,), node.output[0], grids, ratios, weight, bias)

    def _add(self, node: onnx.NodeProto, constants: list) -> None:
        a_scale, a_zero, _, b_scale, b_zero, y_scale, y_zero = constants[1:8]
        reads = self.summands(node, node.input[0], node.input[3])
        grids = tuple(_grid(*pair, node) for pair in ((a_scale, a_zero), (b_scale, b_zero), (y_scale, y_zero)))
        ratios = np.array([a_scale / y_scale, b_scale / y_scale], np.float32)
        self.put(Layer("add", reads, node.output[0], grids, ratios), self.shapes[reads[0]])

    def _pool(self, node: onnx.NodeProto, constants: list) -> None:
        if attributes(node).get("channels_last", 0):
            refuse(node, "keeps channels last")
        self._average(node, node.input[0], _grid(*constants[1:3], node), _grid(*constants[3:5], node))

    def _average(self, node: onnx.NodeProto, tensor: str, grid: Grid, out: Grid) -> None:
        source = self.name_of(tensor, node)
        ratio = np.array([np.float32(grid.scale) / np.float32(out.scale)], np.float32)
        layer = Layer("pool", (source,), node.output[0], (grid, out), ratio)
        self.put(layer, (1, 1, self.shapes[source][2]))


def _grid(scale: np.ndarray, zero_point: np.ndarray, node: onnx.NodeProto) -> Grid:
    if zero_point is None or zero_point.dtype not in (np.uint8, np.int8):
        refuse(node, "has activations that are neither uint8 nor int8")
    return Grid(float(scale), int(zero_point) - (MOVED if zero_point.dtype == np.uint8 else 0))
