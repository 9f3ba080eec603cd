"""Visible cases of linear_file, lab 10."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_square() -> tuple:
    import torch

    return torch.tensor([[1.0, -2.0], [0.5, 3.0]]), torch.tensor([0.25, -1.0])


def inputs_wide() -> tuple:
    import torch

    return torch.tensor([[1.0, 0.5, -1.0, 2.0], [-0.5, 1.0, 0.0, 1.5], [2.0, -3.0, 1.0, 0.25]]), torch.tensor(
        [0.5, -1, 0]
    )


def drive_file(linear_file: Callable, weight: object, bias: object) -> Data:
    import tempfile
    from pathlib import Path

    import onnx
    import torch
    from onnx.reference import ReferenceEvaluator

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "linear.onnx"
        linear_file(weight, bias, str(path))
        if not path.exists():
            return {"written": False}
        model = onnx.load(path)
    problem = ""
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        problem = str(error).strip().splitlines()[0]
    found = {"written": True, "problem": problem, "y": torch.zeros(0)}
    for end, values in (("input", model.graph.input), ("output", model.graph.output)):
        shapes = [[dim.dim_param or dim.dim_value for dim in v.type.tensor_type.shape.dim] for v in values]
        found[end] = [[v.name for v in values], *shapes]
    found["opset"] = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 0)
    if not problem and found["input"][0] == ["input"]:
        for opset in model.opset_import:
            opset.domain = "" if opset.domain == "ai.onnx" else opset.domain  # two names of one domain
        x = torch.linspace(-2, 3, 3 * weight.shape[1]).reshape(3, -1).cos() * 3
        try:
            found["y"] = ReferenceEvaluator(model).run(None, {"input": x.numpy()})[0]
        except Exception as error:
            found["problem"] = f"it does not run: {error}"[:200]
    return found


def judge_file(found: Data, weight: object, bias: object) -> None:
    import torch

    outputs, inputs = weight.shape
    require(found["written"], "writes-nothing", "There is no file at path after the call. onnx.save(model, path).")
    hint = f"ONNX refuses the file: {found['problem']} Check the sizes, and the order of the nodes."
    require(not found["problem"], "broken-graph", hint)
    hint = f"The file asks for opset {found['opset']}, not 20. Unless told otherwise, make_model takes the newest."
    require(found["opset"] == 20, "newest-opset", hint)
    for end in ("input", "output"):
        hint = f"The {end}s of the graph are {found[end][0]}. One is asked for, named '{end}'."
        require(found[end][0] == [end], "wrong-names", hint)
    dims = {end: found[end][1] for end in ("input", "output")}
    opened = {end: shape != [] and isinstance(shape[0], str) for end, shape in dims.items()}
    hint = f"The output is {dims['output']}, the input {dims['input']}: only a batch of 1 gets in. Open the input too."
    require(opened["input"] or not opened["output"], "dynamic-output-only", hint)
    hint = f"The input is {dims['input']}: a batch of 3 would be refused. Name the first, as in ['batch', {inputs}]."
    require(opened["input"], "fixed-batch", hint)
    expected = {"input": ["batch", inputs], "output": ["batch", outputs]}
    require(dims == expected, "wrong-shape", f"The shapes must be {expected}; got {dims}.")
    x = torch.linspace(-2, 3, 3 * inputs).reshape(3, -1).cos().double().numpy() * 3
    sums = x @ weight.double().numpy().T + bias.double().numpy()
    y = found["y"]
    require((y >= 0).all(), "forgets-the-relu", "An output is negative. The second node is a Relu.")
    hint = "This is x @ weight. PyTorch keeps a linear weight as (out, in): Gemm has transB=1 for that."
    if inputs == outputs:
        straight = np.maximum(x @ weight.double().numpy() + bias.double().numpy(), 0)
        require(np.shape(y) != straight.shape or not np.allclose(y, straight, atol=1e-4), "forgets-to-transpose", hint)
    hint = "relu(x @ weight.T + bias), three rows."
    require_close(y, np.maximum(sums, 0), "wrong-values", hint, rtol=1e-4, atol=1e-5)


CASES = (
    Case("a square layer", inputs_square, judge_file, drive_file),
    Case("four inputs, three outputs", inputs_wide, judge_file, drive_file),
)
