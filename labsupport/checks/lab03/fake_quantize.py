"""Visible cases of fake_quantize, lab 03."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close, require_shape


def drive_inside_and_outside(fake_quantize: Callable) -> Data:
    import torch

    x = torch.tensor([-9.0, -0.6, 0.2, 1.2, 0.9, 1.4, 2.4, 5.0, 0.25], requires_grad=True)
    y = fake_quantize(x, 0.5, 1, -4, 3)
    if isinstance(y, torch.Tensor) and y.requires_grad:
        y.backward(torch.arange(1.0, 10.0))
    return {"y": y, "gradient": torch.zeros(9) if x.grad is None else x.grad}


def judge_inside_and_outside(data: Data) -> None:
    y, gradient = data["y"], data["gradient"]
    require_shape(y, (9,), "wrong-shape", "Nine values in, nine values out.")
    hint = "These are steps of the grid. Come back to floats: subtract the zero point, multiply by the scale."
    require(y[7] != 3 or y[0] != -4, "stays-on-the-grid", hint)
    hint = "The grid reaches from -2.5 to 1: (-4 - 1) * 0.5 to (3 - 1) * 0.5. "
    moved = "Yours goes from -2 to 1.5: add the zero point before you clamp, and subtract it after."
    require(abs(y[0] + 2) > 1e-6 or abs(y[7] - 1.5) > 1e-6, "forgets-the-zero-point", hint + moved)
    require(y[7] < 2, "forgets-the-clamp", hint + "Clamp to it.")
    hint = (
        "A grid of scale 0.5, zero point 1. The last x, 0.25, is half a step: round it to 0, then add the zero point."
    )
    require_close(y, [-2.5, -0.5, 0, 1, 1, 1, 1, 1, 0], "wrong-values", hint, atol=1e-6)
    hint = "No gradient comes back. torch.round has gradient 0 everywhere: let the rounding error pass as a constant."
    require((gradient != 0).any(), "gradient-dead", hint)
    hint = "-9 and 5 lie outside of the grid, where moving x does not move the output. Their gradient must be 0."
    require(gradient[0] == 0 and gradient[7] == 0, "gradient-through-the-clamp", hint)
    hint = "The incoming gradient comes back multiplied or divided by the scale. Inside the grid it passes unchanged."
    require(abs(gradient[1] - 1) > 1e-6 and abs(gradient[1] - 4) > 1e-6, "scaled-gradient", hint)
    hint = "2.4 is past the grid's end, 1, and got a gradient. quant_min and quant_max count steps: compare steps."
    require(gradient[6] == 0, "masks-by-x", hint)
    hint = "1.4 rounds to step 3, and with the zero point to 4, beyond the end of the grid: its gradient is 0 too."
    require(gradient[5] == 0, "mask-forgets-zero-point", hint)
    hint = "0.9 lands on the last step of the grid, which is inside, and gets no gradient. torch.clamp gives none at "
    hint += "its limits: compare the steps with quant_min and quant_max yourself."
    require(gradient[4] != 0, "no-gradient-at-the-ends", hint)
    hint = "1.2 is past the last value, 1, and still rounds to it: 2.4 steps, then 2, then 3 with the zero point. "
    hint += "Inside is decided after rounding, so half a step beyond the end counts, and its gradient passes."
    require(gradient[3] != 0 or gradient[4] == 0, "inside-before-rounding", hint)
    require_close(gradient, [0, 2, 3, 4, 5, 0, 0, 0, 9], "wrong-gradient", "Incoming inside of the grid, 0 outside.")


def drive_like_the_library(fake_quantize: Callable) -> Data:
    import torch

    mine = torch.randn(4, 50, generator=torch.Generator().manual_seed(3)).requires_grad_()
    library = mine.detach().clone().requires_grad_()
    y = fake_quantize(mine, 0.13, -2, -8, 7)
    reference = torch.fake_quantize_per_tensor_affine(library, 0.13, -2, -8, 7)
    upstream = torch.linspace(-1, 1, 200).view(4, 50)
    reference.backward(upstream)
    if isinstance(y, torch.Tensor) and y.requires_grad:
        y.backward(upstream)
    gradient = torch.zeros(4, 50) if mine.grad is None else mine.grad
    return {"y": y, "gradient": gradient, "library": reference, "library_gradient": library.grad}


def judge_like_the_library(data: Data) -> None:
    require_close(data["y"], data["library"], "wrong-values", "Another value than PyTorch's own operator.", atol=1e-5)
    require_close(data["gradient"], data["library_gradient"], "wrong-gradient", "Another gradient than PyTorch's own.")


CASES = (
    Case("inside and outside of a small grid", judge=judge_inside_and_outside, driver=drive_inside_and_outside),
    Case("as PyTorch's own operator", judge=judge_like_the_library, driver=drive_like_the_library),
)
