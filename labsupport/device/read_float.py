"""A float32 ONNX file as a network that a part can run: the other side of a comparison with int8."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from labsupport.device.errors import NotSupportedError
from labsupport.device.network import UNBOUNDED, Layer, Network
from labsupport.device.reader import AVERAGES, VIEWS, Reader, read_with, refuse


def read_float(path: str | Path) -> Network:
    """Read a float32 file for one image of fixed size; ONNX Runtime folds its batch normalisation away.

    Raises:
        NotSupportedError: names the operator and what about it has no kernel.
    """
    return read_with(FloatReader, Path(path))


class FloatReader(Reader):
    """Takes the nodes of a float32 file; an activation joins the layer before it."""

    level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC

    def __init__(self, graph: onnx.GraphProto, shape: tuple[int, int, int]) -> None:
        super().__init__(graph, shape)
        self.readers = [name for node in graph.node for name in node.input]
        self.shapes[self.source] = shape
        self.takers = {"Conv": self._conv, "Gemm": self._linear, "Add": self._add}
        self.takers |= {"Relu": self._activation, "Clip": self._activation}
        self.takers |= dict.fromkeys(AVERAGES, self._mean) | dict.fromkeys(VIEWS, self.flatten)

    def network(self, fused: bytes) -> Network:
        """Return what was taken."""
        output = self.same.get(self.target, self.target)
        if not self.layers or output not in self.shapes:
            raise NotSupportedError("The file's output is not that of a layer with a kernel.")
        return Network(tuple(self.layers), self.shapes, self.source, output, None, None, fused)

    def _conv(self, node: onnx.NodeProto, constants: list) -> None:
        source = self.name_of(node.input[0], node)
        fields, shape = self.window(node, source, constants[1])
        self.put(Layer(reads=(source,), writes=node.output[0], bias=_bias(constants, shape[2]), **fields), shape)

    def _linear(self, node: onnx.NodeProto, constants: list) -> None:
        source = self.name_of(node.input[0], node)
        weight = self.matrix(node, source, constants[1])
        bias = _bias(constants, len(weight))
        self.put(Layer("conv", (source,), node.output[0], weight=weight, bias=bias), (1, 1, len(weight)))

    def _add(self, node: onnx.NodeProto, _: list) -> None:
        reads = self.summands(node, *node.input)
        self.put(Layer("add", reads, node.output[0]), self.shapes[reads[0]])

    def _mean(self, node: onnx.NodeProto, constants: list) -> None:
        self.check_average(node, constants)
        source = self.name_of(node.input[0], node)
        self.put(Layer("pool", (source,), node.output[0]), (1, 1, self.shapes[source][2]))

    def _activation(self, node: onnx.NodeProto, constants: list) -> None:
        last = self.layers[-1] if self.layers else None
        if last is None or last.writes != node.input[0] or last.kind == "pool" or last.bounds != UNBOUNDED:
            refuse(node, "does not follow the layer that it belongs to")
        if self.readers.count(last.writes) > 1:
            refuse(node, f"is not the only reader of {last.writes}")
        bounds = (0.0, UNBOUNDED[1])
        if node.op_type == "Clip":
            limits = [*constants, None, None][1:3]
            bounds = tuple(free if one is None else float(one) for one, free in zip(limits, UNBOUNDED, strict=True))
        shape = self.shapes.pop(last.writes)
        self.layers.pop()
        self.put(replace(last, writes=node.output[0], bounds=bounds), shape)


def _bias(constants: list, channels: int) -> np.ndarray:
    return constants[2] if len(constants) > 2 else np.zeros(channels, np.float32)
