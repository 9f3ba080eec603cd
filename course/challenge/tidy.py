"""Make an int8 file smaller without changing what it computes: the other format, short names, nothing twice.

A file in QDQ format says each convolution in four operators. ONNX Runtime itself makes one of them, and can write what
it made: the QOperator format. What is left to remove are long names, attributes that say the usual, a zero point for
each channel where all are 0, equal constants under several names, and whatever is no part of the network.
"""

import tempfile
from pathlib import Path

import onnx
import onnxruntime
from onnx import GraphProto, NodeProto, numpy_helper

_USUAL = {
    "dilations": lambda attribute: set(attribute.ints) == {1},
    "strides": lambda attribute: set(attribute.ints) == {1},
    "pads": lambda attribute: not any(attribute.ints),
    "group": lambda attribute: attribute.i == 1,
    "kernel_shape": lambda _: True,  # follows from the weights
    "auto_pad": lambda attribute: attribute.s == b"NOTSET",
    "axis": lambda attribute: attribute.i == 1,
}
"""Attributes that may be left out of the operators below, and when."""
_USUAL_OF = {
    "QLinearConv": ("dilations", "strides", "pads", "group", "kernel_shape", "auto_pad"),
    "QuantizeLinear": ("axis",),
    "DequantizeLinear": ("axis",),
    "Flatten": ("axis",),
}
_WEIGHT_ZERO = {"QLinearConv": 5}
_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def tidy(source: Path, path: Path) -> Path:
    """Write the smallest file that computes what an int8 file in QDQ format computes.

    Args:
        source: as `ort.quantize_static` writes it.
        path: where to write.
    """
    model = _as_runtime_makes_it(source)
    graph = model.graph
    for node in graph.node:
        usual = _USUAL_OF.get(node.op_type, ())
        kept = [one for one in node.attribute if one.name not in usual or not _USUAL[one.name](one)]
        del node.attribute[:]
        node.attribute.extend(kept)
        node.ClearField("name")
        node.ClearField("doc_string")
        _one_zero(graph, node)
    _merge(graph)
    _rename(graph)
    for name in ("value_info", "doc_string"):
        graph.ClearField(name)
    graph.name = "g"
    for name in ("producer_name", "producer_version", "domain", "model_version", "doc_string", "metadata_props"):
        model.ClearField(name)
    used = {node.domain for node in graph.node}
    imports = [one for one in model.opset_import if one.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(imports)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return path


def _as_runtime_makes_it(source: Path) -> onnx.ModelProto:
    """Return the graph in which the runtime has joined what belongs together, before it chooses layouts."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "joined.onnx")
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def _one_zero(graph: GraphProto, node: NodeProto) -> None:
    """Replace a zero point for each channel of a weight, all 0, by one for all."""
    at = _WEIGHT_ZERO.get(node.op_type)
    if at is None:
        return
    tensor = next((one for one in graph.initializer if one.name == node.input[at]), None)
    if tensor is None or not tensor.dims:
        return
    zeros = numpy_helper.to_array(tensor)
    if not zeros.any():
        name = f"{zeros.dtype} zero"
        if not any(one.name == name for one in graph.initializer):
            graph.initializer.append(numpy_helper.from_array(zeros.dtype.type(0), name))
        node.input[at] = name


def _merge(graph: GraphProto) -> None:
    """Let equal constants be one, and remove those that nothing reads."""
    first: dict[tuple, str] = {}
    instead: dict[str, str] = {}
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        key = (array.dtype.str, array.shape, array.tobytes())
        instead[tensor.name] = first.setdefault(key, tensor.name)
    for node in graph.node:
        node.input[:] = [instead.get(name, name) for name in node.input]
    read = {name for node in graph.node for name in node.input}
    kept = [
        numpy_helper.from_array(numpy_helper.to_array(one), one.name) for one in graph.initializer if one.name in read
    ]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _rename(graph: GraphProto) -> None:
    """Give every tensor the shortest name that is left, the most used ones first."""
    names = [name for node in graph.node for name in (*node.input, *node.output) if name]
    often = sorted(dict.fromkeys(names), key=names.count, reverse=True)
    short = {name: _short(number) for number, name in enumerate(often)}
    for node in graph.node:
        node.input[:] = [short.get(name, "") for name in node.input]
        node.output[:] = [short.get(name, "") for name in node.output]
    for one in (*graph.initializer, *graph.input, *graph.output):
        one.name = short[one.name]


def _short(number: int) -> str:
    first, rest = divmod(number, len(_DIGITS))
    return (_DIGITS[first - 1] if first else "") + _DIGITS[rest]
