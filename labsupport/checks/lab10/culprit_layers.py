"""Visible cases of culprit_layers, lab 10."""

from labsupport.checks.protocol import Case, Data, require, require_type


def inputs_two_branches() -> tuple:
    layers = [
        {"name": "stem", "reads": []},
        {"name": "block.conv1", "reads": ["stem"]},
        {"name": "block.conv2", "reads": ["block.conv1"]},
        {"name": "block.shortcut", "reads": ["stem"]},
        {"name": "head", "reads": ["block.conv2", "block.shortcut"]},
    ]
    errors = {"stem": 2e-6, "block.conv1": 3e-4, "block.conv2": 2e-2, "block.shortcut": 2e-4, "head": 1e-2}
    return layers, errors, 1e-4


def inputs_nan_and_recovery() -> tuple:
    layers = [
        {"name": "tail", "reads": ["last", "b"]},
        {"name": "last", "reads": ["b", "a"]},
        {"name": "b", "reads": ["a"]},
        {"name": "a", "reads": []},
        {"name": "side", "reads": ["calm"]},
        {"name": "calm", "reads": ["b"]},
    ]
    errors = {"calm": 0.004, "a": 0.01, "b": float("nan"), "side": 0.5, "last": 0.2, "tail": 0.3}
    return layers, errors, 0.01


def culprits_of(layers: list, errors: dict, tolerance: float) -> list:
    """Return the culprits, layer by layer."""
    fine = {name: error <= tolerance for name, error in errors.items()}
    return [one["name"] for one in layers if not fine[one["name"]] and all(fine[name] for name in one["reads"])]


def judge_culprits(found: Data, layers: list, errors: dict, tolerance: float) -> None:
    require_type(found, list, "returns-no-list", "Return a list of names, also for one culprit.")
    expected = culprits_of(layers, errors, tolerance)
    off = [one["name"] for one in layers if not errors[one["name"]] <= tolerance]
    above = [one["name"] for one in layers if errors[one["name"]] > tolerance]
    one_by_one = [
        one["name"]
        for number, one in enumerate(layers)
        if one["name"] in off and (number == 0 or layers[number - 1]["name"] not in off)
    ]
    any_fine = [
        one["name"]
        for one in layers
        if one["name"] in off and (not one["reads"] or any(errors[name] <= tolerance for name in one["reads"]))
    ]
    at_limit = [one["name"] for one in layers if not errors[one["name"]] < tolerance]
    without_nan = [
        one["name"] for one in layers if one["name"] in above and not any(name in above for name in one["reads"])
    ]
    strict = [one["name"] for one in layers if one["name"] in at_limit and not set(one["reads"]) & set(at_limit)]
    for wrong, mistake, hint in (
        (
            expected[:1],
            "first-only",
            "Another layer is off as well, and all that it reads is fine: two defects side by side.",
        ),
        (off[:1], "first-of-the-list", "The first of the list that is off need not be where an error begins."),
        (off, "names-all-that-are-off", "These are all layers that are off. Some only read what was broken."),
        (
            one_by_one,
            "neighbour-in-the-list",
            "The layer before it in the list is not the one that it reads: see 'reads'.",
        ),
        (
            any_fine,
            "one-fine-input-is-enough",
            "A layer with one broken input may be right itself: all inputs must be fine.",
        ),
        (
            without_nan,
            "nan-is-fine",
            "An error of nan is off: nan > tolerance is False. Ask for not error <= tolerance.",
        ),
        (strict, "tolerance-itself-is-off", "An error equal to the tolerance is fine."),
        (sorted(expected), "sorted-by-name", "Keep the order of layers."),
        (expected[::-1], "reversed", "Keep the order of layers."),
    ):
        require(found != wrong or wrong == expected, mistake, f"{hint} Got {found}.")
    require(found == expected, "wrong-culprits", f"Off are {off}; expected {expected}, got {found}.")


CASES = (
    Case("two branches", inputs_two_branches, judge_culprits),
    Case("nan, and an order of its own", inputs_nan_and_recovery, judge_culprits),
)
