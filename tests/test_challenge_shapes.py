"""The counter of ONNX graphs: MACs by hand and by the labs' own counter, shapes as the runtime meets them."""

import numpy as np
import onnx
import pytest
import torch
from challenge_kit import conv, dumped, good, graph, ints, node, tail, through, weights
from onnx import TensorProto, helper, numpy_helper

from labsupport import challenge, measure, models, ort, zoo
from labsupport.challenge import RefusedError, run
from labsupport.challenge import graph as graphs
from labsupport.challenge.shapes import of_tensor

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 3, 32, 32), np.uint8)
ONE = np.float32(0.02)
ZERO = np.uint8(128)


@pytest.fixture(scope="module")
def images():
    return [torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) for seed in range(2)]


@pytest.fixture
def no_limits(monkeypatch):
    for name, limit in (("MAX_BYTES", 10**9), ("MAX_MACS", 10**10), ("MAX_NUMBERS", 10**8)):
        monkeypatch.setattr(graphs, name, limit)


@pytest.mark.parametrize("model", [models.ResNet8, models.MobileCNN, models.VGG16], ids=lambda model: model.__name__)
def test_macs_are_those_of_the_labs_counter(model, images, no_limits, tmp_path):
    torch.manual_seed(0)
    network = model().eval()
    found = graphs.read(ort.export(network, images[0], tmp_path / "a.onnx").read_bytes())
    assert found.macs == measure.count_macs(network, images[0])
    assert found.int8_macs == 0
    assert not found.saturates


def test_resnet8_is_the_limit(images, no_limits, tmp_path):
    source = ort.export(zoo.load("resnet8_cifar10"), images[0], tmp_path / "a.onnx")
    found = graphs.read(ort.quantize_static(source, images, tmp_path / "b.onnx").read_bytes())
    assert found.macs == found.int8_macs == challenge.MAX_MACS
    assert found.saturates
    assert run.logits(found, IMAGES).shape == (2, 10)


