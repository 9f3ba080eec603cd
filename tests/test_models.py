import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from labsupport.models import VGG16, InvertedResidual, MobileCNN, ResNet8, ResNet18, TinyCNN

NETWORKS = {
    TinyCNN: (29_066, 14_686_720, (1, 28, 28)),
    ResNet8: (77_946, 12_501_632, (3, 32, 32)),
    ResNet18: (11_173_962, 140_186_624, (3, 32, 32)),
    MobileCNN: (255_402, 22_382_464, (3, 32, 32)),
    VGG16: (14_724_042, 313_201_664, (3, 32, 32)),
}


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_parameters_macs_and_logits(network):
    parameters, macs, shape = NETWORKS[network]
    model = network().eval()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        logits = model(torch.zeros(2, *shape))
    assert logits.shape == (2, 10)
    assert sum(p.numel() for p in model.parameters()) == parameters
    assert counter.get_total_flops() == 2 * 2 * macs


def test_resnet8_counts_as_published_when_counted_as_published():
    model = ResNet8()
    biases_before_batch_norm = running_statistics = 0
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            biases_before_batch_norm += module.num_features
            running_statistics += 2 * module.num_features
    ours = sum(p.numel() for p in model.parameters())
    assert ours + biases_before_batch_norm + running_statistics == 78_666


@pytest.mark.parametrize("network", [ResNet8, ResNet18, MobileCNN, VGG16])
@pytest.mark.parametrize("size", [16, 24])
def test_cifar10_networks_take_smaller_images(network, size):
    assert network().eval()(torch.zeros(1, 3, size, size)).shape == (1, 10)


@pytest.mark.parametrize(("stride", "out_channels", "has_skip"), [(1, 8, True), (2, 8, False), (1, 16, False)])
def test_inverted_residual_skips_only_where_shapes_agree(stride, out_channels, has_skip):
    block = InvertedResidual(8, out_channels, stride, expand_ratio=2).eval()
    x = torch.randn(1, 8, 6, 6)
    expected = block.layers(x) + x if has_skip else block.layers(x)
    assert torch.equal(block(x), expected)
    assert block(x).shape == (1, out_channels, 6 // stride, 6 // stride)
