import logging
import subprocess
import sys
import warnings

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from labsupport import ort


def small_network():
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(8 * 14 * 14, 10)).eval()


@pytest.fixture(scope="module")
def images():
    return torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def network():
    return small_network()


@pytest.fixture(scope="module")
def exported(network, images, tmp_path_factory):
    return ort.export(network, images, tmp_path_factory.mktemp("onnx") / "new_folder" / "net.onnx")


def test_onnx_runtime_agrees_with_pytorch(network, images, exported):
    with torch.inference_mode():
        torch.testing.assert_close(ort.run(ort.session(exported), images), network(images), atol=1e-4, rtol=1e-4)


def test_one_file_with_weights_and_stated_opset(exported, network):
    model = onnx.load(exported)
    assert [path.name for path in exported.parent.iterdir()] == ["net.onnx"]
    assert {initializer.name for initializer in model.graph.initializer} >= {"0.weight", "5.weight"}
    assert model.opset_import[0].version == ort.OPSET
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["input", "output"]
    weights = sum(parameter.numel() * 4 for parameter in network.parameters())
    assert weights < exported.stat().st_size < weights + 3000


def test_opset_can_be_chosen(network, images, tmp_path):
    assert onnx.load(ort.export(network, images, tmp_path / "net.onnx", opset=18)).opset_import[0].version == 18


def test_no_trace_of_where_it_was_made(exported):
    content = exported.read_bytes()
    for trace in (b"stack_trace", b"File ", b".py", b"namespace", b"pkg.torch", b"GraphModule"):
        assert trace not in content


def test_metadata_of_nested_graphs_is_stripped():
    inner = onnx.helper.make_node("Identity", ["x"], ["y"], doc_string="inner secret")
    branch = onnx.helper.make_graph([inner], "branch", [], [])
    outer = onnx.helper.make_node("If", ["condition"], ["out"], then_branch=branch, else_branch=branch)
    outer.metadata_props.add(key="path", value="outer secret")
    model = onnx.helper.make_model(onnx.helper.make_graph([outer], "graph", [], []), doc_string="model secret")
    model.metadata_props.add(key="path", value="model secret")
    ort._strip(model)
    assert b"secret" not in model.SerializeToString()
    assert b"Identity" in model.SerializeToString()


def test_same_bytes_every_time(network, images, exported, tmp_path):
    ort.export(nn.Sequential(nn.Flatten(), nn.Linear(784, 3)).eval(), images, tmp_path / "another.onnx")
    assert ort.export(network, images, tmp_path / "again.onnx").read_bytes() == exported.read_bytes()


@pytest.mark.parametrize("example_batch", [1, 4])
def test_dynamic_batch_takes_any_number_of_images(network, images, tmp_path, example_batch):
    path = ort.export(network, images[:example_batch], tmp_path / "net.onnx", dynamic_batch=True)
    session = ort.session(path)
    assert session.get_inputs()[0].shape == ["batch", 1, 28, 28]
    for size in (1, 3):
        with torch.inference_mode():
            expected = network(images[:size])
        torch.testing.assert_close(ort.run(session, images[:size]), expected, atol=1e-4, rtol=1e-4)


def test_fixed_batch_is_fixed(exported):
    assert ort.session(exported).get_inputs()[0].shape == [4, 1, 28, 28]


def test_training_mode_is_refused_wherever_it_hides(network, images, tmp_path):
    with pytest.raises(ValueError, match=r"training mode.*model\.eval\(\)"):
        ort.export(small_network().train(), images, tmp_path / "net.onnx")
    one_layer = small_network()
    one_layer[1].train()
    with pytest.raises(ValueError, match=r"training mode \(1\)"):
        ort.export(one_layer, images, tmp_path / "net.onnx")


def test_exported_programs_carry_their_own_mode(network, images, tmp_path):
    graph_module = torch.export.export(network, (images,)).module()
    session = ort.session(ort.export(graph_module, images, tmp_path / "net.onnx"))
    with torch.inference_mode():
        torch.testing.assert_close(ort.run(session, images), network(images), atol=1e-4, rtol=1e-4)