OPERATORS = {
    "a convolution": (conv(), 3 * 27 * 30 * 30),
    "with borders": (conv(pads=[1, 1, 1, 1]), 3 * 27 * 32 * 32),
    "with stride": (conv(pads=[1, 1, 1, 1], strides=[2, 2]), 3 * 27 * 16 * 16),
    "with one border": (conv(pads=[0, 1, 1, 0], strides=[2, 3]), 3 * 27 * 16 * 11),
    "with holes": (conv(dilations=[3, 2]), 3 * 27 * 26 * 28),
    "SAME_UPPER": (conv(auto_pad="SAME_UPPER", strides=[3, 3]), 3 * 27 * 11 * 11),
    "SAME_LOWER": (conv(auto_pad="SAME_LOWER"), 3 * 27 * 32 * 32),
    "VALID": (conv(auto_pad="VALID", strides=[2, 2]), 3 * 27 * 15 * 15),
    "depthwise": (
        through(node("Conv", "x k", group=3), stored={"k": np.ones((3, 1, 5, 5), np.float32)}),
        3 * 25 * 28 * 28,
    ),
    "MaxPool": (through(node("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2])), 0),
    "MaxPool, rounded up": (through(node("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)), 0),
    "MaxPool, rounded up beside a border": (
        through(node("MaxPool", "x", kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1)),
        0,
    ),
    "AveragePool": (through(node("AveragePool", "x", kernel_shape=[4, 2], strides=[4, 2])), 0),
    "ReduceMean by attribute": (through(node("ReduceMean", "x", axes=[2], keepdims=1), opset=17), 0),
    "ReduceMean by input": (through(node("ReduceMean", "x a"), stored={"a": ints(-1)}), 0),
    "Transpose": (through(node("Transpose", "x", perm=[0, 1, 3, 2])), 0),
    "Concat": (through(node("Concat", "x x", axis=-1)), 0),
    "Split": (through(node("Split", "x", "h rest", axis=2, num_outputs=2)), 0),
    "Split, uneven": (through(node("Split", "x", "h middle rest", axis=2, num_outputs=3)), 0),
    "Split by sizes": (through(node("Split", "x s", "rest h", axis=3), stored={"s": ints(30, 2)}), 0),
    "Slice": (
        through(
            node("Slice", "x b e a s"),
            stored={"b": ints(-1, 1), "e": ints(-(2**62), 2**62), "a": ints(2, 3), "s": ints(-2, 3)},
        ),
        0,
    ),
    "Pad": (through(node("Pad", "x p"), stored={"p": ints(0, 0, 1, 2, 0, 0, 3, -4)}), 0),
    "Pad by axes": (through(node("Pad", "x p  a"), stored={"p": ints(1, 2), "a": ints(-1)}), 0),
    "Gather": (through(node("Gather", "x i", axis=2), stored={"i": ints(5, 6, 7)}), 0),
    "Squeeze and Unsqueeze": (
        through(node("Squeeze", "x a", "s"), node("Unsqueeze", "s a"), stored={"a": ints(0)}),
        0,
    ),
    "Reshape that keeps and infers": (through(node("Reshape", "x s"), stored={"s": ints(0, 0, -1, 8)}), 0),
    "blocks and back": (
        through(node("SpaceToDepth", "x", "s", blocksize=4), node("DepthToSpace", "s", blocksize=4)),
        0,
    ),
    "a sum over shapes": (through(node("Add", "x b"), stored={"b": np.ones((3, 1, 1), np.float32)}), 0),
    "a hard swish": (through(node("HardSwish", "x")), 0),
    "BatchNormalization": (
        through(node("BatchNormalization", "x one one one one"), stored={"one": np.ones(3, np.float32)}),
        0,
    ),
    "Constant": (through(node("Constant", "", "c", value_floats=[1.0]), node("Mul", "x c")), 0),
    "MatMul": (through(node("MatMul", "x k"), stored={"k": np.ones((32, 5), np.float32)}), 3 * 32 * 32 * 5),
    "MatMul of a stack": (
        through(node("MatMul", "k x"), stored={"k": np.ones((3, 4, 32), np.float32)}),
        3 * 4 * 32 * 32,
    ),
    "Clip": (through(node("Clip", "x low high"), stored={"low": np.float32(0), "high": np.float32(6)}), 0),
    "integers, dynamically": (
        through(
            node("DynamicQuantizeLinear", "x", "q s z"),
            node("ConvInteger", "q k z", "i"),
            node("Cast", "i", to=TensorProto.FLOAT),
            stored={"k": np.ones((3, 3, 3, 3), np.int8)},
        ),
        3 * 27 * 30 * 30,
    ),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_shapes_are_the_runtimes_and_macs_are_those_by_hand(name):
    build, macs = OPERATORS[name]
    network = graphs.read(build())
    run.logits(network, IMAGES)  # compares every shape with the runtime's
    assert network.macs == macs + 30


def quantized(stored: np.ndarray, **attributes) -> onnx.ModelProto:
    """Return a network whose one convolution is in ONNX Runtime's QOperator format."""
    numbers = {"s": ONE, "z": ZERO, "ws": ONE, "wz": stored.dtype.type(0), "k": stored}
    nodes = [
        node("QuantizeLinear", "x s z", "q"),
        node("QLinearConv", "q s z k ws wz s z", "c", **attributes),
        node("QLinearAdd", "c s z c s z s z", "a", domain="com.microsoft"),
        node("QLinearGlobalAveragePool", "a s z s z", "p", domain="com.microsoft"),
        node("Flatten", "p", "f"),
        node("QGemm", "f s z w ws wz  s z", "g", domain="com.microsoft", transB=1),
        node("DequantizeLinear", "g s z", "y"),
    ]
    return graph(nodes, numbers | {"w": np.ones((10, len(stored)), stored.dtype)})


def kernel(*numbers: int, dtype: type = np.int8) -> np.ndarray:
    made = np.zeros((2, 3, 1, 1), dtype)
    made[1, : len(numbers), 0, 0] = numbers
    return made


def test_the_runtimes_own_operators_count_as_the_usual_ones():
    network = graphs.read(dumped(quantized(kernel(1))))
    assert network.macs == network.int8_macs == 2 * 3 * 32 * 32 + 2 * 10
    run.logits(network, IMAGES)


@pytest.mark.parametrize(
    ("stored", "saturates"),
    [
        (kernel(64, 64), False),
        (kernel(65, 64), True),
        (kernel(64, 0, 65), True),  # not beside each other, but the runtime orders as it likes
        (kernel(-64, -64), False),
        (kernel(-64, -65), True),
        (kernel(127, -128), False),  # they lie on both sides of 0
        (kernel(127), False),
        (kernel(200, 200, dtype=np.uint8), False),
    ],
)
def test_sums_that_can_saturate_are_those_of_two_large_weights_of_one_output(stored, saturates):
    assert graphs.read(dumped(quantized(stored))).saturates == saturates


def test_a_channel_that_stands_alone_does_not_saturate():
    depthwise = np.full((3, 1, 3, 3), 127, np.int8)
    network = graphs.read(dumped(quantized(depthwise, group=3)))
    assert not network.saturates


def qdq(stored: np.ndarray) -> onnx.ModelProto:
    nodes = [
        node("QuantizeLinear", "x s z", "q"),
        node("DequantizeLinear", "q s z", "d"),
        node("DequantizeLinear", "k s", "kd"),
        node("Conv", "d kd", "h"),
    ]
    made = graph([*nodes, *tail("h")], weights() | {"s": ONE, "z": ZERO})
    tensor = numpy_helper.from_array(stored, "k")
    made.graph.initializer.append(tensor)
    return made


def test_the_other_format_is_known_by_what_stands_before_the_convolution():
    network = graphs.read(dumped(qdq(np.full((3, 3, 1, 1), 100, np.int8))))
    assert (network.macs, network.int8_macs) == (3 * 3 * 32 * 32 + 30, 3 * 3 * 32 * 32)
    assert network.saturates


def test_weights_of_four_bits_are_read_and_run():
    made = qdq(np.ones((3, 3, 1, 1), np.int8))
    made.graph.initializer[-1].CopyFrom(helper.make_tensor("k", TensorProto.INT4, (3, 3, 1, 1), [1, -8, 7] * 3))
    made.opset_import[0].version = 21
    network = graphs.read(dumped(made))
    assert network.int8_macs == 3 * 3 * 32 * 32
    run.logits(network, IMAGES)


@pytest.mark.parametrize("name", ["float_data", "int32_data", "raw_data"])
def test_a_tensor_with_too_few_numbers_is_refused(name):
    tensor = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=[4])
    setattr(tensor, name, b"123") if name == "raw_data" else getattr(tensor, name).extend([1])
    with pytest.raises(RefusedError, match="says that its shape is 4, but holds another number"):
        of_tensor(tensor)


def test_limits_are_what_they_say(monkeypatch):
    content = dumped(good())
    monkeypatch.setattr(graphs, "MAX_BYTES", len(content))
    monkeypatch.setattr(graphs, "MAX_MACS", 30)
    monkeypatch.setattr(graphs, "MAX_NUMBERS", 3 + 3 + 10)
    assert graphs.read(content).numbers == 16
    monkeypatch.setattr(graphs, "MAX_NUMBERS", 15)
    with pytest.raises(RefusedError, match=r"more than 15 numbers for one image; Gemm \(y\) is the first beyond"):
        graphs.read(content)
    monkeypatch.setattr(graphs, "MAX_NUMBERS", 16)
    monkeypatch.setattr(graphs, "MAX_MACS", 29)
    with pytest.raises(RefusedError, match="needs 30 MACs for one image, more than 29"):
        graphs.read(content)
    monkeypatch.setattr(graphs, "MAX_BYTES", len(content) - 1)
    with pytest.raises(RefusedError, match=f"it has {len(content)} bytes, more than {len(content) - 1}"):
        graphs.read(content)
