"""A file that somebody else wrote: is it a network within the rule, and what does it cost?"""

from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, TensorProto, ValueInfoProto

from labsupport.challenge import INPUT_SHAPE, MAX_BYTES, MAX_MACS, MAX_NUMBERS, OUTPUT_SHAPE, RefusedError
from labsupport.challenge.shapes import MS, Node, Shape, Value, cost_of, of_tensor, readable

OPSETS = (13, 24)
_MAX_SHOWN = 5


@dataclass
class Network:
    """A file within the rule.

    Attributes:
        content: the network alone, without names for people and metadata: what runs.
        input: the name of its input.
        output: the name of its output.
        num_bytes: of the file as it was handed in.
        macs: multiply-accumulates for one image.
        int8_macs: those of them whose factors have 8 bits or fewer.
        numbers: written by all operators together.
        saturates: whether sums of uint8 by int8 can saturate on an x86 processor without VNNI.
        shapes: of every tensor that an operator writes, by name.
    """

    content: bytes
    input: str
    output: str
    num_bytes: int
    macs: int = 0
    int8_macs: int = 0
    numbers: int = 0
    saturates: bool = False
    shapes: dict[str, Shape] = field(default_factory=dict)


def read(content: bytes) -> Network:
    """Read a file and count it.

    Raises:
        RefusedError: it is no ONNX file, or not within the rule; the message says what to do.
    """
    require_bytes(len(content))
    model = _parsed(content)
    graph = model.graph
    opset = _opset(model)
    _refuse_parts(model)
    name, output = _ends(graph)
    network = Network(b"", name, output, len(content))
    values = {tensor.name: of_tensor(tensor) for tensor in graph.initializer}
    values[network.input] = Value(INPUT_SHAPE, TensorProto.FLOAT)
    for proto in graph.node:
        _count(network, Node(proto, [_found(values, name, proto.op_type) for name in proto.input], opset), values)
    if network.macs > MAX_MACS:
        raise RefusedError(f"it needs {network.macs:,} MACs for one image, more than {MAX_MACS:,}")
    if network.output not in network.shapes:
        raise RefusedError(f"its output {readable(network.output)} is written by no operator")
    if values[network.output].shape != OUTPUT_SHAPE:
        raise RefusedError(f"its output has the shape {values[network.output].shape}, not {OUTPUT_SHAPE}: 10 logits")
    for declared in (*graph.value_info, *graph.output):
        _compare(declared, values)
    network.content = _bare(model)
    return network


def require_bytes(size: int) -> None:
    """Raise RefusedError where a file is empty or too large."""
    if not size:
        raise RefusedError("it is empty")
    if size > MAX_BYTES:
        raise RefusedError(f"it has {size:,} bytes, more than {MAX_BYTES:,}")


def _parsed(content: bytes) -> ModelProto:
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except (DecodeError, ValueError, RecursionError):
        raise RefusedError("it is no ONNX file, or a damaged one") from None
    if not model.ir_version or not model.HasField("graph"):
        raise RefusedError("it is no ONNX file: it holds no graph")
    if not model.graph.node:
        raise RefusedError("its graph has no operators")
    return model


def _opset(model: ModelProto) -> int:
    versions = {entry.domain.removeprefix("ai.onnx"): entry.version for entry in model.opset_import}
    used = {node.domain.removeprefix("ai.onnx") for node in model.graph.node}
    unknown = sorted(used - {"", MS})
    if unknown:
        raise RefusedError(f"it uses operators of the domain {readable(unknown[0])}, which the ranking does not have")
    low, high = OPSETS
    if not low <= versions.get("", 0) <= high:
        raise RefusedError(f"its operator set is {versions.get('', 'not given')}; versions {low} to {high} are ranked")
    return versions[""]


def _refuse_parts(model: ModelProto) -> None:
    graph = model.graph
    if model.functions:
        raise RefusedError("it defines functions; write their operators into the graph (onnx.inliner does it)")
    if model.training_info:
        raise RefusedError("it holds a part for training; export the network for inference")
    if graph.sparse_initializer:
        raise RefusedError("it holds sparse tensors, which the ranking does not read; write them as dense ones")
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g") or attribute.graphs:
                raise RefusedError(
                    f"its operator {readable(node.op_type)} holds another graph: If, Loop and Scan are not ranked, for "
                    "their work cannot be counted before they run"
                )
            if attribute.HasField("sparse_tensor") or attribute.sparse_tensors or attribute.ref_attr_name:
                raise RefusedError(f"its operator {readable(node.op_type)} has an attribute that is not ranked")


