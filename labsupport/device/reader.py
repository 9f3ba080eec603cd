"""What the readers of int8 and of float32 files share: ONNX Runtime rewrites a file, each node finds its method.

Whatever has no kernel is refused by name.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

from labsupport.device.errors import NotSupportedError
from labsupport.device.network import Layer, Network

AVERAGES, VIEWS = ("ReduceMean", "GlobalAveragePool"), ("Flatten", "Reshape", "Squeeze")


class Reader:
    """Takes the nodes of a graph in order, one method for each operator."""

    level: onnxruntime.GraphOptimizationLevel
    """How far ONNX Runtime rewrites the file first."""

    def __init__(self, graph: onnx.GraphProto, shape: tuple[int, int, int]) -> None:
        self.constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self.maker = {name: node for node in graph.node for name in node.output}
        self.source, self.target, self.shape = graph.input[0].name, graph.output[0].name, shape
        self.layers: list[Layer] = []
        self.shapes: dict[str, tuple[int, int, int]] = {}
        self.same: dict[str, str] = {}
        self.takers: dict[str, Callable[[onnx.NodeProto, list], None]] = {}

    def take(self, node: onnx.NodeProto) -> None:
        """Add what one node computes.

        Raises:
            NotSupportedError: it has no kernel.
        """
        if node.op_type not in self.takers:
            refuse(node, "has no kernel")
        self.takers[node.op_type](node, [self.constants.get(name) for name in node.input])

    def network(self, fused: bytes) -> Network:
        """Return what was taken."""
        raise NotImplementedError

    def name_of(self, tensor: str, node: onnx.NodeProto) -> str:
        """Return the name under which a tensor is kept, or refuse the node that reads it."""
        tensor = self.same.get(tensor, tensor)
        if tensor not in self.shapes:
            refuse(node, f"reads {tensor}, which no layer writes")
        return tensor

    def put(self, layer: Layer, shape: tuple[int, int, int]) -> None:
        """Add a layer and the shape of what it writes."""
        self.layers.append(layer)
        self.shapes[layer.writes] = shape

    def window(
        self, node: onnx.NodeProto, source: str, weight: np.ndarray
    ) -> tuple[dict[str, object], tuple[int, int, int]]:
        """Return the fields of a convolution's layer that tell what its windows are, and the shape of its output."""
        _check_constant(node, weight)
        given = attributes(node)
        group, (height, width, channels) = given.get("group", 1), self.shapes[source]
        is_depthwise = group > 1
        if is_depthwise and (group != channels or weight.shape[0] != channels):
            refuse(node, f"has {group} groups of {channels} channels: groups have a kernel with one channel each alone")
        sizes, strides = given["kernel_shape"], given.get("strides", [1, 1])
        pads, dilations = given.get("pads", [0] * 4), given.get("dilations", [1, 1])
        if given.get("auto_pad", b"NOTSET") not in (b"NOTSET", "NOTSET"):
            refuse(node, "has a padding that depends on the size of the image (auto_pad)")
        for what, values in (("kernel", sizes), ("stride", strides), ("padding", pads)):
            if len(set(values)) != 1:
                refuse(node, f"has the {what} {list(values)}: both directions must be alike")
        if set(dilations) != {1}:
            refuse(node, f"has the dilation {list(dilations)}, only 1 has a kernel")
        if pads[0] >= sizes[0]:
            refuse(node, f"has a padding of {pads[0]} for a kernel of {sizes[0]}: some windows lie outside the image")
        arranged = weight.transpose(2, 3, 0, 1)[..., 0] if is_depthwise else weight.transpose(0, 2, 3, 1)
        fields = {"kind": "depthwise" if is_depthwise else "conv", "weight": np.ascontiguousarray(arranged)}
        fields |= {"kernel": sizes[0], "stride": strides[0], "pad": pads[0]}
        out = [(side + 2 * pads[0] - sizes[0]) // strides[0] + 1 for side in (height, width)]
        return fields, (out[0], out[1], weight.shape[0])

    def matrix(self, node: onnx.NodeProto, source: str, weight: np.ndarray) -> np.ndarray:
        """Return the weights of a linear layer as those of a 1 x 1 convolution."""
        _check_constant(node, weight)
        given = attributes(node)
        if given.get("alpha", 1.0) != 1.0 or given.get("transA", 0):
            refuse(node, "has alpha or transA")
        weight = weight if given.get("transB") else weight.T
        if self.shapes[source] != (1, 1, weight.shape[1]):
            refuse(node, f"reads an image of {self.shapes[source]}: pool it to one pixel before the linear layer")
        return np.ascontiguousarray(weight[:, None, None, :])

    def summands(self, node: onnx.NodeProto, first: str, second: str) -> tuple[str, str]:
        """Return the two images that an addition reads."""
        if first in self.constants or second in self.constants:
            refuse(node, "adds a constant")
        reads = self.name_of(first, node), self.name_of(second, node)
        if self.shapes[reads[0]] != self.shapes[reads[1]]:
            refuse(node, f"adds images of the shapes {self.shapes[reads[0]]} and {self.shapes[reads[1]]}")
        return reads

    def flatten(self, node: onnx.NodeProto, _: list) -> None:
        """Give an image of one pixel another name."""
        tensor = self.name_of(node.input[0], node)
        height, width, _ = self.shapes[tensor]
        if height * width != 1:
            refuse(node, f"flattens an image of {height} x {width}: pool it to one pixel before the linear layer")
        self.same[node.output[0]] = tensor

    def check_average(self, node: onnx.NodeProto, constants: list) -> None:
        """Refuse an average over anything but height and width."""
        axes = attributes(node).get("axes") or (list(constants[1]) if len(constants) > 1 else [2, 3])
        if sorted(axis % 4 for axis in axes) != [2, 3]:
            refuse(node, f"averages over the axes {list(axes)}, not over height and width")


def read_with(reader: type[Reader], path: Path) -> Network:
    """Read a file for one image of fixed size.

    Raises:
        NotSupportedError: names the operator and what about it has no kernel.
    """
    fused = _rewritten(path, reader.level)
    graph = onnx.load_from_string(fused).graph
    dims = [dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim]
    if len(dims) != 4 or not all(dims[1:]):
        raise NotSupportedError(
            f"The input has the shape {dims}: the exporter needs images (1, C, H, W) of a fixed size."
        )
    taking = reader(graph, (dims[2], dims[3], dims[1]))
    for node in graph.node:
        taking.take(node)
    return taking.network(fused)


def _rewritten(path: Path, level: onnxruntime.GraphOptimizationLevel) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        options, written = onnxruntime.SessionOptions(), Path(folder) / "fused.onnx"
        options.graph_optimization_level = level
        options.optimized_model_filepath, options.log_severity_level = str(written), 3
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return written.read_bytes()


def _check_constant(node: onnx.NodeProto, weight: np.ndarray | None) -> None:
    if weight is None:
        refuse(node, "has weights that are no constants")


def attributes(node: onnx.NodeProto) -> dict:
    """Return the attributes of a node by name."""
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def refuse(node: onnx.NodeProto, why: str) -> None:
    """Raise a NotSupportedError that names the node."""
    raise NotSupportedError(f"{node.op_type} {node.name or node.output[0]} {why}.")
