"""Hidden cases of expected_gain, lab 03, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_middle_layer(expected_gain):
    layers = {"a": (100, 10), "b": (0, 0), "c": (300, 30), "d": (600, 60)}
    gain = expected_gain(layers, {"c", "b"}, 2.5)
    return [gain["times_smaller"], gain["times_faster"], len(layers)]


def judge_middle_layer(numbers):
    require_close(numbers[:2], [4000 / 3100, 100 / 82], "wrong-gain", "One of three layers, 2.5 times faster.")
    require(numbers[2] == 4, "changes-its-input", "The dict of layers was changed by the call.")


def drive_slower(expected_gain):
    gain = expected_gain({"only": (8, 5)}, {"only"}, 0.5)
    return [gain["times_smaller"], gain["times_faster"]]


def judge_slower(numbers):
    require_close(numbers, [4, 0.5], "wrong-gain", "int8 may be slower than fp32: speed_up 0.5 halves the speed.")


CASES = (
    Case("a layer in the middle", judge=judge_middle_layer, driver=drive_middle_layer),
    Case("int8 slower than fp32", judge=judge_slower, driver=drive_slower),
)

WRONG_ANSWERS = {
    "ignores-the-rest": """
def expected_gain(layers, quantized, speed_up):
    return {"times_smaller": 4.0 if quantized else 1.0, "times_faster": speed_up if quantized else 1.0}
""",
    "upside-down": """
def expected_gain(layers, quantized, speed_up):
    before = sum(4 * p for p, _ in layers.values())
    after = sum(p * (1 if name in quantized else 4) for name, (p, _) in layers.items())
    work = sum(m for _, m in layers.values())
    left = sum(m / (speed_up if name in quantized else 1) for name, (_, m) in layers.items())
    return {"times_smaller": after / before, "times_faster": left / work}
""",
    "averages-the-factors": """
def expected_gain(layers, quantized, speed_up):
    p_all, m_all = (sum(pair[i] for pair in layers.values()) for i in (0, 1))
    p_share, m_share = (sum(layers[name][i] for name in quantized) / t for i, t in ((0, p_all), (1, m_all)))
    return {"times_smaller": 4 * p_share + 1 - p_share, "times_faster": speed_up * m_share + 1 - m_share}
""",
    "parameters-for-macs": """
def expected_gain(layers, quantized, speed_up):
    before = sum(4 * p for p, _ in layers.values())
    after = sum(p * (1 if name in quantized else 4) for name, (p, _) in layers.items())
    work = sum(p for p, _ in layers.values())
    left = sum(p / (speed_up if name in quantized else 1) for name, (p, _) in layers.items())
    return {"times_smaller": before / after, "times_faster": work / left}
""",
    "fixed-speed-up": """
def expected_gain(layers, quantized, speed_up):
    before = sum(4 * p for p, _ in layers.values())
    after = sum(p * (1 if name in quantized else 4) for name, (p, _) in layers.items())
    work = sum(m for _, m in layers.values())
    left = sum(m / (4 if name in quantized else 1) for name, (_, m) in layers.items())
    return {"times_smaller": before / after, "times_faster": work / left}
""",
}
