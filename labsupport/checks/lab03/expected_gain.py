"""Visible cases of expected_gain, lab 03."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require_close, require_keys

GAIN = ("times_smaller", "times_faster")


def inputs_mostly_convolution() -> tuple:
    layers = {"conv": (2000, 900_000), "linear": (6000, 100_000)}
    return layers, {"linear"}, 4.0


def judge_mostly_convolution(gain: Data) -> None:
    require_keys(gain, *GAIN)
    reject(
        gain["times_smaller"],
        {
            4.0: ("ignores-the-rest", "4 is the gain of the quantized layers alone. The others keep their 4 bytes."),
            14 / 32: ("upside-down", "This is after over before. Divide before by after: smaller means above 1."),
            3.25: ("averages-the-factors", "0.75 * 4 + 0.25 averages the factors. Add up the bytes, then divide once."),
        },
    )
    require_close(gain["times_smaller"], 32 / 14, "wrong-size", "32,000 bytes before, 8,000 + 6,000 after.")
    reject(
        gain["times_faster"],
        {
            4.0: ("ignores-the-rest", "4 is the gain of the quantized layers alone. The others take their time."),
            1.3: ("averages-the-factors", "0.1 * 4 + 0.9 averages the factors. Add up the times, then divide once."),
            8 / 3.5: ("parameters-for-macs", "The time follows the MACs of a layer here, not its parameters."),
            0.925: ("upside-down", "This is after over before. Divide before by after: faster means above 1."),
        },
    )
    require_close(gain["times_faster"], 1 / 0.925, "wrong-time", "1,000,000 MACs before; 900,000 + 100,000 / 4 after.")


def drive_all_and_nothing(expected_gain: Callable) -> Data:
    layers = {"a": (10, 500), "b": (30, 1500)}
    return [expected_gain(layers, {"a", "b"}, 3.0), expected_gain(layers, set(), 3.0)]


def judge_all_and_nothing(gains: Data) -> None:
    everything, nothing = gains
    require_close(everything["times_smaller"], 4, "wrong-size", "All layers quantized: 4 bytes become 1.")
    reject(everything["times_faster"], {4.0: ("fixed-speed-up", "int8 runs 3 times faster here: use speed_up.")})
    require_close(everything["times_faster"], 3, "wrong-time", "All layers quantized, 3 times faster each.")
    require_close(list(nothing.values()), [1, 1], "gains-from-nothing", "No layer quantized: both factors are 1.")


CASES = (
    Case("a convolution and a linear layer", inputs_mostly_convolution, judge_mostly_convolution),
    Case("all layers, and none", judge=judge_all_and_nothing, driver=drive_all_and_nothing),
)
