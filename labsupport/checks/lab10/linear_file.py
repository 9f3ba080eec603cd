"""Visible cases of linear_file, lab 10."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close


def drive_square_layer(linear_file: Callable) -> Data:
    import tempfile
    from pathlib import Path

    import onnx
    import torch
    from onnx.reference import ReferenceEvaluator

    weight, bias = torch.tensor([[1.0, -2.0], [0.5, 3.0]]), torch.tensor([0.25, -1.0])
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
        x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-2.0, 4.0]]).numpy()
        found["y"] = ReferenceEvaluator(model).run(None, {"input": x})[0]
    return found


def judge_square_layer(found: Data) -> None:
    require(found["written"], "writes-nothing", "There is no file at path after the call. onnx.save(model, path).")
    hint = f"ONNX's checker refuses the file: {found['problem']} Nodes stand in the order in which they run."
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
    hint = f"The input is {dims['input']}: a batch of 3 would be refused. Name its first dimension, as in ['batch', 2]."
    require(opened["input"], "fixed-batch", hint)
    require(dims["input"] == dims["output"] == ["batch", 2], "wrong-shape", f"Both are ['batch', 2]; got {dims}.")
    y = found["y"]
    require((y >= 0).all(), "forgets-the-relu", "An output is negative. The second node is a Relu.")
    hint = "This is x @ weight. PyTorch keeps a linear weight as (out, in): Gemm has transB=1 for that."
    require(not np.allclose(y[1], [0.75, 2.0]), "forgets-to-transpose", hint)
    require_close(y, [[1.25, 0.0], [0.0, 2.0], [0.0, 10.0]], "wrong-values", "relu(x @ weight.T + bias), three rows.")


CASES = (Case("a square layer", judge=judge_square_layer, driver=drive_square_layer),)