def _ends(graph: GraphProto) -> tuple[str, str]:
    """Return the names of input and output."""
    stored = {tensor.name for tensor in graph.initializer}
    if len(stored) < len(graph.initializer):
        raise RefusedError("two of its tensors have one name")
    inputs = [value for value in graph.input if value.name not in stored]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise RefusedError(f"it has {len(inputs)} inputs and {len(graph.output)} outputs; one of each is ranked")
    [x], [y] = inputs, graph.output
    for value, shape in ((x, INPUT_SHAPE), (y, OUTPUT_SHAPE)):
        _require_fixed(value, shape, "input" if value is x else "output")
    return x.name, y.name


def _require_fixed(value: ValueInfoProto, shape: Shape, what: str) -> None:
    kind = value.type.tensor_type
    if not value.type.HasField("tensor_type") or kind.elem_type != TensorProto.FLOAT:
        raise RefusedError(f"its {what} is no tensor of float32")
    declared = _declared(value)
    if any(size is None for size in declared):
        raise RefusedError(
            f"its {what} has an open dimension; export it for one image, without dynamic_batch or dynamic_shapes"
        )
    if tuple(declared) != shape:
        raise RefusedError(f"its {what} has the shape {_listed(declared)}, not {shape}")


def _declared(value: ValueInfoProto) -> list[int | None]:
    """Return the sizes that a file gives a tensor, None for an open one."""
    return [
        size.dim_value if size.WhichOneof("value") == "dim_value" else None for size in value.type.tensor_type.shape.dim
    ]


def _listed(shape: list[int | None]) -> str:
    return f"({readable(', '.join(map(str, shape[:_MAX_SHOWN])))})"


def _found(values: dict[str, Value], name: str, op_type: str) -> Value | None:
    if name and name not in values:
        raise RefusedError(f"its operator {readable(op_type)} reads {readable(name)}, which nothing before it writes")
    return values[name] if name else None


def _count(network: Network, node: Node, values: dict[str, Value]) -> None:
    """Add one operator to what is known."""
    cost = cost_of(node)
    names = list(node.proto.output)
    if not names or not names[0] or any(names[len(cost.outputs) :]):
        raise node.refuse("has outputs that the ranking does not read")
    network.macs += cost.macs
    network.int8_macs += cost.int8_macs
    network.saturates |= cost.saturates
    for name, value in zip(names, cost.outputs, strict=False):
        if name in values:
            raise node.refuse("writes a tensor that is there already")
        if not name:
            continue
        size = 1
        for length in value.shape:
            size *= length
        network.numbers += size
        if network.numbers > MAX_NUMBERS:
            raise RefusedError(
                f"its operators write more than {MAX_NUMBERS:,} numbers for one image; {node.title} is the first beyond"
            )
        values[name] = value
        network.shapes[name] = value.shape


def _compare(declared: ValueInfoProto, values: dict[str, Value]) -> None:
    """Refuse a shape in the file that is not the one that follows from the operators."""
    known = values.get(declared.name)
    if known is None or not declared.type.tensor_type.HasField("shape"):
        return
    sizes = _declared(declared)
    if len(sizes) != len(known.shape) or any(
        size not in (None, own) for size, own in zip(sizes, known.shape, strict=True)
    ):
        raise RefusedError(
            f"it says that {readable(declared.name)} has the shape {_listed(sizes)}; its operators make {known.shape}"
        )


def _bare(model: ModelProto) -> bytes:
    """Return the model without all that is no part of the network, so that what was counted is what runs."""
    bare = ModelProto()
    bare.CopyFrom(model)
    bare.DiscardUnknownFields()
    for name in ("metadata_props", "doc_string", "producer_name", "producer_version", "domain", "model_version"):
        bare.ClearField(name)
    for name in ("doc_string", "value_info", "quantization_annotation", "metadata_props"):
        bare.graph.ClearField(name)
    for node in bare.graph.node:
        for name in ("name", "doc_string", "metadata_props"):
            node.ClearField(name)
    return bare.SerializeToString(deterministic=True)
