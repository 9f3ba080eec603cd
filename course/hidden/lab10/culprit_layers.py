"""Hidden cases of culprit_layers, lab 10, and answers to it."""

from course.answers import edit
from labsupport.checks.lab10.culprit_layers import judge_culprits
from labsupport.checks.protocol import Case, require


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    names = [f"layer{number}" for number in range(1 + seed % 9)]
    layers = [
        {"name": name, "reads": draw.sample(names[:number], draw.randint(min(1, number), min(3, number)))}
        for number, name in enumerate(names)
    ]
    draw.shuffle(layers)
    tolerance = (1e-4, 0.02, 0.5)[seed % 3]
    sizes = (0.0, tolerance / 2, tolerance, 1.5 * tolerance, 40 * tolerance, float("nan"))
    errors = {name: draw.choices(sizes, (3, 3, 1, 2, 2, 1))[0] for name in names}
    return layers, errors, tolerance


def inputs_all_fine() -> tuple:
    return [{"name": "a", "reads": []}, {"name": "b", "reads": ["a"]}], {"b": 0.0, "a": 1e-5}, 1e-3


def judge_all_fine(found):
    require(found == [], "wrong-culprits", f"Nothing is off: an empty list, not {found}.")


def inputs_nothing() -> tuple:
    return [], {}, 1e-3


CASES = (
    Case("other graphs", inputs_drawn, judge_culprits, seeds=20),
    Case("all fine", inputs_all_fine, judge_all_fine),
    Case("no layers", inputs_nothing, judge_all_fine),
)

WRONG_ANSWERS = {
    "first-only": """
def culprit_layers(layers, errors, tolerance):
    off = {name for name, error in errors.items() if not error <= tolerance}
    for layer in layers:
        if layer["name"] in off and not off & set(layer["reads"]):
            return [layer["name"]]
    return []
""",
    "first-of-the-list": """
def culprit_layers(layers, errors, tolerance):
    for layer in layers:
        if not errors[layer["name"]] <= tolerance:
            return [layer["name"]]
    return []
""",
    "names-all-that-are-off": edit(' and not off & set(layer["reads"])', ""),
    "neighbour-in-the-list": """
def culprit_layers(layers, errors, tolerance):
    names, before_is_off = [], False
    for layer in layers:
        is_off = not errors[layer["name"]] <= tolerance
        if is_off and not before_is_off:
            names.append(layer["name"])
        before_is_off = is_off
    return names
""",
    "one-fine-input-is-enough": edit(
        'not off & set(layer["reads"])', 'not (layer["reads"] and off >= set(layer["reads"]))'
    ),
    "nan-is-fine": edit("if not error <= tolerance", "if error > tolerance"),
    "tolerance-itself-is-off": edit("not error <= tolerance", "not error < tolerance"),
    "sorted-by-name": edit(
        'return [layer["name"] for layer in layers if',
        'return sorted(layer["name"] for layer in layers if',
        'set(layer["reads"])]',
        'set(layer["reads"]))',
    ),
    "wrong-culprits, always 0.0001": edit("error <= tolerance", "error <= 1e-4"),
    "wrong-culprits, an error that grows tenfold": """
def culprit_layers(layers, errors, tolerance):
    found = []
    for layer in layers:
        before = max((errors[name] for name in layer["reads"]), default=0.0)
        if not errors[layer["name"]] <= tolerance and not errors[layer["name"]] <= 10 * before:
            found.append(layer["name"])
    return found
""",
    "returns-no-list": edit(
        'return [layer["name"] for layer in layers if',
        'return ", ".join(layer["name"] for layer in layers if',
        'set(layer["reads"])]',
        'set(layer["reads"]))',
    ),
    "wrong-culprits, layers without inputs left out": edit("in off and not", 'in off and layer["reads"] and not'),
    "changes-its-argument": edit(
        "    off =", "    for layer in layers:\n        layer['reads'] = set(layer['reads'])\n    off ="
    ),
}

READERS_WRONG_ANSWERS = {
    "nan-is-fine, nan counts as fine": """
def culprit_layers(layers: list[dict], errors: dict[str, float], tolerance: float) -> list[str]:
    off = {name for name, error in errors.items() if error > tolerance}
    return [
        layer["name"] for layer in layers if layer["name"] in off and not off.intersection(layer["reads"])
    ]
""",
    "names-all-that-are-off, off set filled on the way": """
def culprit_layers(layers: list[dict], errors: dict[str, float], tolerance: float) -> list[str]:
    off = set()
    culprits = []
    for layer in layers:
        error = errors[layer["name"]]
        if error != error or error > tolerance:
            off.add(layer["name"])
            if not any(read in off for read in layer["reads"]):
                culprits.append(layer["name"])
    return culprits
""",
    "one-fine-input-is-enough, one fine input is enough": """
def culprit_layers(layers: list[dict], errors: dict[str, float], tolerance: float) -> list[str]:
    off = {name for name, error in errors.items() if not error <= tolerance}
    culprits = []
    for layer in layers:
        reads = layer["reads"]
        if layer["name"] in off and (not reads or any(read not in off for read in reads)):
            culprits.append(layer["name"])
    return culprits
""",
}

RIGHT_ANSWERS = {
    "loops": """
def culprit_layers(layers, errors, tolerance):
    found = []
    for layer in layers:
        if errors[layer["name"]] <= tolerance:
            continue
        for name in layer["reads"]:
            if not errors[name] <= tolerance:
                break
        else:
            found.append(layer["name"])
    return found
""",
    "all of the inputs": """
def culprit_layers(layers, errors, tolerance):
    fine = {name: error <= tolerance for name, error in errors.items()}
    return [l["name"] for l in layers if not fine[l["name"]] and all(fine[name] for name in l["reads"])]
""",
    "isdisjoint": """
def culprit_layers(layers, errors, tolerance):
    import math
    off = {name for name in errors if errors[name] > tolerance or math.isnan(errors[name])}
    names = {layer["name"]: layer["reads"] for layer in layers}
    return [name for name, reads in names.items() if name in off and off.isdisjoint(reads)]
""",
}
