"""Hidden cases of choose_ratios, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def inputs_unordered_scan() -> tuple:
    scan = {"a": {0.75: 0.5, 0.25: 0.9, 0.5: 0.86}, "b": {0.5: 0.95, 0.25: 0.93}}
    return scan, 0.9, 0.05


def judge_unordered_scan(ratios):
    require_close([ratios["a"], ratios["b"]], [0.5, 0.5], "wrong-ratio", "The ratios of a scan may stand in any order.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    ratios = [step / 16 for step in draws.sample(range(1, 16), 1 + seed % 7)]
    scan = {f"group{name}": {ratio: draws.randint(20, 64) / 64 for ratio in ratios} for name in range(1 + seed % 5)}
    return scan, draws.randint(40, 64) / 64, draws.randint(0, 16) / 64


def judge_drawn(ratios, scan, dense_accuracy, tolerance):
    require(sorted(ratios) == sorted(scan), "wrong-keys", "One entry for each group of the scan.")
    for name, curve in scan.items():
        bad = [ratio for ratio, accuracy in curve.items() if dense_accuracy - accuracy > tolerance]
        expected = max([0.0] + [ratio for ratio in curve if ratio < min(bad, default=1)])
        hint = f"Accuracies {dict(sorted(curve.items()))}, reference {dense_accuracy}, tolerance {tolerance}."
        require_close(ratios[name], expected, "wrong-ratio", hint, rtol=0)


CASES = (
    Case("a scan out of order", inputs_unordered_scan, judge_unordered_scan),
    Case("many scans", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "trusts-luck": """
def choose_ratios(scan, dense_accuracy, tolerance):
    fits = lambda accuracy: dense_accuracy - accuracy <= tolerance
    return {name: max([0.0, *(r for r, a in curve.items() if fits(a))]) for name, curve in scan.items()}
""",
    "leaves-a-group-out": """
def choose_ratios(scan, dense_accuracy, tolerance):
    ratios = {}
    for name, curve in scan.items():
        for ratio, accuracy in sorted(curve.items()):
            if dense_accuracy - accuracy > tolerance:
                break
            ratios[name] = ratio
    return ratios
""",
    "prunes-anyway": """
def choose_ratios(scan, dense_accuracy, tolerance):
    ratios = {}
    for name, curve in scan.items():
        for ratio, accuracy in sorted(curve.items()):
            if name not in ratios or dense_accuracy - accuracy <= tolerance:
                ratios[name] = ratio
            else:
                break
    return ratios
""",
    "stops-too-early": """
def choose_ratios(scan, dense_accuracy, tolerance):
    ratios = {}
    for name, curve in scan.items():
        ratios[name] = 0.0
        for ratio, accuracy in sorted(curve.items()):
            if 100 * (dense_accuracy - accuracy) / dense_accuracy > 100 * tolerance * 0.8:
                break
            ratios[name] = ratio
    return ratios
""",
    "stops-at-the-tolerance": edit("> tolerance", ">= tolerance"),
    "refuses-a-gain": edit(
        "dense_accuracy - curve[ratio] > tolerance", "abs(dense_accuracy - curve[ratio]) > tolerance"
    ),
    "wrong-ratio, relative": edit(
        "dense_accuracy - curve[ratio] > tolerance", "(dense_accuracy - curve[ratio]) / dense_accuracy > tolerance"
    ),
    "wrong-ratio, against the ratio before": edit(
        "            if dense_accuracy - curve[ratio] > tolerance:\n                break",
        "            before = curve[chosen[name]] if chosen[name] else dense_accuracy\n            if before - "
        "curve[ratio] > tolerance:\n                break",
    ),
    "wrong-ratio, against the best so far": edit(
        "            if dense_accuracy - curve[ratio] > tolerance:\n                break",
        "            best = max([dense_accuracy] + [curve[r] for r in curve if r < ratio])\n            if best "
        "- curve[ratio] > tolerance:\n                break",
    ),
    "wrong-ratio, order of the scan": edit("sorted(curve)", "curve"),
    "wrong-ratio, always 0.025": edit("> tolerance", "> 0.025"),
    "wrong-ratio, always 0.9": edit("dense_accuracy - curve", "0.9 - curve"),
    "prunes-anyway, first bad ratio": edit(
        "                break\n            chosen[name] = ratio",
        "                chosen[name] = ratio\n                break\n            chosen[name] = ratio",
    ),
    "changes-its-argument": edit(
        "        for ratio in sorted(curve):",
        "        curve.setdefault(0.0, dense_accuracy)\n        for ratio in sorted(curve):",
    ),
    "wrong-ratio, largest that fits below the largest misfit": edit(
        "            if dense_accuracy - curve[ratio] > tolerance:\n                break\n            "
        "chosen[name] = ratio",
        "            if dense_accuracy - curve[ratio] <= tolerance:\n                chosen[name] = ratio\n      "
        "      elif chosen[name]:\n                break",
    ),
}

READERS_WRONG_ANSWERS = {
    "wrong-ratio, tolerance taken relative": """
def choose_ratios(
    scan: dict[str, dict[float, float]], dense_accuracy: float, tolerance: float
) -> dict[str, float]:
    chosen = {}
    for group, points in scan.items():
        chosen[group] = 0.0
        for ratio, accuracy in sorted(points.items()):
            if accuracy < dense_accuracy * (1 - tolerance):
                break
            chosen[group] = ratio
    return chosen
""",
    "trusts-luck, jumps over bad ratio": """
def choose_ratios(
    scan: dict[str, dict[float, float]], dense_accuracy: float, tolerance: float
) -> dict[str, float]:
    return {
        group: max(
            (ratio for ratio, accuracy in points.items() if dense_accuracy - accuracy <= tolerance),
            default=0.0,
        )
        for group, points in scan.items()
    }
""",
    "wrong-ratio, ratios not sorted": """
def choose_ratios(
    scan: dict[str, dict[float, float]], dense_accuracy: float, tolerance: float
) -> dict[str, float]:
    chosen = {}
    for group, points in scan.items():
        chosen[group] = 0.0
        for ratio, accuracy in points.items():
            if dense_accuracy - accuracy > tolerance:
                break
            chosen[group] = ratio
    return chosen
""",
}

RIGHT_ANSWERS = {
    "takewhile": """
def choose_ratios(scan, dense_accuracy, tolerance):
    from itertools import takewhile
    chosen = {}
    for name, curve in scan.items():
        good = list(takewhile(lambda pair: dense_accuracy - pair[1] <= tolerance, sorted(curve.items())))
        chosen[name] = good[-1][0] if good else 0.0
    return chosen
""",
    "below the smallest bad ratio": """
def choose_ratios(scan, dense_accuracy, tolerance):
    chosen = {}
    for name, curve in scan.items():
        bad = min((r for r, a in curve.items() if dense_accuracy - a > tolerance), default=float('inf'))
        chosen[name] = max((r for r in curve if r < bad), default=0.0)
    return chosen
""",
    "a helper, and 0 as an int": """
def choose_ratios(scan, dense_accuracy, tolerance):
    def last_good(curve):
        last = 0
        for ratio in sorted(curve.keys()):
            if not dense_accuracy - curve[ratio] <= tolerance:
                return last
            last = ratio
        return last

    return {name: last_good(curve) for name, curve in scan.items()}
""",
}
