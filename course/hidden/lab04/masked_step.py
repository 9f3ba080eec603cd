"""Hidden cases of masked_step, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_many_steps(masked_step):
    import torch

    generator = torch.Generator().manual_seed(1)
    mask = torch.rand(6, 5, generator=generator) < 0.5
    weight, velocity = torch.randn(6, 5, generator=generator) * mask, torch.randn(6, 5, generator=generator)
    first = {"weight": weight.clone(), "velocity": velocity.clone()}
    step = {"weight": weight, "velocity": velocity}
    unchanged = True
    gradients = [torch.randn(6, 5, generator=generator) for _ in range(5)]
    for gradient in gradients:
        before = {name: tensor.clone() for name, tensor in step.items()}
        after = masked_step(step["weight"], gradient, step["velocity"], mask, 0.05, 0.9, 0.01)
        unchanged = unchanged and all(torch.equal(before[name], step[name]) for name in before)
        step = after
    return {"weight": step["weight"], "first": first, "gradients": gradients, "mask": mask, "unchanged": unchanged}


def judge_many_steps(data):
    require(data["unchanged"], "changes-its-input", "The tensors that were given have changed: return new ones.")
    weight, velocity, mask = data["first"]["weight"], data["first"]["velocity"], data["mask"]
    for gradient in data["gradients"]:
        velocity = 0.9 * velocity + gradient + 0.01 * weight
        weight = (weight - 0.05 * velocity) * mask
    require(
        not data["weight"][~mask].any(), "mask-not-reapplied", "A pruned weight is no longer zero after five steps."
    )
    require_close(data["weight"], weight, "wrong-weight", "Five steps in a row, by the formula.", rtol=1e-4, atol=1e-6)


CASES = (Case("five steps in a row", judge=judge_many_steps, driver=drive_many_steps),)

WRONG_ANSWERS = {
    "mask-not-reapplied": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    weight = weight * mask
    velocity = momentum * velocity + gradient + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
    "masks-only-the-gradient": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient * mask + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
    "masks-only-the-velocity": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * (velocity * mask) + gradient + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
    "mask-upside-down": edit(
        "(weight - learning_rate * velocity) * mask", "(weight - learning_rate * velocity).masked_fill(mask, 0.0)"
    ),
    "forgets-weight-decay": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient
    return {"weight": (weight - learning_rate * velocity) * mask, "velocity": velocity}
""",
    "forgets-momentum": edit("momentum * velocity + gradient", "gradient"),
    "steps-uphill": edit("weight - learning_rate * velocity", "weight + learning_rate * velocity"),
    "velocity-not-shrunk": edit("momentum * velocity", "velocity"),
    "changes-its-argument": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity.mul_(momentum).add_(gradient + weight_decay * weight)
    return {"weight": weight.sub_(learning_rate * velocity).mul_(mask), "velocity": velocity}
""",
}
