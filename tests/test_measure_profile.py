"""Times by operator, and the work that each does."""

import pytest
import torch
from torch import nn

from labsupport import measure, ort


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    layers = nn.Sequential(
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.Conv2d(32, 32, 3, padding=1, groups=32, bias=False),
        nn.Conv2d(32, 16, 1, bias=False),
        nn.AdaptiveAvgPool2d(1),
    )
    images = torch.randn(1, 16, 8, 8)
    path = ort.export(layers.eval(), images, tmp_path_factory.mktemp("profile") / "layers.onnx")
    return measure.operator_times(path, images, runs=4)


def test_the_kinds_of_convolutions_are_told_apart_by_their_filters(table):
    assert sorted(table.kind[table.macs > 0]) == ["dense", "depthwise", "pointwise"]
    assert "other" in set(table.kind)


def test_macs_and_bytes_are_those_of_the_shapes(table):
    by_kind = table.set_index("kind")
    assert by_kind.macs["dense"] == 9 * 16 * 32 * 64
    assert by_kind.macs["depthwise"] == 9 * 32 * 64
    assert by_kind.macs["pointwise"] == 32 * 16 * 64
    assert by_kind.num_bytes["depthwise"] == 4 * (2 * 32 * 64 + 9 * 32)


def test_every_operator_took_some_time(table):
    assert (table.microseconds >= 0).all()
    assert table.operator.is_unique


def test_too_few_runs_are_refused():
    with pytest.raises(ValueError, match="runs is 3"):
        measure.operator_times("nowhere.onnx", torch.zeros(1), runs=3)
    with pytest.raises(FileNotFoundError, match="no ONNX file"):
        measure.operator_times("nowhere.onnx", torch.zeros(1))
