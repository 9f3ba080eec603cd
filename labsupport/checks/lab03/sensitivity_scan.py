"""Visible cases of sensitivity_scan, lab 03."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys


def drive_three_layers(sensitivity_scan: Callable) -> Data:
    asked = []
    cost = {"stem": 0.06, "block": 0.01, "head": 0.02}

    def accuracy_of(low_bit_layers, split):
        names = [low_bit_layers] if isinstance(low_bit_layers, str) else sorted(low_bit_layers)
        asked.append([names, split, isinstance(low_bit_layers, str)])
        together = 0.05 if len(names) > 1 else 0.0
        lucky = 0.004 if split == "test" else 0.0
        return 0.9 + lucky - sum(cost[name] for name in names) - together

    return {"losses": sensitivity_scan(["stem", "block", "head"], accuracy_of), "asked": asked}


def judge_three_layers(data: Data) -> None:
    losses, asked = data["losses"], data["asked"]
    hint = "accuracy_of was asked with a name. It wants a list of names, of a single layer as well: [name]."
    require(not any(text for *_, text in asked), "string-for-list", hint)
    splits = {split for _, split, _ in asked}
    require("test" not in splits, "scans-on-test", 'The scan decides something: it may not see "test".')
    require(splits == {"validation"}, "wrong-split", f'Decisions are made on "validation", not on {sorted(splits)}.')
    several = next((names for names, *_ in asked if len(names) > 1), [])
    hint = f"{several} were lowered together. One layer at a time, all others at the higher precision."
    require(not several, "lowers-several", hint)
    cost = {"stem": 6.0, "block": 1.0, "head": 2.0}
    require_keys(losses, *cost)
    reject(
        losses["stem"],
        {
            0.06: ("fractions-for-points", "0.06 is a fraction. A loss in percentage points is 100 times as large."),
            -6.0: ("wrong-sign", "The accuracy fell from 0.90 to 0.84. A loss is positive: baseline minus accuracy."),
            0.84: ("returns-accuracy", "0.84 is the accuracy with the stem lowered. Return what it lost: 6 points."),
        },
    )
    for name, expected in cost.items():
        require_close(losses[name], expected, "wrong-loss", f"The loss of {name} in percentage points.")
    hint = f"{len(asked)} evaluations for 3 layers. Measure the baseline once: 4 are enough."
    require(len(asked) <= 4, "repeats-the-baseline", hint)


def inputs_gain() -> tuple:
    def accuracy_of(low_bit_layers: list, split: str) -> float:
        cost = {"first": 0.0034, "last": -0.0125}
        return (0.75 if split == "validation" else 0.5) - sum(cost[name] for name in low_bit_layers)

    return ["first", "last"], accuracy_of


def judge_gain(losses: Data) -> None:
    require_keys(losses, "first", "last")
    hint = "The layer first lost 0.34 points: the accuracy fell from 0.75 to 0.7466. Do not round."
    require_close(losses["first"], 0.34, "wrong-loss", hint)
    hint = (
        "The layer last gained 1.25 points: the accuracy rose from 0.75 to 0.7625. What is gained counts as negative."
    )
    reject(losses["last"], {1.25: ("wrong-sign-of-a-gain", hint), 0.0: ("hides-a-gain", hint)})
    require_close(losses["last"], -1.25, "wrong-loss", hint)


CASES = (
    Case("three layers", judge=judge_three_layers, driver=drive_three_layers),
    Case("a layer that gains", inputs_gain, judge_gain),
)
