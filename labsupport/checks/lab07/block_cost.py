"""Visible cases of block_cost, lab 07."""

from labsupport.checks.lab07._reference import require_cost, require_counts
from labsupport.checks.protocol import Case, Data, reject


def inputs_block_with_stride() -> tuple:
    return 24, 32, 2, 6, 29


def inputs_block_without_expansion() -> tuple:
    return 32, 16, 1, 1, 112


def judge_block_with_stride(cost: Data) -> None:
    hidden, inner, outer = 144, 29 * 29, 15 * 15
    expand, depthwise, project, norms = 24 * hidden, 9 * hidden, hidden * 32, 2 * (2 * hidden + 32)
    weights = expand + depthwise + project
    other_side = 24 * 192 + 9 * 192 + 192 * 32 + 2 * (2 * 192 + 32)
    dense = expand + 9 * hidden**2 + project + norms
    sides = "The expansion multiplies the input channels: 6 x 24 = 144 hidden channels, not 6 x 32."
    groups = "The depthwise convolution has 9 weights for each hidden channel, not for each pair of channels."
    norm = "Each convolution has a batch norm, with a weight and a bias for each channel."
    running = "Batch norm has 2 parameters a channel; running mean and variance are not trained and do not count."
    late = "The expansion works on the whole input, 29x29: the stride is in the depthwise convolution."
    early = "The depthwise convolution has the stride, so it computes 15x15 values a channel."
    low = "A stride of 2 on 29 rows gives 15 rows: round up, as in exercise 1."
    require_counts(cost)
    reject(cost["parameters"], {other_side: ("expands-the-output", sides), dense: ("groups-forgotten", groups)})
    reject(cost["parameters"], {weights: ("forgets-batch-norm", norm)})
    reject(cost["parameters"], {weights + 2 * norms: ("counts-running-statistics", running)})
    reject(cost["macs"], {weights * outer: ("expands-after-the-stride", late)})
    reject(cost["macs"], {(expand + depthwise) * inner + project * outer: ("depthwise-before-the-stride", early)})
    reject(cost["macs"], {expand * inner + (depthwise + project) * 14 * 14: ("rounds-the-size-down", low)})
    macs = expand * inner + (depthwise + project) * outer
    require_cost(cost, weights + norms, macs)


def judge_block_without_expansion(cost: Data) -> None:
    weights, places = 9 * 32 + 32 * 16, 112 * 112
    hint = "With expand_ratio 1 there is no expansion: no 1x1 convolution and no batch norm of it."
    norms = 2 * (32 + 16)
    require_counts(cost)
    for extra in (32 * 32 + 64, 32 * 32, 64):  # the weights of the expansion with those of its batch norm, or one alone
        reject(cost["parameters"], {weights + norms + extra: ("expands-at-ratio-1", hint)})
    reject(cost["macs"], {(weights + 32 * 32) * places: ("expands-at-ratio-1", hint)})
    require_cost(cost, weights + norms, weights * places)


CASES = (
    Case("a block with stride 2", inputs_block_with_stride, judge_block_with_stride),
    Case("a block without expansion", inputs_block_without_expansion, judge_block_without_expansion),
)
