"""Visible cases of fake_quantize_weight, lab 03."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_two_channels() -> tuple:
    import torch

    weight = torch.tensor([[[[3.5, -1.1], [0.2, 0.8]]], [[[-0.07, 0.012], [-0.034, 0.0]]]])
    return weight, 4


def judge_two_channels(quantized: Data) -> None:
    hint = "The second channel vanished: its largest weight is 50 times smaller. Each channel needs a scale of its own."
    require(quantized.shape != (2, 1, 2, 2) or quantized[1].any(), "one-scale-for-all", hint)
    hint = "3.5 came back smaller. At 4 bits the grid ends at 7, so the largest weight must be 7 steps: divide by 7."
    require(quantized.shape != (2, 1, 2, 2) or quantized[0, 0, 0, 0] > 3.4, "one-step-too-many", hint)
    expected = [[[[3.5, -1.0], [0.0, 1.0]]], [[[-0.07, 0.01], [-0.03, 0.0]]]]
    require_close(quantized, expected, "wrong-values", "Scales 0.5 and 0.01.", atol=1e-6)


def drive_moving_weight(fake_quantize_weight: Callable) -> Data:
    import torch

    weight = torch.tensor([[0.7, -0.2], [0.3, 0.1]])
    first = fake_quantize_weight(weight, 3)
    return [first, fake_quantize_weight(10 * weight, 3)]


def judge_moving_weight(both: Data) -> None:
    hint = "The weights grew tenfold between two calls and came back cut off: the scale is the one of the first call. "
    hint += "Weights move in every step of training, so compute the scale anew each time."
    require(both[1].max() > 2, "scale-not-refreshed", hint)
    require_close(both[1], 10 * both[0], "wrong-values", "Ten times the weights, ten times the result.", atol=1e-5)


def drive_pruned_channel(fake_quantize_weight: Callable) -> Data:
    import torch

    weight = torch.tensor([[0.7, -0.2], [0.0, 0.0]], requires_grad=True)
    quantized = fake_quantize_weight(weight, 8)
    if isinstance(quantized, torch.Tensor) and quantized.requires_grad:
        quantized.sum().backward()
    return {"quantized": quantized, "gradient": torch.zeros(2, 2) if weight.grad is None else weight.grad}


def judge_pruned_channel(data: Data) -> None:
    hint = "A channel of zeros has scale 0, and 0 / 0 is nan. Keep the scale above a tiny number."
    require((data["quantized"] == data["quantized"]).all(), "scale-zero", hint)
    require_close(data["quantized"][1], [0.0, 0.0], "zeros-changed", "A channel of zeros stays zero.")
    require(data["gradient"].any(), "gradient-dead", "No gradient comes back: the network could not learn.")
    hint = "The channel of zeros got no gradient and can never grow again: at scale 0 PyTorch's operator finds every "
    hint += "weight outside of the grid. Keep the scale above a tiny number."
    require(data["gradient"][1].any(), "dead-channel", hint)
    hint = "Every weight is inside of the grid, so each gradient must be 1. Yours differs where the largest weight is: "
    hint += "the gradient also went through the scale. Detach it."
    gradient = data["gradient"]
    require(gradient[0, 0] == 1 or gradient[0, 1] != 1, "gradient-through-the-scale", hint)
    require_close(gradient, [[1.0, 1.0], [1.0, 1.0]], "wrong-gradient", "Inside of the grid each gradient is 1.")


CASES = (
    Case("two channels of different size", inputs_two_channels, judge_two_channels),
    Case("weights that move", judge=judge_moving_weight, driver=drive_moving_weight),
    Case("a channel of zeros", judge=judge_pruned_channel, driver=drive_pruned_channel),
)
