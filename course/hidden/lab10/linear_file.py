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
