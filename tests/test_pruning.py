"""Groups of channels: masked equals removed, and what is wrong is said."""

import pytest
import torch
from torch import nn

from labsupport import measure, pruning
from labsupport.models import VGG16, MobileCNN, ResNet8

IMAGES = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def trained_looking(build):
    """A network whose batch norms are not at their start: there a masked channel would look removed by chance."""
    torch.manual_seed(0)
    model = build().eval()
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
            layer.running_mean.uniform_(-0.2, 0.2)
    return model


@pytest.mark.parametrize("build", [ResNet8, MobileCNN])
@pytest.mark.parametrize("ratio", [0.25, 0.75])
def test_removed_equals_masked(build, ratio):
    model = trained_looking(build)
    ratios = dict.fromkeys(pruning.groups(model), ratio)
    slim, masked = pruning.remove(model, ratios), pruning.mask(model, ratios)
    with torch.inference_mode():
        assert torch.allclose(slim(IMAGES), masked(IMAGES), atol=1e-4)
        assert not torch.allclose(slim(IMAGES), model(IMAGES), atol=1e-2)
    assert measure.count_parameters(slim) < measure.count_parameters(masked) == measure.count_parameters(model)


def test_a_mask_that_forgets_the_shift_is_no_removal():
    model = trained_looking(ResNet8)
    ratios = dict.fromkeys(pruning.groups(model), 0.25)
    wrong = pruning.mask(model, ratios)
    wrong.blocks[0].conv1[1].bias.data += 0.5
    slim = pruning.remove(model, ratios)
    with torch.inference_mode():
        assert not torch.allclose(slim(IMAGES), wrong(IMAGES), atol=1e-4)


def test_layers_of_a_stream_are_one_group_and_the_classifier_is_in_none():
    model = ResNet8().eval()
    found = pruning.groups(model)
    assert list(found) == sorted(found, key=[name for name, _ in model.named_modules()].index)
    assert pruning.writers(found["stem.0.0"]) == [model.stem[0][0], model.blocks[0].conv2[0]]
    assert all(model.classifier not in pruning.writers(group, (nn.Linear,)) for group in found.values())


def test_what_is_not_named_stays():
    model = VGG16().eval()
    first = next(iter(pruning.groups(model)))
    slim = pruning.remove(model, {first: 0.5})
    assert slim.features[0].out_channels == 32
    assert slim.features[3].out_channels == 64


def test_the_given_score_decides():
    model = trained_looking(ResNet8)
    first = next(iter(pruning.groups(model)))
    slim = pruning.remove(model, {first: 0.5}, lambda group: torch.arange(16.0))
    assert torch.equal(slim.stem[0][0].weight, model.stem[0][0].weight[8:])


def test_an_unknown_group_is_named():
    with pytest.raises(ValueError, match=r"no group stem\.9; the groups are stem\.0\.0"):
        pruning.remove(ResNet8().eval(), {"stem.9": 0.5})


def test_one_ratio_is_the_smallest_that_keeps_the_budget():
    model = ResNet8().eval()
    budget = 0.7 * measure.count_macs(model, pruning.EXAMPLE)
    ratio = pruning.one_ratio(model, budget, steps=20)
    names = pruning.groups(model)
    assert pruning.macs_of(model, dict.fromkeys(names, ratio)) <= budget
    assert pruning.macs_of(model, dict.fromkeys(names, ratio - 1 / 20)) > budget
    with pytest.raises(ValueError, match="No ratio below 1"):
        pruning.one_ratio(model, 1, steps=3)


def test_fresh_has_the_shapes_and_other_weights():
    model = trained_looking(ResNet8)
    new = pruning.fresh(model)
    assert [p.shape for p in new.parameters()] == [p.shape for p in model.parameters()]
    assert not torch.equal(new.stem[0][0].weight, model.stem[0][0].weight)
