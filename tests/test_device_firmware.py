import numpy as np
import onnx
import pytest
import torch
from device_kit import Drawn, differences, int8_file
from torch import nn

from labsupport import datasets, device, ort
from labsupport.device import build, networks, plan
from labsupport.device.errors import NotSupportedError, StackOverflowError, TooLargeError
from labsupport.device.fixed_point import fixed_point, shared_shift

pytestmark = pytest.mark.skipif(not build.is_here(), reason="no compiler or emulator for this machine")
KERNELS = ("direct", "im2col", "smlad")


@pytest.mark.parametrize("seed", range(6))
def test_a_network_never_seen_equals_the_runtime_layer_by_layer(tmp_path, seed):
    torch.manual_seed(seed)
    shape = (3, 9 + 2 * seed, 12 + seed)
    path, images = int8_file(Drawn(seed), shape, tmp_path)
    network = device.read(path)
    assert {layer.kind for layer in network.layers} == {"conv", "depthwise", "add", "pool"}
    for kernels in KERNELS:
        found = differences(network, images[:2], kernels)
        assert all(one.is_rounding for one in found), found
        assert sum(one.differ for one in found) <= 1e-3 * sum(one.codes for one in found)


@pytest.mark.parametrize("kernels", KERNELS)
def test_the_small_searched_network_fits_and_equals_the_runtime(kernels):
    network = device.read(networks.searched())
    images = datasets.load("cifar10_mini", "validation")
    images = images.normalise(images.images[:2])[:, None]
    firmware = device.Firmware(network, device.MEDIUM, kernels)
    assert firmware.flash_bytes < 128 * 1024
    assert firmware.arena_bytes < 64 * 1024
    lives = plan.lifetimes(network.layers, network.input, network.output)
    assert firmware.arena_bytes == max(plan.live_bytes(lives, network.sizes))
    found = differences(network, images, kernels, device.MEDIUM)
    assert all(one.is_rounding for one in found)
    assert sum(one.differ for one in found) < 10


def test_all_kernels_give_the_same_scores_and_dual_ones_take_fewer_instructions():
    network = device.read(networks.searched())
    images = datasets.load("cifar10_mini", "validation")
    image = images.normalise(images.images[:1])[0].numpy()
    plain, dual = (device.Firmware(network, kernels=kernels) for kernels in ("im2col", "smlad"))
    assert (plain.scores(image) == dual.scores(image)).all()
    assert sum(dual.instructions(image)) < 0.6 * sum(plain.instructions(image))
    assert plain.instructions(image) == plain.instructions(image)
    assert 0 < plain.board.stack_used_bytes() < plain.stack_bytes


def test_a_wrong_kernel_is_no_rounding():
    network = device.read(networks.searched())
    images = datasets.load("cifar10_mini", "validation")
    tensors = device.Reference(network).tensors(images.normalise(images.images[:1])[0].numpy())
    header = (build.KERNELS_DIR / "kernels.h").read_text()
    wrong = device.Firmware(network, answers={"kernels.h": header.replace("high + (1 << (s - 1))", "high")})
    assert not all(one.is_rounding for one in device.layer_by_layer(wrong, tensors))


def test_a_part_too_small_says_by_how_much():
    network = device.read(networks.searched())
    with pytest.raises(
        TooLargeError, match=r"flash is [\d,]+ bytes too small; RAM is [\d,]+ bytes too small"
    ) as refused:
        device.Firmware(network, device.Part("small", 64 * 1024, 32 * 1024))
    assert refused.value.over_bytes["ram"] == 49152 + device.CORTEX_M4.stack_bytes - 32 * 1024
    need = 64 * 1024 + refused.value.over_bytes["flash"]
    exact = device.Firmware(network, device.Part("exact", need, 49152 + device.CORTEX_M4.stack_bytes))
    assert exact.flash_bytes == need


def test_a_stack_too_small_is_noticed():
    network = device.read(networks.searched())
    firmware = device.Firmware(network, stack_bytes=64)
    with pytest.raises(StackOverflowError, match="more than the 64 bytes"):
        firmware.instructions(np.zeros((3, 32, 32), np.float32))


class Changed(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, **options)

    def forward(self, x):
        return torch.relu(self.conv(x)).mean((2, 3))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Changed(kernel_size=3, dilation=2), r"QLinearConv .* dilation \[2, 2\]"),
        (Changed(kernel_size=(3, 1)), r"kernel \[3, 1\]"),
        (Changed(kernel_size=3, stride=(1, 2)), r"stride \[1, 2\]"),
        (Changed(kernel_size=3, groups=2), "2 groups of 4 channels"),
        (Changed(kernel_size=1, padding=1), "some windows lie outside"),
        (nn.Sequential(nn.Conv2d(4, 4, 3), nn.MaxPool2d(2)), "MaxPool"),
        (nn.Sequential(nn.Conv2d(4, 4, 3), nn.Sigmoid()), "Sigmoid"),
        (nn.Sequential(nn.Conv2d(4, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 3)), "6 x 6: pool it to one pixel"),
    ],
)
def test_what_has_no_kernel_is_refused_by_name(tmp_path, model, words):
    path, _ = int8_file(model, (4, 8, 8), tmp_path, count=2)
    with pytest.raises(NotSupportedError, match=words):
        device.read(path)


def test_a_float_file_and_an_open_size_are_refused(tmp_path):
    path = ort.export(Changed(kernel_size=3).eval(), torch.rand(1, 4, 8, 8), tmp_path / "fp32.onnx")
    with pytest.raises(NotSupportedError, match=r"has no kernel|not int8"):
        device.read(path)
    int8, _ = int8_file(Changed(kernel_size=3), (4, 8, 8), tmp_path, count=2)
    model = onnx.load(int8)
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    onnx.save(model, tmp_path / "open.onnx")
    with pytest.raises(NotSupportedError, match="fixed size"):
        device.read(tmp_path / "open.onnx")


@pytest.mark.parametrize("ratio", [0.2499, 0.125, 0.2500001 / 2, 0.1, 1e-3, 3e-9, 2**-5])
def test_a_ratio_is_written_to_thirty_bits(ratio):
    multiplier, shift = fixed_point(ratio)
    assert 1 <= shift <= 30
    assert multiplier < 2**31
    assert abs(multiplier / 2 ** (32 + shift) / ratio - 1) < 2**-29


@pytest.mark.parametrize("ratio", [0.25, 0.5, 2.0, 0.0, -0.1, 2**-34])
def test_a_ratio_that_no_shift_reaches_is_refused(ratio):
    with pytest.raises(NotSupportedError, match="scale ratio"):
        fixed_point(ratio)


def test_two_ratios_share_a_shift():
    multipliers, shift = shared_shift(np.array([1.7, 0.01]))
    assert all(multiplier < 2**31 for multiplier in multipliers)
    assert np.allclose(np.array(multipliers) * 256 / 2 ** (32 + shift), [1.7, 0.01], rtol=1e-7)


def test_the_students_own_file_is_asked_for_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(networks, "MY_PATH", tmp_path / "my_network.onnx")
    with pytest.raises(FileNotFoundError, match="lab 09"):
        networks.my_network()
    ort.export(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval(), torch.rand(1, 3, 32, 32), networks.MY_PATH)
    assert "QuantizeLinear" in ort.operators(networks.my_network(tmp_path))