def test_nothing_is_printed_in_a_fresh_process(tmp_path):
    code = (
        "import torch; from torch import nn; from labsupport import ort\n"
        "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.AdaptiveAvgPool2d(4)).eval()\n"
        "x = torch.rand(1, 1, 9, 9)\n"
        f"ort.run(ort.session(ort.export(net, x, {str(tmp_path / 'net.onnx')!r}, dynamic_batch=True)), x)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_quiet_drops_prints_warnings_and_logs_but_not_errors(capfd):
    handler = logging.StreamHandler(sys.stderr)
    logger = logging.getLogger("torch.onnx.test")
    logger.addHandler(handler)
    with ort._quiet():
        print("printed")
        warnings.warn("warned", stacklevel=1)
        logger.warning("logged")
        logger.error("failed")
    logger.warning("after")
    logger.removeHandler(handler)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert [line for line in captured.err.splitlines() if "ed" in line or line == "after"] == ["failed", "after"]


def test_an_export_that_fails_says_so(images, tmp_path):
    class Branching(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(Exception, match=r"data-dependent|Failed to export"):
        ort.export(Branching().eval(), images, tmp_path / "net.onnx")
    assert not (tmp_path / "net.onnx").exists()


def test_session_options(exported):
    options = ort.session(exported, threads=2).get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level) == (2, 1, 3)
    plain = ort.session(exported, optimised=False).get_session_options()
    assert plain.graph_optimization_level != options.graph_optimization_level


def test_session_takes_bytes_and_names_a_missing_file(exported, images, tmp_path):
    from_file, from_bytes = ort.session(exported), ort.session(exported.read_bytes())
    torch.testing.assert_close(ort.run(from_file, images), ort.run(from_bytes, images))
    with pytest.raises(FileNotFoundError, match=r"missing\.onnx.*ort\.export"):
        ort.session(tmp_path / "missing.onnx")


def test_runner_returns_all_outputs_and_takes_any_memory_layout(exported, images):
    session = ort.session(exported)
    call = ort.runner(session, images.transpose(2, 3).contiguous().transpose(2, 3).requires_grad_())
    (output,) = call()
    np.testing.assert_allclose(output, ort.run(session, images).numpy(), atol=1e-6)


def test_operators_as_written_and_as_run(exported, tmp_path):
    assert ort.operators(exported) == {"Conv": 1, "Relu": 1, "MaxPool": 1, "Reshape": 1, "Gemm": 1}
    assert "Relu" not in ort.operators(exported, optimised=True), "ONNX Runtime fuses the activation"
    with pytest.raises(FileNotFoundError, match=r"missing\.onnx"):
        ort.operators(tmp_path / "missing.onnx")


@pytest.mark.parametrize("per_channel", [True, False])
def test_static_int8_is_close_small_and_fused(exported, images, tmp_path, capfd, per_channel):
    path = ort.quantize_static(exported, [images], tmp_path / "new" / "int8.onnx", per_channel=per_channel)
    assert capfd.readouterr() == ("", "")
    exact = ort.run(ort.session(exported), images)
    assert (ort.run(ort.session(path), images) - exact).abs().max() < 0.1 * exact.abs().max()
    assert path.stat().st_size < exported.stat().st_size / 2.5
    assert ort.operators(path)["DequantizeLinear"] >= 4
    assert ort.operators(path, optimised=True)["QLinearConv"] == 1
    kinds = {tensor.name: tensor.data_type for tensor in onnx.load(path).graph.initializer}
    assert onnx.TensorProto.INT8 in kinds.values()
    scales = [tensor for tensor in onnx.load(path).graph.initializer if tensor.dims == [8] and "scale" in tensor.name]
    assert bool(scales) is per_channel


def test_static_int8_needs_images_and_a_file(exported, tmp_path):
    with pytest.raises(ValueError, match="no calibration batches"):
        ort.quantize_static(exported, [], tmp_path / "int8.onnx")
    with pytest.raises(FileNotFoundError, match=r"missing\.onnx"):
        ort.quantize_static(tmp_path / "missing.onnx", [torch.zeros(1)], tmp_path / "int8.onnx")
