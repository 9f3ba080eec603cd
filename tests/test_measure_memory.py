import subprocess

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from labsupport import measure, ort
from labsupport.measure import memory, memory_child


def write(path, nodes, inputs, outputs, weights=None):
    """Save a float32 graph; inputs and outputs are name -> shape, weights name -> array."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    onnx.save(helper.make_model_gen_version(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
    return path


def weight(*shape):
    return np.zeros(shape, np.float32)


def test_liveness_of_a_residual_block_counted_by_hand(tmp_path):
    path = write(
        tmp_path / "block.onnx",
        [
            helper.make_node("Conv", ["x", "w1"], ["a"], "expand"),
            helper.make_node("Relu", ["a"], ["b"], "relu"),
            helper.make_node("Conv", ["b", "w2"], ["c"], "project"),
            helper.make_node("Add", ["x", "c"], ["y"], "add"),
        ],
        {"x": [1, 4, 8, 8]},
        {"y": [1, 4, 8, 8]},
        {"w1": weight(8, 4, 1, 1), "w2": weight(4, 8, 1, 1)},
    )
    x, wide = 4 * 64 * 4, 8 * 64 * 4
    assert measure.activation_bytes_by_node(path) == [
        ("Conv expand", x + wide),
        ("Relu relu", x + 2 * wide),  # x waits for the addition
        ("Conv project", x + wide + x),
        ("Add add", 3 * x),
    ]
    assert measure.activation_peak_bytes(path) == x + 2 * wide


def test_outputs_stay_to_the_end_and_unread_tensors_do_not(tmp_path):
    path = write(
        tmp_path / "net.onnx",
        [
            helper.make_node("Relu", ["x"], ["early"]),
            helper.make_node("Sigmoid", ["x"], ["unread"]),
            helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[4, 4]),
        ],
        {"x": [1, 1, 4, 4]},
        {"early": [1, 1, 4, 4], "y": [1, 1, 1, 1]},
    )
    assert [live for _, live in measure.activation_bytes_by_node(path)] == [2 * 64, 3 * 64, 2 * 64 + 4]


def test_what_is_computed_from_weights_is_no_activation(tmp_path):
    scale = numpy_helper.from_array(np.float32(0.5))
    path = write(
        tmp_path / "net.onnx",
        [
            helper.make_node("Constant", [], ["scale"], value=scale),
            helper.make_node("DequantizeLinear", ["integers", "scale"], ["w"]),
            helper.make_node("MatMul", ["x", "w"], ["y"]),
        ],
        {"x": [2, 100]},
        {"y": [2, 3]},
        {"integers": np.zeros((100, 3), np.int8)},
    )
    assert measure.activation_bytes_by_node(path) == [("MatMul", 4 * (200 + 6))]


def test_element_types_count_as_stored(tmp_path):
    path = write(
        tmp_path / "net.onnx",
        [
            helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
            helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["y"]),
        ],
        {"x": [1, 10]},
        {"y": [1, 10]},
        {"scale": np.float32(1), "zero": np.uint8(0)},
    )
    assert [live for _, live in measure.activation_bytes_by_node(path)] == [40 + 10, 10 + 40]


def test_values_read_inside_a_branch_are_kept_for_it(tmp_path):
    inner = helper.make_graph(
        [helper.make_node("Add", ["a", "a"], ["sum"])],
        "branch",
        [],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1, 8])],
    )
    path = write(
        tmp_path / "net.onnx",
        [
            helper.make_node("Relu", ["x"], ["a"]),
            helper.make_node("ReduceSum", ["x", "axes"], ["b"], keepdims=0),
            helper.make_node("Cast", ["b"], ["condition"], to=TensorProto.BOOL),
            helper.make_node("If", ["condition"], ["y"], then_branch=inner, else_branch=inner),
        ],
        {"x": [1, 8]},
        {"y": [1, 8]},
        {"axes": np.array([0, 1])},
    )
    assert [live for _, live in measure.activation_bytes_by_node(path)] == [64, 32 + 32 + 4, 32 + 4 + 1, 1 + 32 + 32]


def test_open_batch_counts_as_one_image(tmp_path):
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 5)).eval()
    images = torch.rand(3, 1, 8, 8)
    fixed = ort.export(network, images[:1], tmp_path / "fixed.onnx")
    dynamic = ort.export(network, images, tmp_path / "dynamic.onnx", dynamic_batch=True)
    assert measure.activation_peak_bytes(fixed) == 2 * 72 * 4
    assert measure.activation_peak_bytes(dynamic) == 2 * 72 * 4


def test_an_unknown_shape_is_named(tmp_path):
    nodes = [helper.make_node("Relu", ["x"], ["a"]), helper.make_node("Compress", ["a", "keep"], ["y"], "odd")]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8])]
    inputs += [helper.make_tensor_value_info("keep", TensorProto.BOOL, [8])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["some"])]
    graph = helper.make_graph(nodes, "graph", inputs, outputs)
    onnx.save(helper.make_model_gen_version(graph, opset_imports=[helper.make_opsetid("", 20)]), tmp_path / "net.onnx")
    with pytest.raises(ValueError, match=r"shape of 'y' at node 'odd' \(Compress\)"):
        measure.activation_peak_bytes(tmp_path / "net.onnx")


@pytest.mark.parametrize("function", [measure.process_memory, measure.activation_peak_bytes])
def test_a_missing_file_is_named(function, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.onnx.*ort\.export"):
        function(tmp_path / "missing.onnx")


def identity(path, megabytes):
    """Write a network that adds a weight of some megabytes to its input."""
    size = megabytes * 1_000_000 // 4
    nodes = [helper.make_node("Add", ["x", "w"], ["y"])]
    return write(path, nodes, {"x": ["batch", size]}, {"y": ["batch", size]}, {"w": np.ones((1, size), np.float32)})


def test_process_memory_grows_with_the_model(tmp_path):
    small = measure.process_memory(identity(tmp_path / "small.onnx", 1))
    large = measure.process_memory(identity(tmp_path / "large.onnx", 40))
    # 40 MB each of weight, input and output; the child must not have PyTorch, nor this process's memory.
    assert large.model_bytes - small.model_bytes > 3 * 35e6
    assert large.peak_bytes >= large.loaded_bytes > large.runtime_bytes
    assert small.runtime_bytes < 120e6


def test_a_failing_child_is_reported(tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    with pytest.raises(RuntimeError, match=r"broken\.onnx ended with status 1: .*(INVALID|Protobuf|protobuf)"):
        measure.process_memory(tmp_path / "broken.onnx")


def test_the_child_runs_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    calls = []
    done = subprocess.CompletedProcess([], 0, '{"runtime_bytes": 10, "loaded_bytes": 20, "peak_bytes": 50}', "")
    monkeypatch.setattr(memory.subprocess, "run", lambda command, **_: calls.append(command) or done)
    result = measure.process_memory(identity(tmp_path / "net.onnx", 1).relative_to(tmp_path))
    assert result == measure.ProcessMemory(10, 20, 50)
    assert result.model_bytes == 40
    assert calls[0][1:] == ["-P", memory_child.__file__, str(tmp_path / "net.onnx")]


def test_the_peak_outlives_what_was_freed():
    passing = np.ones(25_000_000)
    del passing
    assert memory_child.peak_bytes() - memory_child.resident_bytes() > 150e6


def test_child_prints_bytes_and_fills_inputs_of_any_type(tmp_path, capsys):
    inputs = [
        helper.make_tensor_value_info("index", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("half", TensorProto.FLOAT16, [2]),
    ]
    outputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["batch", 2])]
    outputs += [helper.make_tensor_value_info("same", TensorProto.FLOAT16, [2])]
    nodes = [helper.make_node("Gather", ["w", "index"], ["rows"]), helper.make_node("Identity", ["half"], ["same"])]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, [numpy_helper.from_array(weight(3, 2), "w")])
    onnx.save(helper.make_model_gen_version(graph, opset_imports=[helper.make_opsetid("", 20)]), tmp_path / "net.onnx")
    memory_child.main(str(tmp_path / "net.onnx"))
    measured = memory.json.loads(capsys.readouterr().out)
    assert list(measured) == ["runtime_bytes", "loaded_bytes", "peak_bytes"]
    assert measured["peak_bytes"] >= measured["runtime_bytes"] > 10e6


def test_steps_of_a_residual_block_without_its_weights(tmp_path):
    path = write(
        tmp_path / "block.onnx",
        [
            helper.make_node("Relu", ["w"], ["positive"], "of a weight"),
            helper.make_node("Conv", ["x", "positive"], ["a"], "conv"),
            helper.make_node("Mul", ["a", "a"], ["square"], "square"),
            helper.make_node("Add", ["x", "square"], ["y"], "add"),
        ],
        {"x": [1, 4, 8, 8]},
        {"y": [1, 4, 8, 8]},
        {"w": weight(4, 4, 1, 1)},
    )
    size = 4 * 64 * 4
    assert measure.activation_steps(path) == [
        {"reads": [], "writes": "x", "bytes": size},
        {"reads": ["x"], "writes": "a", "bytes": size},
        {"reads": ["a"], "writes": "square", "bytes": size},
        {"reads": ["x", "square"], "writes": "y", "bytes": size},
    ]


def test_steps_and_timeline_agree_on_the_peak(tmp_path):
    from labsupport import zoo

    path = ort.export(zoo.load("mobile_cifar10"), torch.randn(1, 3, 32, 32), tmp_path / "net.onnx")
    steps = measure.activation_steps(path)
    last = {name: number for number, step in enumerate(steps) for name in step["reads"]}
    alive = [
        sum(step["bytes"] for step in steps[: now + 1] if last.get(step["writes"], len(steps)) >= now)
        for now in range(len(steps))
    ]
    assert max(alive) == measure.activation_peak_bytes(path)
