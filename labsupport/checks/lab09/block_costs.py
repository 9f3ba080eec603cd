"""Visible cases of block_costs, lab 09."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys


def drive_strided_block(block_costs: Callable) -> Data:
    return block_costs(in_channels=16, out_channels=32, stride=2, expand_ratio=4, kernel_size=3, size=32)


def judge_strided_block(costs: Data) -> None:
    require_keys(costs, "parameters", "macs")
    dense = "A depthwise kernel sees one channel: k * k * hidden weights, not k * k * hidden * hidden."
    reject(
        costs["parameters"],
        {
            1024 + 36864 + 2048 + 320: ("depthwise-is-dense", dense),
            1024 + 576 + 2048: ("forgets-batch-norm", "Each convolution is followed by a batch norm: 2 per channel."),
            1024 + 576 + 2048 + 160: ("one-batch-norm-number", "A batch norm learns weight and bias for a channel."),
            1024 + 192 + 2048 + 320: ("kernel-not-squared", "A kernel of size 3 has 3 * 3 weights."),
        },
    )
    hint = "Weights: 16*64 to expand, 9*64 depthwise, 64*32 to project; batch norm 2*64 + 2*64 + 2*32."
    require_close(costs["parameters"], 3968, "wrong-parameters", hint, rtol=0, atol=0)
    reject(
        costs["macs"],
        {
            3648 * 256: ("expansion-at-the-output", "The expansion comes before the stride, at all 32 * 32 places."),
            1600 * 1024 + 2048 * 256: ("depthwise-at-the-input", "The depthwise convolution writes to 16 * 16 places."),
            3648 * 1024: ("forgets-the-stride", "With stride 2, two of the three convolutions have 16 * 16 outputs."),
            1024 * 1024 + 36864 * 256 + 2048 * 256: ("depthwise-is-dense", dense),
        },
    )
    hint = "MACs: weights times the places where each convolution writes: 32*32, then 16*16, then 16*16."
    require_close(costs["macs"], 1024 * 1024 + 2624 * 256, "wrong-macs", hint, rtol=0, atol=0)


def drive_first_block(block_costs: Callable) -> Data:
    return block_costs(in_channels=16, out_channels=8, stride=1, expand_ratio=1, kernel_size=5, size=10)


def judge_first_block(costs: Data) -> None:
    require_keys(costs, "parameters", "macs")
    hint = "With expand_ratio 1 the block has no expansion: two convolutions, not three."
    require(costs["parameters"] != 864, "expands-by-one", hint)
    require_close(costs["parameters"], 576, "wrong-parameters", "25*16 + 16*8 weights, 2*16 + 2*8 of batch norm.")
    require_close(costs["macs"], 52800, "wrong-macs", "25*16 + 16*8 weights, each used at 10 * 10 places.")


CASES = (
    Case("a block with stride 2", judge=judge_strided_block, driver=drive_strided_block),
    Case("a block without expansion", judge=judge_first_block, driver=drive_first_block),
)
