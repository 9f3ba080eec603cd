import numpy as np
import onnx
import pytest
import torch
from device_kit import Drawn, differences, int8_file
from torch import nn

from labsupport import datasets, device, ort, results
from labsupport.device import build, networks
from labsupport.device.board import Board
from labsupport.device.errors import NotHereError, NotSupportedError, OutOfBoundsError

pytestmark = pytest.mark.skipif(not build.is_here(), reason="no compiler or emulator for this machine")
CORES = (device.A53, device.A76)


def drawn(seed, folder):
    """Return an unseen network as int8 and as float32, and its images; odd seeds are wider than a block of channels."""
    torch.manual_seed(seed)
    model = Drawn(seed, least_width=3 if seed % 2 else 15 + 4 * seed)
    path, images = int8_file(model, (3, 8 + 3 * seed, 15 - seed), folder)
    return device.read(path), device.read_float(folder / "net.onnx"), images


@pytest.mark.parametrize("seed", range(6))
def test_a_network_never_seen_equals_the_runtime_layer_by_layer(tmp_path, seed):
    int8, fp32, images = drawn(seed, tmp_path)
    assert {layer.kind for layer in fp32.layers} == {"conv", "depthwise", "add", "pool"}
    for part in CORES:
        for kernels in ("im2col", "neon"):
            found = differences(int8, images[:2], kernels, part)
            assert all(one.is_rounding for one in found), found
            assert sum(one.differ for one in found) <= 1e-3 * sum(one.codes for one in found)
            found = differences(fp32, images[:2], kernels, part)
            assert all(one.is_rounding for one in found), found


@pytest.mark.parametrize("part", CORES, ids=lambda part: part.name)
def test_both_sets_of_kernels_give_the_same_int8_scores_and_one_takes_fewer_instructions(part):
    network = device.read(networks.searched())
    images = datasets.load("cifar10_mini", "validation")
    image = images.normalise(images.images[:1])[0].numpy()
    plain, vectors = (device.Firmware(network, part, kernels) for kernels in ("im2col", "neon"))
    assert (plain.scores(image) == vectors.scores(image)).all()
    assert (device.Firmware(network).scores(image) == vectors.scores(image)).all(), "other than on the Cortex-M4"
    counts = vectors.instructions(image)
    assert sum(counts) < 0.5 * sum(plain.instructions(image))
    stored = results.load("13", "neon_cost").query("network == 'searched' and type == 'int8' and kernels == 'neon'")
    assert stored[stored.core == part.name].instructions.tolist() == counts, "record the stage again"


@pytest.mark.parametrize(
    ("is_int8", "file", "good", "bad"),
    [
        (True, "neon.h", "vrshlq_s32", "vshlq_s32"),
        (True, "neon.h", "vaddw_high_s16(sum[3], high)", "sum[3]"),
        (True, "neon.h", "vmlal_high_s8(vmull_s8", "vmlsl_high_s8(vmull_s8"),
        (True, "add_neon.c", "vdup_n_s8(zb)", "vdup_n_s8(za)"),
        (True, "depthwise_neon.c", "= p->zx", "= 0"),
        (False, "neon_f32.h", "vmaxq_f32(v, vdupq_n_f32(least))", "v"),
        (False, "neon_f32.h", "int t = 0; t < taps", "int t = 1; t < taps"),
        (False, "conv_neon.c", "i += LANES, w", "i += 2 * LANES, w"),
        (False, "pool_f32.c", "acc / n", "acc / (n - 1)"),
    ],
)
def test_a_wrong_kernel_is_no_rounding(tmp_path, is_int8, file, good, bad):
    int8, fp32, images = drawn(2, tmp_path)
    network = int8 if is_int8 else fp32
    text = (build.KERNELS_DIR / file).read_text()
    assert good in text
    firmware = device.Firmware(network, device.A53, "neon", {file: text.replace(good, bad)})
    tensors = device.Reference(network).tensors(images[0][0].numpy())
    assert not all(one.is_rounding for one in device.layer_by_layer(firmware, tensors))


