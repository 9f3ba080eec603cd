"""What the tests of the challenge share: small networks within the rule, and files that are broken or hostile.

Each row of HOSTILE is a builder of a file's bytes and words of the sentence that refuses it.
"""

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

from course.challenge.images import Images
from course.challenge.work import Ran
from labsupport.challenge import MAX_BYTES

F, U8, I64 = TensorProto.FLOAT, TensorProto.UINT8, TensorProto.INT64
GIGA = 1 << 30
Build = Callable[[], bytes]


def graph(nodes, stored=None, *, opset=20, x=(1, 3, 32, 32), y=(1, 10), **model_fields) -> ModelProto:
    """Return a model from input `x` to output `y`; `stored` are arrays by name."""
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in (stored or {}).items()]
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", F, x)],
        [helper.make_tensor_value_info("y", F, y)],
        tensors,
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, **model_fields)


def tail(name: str) -> list:
    """Return operators that make ten logits of three channels."""
    return [
        helper.make_node("GlobalAveragePool", [name], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w"], ["y"]),
    ]


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    return {"w": np.random.default_rng(seed).normal(size=(3, 10)).astype(np.float32)}


def good(seed: int = 0) -> ModelProto:
    """Return a network within the rule: 30 MACs."""
    return graph(tail("x"), weights(seed))


def dumped(model: ModelProto) -> bytes:
    return model.SerializeToString()


def through(*nodes, stored=None, opset=20) -> Build:
    """Build a network whose input goes through these operators, from `x` to `h`, before the logits."""
    return lambda: dumped(graph([*nodes, *tail("h")], weights() | (stored or {}), opset=opset))


def edited(edit: Callable[[ModelProto], object], model: Callable[[], ModelProto] = good) -> Build:
    """Build a network within the rule after an edit."""

    def build() -> bytes:
        made = model()
        edit(made)
        return dumped(made)

    return build


def node(kind: str, inputs: str, output: str = "h", **attributes):
    """Return an operator; two spaces in a row leave an input out."""
    return helper.make_node(kind, inputs.split(" ") if inputs else [], output.split(), **attributes)


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def conv(**attributes) -> Build:
    kernel = np.ones((3, 3, 3, 3), np.float32)
    return through(node("Conv", "x k", **attributes), stored={"k": kernel})


def packed(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def external(model: ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def function(model: ModelProto) -> None:
    opset = [helper.make_opsetid("", 20)]
    model.functions.append(
        helper.make_function("own", "F", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])], opset)
    )
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node[0].op_type, model.graph.node[0].domain = "F", "own"


def body(name: str = "b"):
    value = helper.make_tensor_value_info(name, F, None)
    return helper.make_graph([helper.make_node("Constant", [], [name], value_float=1.0)], "body", [], [value])


def nested(depth: int) -> bytes:
    """Return a graph in an attribute of a graph in an attribute, without building it: length fields by hand."""

    def field(number: int, content: bytes) -> bytes:
        size, length = len(content), b""
        while True:
            length += bytes([size & 127 | (128 if size > 127 else 0)])
            size >>= 7
            if not size:
                return bytes([number << 3 | 2]) + length + content

    inner = field(4, b"If")
    for _ in range(depth):
        inner = field(4, b"If") + field(5, field(1, b"g") + field(6, field(1, inner)))  # node, attribute, its graph
    return b"\x08\x0a" + field(7, field(1, inner)) + field(8, b"\x10\x14")


def set_dims(*dims: int) -> Callable[[ModelProto], None]:
    def edit(model: ModelProto) -> None:
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend(dims)

    return edit


def say(name: str, *shape: int) -> Callable[[ModelProto], None]:
    return lambda model: model.graph.value_info.append(helper.make_tensor_value_info(name, F, shape))


