"""Visible cases of arithmetic_intensity, lab 00."""

from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_convolution() -> tuple:
    return 14_450_688, [(1, 32, 28, 28), (64, 32, 3, 3), (64,), (1, 64, 28, 28)], 4


def judge_convolution(intensity: Data) -> None:
    of_input, of_weights, of_output = 25_088, 18_432, 50_176
    numbers = of_input + of_weights + 64 + of_output
    flop = 2 * 14_450_688
    reject(
        intensity,
        {
            flop / 2 / (4 * numbers): ("counts-macs", "Half of what is expected: a MAC is 2 FLOPs, a byte moves once."),
            flop / numbers: ("forgets-bytes-per-number", "This divides by numbers. The memory moves bytes."),
            4 * numbers / flop: ("upside-down", "This is bytes per FLOP. Intensity is FLOP per byte."),
            flop / (4 * (numbers - of_input)): ("leaves-a-tensor-out", "The input is missing: it is read as well."),
            flop / (4 * (numbers - of_weights)): ("leaves-a-tensor-out", "The weights are missing: they are read too."),
            flop / (4 * (numbers - of_output)): ("leaves-a-tensor-out", "The output is missing: it is written."),
        },
    )
    require_close(intensity, flop / (4 * numbers), "wrong-intensity", "2 FLOP a MAC over 4 bytes for each number.")


def inputs_int8_linear() -> tuple:
    return 10_240, [(1, 1024), (10, 1024), (10,), (1, 10)], 1


def judge_int8_linear(intensity: Data) -> None:
    right = 2 * 10_240 / (1024 + 10_240 + 10 + 10)
    reject(intensity, {right / 4: ("always-four-bytes", "These are int8, one byte a number: use bytes_per_number.")})
    require_close(intensity, right, "wrong-intensity", "TinyCNN's linear layer in int8, one byte a number.")


def inputs_equal_shapes() -> tuple:
    return 9_216, [(1, 16, 8, 8), (16, 1, 3, 3), (16,), (1, 16, 8, 8)], 2


def judge_equal_shapes(intensity: Data) -> None:
    hint = "Input and output have the same shape, and both move: a set, or a dict by shape, keeps one of them."
    reject(intensity, {18_432 / (2 * 1184): ("counts-equal-shapes-once", hint)})
    require_close(intensity, 18_432 / (2 * 2208), "wrong-intensity", "1024 + 144 + 16 + 1024 numbers of 2 bytes.")


CASES = (
    Case("TinyCNN's second convolution", inputs_convolution, judge_convolution),
    Case("a linear layer in int8", inputs_int8_linear, judge_int8_linear),
    Case("a depthwise convolution in float16", inputs_equal_shapes, judge_equal_shapes),
)
