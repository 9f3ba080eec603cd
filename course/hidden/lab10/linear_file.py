"""Hidden cases of linear_file, lab 10, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab10.linear_file import drive_file, judge_file
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    outputs, inputs = ((3, 5), (1, 7), (6, 1), (2, 40))[seed]
    return torch.randn(outputs, inputs, generator=generator), torch.randn(outputs, generator=generator)


CASES = (Case("other sizes", inputs_drawn, judge_file, drive_file, seeds=4),)

WRONG_ANSWERS = {
    "dynamic-output-only": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["output"]),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    "fixed-batch": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["output"]),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    "forgets-to-transpose": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["g"]), helper.make_node("Relu", ["g"], ["output"])]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    "newest-opset": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["output"]),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    onnx.save(helper.make_model(helper.make_graph(nodes, "linear", [x], [y], constants)), path)
""",
    "forgets-the-relu": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["output"], transB=1)]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    "broken-graph": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Relu", ["g"], ["output"]),
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    "broken-graph, sizes swapped": edit(
        '["batch", in_features]',
        '["batch", out_features]',
        '["batch", out_features])\n    layer',
        '["batch", in_features])\n    layer',
    ),
    "broken-graph, square": edit('["batch", out_features]', '["batch", in_features]'),
    "wrong-shape, another name": edit(
        '["batch", in_features]', '["N", in_features]', '["batch", out_features]', '["N", out_features]'
    ),
    "wrong-names": edit(
        '"Gemm", ["input", ', '"Gemm", ["x", ', 'make_tensor_value_info("input"', 'make_tensor_value_info("x"'
    ),
    "wrong-values, bias forgotten": edit('["input", "weight", "bias"], ["sums"]', '["input", "weight"], ["sums"]'),
    "writes-nothing": edit(
        "onnx.save(helper.make_model(layer",
        "onnx.save(helper.make_model(layer",
        "ir_version=10), path)",
        "ir_version=10), path + '.onnx')",
    ),
    "changes-its-argument": edit("    constants =", "    weight.abs_()\n    constants ="),
    "wrong-values, float16 weights": edit(
        "numpy_helper.from_array(weight.numpy(),", "numpy_helper.from_array(weight.half().float().numpy(),"
    ),
    "forgets-the-relu, leaky": edit('"Relu", ["sums"]', '"LeakyRelu", ["sums"]'),
    "wrong-values, relu of the absolute values": edit('"Relu", ["sums"]', '"Abs", ["sums"]'),
}

READERS_WRONG_ANSWERS = {
    "forgets-to-transpose, reshape for transpose": """
def linear_file(weight: Tensor, bias: Tensor, path: str) -> None:
    out_features, in_features = weight.shape
    matrix = weight.detach().reshape(in_features, out_features).numpy()
    initializers = [
        numpy_helper.from_array(matrix, name="weight"),
        numpy_helper.from_array(bias.detach().numpy(), name="bias"),
    ]
    nodes = [
        helper.make_node("Gemm", ["input", "weight", "bias"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", in_features])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out_features])],
        initializer=initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, path)
""",
    "fixed-batch, batch fixed at one": """
def linear_file(weight: Tensor, bias: Tensor, path: str) -> None:
    out_features, in_features = weight.shape
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["input", "weight", "bias"], ["hidden"], transB=1),
            helper.make_node("Relu", ["hidden"], ["output"]),
        ],
        "linear",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, in_features])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, out_features])],
        initializer=[
            numpy_helper.from_array(weight.detach().numpy(), name="weight"),
            numpy_helper.from_array(bias.detach().numpy(), name="bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, path)
""",
    "wrong-values, bias not wired": """
def linear_file(weight: Tensor, bias: Tensor, path: str) -> None:
    weight_init = numpy_helper.from_array(weight.detach().numpy(), name="weight")
    bias_init = numpy_helper.from_array(bias.detach().numpy(), name="bias")
    gemm = helper.make_node("Gemm", ["input", "weight"], ["linear"], transB=1)
    relu = helper.make_node("Relu", ["linear"], ["output"])
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", weight.shape[1]])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", weight.shape[0]])
    graph = helper.make_graph([gemm, relu], "layer", [x], [y], initializer=[weight_init, bias_init])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, path)
""",
}

RIGHT_ANSWERS = {
    "the domain by its name": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1)]
    nodes.append(helper.make_node("Relu", ["g"], ["output"]))
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "g", [x], [y], initializer=constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx", 20)], ir_version=10), path)
""",
    "transposed beforehand": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [numpy_helper.from_array(weight.T.numpy().copy(), "w"), numpy_helper.from_array(bias.numpy(), "b")]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["g"]), helper.make_node("Relu", ["g"], ["output"])]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "g", [x], [y], initializer=constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    "MatMul, Add and Max": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    arrays = {"w": weight.numpy().T.copy(), "b": bias.numpy(), "zero": np.zeros(1, np.float32)}
    constants = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    nodes = [helper.make_node("MatMul", ["input", "w"], ["m"]), helper.make_node("Add", ["m", "b"], ["s"])]
    nodes.append(helper.make_node("Max", ["s", "zero"], ["output"]))
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "g", [x], [y], initializer=constants)
    model = helper.make_model(graph, opset_imports=[helper.make_operatorsetid("", 20)])
    with open(path, "wb") as file:
        file.write(model.SerializeToString())
""",
}
