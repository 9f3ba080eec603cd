"""Visible cases of conv2d_macs, lab 00."""

from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_same_convolution() -> tuple:
    return 1, 32, (3, 3), (28, 28), (1, 1), (1, 1), 1


def judge_same_convolution(macs: Data) -> None:
    one_output = "One output costs in_channels * kernel height * kernel width MACs. There are 32 * 28 * 28 outputs."
    reject(
        macs,
        {
            2 * 225_792: ("counts-flops", "A multiplication with its addition is one MAC. This counts them as two."),
            288: ("forgets-positions", "288 is the number of weights. Each is used once at every output position."),
            26 * 26 * 288: ("ignores-padding", "Padding adds a pixel on both sides: (28 + 2 * 1 - 3) // 1 + 1 = 28."),
            27 * 27 * 288: (
                "off-by-one",
                "This counts 27 x 27 positions: padding is on both sides, and there is a + 1.",
            ),
            225_792 + 25_088: ("counts-the-bias", "This counts one more for each output. Leave the bias out."),
            28 * 28 * 9: ("forgets-a-factor", one_output),
            28 * 28 * 32: ("forgets-a-factor", one_output),
        },
    )
    require_close(macs, 225_792, "wrong-macs", "TinyCNN's first layer: 32 * 28 * 28 outputs of 9 MACs each.", rtol=0)


def inputs_strided() -> tuple:
    return 16, 24, (3, 3), (16, 16), (2, 2), (1, 1), 1


def judge_strided(macs: Data) -> None:
    at_one_position = 16 * 24 * 9
    reject(
        macs,
        {
            at_one_position * 16**2: ("ignores-stride", "This counts 16 x 16 positions. At stride 2 there are 8 x 8."),
            at_one_position * 9**2: ("rounds-output-up", "The last window must fit in: (16 + 2 - 3) // 2 + 1 = 8."),
        },
    )
    require_close(macs, at_one_position * 8**2, "wrong-macs", "8 x 8 positions of 16 * 24 * 9 MACs each.", rtol=0)


def inputs_depthwise() -> tuple:
    return 64, 64, (3, 3), (14, 14), (1, 1), (1, 1), 64


def judge_depthwise(macs: Data) -> None:
    at_one_position = 64 * 9
    reject(
        macs,
        {
            14 * 14 * 64 * at_one_position: (
                "forgets-groups",
                "With 64 groups an output channel sees 64 / 64 = 1 input channel, not all 64.",
            ),
            14 * 14 * 9: ("groups-divide-twice", "Groups divide the input channels only. 64 outputs are computed."),
        },
    )
    require_close(macs, 14 * 14 * at_one_position, "wrong-macs", "A depthwise convolution: 9 MACs an output.", rtol=0)


def inputs_wide_kernel() -> tuple:
    return 4, 6, (1, 7), (10, 20), (1, 1), (0, 3), 1


def judge_wide_kernel(macs: Data) -> None:
    hint = "The kernel has one row and seven columns: multiply its sides, do not square one."
    reject(macs, {4 * 6 * 7 * 7 * 200: ("square-kernel", hint), 4 * 6 * 200: ("square-kernel", hint)})
    hint = "A (1, 7) kernel with padding (0, 3) keeps a (10, 20) image. Height first, then width, everywhere."
    swapped = {168 * 4 * 26: ("swaps-height-and-width", hint), 168 * 16 * 14: ("swaps-height-and-width", hint)}
    reject(macs, swapped)
    require_close(macs, 4 * 6 * 7 * 200, "wrong-macs", "10 x 20 positions of 4 * 6 * 7 MACs each.", rtol=0)


CASES = (
    Case("TinyCNN's first layer", inputs_same_convolution, judge_same_convolution),
    Case("stride 2", inputs_strided, judge_strided),
    Case("depthwise", inputs_depthwise, judge_depthwise),
    Case("a kernel of one row and seven columns", inputs_wide_kernel, judge_wide_kernel),
)
