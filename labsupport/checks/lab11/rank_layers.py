"""Visible cases of rank_layers, lab 11."""

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, show


def inputs_five_tensors() -> tuple:
    import torch

    reference = {
        "stem": torch.tensor([[30.0, 40.0]]),
        "head": torch.tensor([[0.3, 0.4]]),
        "gone": torch.tensor([[1.0, 1.0]]),
        "block": torch.tensor([[3.0, -4.0]]),
        "same": torch.ones(1, 2),
    }
    actual = {
        "block": torch.tensor([[3.0, -3.5]]),
        "stem": torch.tensor([[30.0, 42.5]]),
        "head": torch.tensor([[0.3, 0.5]]),
        "extra": torch.tensor([[7.0, 7.0]]),
        "same": torch.ones(1, 2),
    }
    return reference, actual


def require_pairs(ranking: Data) -> None:
    """Raise CheckFailed unless this is a list of pairs."""
    pairs = isinstance(ranking, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in ranking)
    require(pairs, "returns-no-list", f"Return a list of pairs (name, decibels), not {show(ranking)}.")


def judge_five_tensors(ranking: Data) -> None:
    require_pairs(ranking)
    hint = "Four names stand in both: stem, head, block, same. Look each up by its name; the order may differ."
    names = [pair[0] for pair in ranking]
    require(sorted(names) == ["block", "head", "same", "stem"], "pairs-by-position", f"{hint} Got {names}.")
    found = dict(ranking)
    setting = "'block' has signal 25 and noise 0.25, a ratio of 100, which is 20 dB. "
    reject(
        found["block"],
        {
            10.0: ("halves-the-decibels", setting + "Half of it: sum the squares. With norms, the factor is 20."),
            10 * np.log(100): ("natural-logarithm", setting + "Decibels take the logarithm to base 10."),
            -20.0: ("noise-over-signal", setting + "Negative: this is noise over signal."),
            -10 * np.log10(0.25): ("ignores-the-signal", setting + "This is noise alone: divide the signal by it."),
        },
    )
    for name, ratio in {"block": 100, "stem": 400, "head": 25}.items():
        hint = f"The ratio of {name} is {ratio}."
        require_close(found[name], 10 * np.log10(ratio), "wrong-decibels", hint, rtol=1e-3)
    hint = f"'same' has no error at all: its ratio is infinite, not {found['same']:.4g}."
    require(found["same"] == np.inf, "no-error-not-infinite", hint)
    require(names[::-1] != ["head", "block", "stem", "same"], "best-first", "The worst, the fewest dB, comes first.")
    hint = f"Sort by decibels, the fewest first. Got {names}."
    require(names == ["head", "block", "stem", "same"], "not-sorted", hint)


def inputs_noise() -> tuple:
    import torch

    reference = {"a": torch.tensor([1.0, 0.0, 2.0]), "b": torch.tensor([[2.0]]), "c": torch.tensor([1.0, -1.0])}
    return reference, {"c": torch.tensor([1.5, -1.0]), "b": torch.tensor([[-4.0]]), "a": torch.tensor([1.0, 1.0, 0.0])}


def judge_noise(ranking: Data) -> None:
    require_pairs(ranking)
    found, expected = dict(ranking), {"b": 4 / 36, "a": 1.0, "c": 8.0}
    hint = "The error of 'b' is larger than 'b' itself: fewer than 0 dB. Keep the sign."
    require("b" not in found or found["b"] < 0, "drops-the-sign", hint)
    require([name for name, _ in ranking] == [*expected], "not-sorted", f"b, a, c from the worst on; got {ranking}.")
    for name, ratio in expected.items():
        hint = f"The ratio of {name} is {ratio:.4g}."
        require_close(found[name], 10 * np.log10(ratio), "wrong-decibels", hint, rtol=1e-3, atol=1e-4)


CASES = (
    Case("four tensors in both", inputs_five_tensors, judge_five_tensors),
    Case("more noise than signal", inputs_noise, judge_noise),
)
