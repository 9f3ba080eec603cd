"""Hidden cases of soften, lab 06, and wrong answers to it."""

import numpy as np

from course.hidden.lab06._reference import softmax
from labsupport.checks.protocol import Case, require, require_close


def inputs_large_logits() -> tuple:
    import torch

    return torch.tensor([[800.0, 790.0, -800.0], [-1000.0, -1000.0, -1010.0]]), 1.0


def judge_large_logits(probabilities):
    hint = "Logits of 800 gave nan: exp(800) is larger than any float. Subtract the largest logit of each row first."
    require(np.isfinite(probabilities).all(), "overflows", hint)
    expected = softmax([[800.0, 790.0, -800.0], [-1000.0, -1000.0, -1010.0]])
    require_close(probabilities, expected, "wrong-probabilities", "The softmax of large logits.", atol=1e-6)


def drive_temperatures(soften):
    import torch

    logits = torch.tensor([[3.0, -1.0, 0.5, 0.0, 2.0]])
    rows = torch.cat([soften(logits, temperature) for temperature in (0.1, 1.0, 1000.0)])
    return {"rows": rows, "logits": logits}


def judge_temperatures(data):
    logits = [[3.0, -1.0, 0.5, 0.0, 2.0]]
    require_close(data["logits"], logits, "changes-its-input", "The logits that were given have changed.")
    expected = np.concatenate([softmax(np.array(logits) / temperature) for temperature in (0.1, 1.0, 1000.0)])
    require_close(data["rows"], expected, "wrong-probabilities", "Temperatures 0.1, 1 and 1000.", atol=1e-5)


CASES = (
    Case("large logits", inputs_large_logits, judge_large_logits),
    Case("temperatures from 0.1 to 1000", judge=judge_temperatures, driver=drive_temperatures),
)

WRONG_ANSWERS = {
    "softmax-over-the-batch": """
def soften(logits, temperature):
    return torch.softmax(logits / temperature, dim=0)
""",
    "multiplies-by-temperature": """
def soften(logits, temperature):
    return torch.softmax(logits * temperature, dim=1)
""",
    "forgets-temperature": """
def soften(logits, temperature):
    return torch.softmax(logits, dim=1)
""",
    "divides-after-softmax": """
def soften(logits, temperature):
    return torch.softmax(logits, dim=1) / temperature
""",
    "overflows": """
def soften(logits, temperature):
    powers = (logits / temperature).exp()
    return powers / powers.sum(dim=1, keepdim=True)
""",
    "returns-log-probabilities": """
def soften(logits, temperature):
    return torch.log_softmax(logits / temperature, dim=1)
""",
    "changes-its-argument": """
def soften(logits, temperature):
    logits /= temperature
    return torch.softmax(logits, dim=1)
""",
    "softens-probabilities": """
def soften(logits, temperature):
    return torch.softmax(torch.softmax(logits, dim=1) / temperature, dim=1)
""",
}
