"""Hidden cases of fake_quantize, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_dtype


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


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    grids = ((0.5, 3, -8, 7), (0.25, -5, -128, 127), (2.0, 131, 0, 255), (1.0, 1, 0, 3), (0.125, 0, -1, 1))
    scale, zero_point, quant_min, quant_max = grids[seed % 5]
    span = quant_max - quant_min + 8
    steps = torch.randint(2 * quant_min - span, 2 * quant_max + span, (3, 1 + seed), generator=generator) / 2
    x = (steps - zero_point) * scale
    x[0, 0] = 400 * scale
    return x, scale, zero_point, quant_min, quant_max


def drive_drawn(fake_quantize, x, scale, zero_point, quant_min, quant_max):
    import torch

    x = x.detach().requires_grad_()
    y = fake_quantize(x, scale, zero_point, quant_min, quant_max)
    if isinstance(y, torch.Tensor) and y.requires_grad:
        y.backward(torch.arange(1.0, y.numel() + 1).reshape(y.shape))
    return {"y": y, "gradient": torch.zeros(x.shape) if x.grad is None else x.grad}


def judge_drawn(data, x, scale, zero_point, quant_min, quant_max):
    require_dtype(data["y"], "float32", "wrong-dtype", "Return float32.")
    values, gradient = [], []
    for place, number in enumerate(x.flatten().tolist(), 1):
        step = round(number / scale) + zero_point
        values.append((min(max(step, quant_min), quant_max) - zero_point) * scale)
        gradient.append(place if quant_min <= step <= quant_max else 0)
    grid = (
        f"Scale {scale}, zero point {zero_point}, steps {quant_min} to {quant_max}, many of the x halfway between two."
    )
    require_close(data["y"].flatten(), values, "wrong-values", f"{grid} Round first, then add the zero point.")
    require_close(data["gradient"].flatten(), gradient, "wrong-gradient", grid)


CASES = (
    Case("an unsigned grid in three dimensions", judge=judge_unsigned_grid, driver=drive_unsigned_grid),
    Case("halves on drawn grids", inputs_drawn, judge_drawn, drive_drawn, seeds=20),
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
    "inside-before-rounding": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    low, high = (quant_min - zero_point) * scale, (quant_max - zero_point) * scale
    clamped = torch.where(x < low, torch.full_like(x, low), torch.where(x > high, torch.full_like(x, high), x))
    on_grid = ((clamped / scale).round() * scale).detach()
    return clamped + (on_grid - clamped).detach()
""",
    "inside-before-rounding, a mask of steps": edit(
        "inside = (steps >= quant_min) & (steps <= quant_max)",
        "exact = x / scale + zero_point\n    inside = (exact >= quant_min) & (exact <= quant_max)",
    ),
    "wrong-values, rounds after the zero point": edit(
        "(x / scale).detach().round() + zero_point", "(x / scale + zero_point).detach().round()"
    ),
    "wrong-values, half up": edit("(x / scale).detach().round()", "(x / scale + 0.5).detach().floor()"),
    "wrong-values, int8 before the clamp": edit(
        "(x / scale).detach().round() + zero_point", "((x / scale).detach().round() + zero_point).to(torch.int8).int()"
    ),
    "changes-its-argument": edit("(x / scale).detach().round()", "x.data.div_(scale).round()"),
    "wrong-dtype": edit("steps = (x / scale)", "x = x.double()\n    steps = (x / scale)"),
    "wrong-values, a grid around zero": edit(
        "steps.clamp(quant_min, quant_max)", "steps.clamp(-quant_max - 1, quant_max)"
    ),
}

READERS_WRONG_ANSWERS = {
    "gradient-through-the-clamp, the gradient passes outside of the grid as": """
def fake_quantize(x: Tensor, scale: float, zero_point: int, quant_min: int, quant_max: int) -> Tensor:
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    y = (q - zero_point) * scale
    return x + (y - x).detach()
""",
    "gradient-dead, no straight through estimator: round has gradient": """
def fake_quantize(x: Tensor, scale: float, zero_point: int, quant_min: int, quant_max: int) -> Tensor:
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return (q - zero_point) * scale
""",
    "no-gradient-at-the-ends, the two ends of the grid do not count as": """
def fake_quantize(x: Tensor, scale: float, zero_point: int, quant_min: int, quant_max: int) -> Tensor:
    q = torch.round(x / scale) + zero_point
    y = ((q.clamp(quant_min, quant_max) - zero_point) * scale).detach()
    inside = (q > quant_min) & (q < quant_max)
    return torch.where(inside, x + (y - x).detach(), y)
""",
}

RIGHT_ANSWERS = {
    "the library's operator": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    return torch.fake_quantize_per_tensor_affine(x, scale, zero_point, quant_min, quant_max)
""",
    "an autograd function": """
class StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, quant_min, quant_max):
        q = torch.round(x / scale) + zero_point
        ctx.save_for_backward(~((q < quant_min) | (q > quant_max)))
        return (torch.clip(q, quant_min, quant_max) - zero_point) * scale

    @staticmethod
    def backward(ctx, gradient):
        (inside,) = ctx.saved_tensors
        return gradient * inside, None, None, None, None


def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    return StraightThrough.apply(x, scale, zero_point, quant_min, quant_max)
""",
    "a mask that multiplies": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    with torch.no_grad():
        q = torch.round(x / scale) + zero_point
        inside = q.eq(q.clamp(quant_min, quant_max)).float()
        value = scale * (q.clamp(quant_min, quant_max) - zero_point)
    passing = x * inside
    return value + passing - passing.detach()
""",
    "rounding with numpy": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    import numpy as np

    q = np.rint(x.detach().numpy() / np.float32(scale)) + zero_point
    value = torch.from_numpy(((q.clip(quant_min, quant_max) - zero_point) * scale).astype(np.float32))
    inside = torch.from_numpy((q >= quant_min) & (q <= quant_max))
    return torch.where(inside, x, x.detach()) + (value - x.detach())
""",
}