def test_instructions_of_a_known_function_are_counted():
    source = "int after(int a) { return a + 1; }"
    for part, expected in ((device.A53, 2), (device.A76, 2), (device.LARGE, 2)):
        board = Board(build.build(source, "after", part), part)
        assert board.call("after", (41,)) == expected
        assert board.returned() == 42


def test_more_arguments_than_registers_arrive():
    source = (
        "long last(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) { return i - j; }"
    )
    board = Board(build.build(source, "last", device.A53), device.A53)
    board.call("last", (*range(8), -5, 2))
    assert board.returned() == -7


def test_a_dot_product_stops_the_core_that_has_none():
    network = device.read(networks.searched())
    text = device.to_c(network, "neon", core=device.CORTEX_A76)
    board = Board(build.build(text, "infer", device.A76), device.A53)
    with pytest.raises(OutOfBoundsError, match=r"(conv|layer_0) stopped"):
        board.call("infer", count=False)


def test_no_other_core_is_needed_for_the_same_float_scores(tmp_path):
    _, fp32, images = drawn(3, tmp_path)
    expected = device.Reference(fp32).tensors(images[0][0].numpy())[fp32.output].ravel()
    for part in (device.LARGE, *CORES):
        assert np.allclose(device.Firmware(fp32, part).scores(images[0][0].numpy()), expected, atol=1e-5)


def test_kernels_for_another_core_are_refused(tmp_path):
    int8, fp32, _ = drawn(1, tmp_path)
    with pytest.raises(NotSupportedError, match="smlad kernels need a Cortex-M4, this is a Cortex-A53"):
        device.Firmware(int8, device.A53, "smlad")
    with pytest.raises(NotSupportedError, match="neon kernels need a Cortex-A, this is a Cortex-M4"):
        device.Firmware(int8, device.LARGE, "neon")
    with pytest.raises(NotSupportedError, match="no smlad kernels for float32; there are im2col, neon"):
        device.Firmware(fp32, device.LARGE, "smlad")


def test_a_weight_that_overflows_sixteen_bits_is_refused(tmp_path):
    int8, _, _ = drawn(1, tmp_path)
    int8.layers[0].weight.flat[0] = -128
    device.Firmware(int8, device.A53, "im2col")
    with pytest.raises(NotSupportedError, match="Layer 0 has a weight of -128"):
        device.Firmware(int8, device.A53, "neon")


class Twice(nn.Module):
    """An output that is read before and after its activation."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3)

    def forward(self, x):
        y = self.conv(x)
        return (y + torch.relu(y)).mean((2, 3))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Sequential(nn.Conv2d(4, 4, 3), nn.Sigmoid()), "Sigmoid .* has no kernel"),
        (nn.Sequential(nn.Conv2d(4, 4, 3), nn.MaxPool2d(2)), "MaxPool .* has no kernel"),
        (nn.Sequential(nn.ReLU(), nn.Conv2d(4, 4, 3)), "Relu .* does not follow the layer"),
        (Twice(), "is not the only reader of"),
        (nn.Sequential(nn.Conv2d(4, 4, 3, groups=2), nn.ReLU()), "2 groups of 4 channels"),
        (nn.Sequential(nn.Conv2d(4, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 3)), "6 x 6: pool it to one pixel"),
    ],
)
def test_what_has_no_float_kernel_is_refused_by_name(tmp_path, model, words):
    path = ort.export(model.eval(), torch.rand(1, 4, 8, 8), tmp_path / "fp32.onnx")
    with pytest.raises(NotSupportedError, match=words):
        device.read_float(path)


def test_a_float_file_of_open_size_is_refused(tmp_path):
    path = ort.export(nn.Conv2d(3, 4, 3).eval(), torch.rand(1, 3, 8, 8), tmp_path / "fp32.onnx")
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    onnx.save(model, path)
    with pytest.raises(NotSupportedError, match="fixed size"):
        device.read_float(path)


def test_what_is_not_installed_is_said(tmp_path, monkeypatch):
    int8, _, _ = drawn(1, tmp_path)
    monkeypatch.setattr(build, "PACKAGES", ("no_such_compiler",))
    build.build.cache_clear()
    with pytest.raises(NotHereError, match="not on this machine: no_such_compiler"):
        device.Firmware(int8, device.A53, "neon")
