import pytest
import torch
from torch import nn

from labsupport import measure


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.twice = nn.Linear(5, 5)
        self.unused = nn.Linear(2, 2)
        self.head = nn.Linear(4, 2)

    def forward(self, images):
        x = self.twice(self.twice(self.stem(images)))
        return self.head(x.relu_().mean((2, 3)))


def test_each_layer_runs_alone_on_the_input_it_got():
    model, images = Branches().eval(), torch.randn(2, 3, 7, 7)
    calls = measure.layer_calls(model, images)
    with torch.inference_mode():
        assert list(calls) == ["stem", "twice", "head"]
        assert torch.equal(calls["stem"](), model.stem(images))
        assert torch.equal(calls["twice"](), model.twice(model.twice(model.stem(images))))
        assert torch.equal(calls["head"](), model(images))


def test_only_the_kinds_asked_for():
    assert list(measure.layer_calls(Branches().eval(), torch.randn(1, 3, 7, 7), (nn.Conv2d,))) == ["stem"]


def test_no_hook_is_left_behind_also_when_the_network_fails():
    model = Branches().eval()
    measure.layer_calls(model, torch.randn(1, 3, 7, 7))
    with pytest.raises(RuntimeError):
        measure.layer_calls(model, torch.randn(1, 2, 7, 7))
    assert not any(layer._forward_hooks for layer in model.modules())
