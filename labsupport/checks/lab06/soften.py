"""Visible cases of soften, lab 06."""

import numpy as np

from labsupport.checks.lab06._reference import log_softmax
from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_two_rows() -> tuple:
    import torch

    return torch.tensor([[4.0, 2.0, 0.0], [1.0, 1.0, 5.0]]), 2.0


def judge_two_rows(probabilities: Data) -> None:
    logits = np.array([[4.0, 2.0, 0.0], [1.0, 1.0, 5.0]])
    plain = np.exp(log_softmax(logits))

    def is_near(wrong: np.ndarray) -> bool:
        return np.shape(probabilities) == wrong.shape and np.allclose(probabilities, wrong, atol=1e-6)

    hint = "The columns sum to 1, not the rows. The classes of one image lie in dimension 1, the images in dimension 0."
    require(not is_near(np.exp(log_softmax(logits / 2, axis=0))), "softmax-over-the-batch", hint)
    hint = "The rows sum to 0.5. Divide the logits by the temperature, not the result."
    require(not is_near(plain / 2), "divides-after-softmax", hint)
    hint = "These are log-probabilities. The probabilities themselves are asked."
    require(not is_near(log_softmax(logits / 2)), "returns-log-probabilities", hint)
    hint = "At temperature 2 the largest probability grew. A high temperature makes it smaller: divide by it."
    require(not is_near(np.exp(log_softmax(2 * logits))), "multiplies-by-temperature", hint)
    hint = "The temperature changed nothing: this is the softmax of the logits."
    require(not is_near(plain), "forgets-temperature", hint)
    hint = "This is the softmax of probabilities. The temperature divides the logits, before any softmax."
    require(not is_near(np.exp(log_softmax(plain / 2))), "softens-probabilities", hint)
    expected = np.exp(log_softmax(logits / 2))
    require_close(probabilities, expected, "wrong-probabilities", "The softmax of logits / 2, row by row.", atol=1e-6)


CASES = (Case("two images at temperature 2", inputs_two_rows, judge_two_rows),)
