"""How long ONNX Runtime spends in each operator of a network, beside the work that the operator does."""

import json
import math
import tempfile
from pathlib import Path

import onnx
import onnxruntime
import pandas as pd
from torch import Tensor

from labsupport import ort

_ERRORS_ONLY = 3  # ONNX Runtime's log severity


def operator_times(path: str | Path, images: Tensor, *, runs: int = 12) -> pd.DataFrame:
    """Run a file on one thread with ONNX Runtime's profiler.

    The first quarter of the runs warms up and does not count. The profiler's own time is small and falls on every
    operator alike, so the sum is a little longer than a run without it.

    Args:
        path: an ONNX file with a single input.
        images: of the shape that the file declares.
        runs: at least 4.

    Returns:
        A row for each operator, in the order in which they run: ``operator`` (its name), ``type``, ``kind`` (dense,
        depthwise or pointwise for a convolution, else other), ``microseconds`` (the median), ``macs`` (of convolutions,
        with the channels that the runtime adds to fill its registers), and ``num_bytes`` of its first input, its output
        and its filters.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: too few runs.
    """
    if runs < 4:
        raise ValueError(f"runs is {runs}; at least 4 are needed, of which the first warms up.")
    name = ort.session(path).get_inputs()[0].name
    feeds = {name: images.detach().contiguous().numpy()}
    with tempfile.TemporaryDirectory() as folder:
        options, optimised = onnxruntime.SessionOptions(), Path(folder) / "optimised.onnx"
        options.enable_profiling, options.profile_file_prefix = True, str(Path(folder) / "profile")
        options.optimized_model_filepath = str(optimised)
        options.intra_op_num_threads, options.log_severity_level = 1, _ERRORS_ONLY
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        for _ in range(runs):
            session.run(None, feeds)
        events = json.loads(Path(session.end_profiling()).read_text())
        filters = _filter_shapes(optimised)
    nodes = [event for event in events if event.get("cat") == "Node" and event["name"].endswith("_kernel_time")]
    table = pd.DataFrame([_row(event, filters) for event in nodes])
    table = table[table.groupby("operator").cumcount() >= runs // 4]
    by_operator = table.groupby(["operator", "type", "kind"], sort=False)
    return by_operator[["microseconds", "macs", "num_bytes"]].median().reset_index()


def _filter_shapes(path: Path) -> dict[str, list[int] | None]:
    """Return the shape of the filters of every convolution in a file, by the name of its operator."""
    graph = onnx.load(path).graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    convs = [node for node in graph.node if "Conv" in node.op_type]
    return {node.name: next((shapes[i] for i in node.input if len(shapes.get(i, [])) == 4), None) for node in convs}


def _row(event: dict, filters: dict[str, list[int] | None]) -> dict[str, object]:
    """Read one event of the profile; MACs and bytes come from the shapes in it."""
    operator = event["name"].removesuffix("_kernel_time")
    sides = [event["args"][f"{side}_type_shape"] for side in ("input", "output")]
    inputs, outputs = ([next(iter(item.items())) for item in side if item] for side in sides)
    filter_shape = filters.get(operator)
    width = 1 if "int8" in outputs[0][0] else 4
    moved = width * (sum(math.prod(shape) for _, shape in [inputs[0], outputs[0]]) + math.prod(filter_shape or [0]))
    kind, macs = "other", 0
    if filter_shape is not None:
        _, per_filter, rows, columns = filter_shape
        kind = "depthwise" if per_filter == 1 else "pointwise" if rows * columns == 1 else "dense"
        macs = math.prod(outputs[0][1]) * per_filter * rows * columns
    about = {"operator": operator, "type": event["args"]["op_name"], "kind": kind}
    return about | {"microseconds": event["dur"], "macs": macs, "num_bytes": moved}
