"""Hidden cases of choose_ratios, lab 05, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def inputs_unordered_scan() -> tuple:
    scan = {"a": {0.75: 0.5, 0.25: 0.9, 0.5: 0.86}, "b": {0.5: 0.95, 0.25: 0.93}}
    return scan, 0.9, 0.05


def judge_unordered_scan(ratios):
    require_close([ratios["a"], ratios["b"]], [0.5, 0.5], "wrong-ratio", "The ratios of a scan may stand in any order.")


CASES = (Case("a scan out of order", inputs_unordered_scan, judge_unordered_scan),)

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
}
