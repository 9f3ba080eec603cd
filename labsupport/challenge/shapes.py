"""Shapes and multiply-accumulates of an ONNX graph, operator by operator, from the operators' definitions alone.

Nothing that a file says of its own shapes is used: shapes follow from the input, the constants and the attributes. Only
operators in the tables below are known; any other is refused by its name, since 0 MACs would be wrong if it multiplied.

A convolution counts output numbers x kernel x input channels of its group, a product of matrices (..., m, k) by
(..., k, n) counts ... m k n; zeros count as any other number. All else counts 0, as in `labsupport.measure`: what works
element by element, pools, normalises, rounds or moves. The definitions are those of https://onnx.ai/onnx/operators and,
for the quantized ones, of ONNX Runtime's docs/ContribOperators.md.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from onnx import AttributeProto, NodeProto, TensorProto, numpy_helper

from labsupport import shown
from labsupport.challenge import RefusedError

MAX_NAME = 60
Shape = tuple[int, ...]

EIGHT_BITS = {TensorProto.INT8, TensorProto.UINT8, TensorProto.INT4, TensorProto.UINT4}
_PAIR_LIMIT = 128  # 255 times the sum of two weights fits 16 bits up to here


@dataclass(frozen=True)
class Value:
    """What is known of one tensor.

    Attributes:
        shape: its dimensions.
        type: of its elements, a number of TensorProto; 0 where it does not matter.
        constant: its numbers where they are in the file.
        codes: of a tensor in float, the integers that it was made of.
    """

    shape: Shape
    type: int = 0
    constant: np.ndarray | None = None
    codes: "Value | None" = None


class Cost(NamedTuple):
    """What an operator does: its outputs, MACs, MACs between numbers of 8 bits, and whether sums can saturate."""

    outputs: list[Value]
    macs: int = 0
    int8_macs: int = 0
    saturates: bool = False


class Node:
    """One operator with its inputs, as the rules below ask for them."""

    def __init__(self, proto: NodeProto, inputs: Sequence[Value | None], opset: int) -> None:
        self.proto = proto
        self.inputs = inputs
        self.opset = opset
        self.title = f"{proto.op_type} ({readable(proto.output[0])})" if proto.output else proto.op_type
        self._attributes = {attribute.name: attribute for attribute in proto.attribute}

    def refuse(self, what: str) -> RefusedError:
        """Return the error that refuses this operator: half a sentence after its name."""
        return RefusedError(f"its operator {self.title} {what}")

    def given(self, at: int) -> Value | None:
        """Return an input that may be left out."""
        return self.inputs[at] if at < len(self.inputs) else None

    def value(self, at: int) -> Value:
        """Return an input that must be there."""
        found = self.given(at)
        if found is None:
            raise self.refuse(f"has no input {at}")
        return found

    def numbers(self, at: int) -> list[int] | None:
        """Return an input that must be whole numbers in the file; None where it is left out."""
        found = self.given(at)
        if found is None:
            return None
        if found.constant is None or found.constant.dtype.kind not in "iu" or found.constant.size > 64:
            raise self.refuse(f"takes input {at} from the network, where numbers in the file are needed")
        return [int(number) for number in found.constant.ravel()]

    def integer(self, name: str, default: int) -> int:
        """Return an attribute that is a whole number."""
        attribute = self._attributes.get(name)
        if attribute is None:
            return default
        if attribute.type != AttributeProto.INT:
            raise self.refuse(f"has an attribute {readable(name)} of another type")
        return attribute.i

    def integers(self, name: str, default: Sequence[int] | None = None) -> list[int] | None:
        """Return an attribute that is a list of whole numbers."""
        attribute = self._attributes.get(name)
        if attribute is None:
            return None if default is None else list(default)
        if attribute.type != AttributeProto.INTS:
            raise self.refuse(f"has an attribute {readable(name)} of another type")
        return list(attribute.ints)

    def text(self, name: str, default: str) -> str:
        """Return an attribute that is text."""
        attribute = self._attributes.get(name)
        return attribute.s.decode(errors="replace") if attribute is not None else default

    def attribute(self, name: str) -> AttributeProto | None:
        """Return an attribute of any type."""
        return self._attributes.get(name)

    def axis(self, number: int, rank: int) -> int:
        """Return an axis counted from the front."""
        if not -rank <= number < max(rank, 1):
            raise self.refuse(f"names axis {number} of a tensor with {rank}")
        return number % rank if rank else 0


def readable(text: str) -> str:
    """Return a name from a file, on one line and not too long."""
    text = shown.line(text[:MAX_NAME])
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}..."


def cost_of(node: Node) -> Cost:
    """Return what an operator does.

    Raises:
        RefusedError: the operator is not known, or its inputs do not fit it.
    """
    name = (node.proto.domain.removeprefix("ai.onnx"), node.proto.op_type)
    rule = _RULES.get(name)
    if rule is None:
        domain = f" of the domain {readable(node.proto.domain)}" if node.proto.domain else ""
        raise RefusedError(
            f"the operator {readable(node.proto.op_type)}{domain} is not one that the ranking counts; build the "
            "network from convolutions, products of matrices, pooling, and operators that work number by number"
        )
    try:
        found = rule(node)
    except (IndexError, ValueError, TypeError, ZeroDivisionError, OverflowError):
        raise node.refuse("has inputs or attributes that do not fit it") from None
    found = found if isinstance(found, Cost) else Cost([found] if isinstance(found, Value) else found)
    if any(size < 0 for output in found.outputs for size in output.shape):
        raise node.refuse("has an output of negative size")
    return found


# Products.


def _conv(node: Node, x: Value, weight: Value, bits: bool) -> Cost:
    spatial = len(weight.shape) - 2
    if spatial < 1 or len(x.shape) != len(weight.shape):
        raise node.refuse(f"meets an input of shape {x.shape} with weights of shape {weight.shape}")
    group = node.integer("group", 1)
    outputs, channels, *kernel = weight.shape
    if group < 1 or outputs % group or x.shape[1] != channels * group:
        raise node.refuse(f"meets {x.shape[1]} channels with weights of shape {weight.shape} in {group} groups")
    if (node.integers("kernel_shape") or kernel) != kernel:
        raise node.refuse("has another kernel_shape than its weights")
    size = _windows(node, x.shape[2:], kernel)
    macs = x.shape[0] * outputs * math.prod(size) * channels * math.prod(kernel)
    depthwise = channels == 1
    risk = bits and not depthwise and _in_pairs(x, weight, outputs_first=True)
    return Cost([Value((x.shape[0], outputs, *size))], macs, macs if bits else 0, risk)


def _windows(node: Node, size: Sequence[int], kernel: Sequence[int], ceil: bool = False) -> Shape:
    """Return how many windows fit along each axis."""
    rank = len(kernel)
    strides, dilations = (node.integers(name, [1] * rank) for name in ("strides", "dilations"))
    pads = node.integers("pads", [0] * (2 * rank))
    auto = node.text("auto_pad", "NOTSET")
    if len(strides) != rank or len(dilations) != rank or len(pads) != 2 * rank or len(size) != rank:
        raise node.refuse("has strides, dilations or pads for another number of axes")
    if min(*strides, *dilations, *kernel) < 1 or min(pads) < 0:
        raise node.refuse("has a stride, a dilation, a kernel or a pad that is too small")
    found = []
    for axis in range(rank):
        reach = dilations[axis] * (kernel[axis] - 1) + 1
        if auto in ("SAME_UPPER", "SAME_LOWER"):
            found.append(-(-size[axis] // strides[axis]))
            continue
        begin, end = (0, 0) if auto == "VALID" else (pads[axis], pads[axis + rank])
        room = size[axis] + begin + end - reach
        if room < 0:
            raise node.refuse(f"has a kernel larger than its input of shape {tuple(size)}")
        count = (-(-room // strides[axis]) if ceil else room // strides[axis]) + 1
        if ceil and (count - 1) * strides[axis] >= size[axis] + begin:
            count -= 1
        found.append(count)
    return tuple(found)


def _product(node: Node, left: Value, right: Value, bits: bool) -> Cost:
    a, b = left.shape, right.shape
    if not a or not b:
        raise node.refuse("multiplies a matrix by a single number")
    rows, columns = (a if len(a) > 1 else (1, *a)), (b if len(b) > 1 else (*b, 1))
    if rows[-1] != columns[-2]:
        raise node.refuse(f"multiplies shapes {a} and {b}, which do not fit")
    batch = broadcast(node, rows[:-2], columns[:-2])
    macs = math.prod(batch) * rows[-2] * rows[-1] * columns[-1]
    shape = (*batch, *(rows[-2:-1] if len(a) > 1 else ()), *(columns[-1:] if len(b) > 1 else ()))
    risk = bits and _in_pairs(left, right, outputs_first=False)
    return Cost([Value(shape)], macs, macs if bits else 0, risk)


def _gemm(node: Node, a: Value, b: Value, bits: bool) -> Cost:
    if len(a.shape) != 2 or len(b.shape) != 2:
        raise node.refuse(f"multiplies shapes {a.shape} and {b.shape}, which are no matrices")
    rows, inner = a.shape[::-1] if node.integer("transA", 0) else a.shape
    transposed = bool(node.integer("transB", 0))
    other, columns = b.shape[::-1] if transposed else b.shape
    if inner != other:
        raise node.refuse(f"multiplies shapes {a.shape} and {b.shape}, which do not fit")
    macs = rows * inner * columns
    risk = bits and _in_pairs(a, b, outputs_first=transposed)
    return Cost([Value((rows, columns))], macs, macs if bits else 0, risk)


def _in_pairs(x: Value, weight: Value, *, outputs_first: bool) -> bool:
    """Tell whether two products of uint8 by int8 can add up to more than 16 bits hold, as AVX2 adds them without VNNI.

    That takes two weights of one output, of the same sign, whose sum is beyond 128 (255 * 129 = 32,895 > 32,767). The
    order in which a runtime pairs them is not known, so any two count.
    """
    x, weight = x.codes or x, weight.codes or weight
    if x.type != TensorProto.UINT8 or weight.type != TensorProto.INT8:
        return False
    if weight.constant is None:
        return True
    codes = weight.constant.astype(np.int64)
    codes = codes.reshape(len(codes), -1) if outputs_first else np.moveaxis(codes, -1, 0).reshape(codes.shape[-1], -1)
    if codes.shape[1] < 2:
        return False
    ordered = np.sort(codes, axis=1)
    above, below = ordered[:, -2:].clip(min=0).sum(1), ordered[:, :2].clip(max=0).sum(1)
    return bool((above > _PAIR_LIMIT).any() or (below < -_PAIR_LIMIT).any())


def _of_codes(*values: Value) -> bool:
    """Tell whether all of these are made of integers of 8 bits or fewer."""
    return all(value.codes is not None and value.codes.type in EIGHT_BITS for value in values)


def _float_conv(node: Node) -> Cost:
    x, weight = node.value(0), node.value(1)
    return _conv(node, x, weight, _of_codes(x, weight))


def _float_product(node: Node) -> Cost:
    left, right = node.value(0), node.value(1)
    return _product(node, left, right, _of_codes(left, right))


def _float_gemm(node: Node) -> Cost:
    a, b = node.value(0), node.value(1)
    return _gemm(node, a, b, _of_codes(a, b))


def _typed(node: Node, cost: Cost, zero_point: int) -> Cost:
    """Give the output the type of a zero point."""
    zero = node.given(zero_point)
    return cost._replace(outputs=[Value(cost.outputs[0].shape, zero.type if zero else TensorProto.UINT8)])


def _qgemm(node: Node) -> Cost:
    cost = _gemm(node, node.value(0), node.value(3), bits=True)
    is_float = node.given(7) is None
    return cost if is_float else _typed(node, cost, 8)


# Shapes alone.


def broadcast(node: Node, *shapes: Shape) -> Shape:
    """Return the common shape of several, as numpy finds it."""
    rank = max(map(len, shapes))
    found = []
    for sizes in zip(*((1,) * (rank - len(shape)) + tuple(shape) for shape in shapes), strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            raise node.refuse(f"meets shapes {' and '.join(map(str, shapes))}, which do not fit")
        found.append(wide.pop() if wide else 1)
    return tuple(found)


def _same(node: Node) -> Value:
    return Value(node.value(0).shape, node.value(0).type)


def _elementwise(node: Node) -> Value:
    values = [value for value in node.inputs if value is not None]
    return Value(broadcast(node, *(value.shape for value in values)), values[-1].type)


def _quantized_pair(node: Node) -> Value:
    shape = broadcast(node, node.value(0).shape, node.value(3).shape)
    return Value(shape, node.value(0).type)


def _batch_norm(node: Node) -> Value:
    if node.integer("training_mode", 0):
        raise node.refuse("is in training mode: export the network after model.eval()")
    return _same(node)


def _dropout(node: Node) -> Value:
    training = node.given(2)
    if training is not None and (training.constant is None or training.constant.any()):
        raise node.refuse("is in training mode: export the network after model.eval()")
    return _same(node)


def _quantize(node: Node) -> Value:
    zero = node.given(2)
    kind = zero.type if zero else node.integer("output_dtype", 0) or TensorProto.UINT8
    return Value(node.value(0).shape, kind)


def _dequantize(node: Node) -> Value:
    return Value(node.value(0).shape, TensorProto.FLOAT, codes=node.value(0))


def _dynamic_quantize(node: Node) -> list[Value]:
    return [Value(node.value(0).shape, TensorProto.UINT8), Value((), TensorProto.FLOAT), Value((), TensorProto.UINT8)]


def _cast(node: Node) -> Value:
    return Value(node.value(0).shape, node.integer("to", 0))


def _pool(node: Node) -> Value:
    x = node.value(0)
    kernel = node.integers("kernel_shape")
    if kernel is None or len(x.shape) != len(kernel) + 2:
        raise node.refuse(f"has no kernel_shape that fits an input of shape {x.shape}")
    return Value((*x.shape[:2], *_windows(node, x.shape[2:], kernel, bool(node.integer("ceil_mode", 0)))), x.type)


def _global_pool(node: Node) -> Value:
    x = node.value(0)
    if node.integer("channels_last", 0) or len(x.shape) < 3:
        raise node.refuse("pools another layout than images x channels x height x width")
    return Value((*x.shape[:2], *[1] * (len(x.shape) - 2)), x.type)


def _axes(node: Node, at: int) -> list[int] | None:
    """Return axes from the attribute of older operator sets or from an input."""
    return node.integers("axes") or node.numbers(at)


def _reduce(node: Node) -> Value:
    x = node.value(0)
    axes = _axes(node, 1)
    if not axes:
        axes = [] if node.integer("noop_with_empty_axes", 0) else range(len(x.shape))
    gone = {node.axis(axis, len(x.shape)) for axis in axes}
    keep = node.integer("keepdims", 1)
    return Value(tuple(1 if at in gone else size for at, size in enumerate(x.shape) if keep or at not in gone), x.type)


def _reshape(node: Node) -> Value:
    x, wanted = node.value(0), node.numbers(1)
    if wanted is None:
        raise node.refuse("has no shape")
    if not node.integer("allowzero", 0):
        wanted = [x.shape[at] if size == 0 else size for at, size in enumerate(wanted)]
    if wanted.count(-1) == 1:
        known = math.prod(size for size in wanted if size != -1)
        wanted[wanted.index(-1)] = math.prod(x.shape) // known
    if min(wanted, default=0) < 0 or math.prod(wanted) != math.prod(x.shape):
        raise node.refuse(f"makes the shape {tuple(wanted)} of {x.shape}, which has another number of elements")
    return Value(tuple(wanted), x.type)


def _flatten(node: Node) -> Value:
    shape = node.value(0).shape
    number = node.integer("axis", 1)
    at = len(shape) if number == len(shape) else node.axis(number, len(shape))
    return Value((math.prod(shape[:at]), math.prod(shape[at:])), node.value(0).type)


def _squeeze(node: Node) -> Value:
    x, axes = node.value(0), _axes(node, 1)
    gone = {node.axis(axis, len(x.shape)) for axis in axes or []}
    if not axes:
        gone = {at for at, size in enumerate(x.shape) if size == 1}
    if any(x.shape[at] != 1 for at in gone):
        raise node.refuse(f"removes an axis of {x.shape} that is not 1")
    return Value(tuple(size for at, size in enumerate(x.shape) if at not in gone), x.type)


def _unsqueeze(node: Node) -> Value:
    x, axes = node.value(0), _axes(node, 1) or []
    rank = len(x.shape) + len(axes)
    new = {node.axis(axis, rank) for axis in axes}
    if len(new) != len(axes):
        raise node.refuse("names an axis twice")
    sizes = iter(x.shape)
    return Value(tuple(1 if at in new else next(sizes) for at in range(rank)), x.type)


def _transpose(node: Node) -> Value:
    x = node.value(0)
    order = node.integers("perm") or list(range(len(x.shape)))[::-1]
    if sorted(order) != list(range(len(x.shape))):
        raise node.refuse(f"orders the axes of {x.shape} as {order}")
    return Value(tuple(x.shape[axis] for axis in order), x.type)


def _concat(node: Node) -> Value:
    return _joined(node, [node.value(at) for at in range(len(node.inputs))])


def _quantized_concat(node: Node) -> Value:
    joined = _joined(node, [node.value(at) for at in range(2, len(node.inputs), 3)])
    return Value(joined.shape, node.value(1).type)


def _joined(node: Node, parts: list[Value]) -> Value:
    rank = len(parts[0].shape)
    at = node.axis(node.integer("axis", 1), rank)
    rest = {(*part.shape[:at], *part.shape[at + 1 :]) for part in parts}
    if len(rest) > 1 or any(len(part.shape) != rank for part in parts):
        raise node.refuse("joins tensors whose other axes differ")
    size = sum(part.shape[at] for part in parts)
    return Value((*parts[0].shape[:at], size, *parts[0].shape[at + 1 :]), parts[0].type)


def _split(node: Node) -> list[Value]:
    x, count = node.value(0), len(node.proto.output)
    at = node.axis(node.integer("axis", 0), len(x.shape))
    sizes = node.integers("split") or node.numbers(1)
    if sizes is None:
        each = -(-x.shape[at] // count)
        sizes = [each] * (count - 1) + [x.shape[at] - each * (count - 1)]
    if len(sizes) != count or sum(sizes) != x.shape[at] or min(sizes) < 0:
        raise node.refuse(f"cuts {x.shape[at]} into {sizes}")
    return [Value((*x.shape[:at], size, *x.shape[at + 1 :]), x.type) for size in sizes]


def _slice(node: Node) -> Value:
    x = node.value(0)
    starts, ends = node.numbers(1), node.numbers(2)
    axes = node.numbers(3) or list(range(len(starts)))
    steps = node.numbers(4) or [1] * len(starts)
    shape = list(x.shape)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        at = node.axis(axis, len(shape))
        shape[at] = len(range(*slice(start, end, step).indices(x.shape[at])))
    return Value(tuple(shape), x.type)


def _pad(node: Node) -> Value:
    x = node.value(0)
    pads = node.integers("pads") or node.numbers(1)
    axes = node.numbers(3)
    axes = list(range(len(x.shape))) if axes is None else [node.axis(axis, len(x.shape)) for axis in axes]
    if pads is None or len(pads) != 2 * len(axes):
        raise node.refuse("has pads for another number of axes")
    shape = list(x.shape)
    for at, axis in enumerate(axes):
        shape[axis] += pads[at] + pads[at + len(axes)]
    return Value(tuple(shape), x.type)


def _gather(node: Node) -> Value:
    x, chosen = node.value(0), node.value(1)
    at = node.axis(node.integer("axis", 0), len(x.shape))
    return Value((*x.shape[:at], *chosen.shape, *x.shape[at + 1 :]), x.type)


def _depth_to_space(node: Node) -> Value:
    x, block = node.value(0), node.integer("blocksize", 0)
    images, channels, height, width = x.shape
    if block < 1 or channels % block**2:
        raise node.refuse(f"spreads {channels} channels over blocks of {block}")
    return Value((images, channels // block**2, height * block, width * block), x.type)


def _space_to_depth(node: Node) -> Value:
    x, block = node.value(0), node.integer("blocksize", 0)
    images, channels, height, width = x.shape
    if block < 1 or height % block or width % block:
        raise node.refuse(f"gathers {height} x {width} pixels in blocks of {block}")
    return Value((images, channels * block**2, height // block, width // block), x.type)


def _constant(node: Node) -> Value:
    for name in ("value_float", "value_int"):
        if (found := node.attribute(name)) is not None:
            return of_array(np.array(found.f if name == "value_float" else found.i))
    for name in ("value_floats", "value_ints"):
        if (found := node.attribute(name)) is not None:
            return of_array(np.array(found.floats if name == "value_floats" else found.ints))
    found = node.attribute("value")
    if found is None or found.type != AttributeProto.TENSOR:
        raise node.refuse("holds no tensor of numbers")
    return of_tensor(found.t)


BITS = {
    TensorProto.FLOAT: 32,
    TensorProto.FLOAT16: 16,
    TensorProto.INT8: 8,
    TensorProto.UINT8: 8,
    TensorProto.INT16: 16,
    TensorProto.UINT16: 16,
    TensorProto.INT32: 32,
    TensorProto.INT64: 64,
    TensorProto.INT4: 4,
    TensorProto.UINT4: 4,
    TensorProto.BOOL: 8,
}
"""Types of the tensors that a file may hold, with the bits of an element."""


def of_array(array: np.ndarray) -> Value:
    """Return the value of an attribute that is a number or a list of numbers."""
    kind = TensorProto.FLOAT if array.dtype.kind == "f" else TensorProto.INT64
    return Value(array.shape, kind, array)


def of_tensor(tensor: TensorProto) -> Value:
    """Return the value of a tensor in the file, after a look at whether its numbers are there.

    Raises:
        RefusedError: the numbers lie in another file, are of an unknown type, or do not fit the shape.
    """
    name = f"the tensor {readable(tensor.name)}"
    if tensor.data_location != TensorProto.DEFAULT or tensor.external_data:
        raise RefusedError(f"{name} lies in another file; export with external_data=False, so that all is in one")
    if tensor.data_type not in BITS:
        raise RefusedError(f"{name} is of a type that the ranking does not know, number {tensor.data_type}")
    if tensor.HasField("segment") or min(tensor.dims, default=0) < 0:
        raise RefusedError(f"{name} has a shape that is none")
    count, bits = math.prod(tensor.dims), BITS[tensor.data_type]
    if tensor.HasField("raw_data"):
        is_whole = len(tensor.raw_data) == -(-count * bits // 8)
    else:
        fields = (tensor.float_data, tensor.int32_data, tensor.int64_data)
        is_whole = sum(map(len, fields)) == (-(-count // 2) if bits == 4 else count)
    if not is_whole:
        raise RefusedError(f"{name} says that its shape is {_short(tensor.dims)}, but holds another number of elements")
    try:
        return Value(tuple(tensor.dims), tensor.data_type, numpy_helper.to_array(tensor))
    except (ValueError, TypeError, AttributeError):
        raise RefusedError(f"{name} holds numbers of another type than it says") from None


def _short(shape: Sequence[int]) -> str:
    return readable(" x ".join(map(str, shape[:8])))


Rule = Callable[[Node], "Cost | Value | list[Value]"]
_SAME = (
    "Abs Ceil Celu Clip Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity LayerNormalization LeakyRelu Log "
    "LogSoftmax Mish Neg PRelu Reciprocal Relu Round Selu Sigmoid Sign Softmax Softplus Softsign Sqrt Tanh "
    "ThresholdedRelu InstanceNormalization GroupNormalization"
)
_ELEMENTWISE = "Add Div Max Mean Min Mul Pow Sub Sum"
_REDUCE = "ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum ReduceSumSquare"
MS = "com.microsoft"
"""The domain of ONNX Runtime's own operators, which its QOperator format needs."""

