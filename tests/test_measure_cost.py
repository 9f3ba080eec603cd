import pytest
import torch
import torchvision
from torch import nn

from labsupport import measure


def conv_macs(conv, height, width):
    """Multiply-accumulates of a convolution from its definition, not from torch's counter."""
    (kernel_h, kernel_w), (stride_h, stride_w), (pad_h, pad_w) = conv.kernel_size, conv.stride, conv.padding
    out_h = (height + 2 * pad_h - conv.dilation[0] * (kernel_h - 1) - 1) // stride_h + 1
    out_w = (width + 2 * pad_w - conv.dilation[1] * (kernel_w - 1) - 1) // stride_w + 1
    return conv.out_channels * out_h * out_w * (conv.in_channels // conv.groups) * kernel_h * kernel_w


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 3},
        {"kernel_size": (3, 5), "padding": (1, 0)},
        {"kernel_size": 3, "stride": (2, 3), "padding": 1},
        {"kernel_size": (1, 7), "groups": 4},
        {"kernel_size": 3, "groups": 12, "stride": 2, "padding": 1},
        {"kernel_size": 3, "dilation": (2, 1), "bias": False},
    ],
)
def test_convolution_macs_equal_the_formula(options):
    conv = nn.Conv2d(12, 24, **options)
    expected = conv_macs(conv, 17, 23)
    assert measure.count_macs(conv, torch.rand(1, 12, 17, 23)) == expected
    assert measure.count_macs(conv, torch.rand(3, 12, 17, 23)) == 3 * expected


def test_linear_macs_equal_the_formula():
    assert measure.count_macs(nn.Linear(30, 7), torch.rand(2, 30)) == 2 * 30 * 7


@pytest.mark.parametrize("name", ["mobilenet_v2", "mobilenet_v3_large", "resnet50"])
def test_equal_to_torchvisions_published_figures(name):
    published = torchvision.models.get_model_weights(name).DEFAULT.meta
    model = torchvision.models.get_model(name, weights=None)
    assert measure.count_parameters(model) == published["num_params"]
    macs = measure.count_macs(model, torch.rand(1, 3, 224, 224))
    assert macs / 1e9 == pytest.approx(published["_ops"], rel=0.01)


class Block(nn.Module):
    """A convolution, a shared activation called twice, and a matrix product outside of any layer."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU()
        self.scale = nn.Parameter(torch.ones(5))

    def forward(self, x):
        x = self.relu(self.norm(self.conv(x)))
        return self.relu(x @ x.transpose(2, 3)) * self.scale


def test_rows_follow_execution_and_add_up():
    model, x = nn.Sequential(Block(), nn.Flatten(), nn.Linear(100, 3)), torch.rand(1, 2, 5, 5)
    rows = measure.macs_by_layer(model, x)
    assert [(row.name, row.kind) for row in rows] == [
        ("0.conv", "Conv2d"),
        ("0.norm", "BatchNorm2d"),
        ("0.relu", "ReLU"),
        ("0.relu", "ReLU"),
        ("0", "Block"),
        ("1", "Flatten"),
        ("2", "Linear"),
    ]
    macs = {row.name: row.macs for row in rows}
    assert (macs["0.conv"], macs["0.relu"], macs["0"], macs["2"]) == (4 * 25 * 18, 0, 4 * 5 * 5 * 5, 300)
    assert sum(row.macs for row in rows) == measure.count_macs(model, x)
    assert sum(row.parameters for row in rows) == measure.count_parameters(model)
    assert sum(row.weight_bytes for row in rows) == measure.model_bytes(model)


def test_a_row_states_shapes_and_bytes():
    row = measure.macs_by_layer(nn.Conv2d(2, 4, 3, stride=2), torch.rand(1, 2, 7, 9))[0]
    assert (row.name, row.kind) == ("Conv2d", "Conv2d")
    assert (row.input_shape, row.output_shape) == ((1, 2, 7, 9), (1, 4, 3, 4))
    assert (row.parameters, row.weight_bytes) == (76, 304)
    assert row.activation_bytes == 4 * (2 * 7 * 9 + 4 * 3 * 4)


def test_shared_weights_count_once_and_their_work_twice():
    linear = nn.Linear(4, 4)
    model = nn.Sequential(linear, nn.ReLU(), linear)
    rows = measure.macs_by_layer(model, torch.rand(1, 4))
    assert [(row.macs, row.parameters) for row in rows] == [(16, 20), (0, 0), (16, 0)]
    assert measure.count_parameters(model) == 20


def test_counting_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Dropout())
    model[2].eval()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    measure.macs_by_layer(model, torch.rand(1, 1, 1, 1))
    measure.count_macs(model, torch.rand(1, 1, 1, 1))
    assert [module.training for module in model.modules()] == [True, True, True, False]
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_hooks_are_removed_when_the_forward_pass_fails():
    model = nn.Sequential(nn.Linear(3, 3))
    with pytest.raises(RuntimeError):
        measure.macs_by_layer(model, torch.rand(1, 4))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_model_bytes_are_those_stored():
    model = nn.Sequential(nn.Linear(10, 10), nn.BatchNorm1d(10))
    floats = 100 + 10 + 4 * 10
    assert measure.model_bytes(model) == 4 * floats + 8
    assert measure.model_bytes(model.half()) == 2 * floats + 8
    model.register_buffer("int8", torch.zeros(7, dtype=torch.int8))
    assert measure.model_bytes(model) == 2 * floats + 8 + 7


def test_a_wrapped_tensor_counts_what_is_inside():
    class Wrapped:
        integers, scale = torch.zeros(6, 4, dtype=torch.int8), torch.zeros(6)

        def __tensor_flatten__(self):
            return ["integers", "scale"], None

    assert measure.cost._stored_bytes(Wrapped()) == 24 + 24


def test_file_bytes(tmp_path):
    (tmp_path / "weights.bin").write_bytes(bytes(1234))
    assert measure.file_bytes(tmp_path / "weights.bin") == 1234
    with pytest.raises(FileNotFoundError, match=r"no file at .*missing\.bin"):
        measure.file_bytes(tmp_path / "missing.bin")


def test_transformer_attention_is_counted():
    length, width = 6, 8
    layer = nn.TransformerEncoderLayer(width, 2, dim_feedforward=16, batch_first=True)
    projections, attention, feedforward = 4 * length * width**2, 2 * length**2 * width, 2 * length * width * 16
    expected = projections + attention + feedforward
    assert measure.count_macs(layer, torch.rand(1, length, width)) == expected
    assert sum(row.macs for row in measure.macs_by_layer(layer, torch.rand(1, length, width))) == expected
