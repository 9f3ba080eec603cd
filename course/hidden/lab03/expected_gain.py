"""Hidden cases of expected_gain, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_middle_layer(expected_gain):
    layers = {"a": (100, 10), "b": (0, 0), "c": (300, 30), "d": (600, 60)}
    gain = expected_gain(layers, {"c", "b"}, 2.5)
    return [gain["times_smaller"], gain["times_faster"]]


def judge_middle_layer(numbers):
    require_close(numbers, [4000 / 3100, 100 / 82], "wrong-gain", "One of three layers, 2.5 times faster.")


def drive_slower(expected_gain):
    gain = expected_gain({"only": (8, 5)}, {"only"}, 0.5)
    return [gain["times_smaller"], gain["times_faster"]]


def judge_slower(numbers):
    require_close(numbers, [4, 0.5], "wrong-gain", "int8 may be slower than fp32: speed_up 0.5 halves the speed.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    names = [*(f"layer{number}" for number in draw.sample(range(1, 13), 5)), "layer"]
    layers = {name: (draw.choice((0, 7, 641)), draw.choice((0, 91, 40_001))) for name in names}
    layers["layer"] = (3, 11)
    quantized = set(draw.sample(names, draw.randrange(1, 6)))
    return layers, quantized, draw.choice((0.75, 1.5, 2.6, 4.0))


def judge_drawn(gain, layers, quantized, speed_up):
    from fractions import Fraction

    def amdahl(place, factor):
        total = sum(layer[place] for layer in layers.values())
        share = Fraction(sum(layers[name][place] for name in quantized), total)
        return float(1 / (1 - share + share / Fraction(factor)))

    setting = f"Layers {layers}, of which {sorted(quantized)} become int8 and run {speed_up} times faster."
    require_close(gain["times_smaller"], amdahl(0, 4), "wrong-size", setting)
    require_close(gain["times_faster"], amdahl(1, speed_up), "wrong-time", setting)


CASES = (
    Case("a layer in the middle", judge=judge_middle_layer, driver=drive_middle_layer),
    Case("int8 slower than fp32", judge=judge_slower, driver=drive_slower),
    Case("layers with names that begin alike", inputs_drawn, judge_drawn, seeds=20),
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
    "changes-its-argument, the layers": """
def expected_gain(layers, quantized, speed_up):
    p_all, m_all = (sum(pair[i] for pair in layers.values()) for i in (0, 1))
    p_int8 = m_int8 = 0
    for name in quantized:
        p, m = layers.pop(name)
        p_int8, m_int8 = p_int8 + p, m_int8 + m
    return {
        "times_smaller": 4 * p_all / (4 * p_all - 3 * p_int8),
        "times_faster": m_all / (m_all - m_int8 + m_int8 / speed_up),
    }
""",
    "changes-its-argument, the set": """
def expected_gain(layers, quantized, speed_up):
    p_all, m_all = (sum(pair[i] for pair in layers.values()) for i in (0, 1))
    p_int8 = m_int8 = 0
    while quantized:
        p, m = layers[quantized.pop()]
        p_int8, m_int8 = p_int8 + p, m_int8 + m
    return {
        "times_smaller": 4 * p_all / (4 * p_all - 3 * p_int8),
        "times_faster": m_all / (m_all - m_int8 + m_int8 / speed_up),
    }
""",
    "wrong-size, a part of a name matches": edit(
        "parameters * (1 if name in quantized else 4)",
        "parameters * (1 if any(part in name for part in quantized) else 4)",
    ),
    "wrong-size, equal layers counted once": edit(
        "sum(4 * parameters for parameters, _ in layers.values())",
        "sum(4 * parameters for parameters, _ in set(layers.values()))",
    ),
    "wrong-time, whole MACs only": edit(
        "macs / (speed_up if name in quantized else 1)", "macs // (speed_up if name in quantized else 1)"
    ),
    "wrong-gain, never slower than fp32": edit("macs / (speed_up if", "macs / (max(1, speed_up) if"),
    "wrong-size, rounded": edit("bytes_before / bytes_after", "round(bytes_before / bytes_after, 1)"),
}

RIGHT_ANSWERS = {
    "the shares of Amdahl's law": """
def expected_gain(layers, quantized, speed_up):
    parameters = sum(layer[0] for layer in layers.values())
    macs = sum(layer[1] for layer in layers.values())
    small = sum(layers[name][0] for name in quantized) / parameters
    fast = sum(layers[name][1] for name in quantized) / macs
    return {"times_faster": 1 / (1 - fast + fast / speed_up), "times_smaller": 1 / (1 - small + small / 4)}
""",
    "numpy": """
def expected_gain(layers, quantized, speed_up):
    import numpy as np

    table = np.array(list(layers.values()), dtype=np.float64)
    chosen = np.array([name in quantized for name in layers])
    after = np.where(chosen, [[1.0], [1 / speed_up]], [[4.0], [1.0]])
    return {
        "times_smaller": 4 * table[:, 0].sum() / (table[:, 0] * after[0]).sum(),
        "times_faster": table[:, 1].sum() / np.dot(table[:, 1], after[1]),
    }
""",
    "a loop that adds up": """
def expected_gain(layers, quantized, speed_up):
    before = after = work = left = 0.0
    for name, (parameters, macs) in layers.items():
        before += 4 * parameters
        work += macs
        if name in quantized:
            after += parameters
            left += macs / speed_up
        else:
            after += 4 * parameters
            left += macs
    return dict(times_smaller=before / after, times_faster=work / left)
""",
}
