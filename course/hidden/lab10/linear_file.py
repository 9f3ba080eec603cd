"""Hidden cases of linear_file, lab 10, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_long_layer(linear_file):
    import tempfile
    from pathlib import Path

    import onnx
    import torch
    from onnx.reference import ReferenceEvaluator

    generator = torch.Generator().manual_seed(4)
    weight, bias = torch.randn(3, 5, generator=generator), torch.randn(3, generator=generator)
    kept, x = weight.clone(), torch.randn(6, 5, generator=generator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "named differently.onnx"
        linear_file(weight, bias, str(path))
        model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    y = ReferenceEvaluator(model).run(None, {"input": x.numpy()})[0]
    dims = [dim.dim_param or dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]
    return {"y": y, "expected": torch.relu(x @ kept.T + bias), "dims": dims, "same": torch.equal(kept, weight)}


def judge_long_layer(found):
    require_close(found["y"], found["expected"], "wrong-values", "Five inputs, three outputs.", atol=1e-5)
    require(found["dims"] == ["batch", 3], "wrong-shape", f"The output is {found['dims']}.")
    require(found["same"], "changes-its-input", "The weight was changed by the call.")


CASES = (Case("five inputs, three outputs", judge=judge_long_layer, driver=drive_long_layer),)

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
}
