"""Hidden cases of soften, lab 06, and wrong answers to it."""

import math

import numpy as np

from course.answers import edit
from course.hidden.lab06._reference import softmax
from labsupport.checks.protocol import Case, require, require_close


def inputs_large_logits() -> tuple:
    import torch

    return torch.tensor([[800.0, 790.0, -800.0], [-1000.0, -1000.0, -1010.0]]), 1.0


def judge_large_logits(probabilities):
    hint = "Logits of 800 and of -1000 gave nan: exp overflowed, or all powers of a row became 0. Subtract the largest "
    require(np.isfinite(probabilities).all(), "overflows", hint + "logit of each row first.")
    expected = softmax([[800.0, 790.0, -800.0], [-1000.0, -1000.0, -1010.0]])
    require_close(probabilities, expected, "wrong-probabilities", "The softmax of large logits.", atol=2e-4)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    logits = 4 * torch.randn(1 + seed % 4, 1 + seed % 7, generator=generator)
    return logits, (0.1, 0.7, 1.0, 3.0, 1000.0)[seed % 5]


def judge_drawn(probabilities, logits, temperature):
    for row, got in zip(logits.tolist(), probabilities, strict=True):
        powers = [math.exp((value - max(row)) / temperature) for value in row]
        expected = [power / sum(powers) for power in powers]
        hint = f"Temperature {temperature}, {len(row)} classes."
        require_close(got, expected, "wrong-probabilities", hint, rtol=1e-4, atol=1e-6)


CASES = (
    Case("large logits", inputs_large_logits, judge_large_logits),
    Case("temperatures from 0.1 to 1000", inputs_drawn, judge_drawn, seeds=20),
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
    "overflows, largest of all rows": edit("scaled.amax(dim=1, keepdim=True)", "scaled.max()"),
    "overflows, mean for largest": edit("amax(dim=1, keepdim=True)", "mean(dim=1, keepdim=True)"),
    "wrong-probabilities, always at temperature 2": edit("logits / temperature", "logits / 2.0"),
    "wrong-probabilities, large logits cut": edit(
        "scaled = logits / temperature", "scaled = (logits / temperature).clamp(-80, 80)"
    ),
    "forgets-temperature, whole temperatures": edit("logits / temperature", "logits / max(1, round(temperature))"),
}

READERS_WRONG_ANSWERS = {
    "overflows, global maximum": """
def soften(logits: Tensor, temperature: float) -> Tensor:
    scaled = logits / temperature
    powers = (scaled - scaled.max()).exp()
    return powers / powers.sum(dim=1, keepdim=True)
""",
    "overflows, maximum not subtracted": """
def soften(logits: Tensor, temperature: float) -> Tensor:
    powers = torch.exp(logits / temperature)
    return powers / powers.sum(dim=1, keepdim=True)
""",
    "wrong-probabilities, sum over the images": """
def soften(logits: Tensor, temperature: float) -> Tensor:
    scaled = logits / temperature
    powers = (scaled - scaled.amax(dim=1, keepdim=True)).exp()
    return powers / powers.sum(dim=0, keepdim=True)
""",
}

RIGHT_ANSWERS = {
    "the library": """
def soften(logits, temperature):
    return torch.softmax(logits / temperature, dim=-1)
""",
    "largest taken off before the division": """
def soften(logits, temperature):
    powers = torch.exp((logits - logits.max(dim=1, keepdim=True).values) / temperature)
    return powers / powers.sum(1, keepdim=True)
""",
    "row by row, in Python": """
def soften(logits, temperature):
    rows = []
    for row in logits.tolist():
        powers = [2.718281828459045 **((value - max(row)) / temperature) for value in row]
        rows.append([power / sum(powers) for power in powers])
    return torch.tensor(rows)
""",
    "logsumexp": """
def soften(logits, temperature):
    scaled = logits / temperature
    return (scaled - scaled.logsumexp(dim=1, keepdim=True)).exp()
""",
}
