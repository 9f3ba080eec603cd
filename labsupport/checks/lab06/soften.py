"""Visible cases of soften, lab 06."""

import numpy as np

from labsupport.checks.lab06._reference import log_softmax
from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_two_rows() -> tuple:
    import torch

    return torch.tensor([[4.0, 2.0, 0.0], [1.0, 1.0, 5.0]]), 2.0


def inputs_three_rows() -> tuple:
    import torch

    return torch.tensor([[0.5, -1.0, 0.0, 0.25], [-2.0, -2.5, -2.0, -3.0], [0.0, 0.0, 1.0, 0.5]]), 0.4


def judge_rows(probabilities: Data, given: object, temperature: float) -> None:
    logits = np.asarray(given, np.float64)
    plain = np.exp(log_softmax(logits))

    def is_near(wrong: np.ndarray) -> bool:
        return np.shape(probabilities) == wrong.shape and np.allclose(probabilities, wrong, atol=1e-6)

    hint = "The columns sum to 1, not the rows. The classes of one image lie in dimension 1, the images in dimension 0."
    require(not is_near(np.exp(log_softmax(logits / temperature, axis=0))), "softmax-over-the-batch", hint)
    hint = f"The rows sum to {1 / temperature:g}. Divide the logits by the temperature, not the result."
    require(not is_near(plain / temperature), "divides-after-softmax", hint)
    hint = "These are log-probabilities. The probabilities themselves are asked."
    require(not is_near(log_softmax(logits / temperature)), "returns-log-probabilities", hint)
    hint = "The logits were multiplied by the temperature: divide them by it."
    require(not is_near(np.exp(log_softmax(temperature * logits))), "multiplies-by-temperature", hint)
    hint = "The temperature changed nothing: this is the softmax of the logits."
    require(not is_near(plain), "forgets-temperature", hint)
    hint = "This is the softmax of probabilities. The temperature divides the logits, before any softmax."
    require(not is_near(np.exp(log_softmax(plain / temperature))), "softens-probabilities", hint)
    hint = "The softmax of logits / temperature, row by row."
    require_close(probabilities, np.exp(log_softmax(logits / temperature)), "wrong-probabilities", hint, atol=1e-6)


CASES = (
    Case("two images at temperature 2", inputs_two_rows, judge_rows),
    Case("three images at temperature 0.4", inputs_three_rows, judge_rows),
)
