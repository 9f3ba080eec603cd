"""Visible cases of rank_layers, lab 10."""

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close


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


def judge_five_tensors(ranking: Data) -> None:
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


CASES = (Case("four tensors in both", inputs_five_tensors, judge_five_tensors),)
