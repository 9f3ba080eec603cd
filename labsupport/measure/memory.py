"""Memory of an inference: what the graph says must be alive, and what a process really takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import helper

_CHILD = Path(__file__).with_name("memory_child.py")


@dataclass(frozen=True)
class ProcessMemory:
    """Resident memory of a process that loads one ONNX file and runs it once, in bytes.

    Attributes:
        runtime_bytes: Python, NumPy and ONNX Runtime, before the file is opened.
        loaded_bytes: with the session ready, before its first run.
        peak_bytes: the most at any time.
    """

    runtime_bytes: int
    loaded_bytes: int
    peak_bytes: int

    @property
    def model_bytes(self) -> int:
        """The peak over the runtime's own: weights, copies made while loading, activations, workspace."""
        return self.peak_bytes - self.runtime_bytes


def process_memory(onnx_path: str | Path) -> ProcessMemory:
    """Measure the memory of one inference in a fresh process that loads no PyTorch.

    One thread, random input, open dimensions set to 1. Pages shared with other processes count too. Repeats differ by a
    few MB.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the process failed. The message ends with its last line.
    """
    path = _existing(onnx_path).resolve()
    # -P keeps this folder's modules from hiding others in the child.
    command = [sys.executable, "-P", str(_CHILD), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise RuntimeError(f"The process that ran {path.name} ended with status {done.returncode}: {reason}")
    return ProcessMemory(**json.loads(done.stdout))


def activation_peak_bytes(onnx_path: str | Path) -> int:
    """Compute the most bytes of activations alive at once, the maximum of `activation_bytes_by_node`."""
    return max(live for _, live in activation_bytes_by_node(onnx_path))


def activation_bytes_by_node(onnx_path: str | Path) -> list[tuple[str, int]]:
    """Compute the bytes of activations alive while each node runs, from the graph alone.

    A tensor is alive from the node that writes it to the last that reads it; the graph's inputs from the start, its
    outputs to the end. Weights, and whatever is computed from weights only, do not count. Open dimensions are set to 1;
    a graph exported for a fixed batch counts that batch.

    A runtime may need less (fused operators never write what lies between them, others work in place) or more
    (workspace, memory kept for reuse): none of that is in the graph. In an int8 graph of QuantizeLinear and
    DequantizeLinear pairs the float copies count, although a runtime fuses most of them away.

    Args:
        onnx_path: a file whose shapes ONNX's shape inference can find.

    Returns:
        (operator and node name, bytes) in the order of execution.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the shape of a tensor cannot be found.
    """
    graph = _with_shapes(onnx.load(_existing(onnx_path))).graph
    sizes = _tensor_bytes(graph)
    constant = {initializer.name for initializer in graph.initializer}
    alive = {value.name for value in graph.input} - constant
    nodes = list(graph.node)
    last_read = {name: index for index, node in enumerate(nodes) for name in _reads(node)}
    last_read |= {value.name: len(nodes) for value in graph.output}
    timeline = []
    for index, node in _computing(nodes, constant):
        alive |= {name for name in node.output if name}
        total = sum(_size(sizes, name, node) for name in sorted(alive))
        timeline.append((f"{node.op_type} {node.name}".strip(), total))
        alive = {name for name in alive if last_read.get(name, -1) > index}
    return timeline


def activation_steps(onnx_path: str | Path) -> list[dict[str, str | int | list[str]]]:
    """List what a network computes, one tensor after the other, without its weights.

    Args:
        onnx_path: as of `activation_bytes_by_node`, which counts from the same graph.

    Returns:
        A step for each tensor in the order in which they are made, first the graph's inputs: `writes`, its name;
        `reads`, the names of the tensors that it is computed from; `bytes`, its size.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the shape of a tensor cannot be found.
    """
    graph = _with_shapes(onnx.load(_existing(onnx_path))).graph
    sizes = _tensor_bytes(graph)
    constant = {initializer.name for initializer in graph.initializer}
    inputs = [value.name for value in graph.input if value.name not in constant]
    steps = [{"reads": [], "writes": name, "bytes": sizes[name]} for name in inputs]
    for _, node in _computing(list(graph.node), constant):
        reads = [name for name in dict.fromkeys(_reads(node)) if name not in constant]
        steps += [
            {"reads": list(reads), "writes": name, "bytes": _size(sizes, name, node)} for name in node.output if name
        ]
    return steps


def _computing(nodes: list[onnx.NodeProto], constant: set[str]) -> Iterator[tuple[int, onnx.NodeProto]]:
    """Yield the nodes that read more than weights, with their numbers; what the others write is added to `constant`."""
    for index, node in enumerate(nodes):
        if all(name in constant for name in _reads(node)):
            constant |= {name for name in node.output if name}
        else:
            yield index, node


def _size(sizes: dict[str, int], name: str, node: onnx.NodeProto) -> int:
    if name not in sizes:
        raise ValueError(
            f"The shape of {name!r} at node {node.name!r} ({node.op_type}) cannot be found from the graph. "
            "Measure a graph of standard operators, as ort.export writes it, before a runtime optimised it."
        )
    return sizes[name]


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no ONNX file at {path}. Write it first with ort.export(model, x, path).")
    return path


def _reads(node: onnx.NodeProto) -> Iterator[str]:
    """Name what a node reads, inside its branches and loop bodies too."""
    yield from filter(None, node.input)
    for attribute in node.attribute:
        for graph in [attribute.g] if attribute.HasField("g") else attribute.graphs:
            for inner in graph.node:
                yield from _reads(inner)


def _with_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Set every open dimension of the inputs to 1 and infer all other shapes from there."""
    for value in model.graph.input:
        for size in value.type.tensor_type.shape.dim:
            if not size.HasField("dim_value"):
                size.dim_value = 1
    stale = [value for value in model.graph.value_info if not _is_static(value)]
    for value in stale:
        model.graph.value_info.remove(value)
    for value in model.graph.output:
        if not _is_static(value):
            value.type.tensor_type.ClearField("shape")
    return onnx.shape_inference.infer_shapes(model, data_prop=True)


def _is_static(value: onnx.ValueInfoProto) -> bool:
    tensor = value.type.tensor_type
    return tensor.HasField("shape") and all(size.HasField("dim_value") for size in tensor.shape.dim)


def _tensor_bytes(graph: onnx.GraphProto) -> dict[str, int]:
    sizes = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        if _is_static(value):
            elements = 1
            for size in value.type.tensor_type.shape.dim:
                elements *= size.dim_value
            sizes[value.name] = elements * helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).itemsize
    return sizes
