import pytest
import torch
import torchvision
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

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


class Call(nn.Module):
    """A network of one function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


MATRIX, VECTOR, BATCH = torch.rand(5, 7), torch.rand(7), torch.rand(4, 7, 6)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x @ MATRIX.T, 3 * 7 * 5),
        (lambda x: x @ VECTOR, 3 * 7),
        (lambda x: torch.mv(x, VECTOR), 3 * 7),
        (lambda x: torch.addmv(torch.rand(3), x, VECTOR), 3 * 7),
        (lambda x: torch.dot(x[0], VECTOR), 7),
        (lambda x: torch.vdot(x[0], VECTOR), 7),
        (lambda x: torch.inner(x, MATRIX), 3 * 7 * 5),
        (lambda x: torch.addr(torch.rand(3, 5), x[:, 0], MATRIX[:, 0]), 3 * 5),
        (lambda x: nn.functional.linear(x[0], MATRIX), 7 * 5),
        (lambda x: torch.bmm(x.expand(4, 3, 7), BATCH), 4 * 3 * 7 * 6),
        (lambda x: torch.baddbmm(torch.rand(4, 3, 6), x.expand(4, 3, 7), BATCH), 4 * 3 * 7 * 6),
        (lambda x: torch.addbmm(torch.rand(3, 6), x.expand(4, 3, 7), BATCH), 4 * 3 * 7 * 6),
        (lambda x: torch.einsum("mk,nk->mn", x, MATRIX), 3 * 7 * 5),
        (lambda x: torch.einsum("mk,bkn->bmn", x, BATCH), 4 * 3 * 7 * 6),
        (lambda x: torch.einsum("k,k->", x[0], VECTOR), 7),
        (lambda x: torch.tensordot(x, MATRIX, dims=([1], [1])), 3 * 7 * 5),
        (lambda x: torch._int_mm(x.char().repeat(8, 8), MATRIX.T.char().repeat(8, 8)), 24 * 56 * 40),
        (lambda x: x.to_sparse() @ MATRIX.T, 3 * 7 * 5),
    ],
)
def test_products_of_matrices_and_vectors(function, expected):
    assert measure.count_macs(Call(function), torch.rand(3, 7)) == expected


@pytest.mark.parametrize(
    ("conv", "shape", "expected"),
    [
        # every input pixel is multiplied by every weight of its group
        (nn.ConvTranspose2d(6, 8, 3, stride=2), (2, 6, 5, 4), 2 * 20 * 6 * 8 * 9),
        (nn.ConvTranspose2d(6, 8, 3, groups=2), (1, 6, 5, 4), 20 * 6 * 4 * 9),
        (nn.Conv1d(3, 4, 5, padding="same"), (2, 3, 9), 2 * 9 * 4 * 3 * 5),
        (nn.Conv3d(2, 4, (1, 2, 3)), (1, 2, 3, 3, 3), 3 * 2 * 1 * 4 * 2 * 6),
        (nn.Conv2d(3, 4, 3), (3, 6, 5), 4 * 3 * 4 * 3 * 9),
    ],
)
def test_other_convolutions(conv, shape, expected):
    assert measure.count_macs(conv, torch.rand(shape)) == expected


# Of one step of one sample: every gate has a matrix for the input and one for the hidden state.
@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.RNN(4, 6), 6 * (4 + 6)),
        (nn.GRU(4, 6), 3 * 6 * (4 + 6)),
        (nn.LSTM(4, 6), 4 * 6 * (4 + 6)),
        (nn.LSTM(4, 6, bias=False, batch_first=True), 4 * 6 * (4 + 6)),
        (nn.LSTM(4, 6, bidirectional=True), 2 * 4 * 6 * (4 + 6)),
        (nn.LSTM(4, 6, num_layers=3), 4 * 6 * (4 + 6) + 2 * 4 * 6 * (6 + 6)),
        (nn.GRU(4, 6, num_layers=2, bidirectional=True), 2 * 3 * 6 * (4 + 6) + 2 * 3 * 6 * (12 + 6)),
    ],
)
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_recurrent_layers(layer, expected, device):
    assert measure.count_macs(layer.to(device), torch.rand(5, 2, 4, device=device)) == 5 * 2 * expected


def test_recurrent_layer_over_sequences_of_two_lengths():
    packed = nn.utils.rnn.pack_padded_sequence(torch.rand(5, 2, 4), torch.tensor([5, 3]))
    assert measure.count_macs(nn.LSTM(4, 6), packed) == (5 + 3) * 4 * 6 * (4 + 6)


def test_recurrent_cells():
    assert measure.count_macs(nn.LSTMCell(4, 6), torch.rand(2, 4)) == 2 * 4 * 6 * (4 + 6)
    assert measure.count_macs(nn.GRUCell(4, 6), torch.rand(2, 4)) == 2 * 3 * 6 * (4 + 6)


def test_bilinear_layer():
    layer = Call(lambda x: nn.Bilinear(7, 5, 2)(x, torch.rand(3, 5)))
    assert measure.count_macs(layer, torch.rand(3, 7)) == 3 * 2 * (7 * 5 + 5)


@pytest.mark.parametrize("backend", [SDPBackend.MATH, SDPBackend.FLASH_ATTENTION])
def test_attention(backend):
    key, value = torch.rand(2, 4, 5, 8), torch.rand(2, 4, 5, 8)

    def attend(query):
        with sdpa_kernel(backend):
            return nn.functional.scaled_dot_product_attention(query, key, value)

    assert measure.count_macs(Call(attend), torch.rand(2, 4, 3, 8)) == 2 * 4 * 3 * 5 * (8 + 8)
    multihead = nn.MultiheadAttention(8, 2, batch_first=True)
    projections, attention = 4 * 6 * 8 * 8, 2 * 6 * 6 * 8
    assert measure.count_macs(Call(lambda x: multihead(x, x, x)), torch.rand(1, 6, 8)) == projections + attention


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (torch.fft.fft2, "aten::_fft_c2c"),
        (lambda x: torch.linalg.inv(x[..., :4, :4]), "aten::linalg_inv_ex"),
        (lambda x: torch.cdist(x, x), "aten::_cdist_forward"),
        (
            lambda x: torchvision.ops.deform_conv2d(x, torch.zeros(1, 18, 4, 4), torch.rand(2, 3, 3, 3)),
            "torchvision::deform_conv2d",
        ),
    ],
)
def test_an_unknown_operator_is_named(function, name):
    for count in (measure.count_macs, measure.macs_by_layer):
        with pytest.raises(ValueError, match=f"does not know the operator {name}"):
            count(Call(function), torch.rand(1, 3, 6, 6))


@pytest.fixture
def own_operators():
    with torch.library._scoped_library("labtest", "DEF") as library:
        library.define("product(Tensor left, Tensor right) -> Tensor")
        library.define("product_into(Tensor left, Tensor right, Tensor(a!) out) -> ()")
        library.impl("product", lambda left, right: left * right, "CPU")
        library.impl("product_into", lambda left, right, out: None, "CPU")
        yield torch.ops.labtest


def test_an_operator_of_another_library_is_named(own_operators):
    for function, name in (
        (lambda x: own_operators.product(x, x), "labtest::product"),
        (lambda x: own_operators.product_into(x, x, torch.empty(2)), "labtest::product_into"),
    ):
        with pytest.raises(ValueError, match=f"operator {name}, "):
            measure.count_macs(Call(function), torch.rand(2))


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_quantized_layers_are_named():
    layer = nn.Sequential(torch.ao.nn.quantized.dynamic.Linear(4, 4))
    with pytest.raises(ValueError, match="operator quantized::linear_dynamic, "):
        measure.count_macs(layer, torch.rand(1, 4))


@pytest.mark.parametrize(
    "layer",
    [
        nn.GELU(),
        nn.PReLU(),
        nn.Hardswish(inplace=True),
        nn.Mish(inplace=True),
        nn.Softmax(dim=1),
        nn.BatchNorm2d(4),
        nn.LayerNorm(6),
        nn.GroupNorm(2, 4),
        nn.RMSNorm(6),
        nn.MaxPool2d(2),
        nn.AvgPool2d(2),
        nn.AdaptiveAvgPool2d((2, 3)),
        nn.AdaptiveMaxPool2d(2),
        nn.LPPool2d(2, 2),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.PixelShuffle(2),
        nn.ReflectionPad2d(1),
        nn.Dropout(),
        Call(lambda x: torch.outer(x[0, 0, 0], x[0, 0, 1])),
        Call(lambda x: x * x + x.mean() - x.std(dim=1, keepdim=True) + torch.rand(6)),
        Call(lambda x: torch.cat([x.flip(2), x.roll(1)]).sort().values.topk(2).indices),
        Call(lambda x: torch.stack([x, x])[:, 0, [1, 2], 3:][..., x[0, 0, 0] > 0].transpose(0, 1).tolist()),
        Call(lambda x: nn.functional.one_hot((9 * x).long()).cumsum(1).clamp(max=3).double().norm()),
        Call(lambda x: torch.fake_quantize_per_tensor_affine(x, 0.1, 0, 0, 255)),
    ],
)
def test_what_is_no_product_counts_nothing(layer):
    assert measure.count_macs(layer, torch.rand(1, 4, 6, 6)) == 0


@pytest.mark.parametrize("name", ["vit_b_16", "swin_t", "convnext_tiny", "densenet121", "googlenet", "maxvit_t"])
def test_networks_of_torchvision_have_no_unknown_operator(name):
    options = {"init_weights": False} if name == "googlenet" else {}
    published = torchvision.models.get_model_weights(name).DEFAULT.meta["_ops"]
    with torch.device("meta"):
        model = torchvision.models.get_model(name, weights=None, **options)
    assert measure.count_macs(model, torch.rand(1, 3, 224, 224, device="meta")) / 1e9 == pytest.approx(
        published, rel=0.05
    )


@pytest.mark.parametrize("name", ["ssdlite320_mobilenet_v3_large", "fasterrcnn_mobilenet_v3_large_320_fpn"])
def test_detectors_have_no_unknown_operator(name):
    model = torchvision.models.get_model(name, weights=None, weights_backbone=None)
    assert measure.count_macs(model, torch.rand(1, 3, 64, 64)) > 1e6
