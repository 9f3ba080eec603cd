"""Hidden cases of fake_quantize, lab 03, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_unsigned_grid(fake_quantize):
    import torch

    x = torch.linspace(-1, 4, 60).view(3, 4, 5).requires_grad_()
    library = x.detach().clone().requires_grad_()
    upstream = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))
    y = fake_quantize(x, 0.25, 3, 0, 15)
    y.backward(upstream)
    reference = torch.fake_quantize_per_tensor_affine(library, 0.25, 3, 0, 15)
    reference.backward(upstream)
    gradient = torch.zeros(3, 4, 5) if x.grad is None else x.grad
    return {"y": y, "gradient": gradient, "library": reference, "library_gradient": library.grad}


def judge_unsigned_grid(data):
    require_close(data["y"], data["library"], "wrong-values", "An unsigned grid of 16 values.", atol=1e-5)
    require_close(data["gradient"], data["library_gradient"], "wrong-gradient", "An unsigned grid of 16 values.")


def drive_input_stays(fake_quantize):
    import torch

    x = torch.tensor([0.2, 9.0])
    fake_quantize(x, 0.5, 0, -2, 1)
    return x


def judge_input_stays(x):
    require_close(x, [0.2, 9.0], "changes-its-input", "The input was changed by the call.")


CASES = (
    Case("an unsigned grid in three dimensions", judge=judge_unsigned_grid, driver=drive_unsigned_grid),
    Case("the input stays as it is", judge=judge_input_stays, driver=drive_input_stays),
)

WRONG_ANSWERS = {
    "gradient-through-the-clamp": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return x + ((q - zero_point) * scale - x).detach()
""",
    "no-gradient-at-the-ends": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = x / scale
    steps = steps + (steps.round() - steps).detach() + zero_point
    return (steps.clamp(quant_min, quant_max) - zero_point) * scale
""",
    "gradient-dead": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return (q - zero_point) * scale
""",
    "stays-on-the-grid": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = x / scale
    return (steps + (steps.round() - steps).detach() + zero_point).clamp(quant_min, quant_max)
""",
    "forgets-the-zero-point": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = (x / scale).detach().round().clamp(quant_min, quant_max)
    inside = (x / scale >= quant_min) & (x / scale <= quant_max)
    return torch.where(inside, x + (steps * scale - x).detach(), steps * scale)
""",
    "masks-by-x": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = (torch.round(x.detach() / scale) + zero_point).clamp(quant_min, quant_max)
    on_grid = (steps - zero_point) * scale
    return torch.where((x >= quant_min) & (x <= quant_max), x + (on_grid - x).detach(), on_grid)
""",
    "forgets-the-clamp": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = x / scale
    return (steps + (steps.round() - steps).detach()) * scale
""",
    "scaled-gradient": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    class Rounding(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            q = torch.round(x / scale) + zero_point
            ctx.save_for_backward((q >= quant_min) & (q <= quant_max))
            return (q.clamp(quant_min, quant_max) - zero_point) * scale

        @staticmethod
        def backward(ctx, gradient):
            return gradient * scale * ctx.saved_tensors[0]

    return Rounding.apply(x)
""",
    "mask-forgets-zero-point": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    class Rounding(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            steps = torch.round(x / scale)
            ctx.save_for_backward((steps >= quant_min) & (steps <= quant_max))
            return ((steps + zero_point).clamp(quant_min, quant_max) - zero_point) * scale

        @staticmethod
        def backward(ctx, gradient):
            return gradient * ctx.saved_tensors[0]

    return Rounding.apply(x)
""",
}
