"""Hidden cases of fake_quantize_weight, lab 03, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_shapes_and_bits(fake_quantize_weight):
    import torch

    generator = torch.Generator().manual_seed(5)
    weights = [torch.randn(shape, generator=generator) for shape in ((6, 1, 3, 3), (4, 10), (5, 3, 1, 1))]
    kept = [weight.clone() for weight in weights]
    results = [fake_quantize_weight(weight, bits) for weight, bits in zip(weights, (2, 5, 8), strict=True)]
    return {"results": results, "weights": kept, "after": weights}


def judge_shapes_and_bits(data):
    for result, weight, after, bits in zip(data["results"], data["weights"], data["after"], (2, 5, 8), strict=True):
        quant_max = 2 ** (bits - 1) - 1
        require(result.shape == weight.shape, "wrong-shape", f"Got shape {result.shape}, expected {weight.shape}.")
        scale = abs(weight).reshape(len(weight), -1).max(1) / quant_max
        steps = result.reshape(len(weight), -1) / scale[:, None]
        require_close(steps, steps.round(), "off-the-grid", f"At {bits} bits.", atol=1e-3)
        require(abs(steps).max() < quant_max + 0.01, "too-many-values", f"More values than {bits} bits can hold.")
        error = abs(result - weight).reshape(len(weight), -1) / scale[:, None]
        require(error.max() < 0.501, "not-the-nearest", f"A weight moved by {error.max():.2f} steps at {bits} bits.")
        require_close(after, weight, "changes-its-input", "The weight was changed by the call.")


CASES = (
    Case("depthwise, linear and 1x1 at 2, 5 and 8 bits", judge=judge_shapes_and_bits, driver=drive_shapes_and_bits),
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
}