def open_dimension(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"


def no_shape(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.ClearField("shape")


def many(kind: str, count: int) -> Build:
    """Build a chain of operators on ten numbers."""

    def build() -> bytes:
        names = [format(number, "x") for number in range(count)]
        chain = [helper.make_node(kind, [a], [b]) for a, b in zip(["flat", *names], [*names, "last"], strict=True)]
        nodes = [*tail("x")[:2], *chain, helper.make_node("Gemm", ["last", "w"], ["y"])]
        return dumped(graph(nodes, weights()))

    return build


def doubled() -> bytes:
    nodes, name = [], "x"
    for step in range(30):
        nodes.append(helper.make_node("Concat", [name, name], [f"c{step}"], axis=2))
        name = f"c{step}"
    return dumped(graph([*nodes, *tail(name)], weights()))


def constant_of(value) -> Build:
    """Build a network that multiplies its logits by a constant."""
    nodes = [*tail("x")[:2], node("Gemm", "flat w", "z"), node("Mul", "z c", "y")]
    return lambda: dumped(graph(nodes, weights() | {"c": np.float32(value)}))


def outputs(*shape: int) -> Build:
    """Build a network that writes and declares another output."""
    nodes = [*tail("x")[:2], helper.make_node("Gemm", ["flat", "w"], ["y"])]
    return lambda: dumped(graph(nodes, {"w": np.ones((3, shape[-1]), np.float32)}, y=shape))


def large() -> bytes:
    return dumped(graph(tail("x"), weights() | {"padding": np.zeros(MAX_BYTES, np.uint8)}))


def unnamed(model: ModelProto) -> None:
    model.graph.node[0].op_type = "Evil\x1b[2J\u202e" + "x" * 500


def wrong_axis(model: ModelProto) -> None:
    attribute = model.graph.node[1].attribute.add()
    attribute.name, attribute.type, attribute.f = "axis", onnx.AttributeProto.FLOAT, 1.0


HOSTILE: dict[str, tuple[Build, str]] = {
    # What is no network.
    "empty": (lambda: b"", "it is empty"),
    "text": (lambda: b"<html>Please log in</html>", "no ONNX file"),
    "random bytes": (lambda: random.Random(0).randbytes(5000), "no ONNX file"),
    "half a file": (lambda: dumped(good())[:-40], "no ONNX file"),
    "a zip file": (lambda: packed("edge_challenge.onnx", dumped(good())), "no ONNX file"),
    "a zip bomb": (lambda: packed("edge_challenge.onnx", bytes(50_000_000)), "no ONNX file"),
    "a pickle": (lambda: pickle.dumps({"state_dict": [1, 2, 3]}), "no ONNX file"),
    "the runtime's own format": (lambda: b"\x18\x00\x00\x00ORTM" + bytes(500), "no ONNX file"),
    "no graph": (lambda: ModelProto(ir_version=10).SerializeToString(), "no graph"),
    "no operators": (lambda: dumped(graph([])), "no operators"),
    "graphs in graphs, deeper than a parser goes": (lambda: nested(500), "no ONNX file"),
    "graphs in graphs": (lambda: nested(20), "holds another graph"),
    "too large": (large, "more than 96,000"),
    # What cannot be counted.
    "tensors in another file": (edited(external), "external_data=False"),
    "an operator of its own": (through(node("Backdoor", "x", domain="evil")), "the domain evil"),
    "an unknown operator of the runtime": (
        through(node("FusedConv", "x k", domain="com.microsoft"), stored={"k": np.ones((3, 3, 1, 1), np.float32)}),
        "FusedConv of the domain com.microsoft",
    ),
    "functions": (edited(function), "domain own"),
    "If": (through(node("If", "x", then_branch=body(), else_branch=body())), "If, Loop and Scan"),
    "Loop": (through(node("Loop", "x x x", body=body())), "If, Loop and Scan"),
    "Scan": (through(node("Scan", "x", body=body(), num_scan_inputs=1)), "If, Loop and Scan"),
    "an operator set of another age": (through(node("Relu", "x"), opset=7), "operator set is 7"),
    "an operator set to come": (through(node("Relu", "x"), opset=99), "operator set is 99"),
    "sparse tensors": (edited(lambda m: m.graph.sparse_initializer.add()), "sparse"),
    "a part for training": (edited(lambda m: m.training_info.add()), "for training"),
    "random numbers": (through(node("RandomNormalLike", "x")), "operator RandomNormalLike is not one"),
    "a name that acts on terminals": (edited(unnamed), r"Evil\x1b[2J\u202e"),
    # Gigabytes.
    "ConstantOfShape of gigabytes": (
        through(node("ConstantOfShape", "s"), stored={"s": ints(1, 3, GIGA, 4)}),
        "operator ConstantOfShape is not one",
    ),
    "Expand to gigabytes": (through(node("Expand", "x s"), stored={"s": ints(GIGA, 3, 32, 32)}), "operator Expand is"),
    "Tile to gigabytes": (through(node("Tile", "x s"), stored={"s": ints(1, 1, GIGA, 1)}), "operator Tile is not one"),
    "Resize to gigabytes": (
        through(node("Resize", "x  s"), stored={"s": np.array([1, 1, 1e5, 1e5], np.float32)}),
        "operator Resize is not one",
    ),
    "Pad to gigabytes": (
        through(node("Pad", "x p"), stored={"p": ints(0, 0, GIGA, 0, 0, 0, 0, GIGA)}),
        "write more than 3,000,000 numbers",
    ),
    "Concat, doubled thirty times": (doubled, "write more than 3,000,000 numbers"),
    "Add of a row and a column": (
        through(
            node("Reshape", "x r", "row"),
            node("Reshape", "x c", "column"),
            node("Add", "row column"),
            stored={"r": ints(1, 1, 1, 3072), "c": ints(1, 1, 3072, 1)},
        ),
        "write more than 3,000,000 numbers",
    ),
    "Gather of the same again and again": (
        through(
            node("Gather", "x i", "rows", axis=2),
            node("Gather", "rows i", axis=3),
            stored={"i": np.zeros(2000, np.int32)},
        ),
        "write more than 3,000,000 numbers",
    ),
    "a kernel that reaches far": (conv(dilations=[GIGA, GIGA]), "kernel larger than its input"),
    "borders of gigabytes": (conv(pads=[GIGA] * 4), "write more than 3,000,000 numbers"),
    "a stride of nothing": (conv(strides=[0, 1]), "too small"),
    # Shapes that lie.
    "a tensor that says it is larger": (edited(set_dims(3, GIGA)), "holds another number of elements"),
    "a tensor of negative size": (edited(set_dims(-3, -10)), "shape that is none"),
    "sizes whose product is too large for 64 bits": (edited(set_dims(*[GIGA] * 8)), "holds another number of elements"),
    "a shape in the file that is not so": (edited(say("flat", 1, 4)), "says that flat has the shape (1, 4)"),
    "a shape in the file of another rank": (edited(say("flat", 3)), "says that flat has the shape (3)"),
    "a Reshape to another number": (
        through(node("Reshape", "x s"), stored={"s": ints(1, 3, 64, 64)}),
        "another number of elements",
    ),
    "a Reshape to what the network computes": (through(node("Reshape", "x x")), "numbers in the file are needed"),
    "a kernel_shape that is not the weights'": (conv(kernel_shape=[1, 1]), "another kernel_shape"),
    "more groups than channels": (conv(group=3), "in 3 groups"),
    "an attribute of another type": (edited(wrong_axis), "of another type"),
    "an open batch": (edited(open_dimension), "without dynamic_batch"),
    "an input of any shape": (edited(no_shape), "its input has the shape ()"),
    "an input of another size": (lambda: dumped(graph(tail("x"), weights(), x=(1, 3, 224, 224))), "(1, 3, 224, 224)"),
    "pixels as input": (
        edited(lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", U8)),
        "input is no tensor of float32",
    ),
    "two inputs": (edited(lambda m: m.graph.input.append(helper.make_tensor_value_info("x2", F, (1, 3)))), "2 inputs"),
    "two outputs": (
        edited(lambda m: m.graph.output.append(helper.make_tensor_value_info("flat", F, (1, 3)))),
        "2 outputs",
    ),
    "a hundred classes": (outputs(1, 100), "its output has the shape (1, 100)"),
    "an output that nothing writes": (
        edited(lambda m: m.graph.node[2].output.__setitem__(0, "z")),
        "is written by no operator",
    ),
    "an operator before what it reads": (
        lambda: dumped(graph(tail("x")[::-1], weights())),
        "which nothing before it writes",
    ),
    "a circle": (edited(lambda m: m.graph.node[0].input.__setitem__(0, "flat")), "which nothing before it writes"),
    "one name twice": (edited(lambda m: m.graph.node[1].output.__setitem__(0, "x")), "there already"),
    "two tensors of one name": (
        edited(lambda m: m.graph.initializer.append(m.graph.initializer[0])),
        "two of its tensors have one name",
    ),
    "text in a tensor": (
        edited(lambda m: m.graph.initializer.append(helper.make_tensor("t", TensorProto.STRING, [1], [b"a"]))),
        "type that the ranking does not know",
    ),
    # What costs too much, or answers nothing.
    "too many MACs": (
        through(node("Conv", "x k", pads=[63] * 4), stored={"k": np.ones((3, 3, 64, 64), np.float16)}),
        "MACs for one image, more than 12,501,632",
    ),
    "a product in disguise": (
        through(
            node("Reshape", "x s", "column"),
            node("Mul", "column k", "products"),
            node("ReduceSum", "products a", "h", keepdims=0),
            stored={"s": ints(1, 1, 3, 32, 32), "k": np.ones((1, 1000, 3, 1, 1), np.float32), "a": ints(2)},
        ),
        "write more than 3,000,000 numbers",
    ),
    "in training mode": (
        through(
            node("BatchNormalization", "x one one one one", "h m v", training_mode=1),
            stored={"one": np.ones(3, np.float32)},
        ),
        "model.eval()",
    ),
    "logits that are not a number": (constant_of(np.nan), "logits are no numbers"),
    "logits without end": (constant_of(np.inf), "logits are no numbers"),
    "an attribute that the runtime does not know": (through(node("Relu", "x", power=9)), "ONNX Runtime cannot run it"),
    "types that do not fit": (through(node("Relu", "i"), stored={"i": np.ones((1, 3, 2, 2), bool)}), "cannot run it"),
}

ENDLESS = many("Neg", 4000)
"""A network within the rule that takes some milliseconds an image: its operators are many, not large."""


def few_images(count: int = 40) -> Images:
    """Return a small set of made images for a ranking: their labels are drawn, so that no network knows them."""
    generator = np.random.default_rng(1)
    pixels = generator.integers(0, 256, (count, 3, 32, 32), np.uint8)
    labels = generator.integers(0, 10, count).astype(np.uint8)
    half = count // 2
    return Images(pixels[:half], pixels[half:], labels[:half], labels[half:], "20 images of noise")


def made_class(count: int = 30) -> tuple[list[Ran], Images]:
    """Return what came of a made class: sizes from 20 to 96 kB, larger files better, a few refused, a copy."""
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 10, 10_000).astype(np.uint8)
    nothing = np.zeros((0, 3, 32, 32), np.uint8)
    images = Images(nothing, nothing, labels[:7500], labels[7500:], "7,500 test images of CIFAR-10, changed by a seed")
    made = []
    for number in range(count):
        size = int(generator.integers(20_000, 96_000))
        macs = min(12_501_632, int(size * generator.uniform(60, 160)))
        accuracy = 0.70 + 0.2 * (size / 96_000) ** 0.5 + generator.normal(0, 0.015)
        is_right = generator.random(10_000) < accuracy
        classes = np.where(is_right, labels, (labels + 1 + generator.integers(0, 9, 10_000)) % 10)
        counted = {"num_bytes": size, "macs": macs, "int8_macs": macs if number % 4 else macs // 2}
        about = {"sha256": str(number), "saturates": bool(number % 3), "classes": "".join(map(str, classes))}
        notes = ("Of 2 files last.onnx counts; left out: first.onnx.",) if number % 5 == 0 else ()
        made.append(Ran(f"student {number}", f"student {number}.onnx", "k", notes=notes, **counted, **about))
    made[1] = replace(made[0], student="student 1", file="student 1.onnx")
    for number, name in ((7, "too large"), (11, "Loop")):
        reason = f"it is {name}, with a sentence that is long enough to need more than one line on a phone, and more"
        made[number] = Ran(f"student {number}", f"student {number}.onnx", "k", reason)
    return made, images
