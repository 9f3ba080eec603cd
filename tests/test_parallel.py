"""Training on two processes does what training on one does."""

from functools import partial

import pytest
import torch
from torch import nn

from labsupport import datasets, models, parallel, training
from labsupport.training import Recipe

RECIPE = Recipe(epochs=2, batch_size=50, augment=("flip",), precision="fp32")


@pytest.fixture(scope="module")
def images() -> datasets.ImageSet:
    return datasets.load("fashion_mnist", "train").subset(200)


def tiny() -> nn.Module:
    torch.manual_seed(0)
    return models.TinyCNN()


def test_two_processes_end_where_one_does(images):
    alone, together = tiny(), tiny()
    validation = datasets.load("fashion_mnist", "validation").subset(51)
    expected = training.fit(alone, images, RECIPE, validation_set=validation)
    history = parallel.fit(together, images, RECIPE, validation_set=validation)
    for key, weights in alone.state_dict().items():
        torch.testing.assert_close(together.state_dict()[key], weights, rtol=1e-3, atol=1e-5)
    assert [row["validation_accuracy"] for row in history.epochs] == pytest.approx(
        [row["validation_accuracy"] for row in expected.epochs]
    )
    assert not together.training
    assert history.precision == "fp32"


def test_a_run_that_was_stopped_ends_with_the_same_bits(images, tmp_path):
    whole, stopped = tiny(), tiny()
    parallel.fit(whole, images, RECIPE, checkpoint=tmp_path / "whole.pt")
    file = tmp_path / "stopped.pt"
    with pytest.raises(torch.multiprocessing.ProcessRaisedException, match="enough"):
        parallel.fit(stopped, images, RECIPE, checkpoint=file, after_step=_Stop(5))
    resumed = tiny()
    history = parallel.fit(resumed, images, RECIPE, checkpoint=file)
    assert [row["epoch"] for row in history.epochs] == [1, 2]
    for key, weights in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[key], weights)


class _Stop:
    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, model: nn.Module) -> None:
        self.left -= 1
        if not self.left:
            raise RuntimeError("enough")


class _Normed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(1)
        self.classifier = nn.Linear(784, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.norm(images).flatten(1))


def test_running_statistics_are_those_of_all_processes(images):
    recipe = Recipe(epochs=1, batch_size=200, precision="fp32")
    together, alone = _Normed(), _Normed()
    parallel.fit(together, images, recipe)
    training.fit(alone, images, recipe)
    torch.testing.assert_close(together.norm.running_mean, alone.norm.running_mean)
    assert together.norm.running_mean.abs().item() > 1e-4
    assert together.norm.num_batches_tracked == 1


def test_a_batch_must_be_shared_evenly(images):
    with pytest.raises(ValueError, match="evenly"):
        parallel.fit(tiny(), images, Recipe(epochs=1, batch_size=51))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 4)])
def test_the_product_of_matrices_is_the_convolution(stride, size):
    generator = torch.Generator().manual_seed(0)
    layer = nn.Conv2d(256, 20, 3, stride, 1)
    theirs = torch.randn(3, 256, *size, generator=generator, requires_grad=True)
    ours = theirs.detach().clone().requires_grad_()
    expected, result = layer(theirs), partial(parallel._convolve, layer)(ours)
    torch.testing.assert_close(result, expected, rtol=1e-4, atol=1e-5)
    upstream = torch.randn(expected.shape, generator=generator)
    gradients = [
        torch.autograd.grad(y, [x, *layer.parameters()], upstream) for x, y in [(theirs, expected), (ours, result)]
    ]
    for got, wanted in zip(gradients[1], gradients[0], strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-4)


def test_only_plain_wide_convolutions_are_replaced():
    wide = [module for module in models.ResNet18().modules() if parallel._is_wide(module)]
    assert len(wide) == 7
    assert not parallel._is_wide(nn.Conv2d(256, 256, 3, padding=1, groups=256))
    assert not parallel._is_wide(nn.Conv2d(256, 256, 3))
