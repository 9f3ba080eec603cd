"""Visible cases of fold_batch_norm, lab 10."""

from labsupport.checks.protocol import Case, Data, reject, require_close, require_keys


def inputs_two_channels() -> tuple:
    import torch

    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(2, 2, 1, 1)
    bias, gamma, beta = torch.tensor([1.0, 0.5]), torch.tensor([2.0, 3.0]), torch.tensor([0.1, 0.2])
    return weight, bias, gamma, beta, torch.tensor([0.5, -1.0]), torch.tensor([0.15, 8.9]), 0.1


def judge_two_channels(folded: Data) -> None:
    require_keys(folded, "weight", "bias")
    weight, bias = folded["weight"].reshape(2, 2), folded["bias"]
    reject(
        float(weight[0, 1]),
        {
            4 / 0.15**0.5: ("forgets-eps", "The root is that of var alone: add eps to it."),
            4 / (0.15**0.5 + 0.1): ("eps-outside-the-root", "eps stands under the root, beside var."),
            16.0: ("variance-for-deviation", "gamma is divided by the variance: take its square root."),
            2.0: ("scales-input-channels", "A batch norm belongs to the output channels, dimension 0 of the weight."),
        },
    )
    require_close(weight, [[4, 8], [3, 4]], "wrong-weight", "The channels are multiplied by 4 and by 1.", rtol=1e-4)
    reject(
        float(bias[0]),
        {
            -1.9: ("forgets-the-bias", "The bias of the convolution is lost."),
            -0.9: ("bias-not-scaled", "The bias of the convolution goes through the batch norm too: scale it."),
            4.1: ("forgets-the-mean", "The running mean is not subtracted."),
        },
    )
    require_close(bias, [2.1, 1.7], "wrong-bias", "0.1 + (1 - 0.5) * 4, and 0.2 + (0.5 + 1) * 1.", rtol=1e-4)


def inputs_three_filters() -> tuple:
    import torch

    weight = torch.arange(1.0, 13.0).reshape(3, 1, 2, 2) - 4
    bias, gamma, beta = torch.tensor([1.0, 0.5, -2.0]), torch.tensor([-2.0, 3.0, 0.5]), torch.tensor([0.0, -1.0, 0.25])
    return weight, bias, gamma, beta, torch.tensor([0.5, -1.0, 2.0]), torch.tensor([0.75, 0.0, 8.75]), 0.25


def judge_three_filters(folded: Data) -> None:
    require_keys(folded, "weight", "bias")
    expected = [[[[6, 4], [2, 0]]], [[[6, 12], [18, 24]]], [[[5 / 6, 1], [7 / 6, 8 / 6]]]]
    hint = "gamma is -2, 3 and 0.5, the root 1, 0.5 and 3: the filters are multiplied by -2, 6 and 1/6."
    require_close(folded["weight"], expected, "wrong-weight", hint, rtol=1e-4)
    hint = "beta + (bias - mean) * factor for each filter."
    require_close(folded["bias"], [-1.0, 8.0, 0.25 - 4 / 6], "wrong-bias", hint, rtol=1e-4)


CASES = (
    Case("two channels", inputs_two_channels, judge_two_channels),
    Case("three filters, a negative gamma", inputs_three_filters, judge_three_filters),
)
