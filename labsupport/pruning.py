"""Channels that must be cut together: the groups of a network, found by torch-pruning, masked or removed.

A group is every layer that makes, passes on or reads the same channels (Fang et al. 2023, arXiv:2301.12900). Groups
are named after the first convolution that writes to them, and stand in the order of the network. The channels that the
classifier puts out belong to no group.
"""

import copy
from collections.abc import Callable, Mapping

import torch
import torch_pruning as tp
from torch import Tensor, nn

from labsupport import measure

Group = tp.dependency.Group
Importance = Callable[[Group], Tensor]
EXAMPLE = torch.zeros(1, 3, 32, 32)
"""An image that shows the shapes of all tensors."""
L2: Importance = tp.importance.GroupMagnitudeImportance(p=2)
"""The library's score: squares of all weights that go with a channel, over all layers of the group; 1 on average."""


def groups(model: nn.Module) -> dict[str, Group]:
    """Return the groups of a network with a layer called `classifier`, by the name of their first convolution."""
    graph = tp.DependencyGraph().build_dependency(model, example_inputs=EXAMPLE)
    found = graph.get_all_groups(ignored_layers=[model.classifier], root_module_types=[nn.Conv2d])
    place = {module: number for number, module in enumerate(model.modules())}
    names = {module: name for name, module in model.named_modules()}
    first = {names[min(writers(group), key=place.get)]: group for group in found}
    return {name: first[name] for name in names.values() if name in first}


def writers(group: Group, kinds: tuple[type[nn.Module], ...] = (nn.Conv2d,)) -> list[nn.Module]:
    """Return the layers of a group that put its channels out, of some kinds: convolutions, or batch norms as well."""
    cuts_outputs = ("prune_out_channels", "prune_depthwise_out_channels")
    return [
        dep.target.module
        for dep, _ in group
        if isinstance(dep.target.module, kinds) and dep.handler.__name__ in cuts_outputs
    ]


def remove(model: nn.Module, ratios: Mapping[str, float], importance: Importance = L2) -> nn.Module:
    """Return a slim copy: from each group the weakest channels are removed.

    Args:
        model: as for `groups`.
        ratios: group -> channels to remove over channels; all groups, or those that lose some.
        importance: scores the channels of a group, float32 (channels,); the lowest go.
    """
    slim = copy.deepcopy(model)
    found = groups(slim)
    gone = _weakest(found, ratios, importance)
    for name, channels in gone.items():
        found[name].prune(idxs=channels)
    return slim


def mask(model: nn.Module, ratios: Mapping[str, float], importance: Importance = L2) -> nn.Module:
    """Return a copy of full size in which the channels that `remove` would take out are zero.

    Zero are the filters, and scale and shift of the batch norms behind them.
    """
    masked = copy.deepcopy(model)
    found = groups(masked)
    for name, channels in _weakest(found, ratios, importance).items():
        for layer in writers(found[name], (nn.Conv2d, nn.BatchNorm2d)):
            for tensor in (layer.weight, layer.bias):
                if tensor is not None:
                    tensor.data[channels] = 0
    return masked


def macs_of(model: nn.Module, ratios: Mapping[str, float]) -> int:
    """Count the MACs of a network, for one image of 32x32, after `remove`."""
    return measure.count_macs(remove(model, ratios), EXAMPLE)


def one_ratio(model: nn.Module, budget_macs: float, steps: int = 200) -> float:
    """Return the smallest ratio, a multiple of 1 / steps, with which all groups alike keep a budget of MACs.

    Raises:
        ValueError: no ratio below 1 keeps it.
    """
    names = list(groups(model))
    for step in range(1, steps):
        if macs_of(model, dict.fromkeys(names, step / steps)) <= budget_macs:
            return step / steps
    raise ValueError(f"No ratio below 1 leaves at most {budget_macs:,.0f} MACs.")


def fresh(model: nn.Module) -> nn.Module:
    """Return a copy with the same shapes and new random weights."""
    new = copy.deepcopy(model)
    for layer in new.modules():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    return new


def _weakest(found: Mapping[str, Group], ratios: Mapping[str, float], importance: Importance) -> dict[str, list[int]]:
    """Return the channels to go, group by group, all chosen before anything is cut.

    Raises:
        ValueError: a ratio is for a group that the network does not have.
    """
    if unknown := sorted(set(ratios) - set(found)):
        raise ValueError(f"There is no group {', '.join(unknown)}; the groups are {', '.join(found)}.")
    scores = {name: importance(found[name]) for name in ratios}
    return {name: one.argsort()[: round(ratios[name] * len(one))].tolist() for name, one in scores.items()}
