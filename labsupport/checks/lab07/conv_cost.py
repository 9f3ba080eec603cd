"""Visible cases of conv_cost, lab 07."""

from labsupport.checks.lab07._reference import require_cost, require_counts
from labsupport.checks.protocol import Case, Data, reject


def inputs_dense_conv() -> tuple:
    return 32, 64, 3, 1, 1, 56, 40


def inputs_depthwise_conv() -> tuple:
    return 96, 96, 3, 2, 96, 75, 56


def inputs_four_groups() -> tuple:
    return 48, 24, 5, 3, 4, 7, 11


def judge_dense_conv(cost: Data) -> None:
    weights, places = 9 * 32 * 64, 56 * 40
    hint = f"{2 * weights * places:,} counts multiplications and additions apart. One MAC is one of each."
    thin = "A kernel of size 3 has 3 x 3 weights for each input channel, not 3."
    require_counts(cost)
    reject(cost["parameters"], {3 * 32 * 64: ("kernel-not-squared", thin)})
    reject(cost["macs"], {2 * weights * places: ("counts-flops", hint)})
    require_cost(cost, weights, weights * places)


def judge_depthwise_conv(cost: Data) -> None:
    weights, places = 9 * 96, 38 * 28
    forgotten = "With 96 groups each filter sees one input channel, not 96: divide in_channels by groups."
    twice = "With 96 groups there still are 96 filters, each with 9 weights. Only the input channels are divided."
    low = "A stride of 2 on 75 rows with padding gives 38 rows: round up."
    at_input = "A convolution computes one value at each place of its output, which is smaller by the stride."
    require_counts(cost)
    reject(cost["parameters"], {96 * weights: ("groups-forgotten", forgotten), 9: ("groups-taken-twice", twice)})
    reject(
        cost["macs"],
        {96 * weights * places: ("groups-forgotten-in-macs", f"{forgotten} For the MACs as for the parameters.")},
    )
    reject(cost["macs"], {weights * 75 * 56: ("counts-at-the-input", at_input)})
    reject(cost["macs"], {weights * 37 * 28: ("rounds-the-size-down", low)})
    require_cost(cost, weights, weights * places)


def judge_four_groups(cost: Data) -> None:
    require_counts(cost)
    hint = "Four groups: each of the 24 filters sees 48 / 4 = 12 input channels."
    reject(cost["parameters"], {25 * 48 * 24: ("groups-forgotten", hint)})
    reject(
        cost["macs"], {25 * 12 * 24 * 7 * 11: ("counts-at-the-input", "The stride is 3: the output has 3 x 4 places.")}
    )
    require_cost(cost, 25 * 12 * 24, 25 * 12 * 24 * 3 * 4)


CASES = (
    Case("a dense convolution", inputs_dense_conv, judge_dense_conv),
    Case("a depthwise convolution", inputs_depthwise_conv, judge_depthwise_conv),
    Case("four groups and a stride of 3", inputs_four_groups, judge_four_groups),
)
