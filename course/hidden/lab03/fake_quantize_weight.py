"""Hidden cases of fake_quantize_weight, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_dtype, require_shape


def inputs_shapes_and_bits() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(5)
    return tuple(torch.randn(shape, generator=generator) for shape in ((6, 1, 3, 3), (4, 10), (5, 3, 1, 1)))


def drive_shapes_and_bits(fake_quantize_weight, *weights):
    return [fake_quantize_weight(weight, bits) for weight, bits in zip(weights, (2, 5, 8), strict=True)]


def judge_shapes_and_bits(results, *tensors):
    weights = [tensor.numpy() for tensor in tensors]
    for result, weight, bits in zip(results, weights, (2, 5, 8), strict=True):
        quant_max = 2 ** (bits - 1) - 1
        require(result.shape == weight.shape, "wrong-shape", f"Got shape {result.shape}, expected {weight.shape}.")
        scale = abs(weight).reshape(len(weight), -1).max(1) / quant_max
        steps = result.reshape(len(weight), -1) / scale[:, None]
        require_close(steps, steps.round(), "off-the-grid", f"At {bits} bits.", atol=1e-3)
        require(abs(steps).max() < quant_max + 0.01, "too-many-values", f"More values than {bits} bits can hold.")
        error = abs(result - weight).reshape(len(weight), -1) / scale[:, None]
        require(error.max() < 0.501, "not-the-nearest", f"A weight moved by {error.max():.2f} steps at {bits} bits.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    num_bits = 2 + seed % 7
    quant_max = 2 ** (num_bits - 1) - 1
    shape = ((5, 3, 1, 2), (3, 7), (4, 1, 5, 3), (6, 1), (2, 3, 4))[seed % 5]
    numbers = torch.randint(-quant_max, quant_max + 1, shape, generator=generator)
    numbers = numbers + 0.7 * (torch.rand(shape, generator=generator) - 0.5)
    numbers = numbers.clamp(-quant_max, quant_max)
    numbers.view(len(numbers), -1)[:, 0] = quant_max * torch.tensor([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])[: shape[0]]
    scales = torch.tensor([2.0**-26, 3.0, 2.0**-9, 0.3, 70.0, 2.0**-15])[: shape[0]]
    return numbers * scales.view(-1, *[1] * (numbers.ndim - 1)), num_bits


def drive_drawn(fake_quantize_weight, weight, num_bits):
    import torch

    weight = weight.detach().requires_grad_()
    quantized = fake_quantize_weight(weight, num_bits)
    if isinstance(quantized, torch.Tensor) and quantized.requires_grad:
        quantized.backward(torch.arange(1.0, weight.numel() + 1).reshape(weight.shape))
    return {"quantized": quantized, "gradient": torch.zeros(weight.shape) if weight.grad is None else weight.grad}


def judge_drawn(data, weight, num_bits):
    require_dtype(data["quantized"], "float32", "wrong-dtype", "Return float32.")
    quant_max, expected = 2 ** (num_bits - 1) - 1, []
    for channel in weight.flatten(1).tolist():
        scale = max(max(map(abs, channel)) / quant_max, 1e-8)
        expected += [round(number / scale) * scale for number in channel]
    require_shape(data["quantized"], weight.shape, "wrong-shape", "The shape is that of the weight.")
    hint = f"A weight of shape {tuple(weight.shape)} at {num_bits} bits. Some channels are tiny, in some the largest "
    hint += "magnitude is negative."
    require_close(data["quantized"].flatten(), expected, "wrong-values", hint, atol=0)
    order = range(1, weight.numel() + 1)
    hint += " All are inside of the grid: what comes in as a gradient comes back."
    require_close(data["gradient"].flatten(), list(order), "wrong-gradient", hint)


CASES = (
    Case(
        "depthwise, linear and 1x1 at 2, 5 and 8 bits",
        inputs_shapes_and_bits,
        judge_shapes_and_bits,
        drive_shapes_and_bits,
    ),
    Case("tiny and negative channels", inputs_drawn, judge_drawn, drive_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "scale-not-refreshed": """
def fake_quantize_weight(weight, num_bits, known={}):
    top = 2 ** (num_bits - 1) - 1
    key = (tuple(weight.shape), num_bits)
    if key not in known:
        known[key] = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8)
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, known[key], zeros, 0, -top, top)
""",
    "one-scale-for-all": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = max(weight.detach().abs().max().item() / top, 1e-8)
    return torch.fake_quantize_per_tensor_affine(weight, scale, 0, -top, top)
""",
    "one-step-too-many": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1)
    scale = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8)
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zeros, 0, -top, top - 1)
""",
    "scale-zero": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.detach().abs().flatten(1).amax(1) / top).view(-1, *[1] * (weight.ndim - 1))
    steps = weight / scale
    return (steps + (steps.round() - steps).detach()) * scale
""",
    "dead-channel": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = weight.detach().abs().flatten(1).amax(1) / top
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zeros, 0, -top, top)
""",
    "gradient-through-the-scale": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.abs().flatten(1).amax(1) / top).clamp(min=1e-8).view(-1, *[1] * (weight.ndim - 1))
    steps = weight / scale
    return (steps + (steps.round() - steps).detach()) * scale
""",
    "gradient-dead": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8).view(-1, *[1] * (weight.ndim - 1))
    return (weight / scale).round() * scale
""",
    "wrong-values, a smallest scale of 1e-3": edit("min=1e-8", "min=1e-3"),
    "wrong-values, without abs": edit("weight.detach().abs().flatten(1)", "weight.detach().flatten(1)"),
    "wrong-values, always 8 bits": edit("2 ** (num_bits - 1) - 1", "127"),
    "changes-its-argument": edit("weight.detach().abs()", "weight.detach().abs_()"),
    "wrong-gradient": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8).view(-1, *[1] * (weight.ndim - 1))
    steps = weight / scale
    return (steps + (steps.round() - steps).detach()) * scale + (weight - weight.detach())
""",
}

RIGHT_ANSWERS = {
    "rounding as a constant": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    shape = (-1, *[1] * (weight.ndim - 1))
    scale = torch.clamp(weight.detach().abs().reshape(len(weight), -1).max(dim=1).values / top, min=1e-8).reshape(shape)
    moved = torch.round(weight.detach() / scale).clamp(-top, top) * scale
    return weight + (moved - weight).detach()
""",
    "a loop over channels": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    rows = []
    for channel in weight:
        scale = max(channel.detach().abs().max().item() / top, 1e-8)
        rows.append(torch.fake_quantize_per_tensor_affine(channel, scale, 0, -top, top))
    return torch.stack(rows)
""",
    "the integer that is never reached": edit("0, -quant_max, quant_max)", "0, -quant_max - 1, quant_max)"),
    "max and min in place of abs": edit(
        "weight.detach().abs().flatten(1).amax(1)",
        "torch.maximum(weight.detach().flatten(1).amax(1), -weight.detach().flatten(1).amin(1))",
    ),
}
