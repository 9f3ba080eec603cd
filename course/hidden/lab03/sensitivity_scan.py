"""Hidden cases of sensitivity_scan, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_keys


def drive_gaining_layer(sensitivity_scan):
    asked = []

    def accuracy_of(low_bit_layers, split):
        asked.append([len(list(low_bit_layers)), split])
        return 0.8 + 0.01 * len([name for name in low_bit_layers if name == "odd"])

    return {"losses": sensitivity_scan(["even", "odd"], accuracy_of), "asked": asked}


def judge_gaining_layer(data):
    require_close(
        [data["losses"]["even"], data["losses"]["odd"]], [0, -1], "wrong-loss", "A gain is negative.", atol=1e-6
    )
    require({split for _, split in data["asked"]} == {"validation"}, "wrong-split", "Only validation may be asked.")


def inputs_no_layers() -> tuple:
    return [], lambda low_bit_layers, split: 0.5


def judge_no_layers(losses):
    require(losses == {}, "wrong-keys", "No layers, no losses.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    names = draw.sample(["a", "b", "ab", "stem", "block.0", "block.01", "head"], draw.randrange(1, 8))
    cost = {name: draw.choice((0.0, 0.00042, 0.017, -0.0061, 0.4)) + draw.random() / 1000 for name in names}
    untouched = draw.uniform(0.5, 1.0)

    def accuracy_of(low_bit_layers, split):
        worse = 0.0 if split == "validation" else 0.1 * len(low_bit_layers)
        return untouched - sum(cost[name] for name in low_bit_layers) - worse

    return names, accuracy_of


def judge_drawn(losses, names, accuracy_of):
    require_keys(losses, *names)
    for name in names:
        expected = 100 * accuracy_of([], "validation") - 100 * accuracy_of([name], "validation")
        require_close(losses[name], expected, "wrong-loss", f"The loss of {name} in percentage points.", atol=1e-6)


CASES = (
    Case("a gain among two layers", judge=judge_gaining_layer, driver=drive_gaining_layer),
    Case("no layers to scan", inputs_no_layers, judge_no_layers),
    Case("drawn accuracies", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "scans-on-test": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "test")
    return {name: 100 * (baseline - accuracy_of([name], "test")) for name in layer_names}
""",
    "wrong-split": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "calibration")
    return {name: 100 * (baseline - accuracy_of([name], "calibration")) for name in layer_names}
""",
    "string-for-list": edit("[name]", "name"),
    "lowers-several": """
def sensitivity_scan(layer_names, accuracy_of):
    last, losses, low = accuracy_of([], "validation"), {}, []
    for name in layer_names:
        low = [*low, name]
        accuracy = accuracy_of(low, "validation")
        losses[name], last = 100 * (last - accuracy), accuracy
    return losses
""",
    "fractions-for-points": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "validation")
    return {name: baseline - accuracy_of([name], "validation") for name in layer_names}
""",
    "wrong-sign": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "validation")
    return {name: 100 * (accuracy_of([name], "validation") - baseline) for name in layer_names}
""",
    "returns-accuracy": """
def sensitivity_scan(layer_names, accuracy_of):
    return {name: accuracy_of([name], "validation") for name in layer_names}
""",
    "repeats-the-baseline": """
def sensitivity_scan(layer_names, accuracy_of):
    return {
        name: 100 * (accuracy_of([], "validation") - accuracy_of([name], "validation")) for name in layer_names
    }
""",
    "changes-its-argument": """
def sensitivity_scan(layer_names, accuracy_of):
    untouched, losses = accuracy_of([], "validation"), {}
    while layer_names:
        name = layer_names.pop(0)
        losses[name] = 100 * (untouched - accuracy_of([name], "validation"))
    return losses
""",
    "wrong-loss, whole points": edit(
        '100 * (untouched - accuracy_of([name], "validation"))',
        'round(100 * (untouched - accuracy_of([name], "validation")))',
    ),
    "hides-a-gain": edit(
        '100 * (untouched - accuracy_of([name], "validation"))',
        'max(0.0, 100 * (untouched - accuracy_of([name], "validation")))',
    ),
    "wrong-sign-of-a-gain": edit(
        '100 * (untouched - accuracy_of([name], "validation"))',
        'abs(100 * (untouched - accuracy_of([name], "validation")))',
    ),
    "wrong-loss, relative to the accuracy": edit(
        '100 * (untouched - accuracy_of([name], "validation"))',
        '100 * (1 - accuracy_of([name], "validation") / untouched)',
    ),
    "wrong-loss, a baseline of the visible case": edit('accuracy_of([], "validation")', "0.9"),
}

RIGHT_ANSWERS = {
    "a loop and keywords": """
def sensitivity_scan(layer_names, accuracy_of):
    losses = {}
    untouched = accuracy_of([], split="validation")
    for name in layer_names:
        lowered = accuracy_of([name], split="validation")
        losses[name] = untouched * 100 - lowered * 100
    return losses
""",
    "the baseline last, numpy": """
def sensitivity_scan(layer_names, accuracy_of):
    import numpy as np

    lowered = np.array([accuracy_of([name], "validation") for name in layer_names], dtype=np.float64)
    return dict(zip(layer_names, 100.0 * (accuracy_of([], "validation") - lowered)))
""",
    "tuples of names": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of((), "validation")
    return {name: -100 * (accuracy_of((name,), "validation") - baseline) for name in reversed(layer_names)}
""",
}
