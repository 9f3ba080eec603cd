"""Hidden cases of sensitivity_scan, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_gaining_layer(sensitivity_scan):
    asked = []

    def accuracy_of(low_bit_layers, split):
        asked.append([len(list(low_bit_layers)), split])
        return 0.8 + 0.01 * len([name for name in low_bit_layers if name == "odd"])

    names = ["even", "odd"]
    return {"losses": sensitivity_scan(names, accuracy_of), "asked": asked, "names": names}


def judge_gaining_layer(data):
    require_close(
        [data["losses"]["even"], data["losses"]["odd"]], [0, -1], "wrong-loss", "A gain is negative.", atol=1e-6
    )
    require(data["names"] == ["even", "odd"], "changes-its-input", "The list of names was changed by the call.")
    require({split for _, split in data["asked"]} == {"validation"}, "wrong-split", "Only validation may be asked.")


def inputs_no_layers() -> tuple:
    return [], lambda low_bit_layers, split: 0.5


def judge_no_layers(losses):
    require(losses == {}, "wrong-keys", "No layers, no losses.")


CASES = (
    Case("a layer that gains", judge=judge_gaining_layer, driver=drive_gaining_layer),
    Case("no layers to scan", inputs_no_layers, judge_no_layers),
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
}
