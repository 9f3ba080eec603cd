"""Visible cases of corrected_bias, lab 03."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype, require_shape


def inputs_convolution() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(1)
    bias = torch.tensor([0.5, -1.0, 2.0])
    exact = [torch.randint(-8, 9, (count, 3, 2, 4), generator=generator) / 4 for count in (5, 2)]
    moved = torch.tensor([0.75, -0.5, 0.25]).view(1, 3, 1, 1)
    errors = [torch.randint(-2, 3, one.shape, generator=generator) / 8 for one in exact]
    far = [0.0, 2.0]  # the small batch is shifted more
    rounded = [one + moved + error + more for one, error, more in zip(exact, errors, far, strict=True)]
    return bias, exact, rounded


def inputs_linear() -> tuple:
    import torch

    bias = torch.tensor([1.0, 0.25])
    exact = [torch.tensor([[1.0, 2.0], [3.0, -2.0], [0.0, 5.0]]), torch.tensor([[-1.0, 4.0]])]
    rounded = [torch.tensor([[1.5, 1.0], [3.5, -2.0], [0.5, 5.5]]), torch.tensor([[1.5, 7.5]])]
    return bias, exact, rounded


def judge_bias(result: Data, bias, float_outputs, rounded_outputs) -> None:
    batches = [
        (rounded - exact).double().numpy() for rounded, exact in zip(rounded_outputs, float_outputs, strict=True)
    ]
    channels, old = len(bias), bias.double().numpy()

    def by_channel(values: np.ndarray) -> np.ndarray:
        return values.mean((0, *range(2, values.ndim)))

    shift = by_channel(np.concatenate(batches))
    hint = f"One number for each of the {channels} output channels: average over images and over positions."
    require_shape(result, (channels,), "wrong-shape", hint)
    require_dtype(result, "float32", "wrong-dtype", "A bias is float32, like the one given.")
    sizes = ", ".join(str(len(batch)) for batch in batches)
    moved = by_channel(np.concatenate([rounded.double().numpy() for rounded in rounded_outputs]))
    known = (
        (
            "wrong-sign",
            old + shift,
            "Your bias moves the outputs twice as far: subtract the shift.",
        ),
        ("returns-the-shift", shift, "This is the shift. Return the bias that takes it away: the old bias minus it."),
        (
            "ignores-the-float-network",
            old - moved,
            "This makes the mean output 0. It should be that of the float network: the shift is rounded minus float.",
        ),
        ("one-shift-for-all", old - shift.mean(), "Each channel has a shift of its own. Yours is one mean over all."),
        (
            "mean-of-means",
            old - np.mean([by_channel(batch) for batch in batches], 0),
            f"The batches hold {sizes} images. A mean of their means weighs the small one too much: put them together.",
        ),
        ("one-batch-only", old - by_channel(batches[0]), f"The batches hold {sizes} images. You used the first alone."),
        ("one-batch-only", old - by_channel(batches[-1]), f"The batches hold {sizes} images. You used the last alone."),
    )
    if not np.allclose(result, old - shift, rtol=1e-4, atol=1e-5):
        for slug, wrong, why in known:
            require(not np.allclose(result, wrong, rtol=1e-4, atol=1e-5), slug, why)
    setting = f"The old bias {old.round(3)}, the shifts of the channels {shift.round(3)}."
    require_close(result, old - shift, "wrong-bias", setting, rtol=1e-4, atol=1e-5)


CASES = (
    Case("a convolution, batches of 5 and 2 images", inputs_convolution, judge_bias),
    Case("a linear layer, batches of 3 and 1", inputs_linear, judge_bias),
)
