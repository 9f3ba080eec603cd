"""Visible cases of hard_swish, lab 07."""

import numpy as np

from labsupport.checks.lab07._reference import first_of, same
from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type


def inputs_seven_values() -> tuple:
    import torch

    return (torch.tensor([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 6.0]),)


def judge_seven_values(result: Data) -> None:
    require_type(result, dict, "returns-no-dict", "Return a dict with the keys gate and output.")
    keys = f"The keys must be gate and output, not {', '.join(map(str, result))}."
    require(set(result) == {"gate", "output"}, "wrong-keys", keys)
    gate, x = np.asarray(result["gate"]), np.array([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 6.0])
    right = np.clip(x + 3, 0, 6) / 6
    slope = "The slope is 1/5, that of another library's hard sigmoid. Here it is 1/6: the gate is 0 at -3 and 1 at 3."
    smooth = "That is the sigmoid itself. The hard one is made of straight lines."
    made = [np.clip(0.2 * x + 0.5, 0, 1), 6 * right, np.maximum(x + 3, 0) / 6, np.clip(x, 0, 6) / 6]
    found = first_of(gate, [*made, 1 / (1 + np.exp(-x))])
    reject(found, {0: ("hard-swish-slope", slope)})
    reject(found, {1: ("forgets-the-sixth", "The gate ends at 1, not at 6: divide by 6.")})
    reject(found, {2: ("no-upper-limit", "At 6 the gate is above 1: it must stop there.")})
    reject(found, {3: ("gate-not-shifted", "At 0 the gate is 0.5: shift x by 3 first.")})
    reject(found, {4: ("the-smooth-one", smooth)})
    require_close(gate, right, "wrong-gate", "The gate is 0 up to -3, 1 from 3 on, a straight line between.")
    hint = "output is the gate once more. It must be x times the gate."
    require(not same(result["output"], right), "returns-the-gate-twice", hint)
    require_close(result["output"], x * right, "wrong-output", "output is x times the gate.")


def inputs_image() -> tuple:
    import torch

    return (torch.linspace(-5, 4, 24).reshape(2, 3, 1, 4),)


def judge_any(result: Data, given: object) -> None:
    require_type(result, dict, "returns-no-dict", "Return a dict with the keys gate and output.")
    require(set(result) == {"gate", "output"}, "wrong-keys", f"The keys must be gate and output, not {list(result)}.")
    x = np.asarray(given, np.float64)
    gate = np.vectorize(lambda value: min(max(value + 3, 0), 6) / 6, otypes=[float])(x)
    require_close(result["gate"], gate, "wrong-gate", "relu6(x + 3) / 6, of the shape of x.", atol=1e-6)
    require_close(result["output"], x * gate, "wrong-output", "x times the gate, of the shape of x.", atol=2e-6)


CASES = (
    Case("seven values", inputs_seven_values, judge_seven_values),
    Case("two images", inputs_image, judge_any),
)
