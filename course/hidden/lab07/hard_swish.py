"""Hidden cases of hard_swish, lab 07, and wrong answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.lab07.squeeze_excite import hard_sigmoid
from labsupport.checks.protocol import Case, require, require_close


def drive_many_values(hard_swish):
    import torch

    x = torch.linspace(-8, 8, 4001).reshape(1, 1, 4001, 1)
    result = hard_swish(x)
    return [result["gate"], result["output"], x.sum()]


def judge_many_values(result):
    gate, output, total = result
    x = np.linspace(-8, 8, 4001).reshape(1, 1, 4001, 1)
    require_close(gate, hard_sigmoid(x), "wrong-gate", "Along a line.", rtol=1e-4, atol=1e-5)
    require_close(output, x * hard_sigmoid(x), "wrong-output", "Along a line.", rtol=1e-4, atol=1e-5)
    require(abs(total) < 0.1, "changes-its-input", "x has changed.")


CASES = (Case("four thousand values", judge=judge_many_values, driver=drive_many_values),)

WRONG_ANSWERS = {
    "hard-swish-slope": edit("F.relu6(x + 3) / 6", "(0.2 * x + 0.5).clamp(0, 1)"),
    "forgets-the-sixth": edit("F.relu6(x + 3) / 6", "F.relu6(x + 3)"),
    "no-upper-limit": edit("F.relu6", "F.relu"),
    "gate-not-shifted": edit("x + 3", "x"),
    "the-smooth-one": edit("F.relu6(x + 3) / 6", "torch.sigmoid(x)"),
    "returns-the-gate-twice": edit("x * gate", "gate"),
}
