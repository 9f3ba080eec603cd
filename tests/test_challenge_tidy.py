"""The tools that make the reference: a file made smaller computes the same, and training on grids is undone."""

import copy
import pickle
import shutil

import numpy as np
import pytest
import torch
from torch import nn

from course.challenge.tidy import tidy
from course.recorded import grids, lab14, whole_int8
from labsupport import challenge, datasets, models, ort
from labsupport.challenge import graph, run
from labsupport.device import networks

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 3, 32, 32), np.uint8)


@pytest.fixture(scope="module")
def examples():
    return datasets.calibration_loader(datasets.load("cifar10_mini", "calibration"), 4, batch_size=1)


def test_a_tidy_file_is_much_smaller_and_gives_the_same_logits(monkeypatch, tmp_path):
    source = networks.searched()
    written = tidy(source, tmp_path / "tidy.onnx")
    small = graph.read(written.read_bytes())
    monkeypatch.setattr(graph, "MAX_BYTES", 10**6)
    large = graph.read(source.read_bytes())
    assert small.num_bytes < 0.65 * large.num_bytes
    assert (small.macs, small.int8_macs) == (large.macs, large.int8_macs)
    np.testing.assert_array_equal(run.logits(small, IMAGES), run.logits(large, IMAGES))


@pytest.fixture
def model():
    torch.manual_seed(0)
    return lab14.NETWORKS["searched"]()


def test_the_reference_fits_into_the_rule_and_is_all_in_int8(model, examples, tmp_path):
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d):  # as after training: no bias is 0, so none is shared
                layer.bias.normal_()
    source = whole_int8.by_onnxruntime(
        model.eval(), examples, tmp_path / "a.onnx", per_channel=True, dynamic_batch=False
    )
    network = graph.read(tidy(source, tmp_path / "b.onnx").read_bytes())
    assert whole_int8.float_operators(tmp_path / "b.onnx") == {}
    assert 90_000 < network.num_bytes <= challenge.MAX_BYTES
    assert network.macs == network.int8_macs == 10_270_592
    assert run.logits(network, IMAGES).shape == (20, 10)


def test_networks_on_grids_round_and_are_plain_again_afterwards(model):
    images = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    plain = copy.deepcopy(model)
    names = set(model.state_dict())
    grids.put_on(model)
    pickle.loads(pickle.dumps(model))  # it is sent to other processes
    model.train()(images).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    rounded = [layer for layer in model.modules() if isinstance(layer, grids.Rounded)]
    assert all(layer.high > layer.low for layer in rounded)
    assert len(rounded) > 20
    inside = rounded[0].eval()(images)
    assert len(inside.unique()) <= 256
    grids.take_off(model)
    assert set(model.state_dict()) == names
    assert {type(layer) for layer in model.modules()} == {type(layer) for layer in plain.modules()}
    pairs = zip(model.named_parameters(), plain.parameters(), strict=True)
    for (name, now), before in pairs:
        if now.ndim > 1:
            torch.testing.assert_close(now, grids.on_grid(before), msg=name)
            assert all(len(row.unique()) <= 255 for row in now.flatten(1))


def test_a_weight_on_its_grid_has_the_codes_of_the_tool(examples, tmp_path):
    """Rounding twice changes nothing: the tool finds the scale that training used."""
    torch.manual_seed(0)
    model = models.ResNet8()
    grids.put_on(model)
    grids.take_off(model)
    weight = model.stem[0][0].weight
    torch.testing.assert_close(grids.on_grid(weight), weight)


def test_a_file_that_computes_in_float_is_no_reference(monkeypatch, model, tmp_path):
    monkeypatch.setattr(whole_int8, "float_operators", lambda path: {"Conv": 3})
    monkeypatch.setattr(whole_int8, "by_onnxruntime", lambda *args, **_: shutil.copy(networks.searched(), args[2]))

    class Few(lab14.Run):
        def load(self, name, split):
            return datasets.load("cifar10_mini", split).subset(10)

    with pytest.raises(lab14.CourseError, match="these compute in float: Conv"):
        lab14.int8_file(Few("14", "long", 0), model, tmp_path / "never.onnx")


def test_the_same_network_twice_gives_the_same_bytes(tmp_path):
    source = networks.searched()
    assert tidy(source, tmp_path / "a.onnx").read_bytes() == tidy(source, tmp_path / "b.onnx").read_bytes()
    assert ort.operators(tmp_path / "a.onnx")["QLinearConv"] == 22
