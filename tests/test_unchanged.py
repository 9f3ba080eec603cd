"""What counts as a changed argument."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from labsupport.checks.unchanged import changed, picture


@dataclass
class Holder:
    images: torch.Tensor
    name: str = "holder"


def network():
    return nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).eval()


def relabel(values):
    values["b"] = values.pop("a")


CHANGES = [
    ("a value of a tensor", lambda: torch.ones(3), lambda x: x.mul_(2)),
    ("one value of a view", lambda: torch.zeros(4).view(2, 2), lambda x: x[0].add_(1)),
    ("to nan", lambda: torch.ones(2), lambda x: x.fill_(float("nan"))),
    ("the shape of a tensor", lambda: torch.ones(2, 3), lambda x: x.resize_(3, 2)),
    ("a boolean tensor", lambda: torch.ones(2, dtype=torch.bool), lambda x: x.logical_not_()),
    ("an array", lambda: np.arange(3), lambda x: x.__setitem__(0, 7)),
    ("a list that grows", lambda: [1], lambda x: x.append(2)),
    ("a list that is sorted", lambda: [2, 1], lambda x: x.sort()),
    ("a tensor in a dict in a list", lambda: [{"a": torch.ones(1)}], lambda x: x[0]["a"].add_(1)),
    ("a dict with another key", lambda: {"a": 1}, relabel),
    ("the order of a dict", lambda: OrderedDict(a=1, b=2), lambda x: x.move_to_end("a")),
    ("a set", lambda: {1, 2}, lambda x: x.pop()),
    ("a field of an object", lambda: Holder(torch.ones(1)), lambda x: x.images.add_(1)),
    ("a name in an object", lambda: Holder(torch.ones(1)), lambda x: setattr(x, "name", "other")),
    ("a weight of a network", network, lambda x: nn.init.zeros_(x[0].weight)),
    ("the mode of a part", network, lambda x: x[1].train()),
    ("statistics of a batch norm", network, lambda x: x[1].reset_running_stats()),
    ("a part put in place of another", network, lambda x: x.__setitem__(0, nn.Identity())),
]


@pytest.mark.parametrize(("make", "change"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_change_is_seen_and_none_is_not(make, change):
    value = make()
    if isinstance(value, nn.Module):
        value[1].running_mean.add_(1)
    before = {"value": picture(value)}
    assert list(changed(before, {"value": value})) == []
    change(value)
    assert list(changed(before, {"value": value})) == ["value"]


@pytest.mark.parametrize(
    ("value", "use"),
    [
        (torch.Generator().manual_seed(0), lambda g: torch.rand(1, generator=g)),
        (torch.tensor([float("nan"), 1.0]), torch.sum),
        (np.array([np.nan]), np.sum),
        (float("nan"), str),
        (iter([1, 2]), next),
        (torch.ones(2, requires_grad=True), lambda x: x.sum().backward()),
        (print, repr),
    ],
)
def test_what_is_there_to_be_used_may_be_used(value, use):
    before = {"value": picture(value)}
    use(value)
    assert list(changed(before, {"value": value})) == []


def test_a_number_that_was_nan_has_changed():
    values = [float("nan")]
    before = {"values": picture(values)}
    values[0] = 1.0
    assert list(changed(before, {"values": values})) == ["values"]


def test_a_nest_without_end_is_no_error():
    nest = []
    nest.append(nest)
    assert list(changed({"nest": picture(nest)}, {"nest": nest})) == []