_RULES: dict[tuple[str, str], Rule] = {
    **{("", name): _same for name in _SAME.split()},
    **{("", name): _elementwise for name in _ELEMENTWISE.split()},
    **{("", name): _reduce for name in _REDUCE.split()},
    ("", "AveragePool"): _pool,
    ("", "BatchNormalization"): _batch_norm,
    ("", "Cast"): _cast,
    ("", "Concat"): _concat,
    ("", "Constant"): _constant,
    ("", "Conv"): _float_conv,
    ("", "ConvInteger"): lambda node: _conv(node, node.value(0), node.value(1), bits=True),
    ("", "DepthToSpace"): _depth_to_space,
    ("", "DequantizeLinear"): _dequantize,
    ("", "Dropout"): _dropout,
    ("", "DynamicQuantizeLinear"): _dynamic_quantize,
    ("", "Flatten"): _flatten,
    ("", "Gather"): _gather,
    ("", "Gemm"): _float_gemm,
    ("", "GlobalAveragePool"): _global_pool,
    ("", "GlobalMaxPool"): _global_pool,
    ("", "MatMul"): _float_product,
    ("", "MatMulInteger"): lambda node: _product(node, node.value(0), node.value(1), bits=True),
    ("", "MaxPool"): _pool,
    ("", "Pad"): _pad,
    ("", "QLinearConv"): lambda node: _typed(node, _conv(node, node.value(0), node.value(3), bits=True), 7),
    ("", "QLinearMatMul"): lambda node: _typed(node, _product(node, node.value(0), node.value(3), bits=True), 7),
    ("", "QuantizeLinear"): _quantize,
    ("", "Reshape"): _reshape,
    ("", "Slice"): _slice,
    ("", "SpaceToDepth"): _space_to_depth,
    ("", "Split"): _split,
    ("", "Squeeze"): _squeeze,
    ("", "Transpose"): _transpose,
    ("", "Unsqueeze"): _unsqueeze,
    (MS, "DequantizeLinear"): _dequantize,
    (MS, "QGemm"): _qgemm,
    (MS, "QLinearAdd"): _quantized_pair,
    (MS, "QLinearAveragePool"): _pool,
    (MS, "QLinearConcat"): _quantized_concat,
    (MS, "QLinearGlobalAveragePool"): _global_pool,
    (MS, "QLinearLeakyRelu"): _same,
    (MS, "QLinearMul"): _quantized_pair,
    (MS, "QLinearSigmoid"): _same,
    (MS, "QuantizeLinear"): _quantize,
}
