"""Visible cases of masked_step, lab 04."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys, require_type


def drive_one_step(masked_step: Callable) -> Data:
    import torch

    return masked_step(
        weight=torch.tensor([2.0, 0.0, -1.0, 0.0]),
        gradient=torch.tensor([1.0, 4.0, -2.0, 0.0]),
        velocity=torch.tensor([0.5, 0.0, 0.5, 3.0]),
        mask=torch.tensor([True, False, True, False]),
        learning_rate=0.1,
        momentum=0.8,
        weight_decay=0.5,
    )


def judge_one_step(step: Data) -> None:
    require_type(step, dict, "returns-no-dict", "Return a dict with the keys weight and velocity.")
    keys = f"The keys must be weight and velocity, not {', '.join(step)}."
    require(set(step) == {"weight", "velocity"}, "wrong-keys", keys)
    weight, velocity = step["weight"], step["velocity"]
    hint = "The kept weights became zero: True means kept."
    require(weight[0] or weight[2], "mask-upside-down", hint)
    hint = "Weights 1 and 3 are pruned, and both moved: the mask must act on the weight after the step."
    require(not (weight[1] and weight[3]), "mask-not-reapplied", hint)
    hint = "Weight 3 is pruned, its gradient is zero, and it moved: the velocity still pushes it."
    require(not weight[3], "masks-only-the-gradient", hint)
    hint = "Weight 1 is pruned and moved, since its gradient is not zero."
    require(not weight[1], "masks-only-the-velocity", hint)
    reject(
        float(weight[0]),
        {
            2 - 0.1 * 1.4: ("forgets-weight-decay", "1.86 is a step without weight decay: add weight_decay * weight."),
            2 - 0.1 * 2.0: ("forgets-momentum", "1.8 is a step without momentum: add momentum * velocity."),
            2 + 0.1 * 2.4: ("steps-uphill", "2.24 goes up the gradient: subtract learning_rate * velocity."),
            2 - 0.1 * 2.5: ("velocity-not-shrunk", "1.75 adds the old velocity whole: multiply it by momentum."),
            2 - 2.4: ("forgets-learning-rate", "-0.4 subtracts the whole velocity: multiply it by learning_rate."),
        },
    )
    require_close(weight, [1.76, 0.0, -0.79, 0.0], "wrong-weight", "Kept weights make the step of the formula.")
    require_close(velocity[[0, 2]], [2.4, -2.1], "wrong-velocity", "The velocity of the kept weights, by the formula.")


def inputs_other_numbers() -> tuple:
    import torch

    weight = torch.tensor([[1.0, 0.0, -2.0], [0.0, 4.0, 0.5]])
    gradient = torch.tensor([[0.5, 1.0, 0.0], [-1.0, 2.0, -3.0]])
    velocity = torch.tensor([[0.0, 1.0, 2.0], [1.0, -4.0, 1.0]])
    return weight, gradient, velocity, weight != 0, 0.5, 0.25, 0.125


def judge_other_numbers(step: Data) -> None:
    require_keys(step, "weight", "velocity")
    hint = "Learning rate 0.5, momentum 0.25, weight decay 0.125."
    require_close(step["weight"], [[0.6875, 0, -2.125], [0, 3.25, 1.84375]], "wrong-weight", hint)
    kept = [[0.625, 0, 0.25], [0, 1.5, -2.6875]]
    require_close(step["velocity"] * (np.array(kept) != 0), kept, "wrong-velocity", f"{hint} Kept weights.")


CASES = (
    Case("two kept and two pruned weights", judge=judge_one_step, driver=drive_one_step),
    Case("six weights, other factors", inputs_other_numbers, judge_other_numbers, new=True),
)
