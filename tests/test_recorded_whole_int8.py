"""Files in which no operator computes in float."""

import pytest
import torch
from torch import nn

from course.recorded import whole_int8
from labsupport import ort


class Residual(nn.Module):
    """One of each kind of operator that the course's networks have."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.classifier = nn.Linear(8, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        hidden = nn.functional.max_pool2d(torch.relu(self.first(images)), 2)
        hidden = nn.functional.relu6(hidden + self.second(hidden))
        return self.classifier(hidden.mean((2, 3)))


@pytest.fixture(scope="module")
def batches():
    return list(torch.randn(40, 3, 12, 12, generator=torch.Generator().manual_seed(0)).split(20))


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Residual().eval()


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("tool", [whole_int8.by_onnxruntime, whole_int8.by_torchao])
def test_every_operator_is_in_int8_and_the_logits_are_near(tool, per_channel, model, batches, tmp_path):
    path = tool(model, batches, tmp_path / "int8.onnx", per_channel=per_channel)
    assert whole_int8.float_operators(path) == {}
    assert ort.operators(path, optimised=True)["QLinearConv"] == 2
    with torch.inference_mode():
        exact = model(batches[0])
    rounded = ort.run(ort.session(path), batches[0])
    assert 0 < (rounded - exact).abs().max() < 0.1 * exact.abs().max()


def test_what_is_left_in_float_is_counted(model, batches, tmp_path):
    source = ort.export(model, batches[0], tmp_path / "fp32.onnx")
    assert whole_int8.float_operators(source)
    left = whole_int8.float_operators(ort.quantize_static(source, batches, tmp_path / "int8.onnx"))
    assert left == {"ReduceMean": 1, "QuantizeLinear": 1, "DequantizeLinear": 1}
