"""Visible cases of parity, lab 10."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys, require_type


def inputs_one_bad_logit() -> tuple:
    import torch

    reference = torch.tensor([[8.0, 2.0, -1.0], [0.5, 4.0, 2.0**-20]])
    off = torch.tensor([[2.0**-8, 0.0, -(2.0**-6)], [0.0, 2.0**-9, 2.0**-12]])
    return reference, reference + off, 0.001


def judge_one_bad_logit(found: Data) -> None:
    require_keys(found, "error", "same_class", "passes")
    require_type(found["passes"], bool, "returns-no-bool", "'passes' compares numbers: .item() makes one of a tensor.")
    setting = "A logit of -1 is off by -1/64, the largest logit is 8. "
    reject(
        found["error"],
        {
            2**-6: ("absolute-error", setting + "Without the size of the logits 1/64 says nothing: divide by it."),
            2**-11: ("signed-difference", setting + "1/256 of another logit won over -1/64: abs() before max()."),
            89 / 2**12 / 48: ("mean-hides-it", setting + "A mean hides a single bad logit. Take the maximum."),
        },
    )
    require(found["error"] < 1, "divides-each-logit", "A logit near 0 decides. Divide by the largest logit, once.")
    require_close(found["error"], 1 / 512, "wrong-error", setting)
    require_close(found["same_class"], 1.0, "wrong-classes", "Both images keep their class.")
    hint = "The error is 0.00195, the tolerance 0.001, and it passes, since no class changed. The next image's may."
    require(not found["passes"], "argmax-only", hint)


def drive_nan_and_small(parity: Callable) -> Data:
    import torch

    small = torch.tensor([[2e-6, 1e-6], [0.0, 1e-6]])
    broken = torch.tensor([[2.0, 1.0], [float("nan"), 1.0]])
    return {
        "nan": parity(torch.tensor([[2.0, 1.0], [0.0, 1.0]]), broken, 0.001),
        "small": parity(small, small + torch.tensor([[0.0, 1e-7], [0.0, 0.0]]), 0.01),
        "good": parity(small, small + torch.tensor([[0.0, 1e-8], [0.0, 0.0]]), 0.01),
    }


def judge_nan_and_small(found: Data) -> None:
    hint = "A logit is nan, and it passes: nan > tolerance is False. Ask for error <= tolerance."
    require(not found["nan"]["passes"], "nan-passes", hint)
    hint = "Logits of 0.000002, one of them off by a twentieth, and a tolerance of a hundredth: this must fail."
    require(not found["small"]["passes"], "absolute-error", hint)
    hint = "Logits of 0.000002, one of them off by a two-hundredth, and a tolerance of a hundredth: this is fine."
    require(found["good"]["passes"], "too-strict", hint)


CASES = (
    Case("one bad logit", inputs_one_bad_logit, judge_one_bad_logit),
    Case("nan, and small logits", judge=judge_nan_and_small, driver=drive_nan_and_small),
)
