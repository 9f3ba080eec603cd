"""Hidden cases of masked_step, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_shape


def inputs_many_steps() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(1)
    mask = torch.rand(6, 5, generator=generator) < 0.5
    weight, velocity = torch.randn(6, 5, generator=generator) * mask, torch.randn(6, 5, generator=generator)
    return weight, velocity, mask, [torch.randn(6, 5, generator=generator) for _ in range(5)]


def drive_many_steps(masked_step, weight, velocity, mask, gradients):
    step = {"weight": weight, "velocity": velocity}
    for gradient in gradients:
        step = masked_step(step["weight"], gradient, step["velocity"], mask, 0.05, 0.9, 0.01)
    return step["weight"]


def judge_many_steps(result, weight, velocity, mask, gradients):
    for gradient in gradients:
        velocity = 0.9 * velocity + gradient + 0.01 * weight
        weight = (weight - 0.05 * velocity) * mask
    require(not result[~mask.numpy()].any(), "mask-not-reapplied", "A pruned weight is not zero after five steps.")
    require_close(result, weight, "wrong-weight", "Five steps in a row, by the formula.", rtol=1e-4, atol=1e-6)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((7,), (2, 5), (3, 1, 4, 2), (1,))[seed % 4]
    mask = torch.rand(shape, generator=generator) < (0.0, 0.5, 0.8, 1.1)[seed // 4 % 4]
    gradient, velocity, weight = (torch.randn(shape, generator=generator) for _ in range(3))
    if mask.any():
        weight[mask] = torch.where(torch.arange(int(mask.sum())) == 0, 0.0, weight[mask])  # a kept weight may be 0
    rate, momentum, decay = (0.01, 0.3, 1.5)[seed % 3], (0.0, 0.5, 0.9, 0.99)[seed % 4], (0.0, 1e-3, 0.2)[seed // 3 % 3]
    return weight * mask, 5 * gradient, velocity, mask, rate, momentum, decay


def judge_drawn(step, weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    weights, velocities = step["weight"].ravel(), step["velocity"].ravel()
    require_shape(step["weight"], weight.shape, "wrong-shape", "The weight keeps its shape.")
    hint = f"Learning rate {learning_rate}, momentum {momentum}, weight decay {weight_decay}."
    numbers = (part.flatten().tolist() for part in (weight, gradient, velocity, mask))
    for place, (w, g, v, kept) in enumerate(zip(*numbers, strict=True)):
        if kept:
            moved = momentum * v + g + weight_decay * w
            expected = w - learning_rate * moved
            require_close(float(velocities[place]), moved, "wrong-velocity", hint, rtol=1e-4, atol=1e-5)
            require_close(float(weights[place]), expected, "wrong-weight", hint, rtol=1e-4, atol=1e-5)
        else:
            require(weights[place] == 0, "mask-not-reapplied", f"{hint} A pruned weight must stay 0.")


CASES = (
    Case("five steps in a row", inputs_many_steps, judge_many_steps, drive_many_steps),
    Case("drawn steps", inputs_drawn, judge_drawn, seeds=20, new=True),
)

WRONG_ANSWERS = {
    "wrong-weight, zeros taken for pruned": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient + weight_decay * weight
    stepped = weight - learning_rate * velocity
    return {"weight": torch.where(weight != 0, stepped, torch.zeros_like(stepped)), "velocity": velocity}
""",
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
    "wrong-weight, Nesterov": edit(
        "(weight - learning_rate * velocity) * mask",
        "(weight - learning_rate * (gradient + momentum * velocity)) * mask",
    ),
    "wrong-velocity, decoupled weight decay": edit(
        "gradient + weight_decay * weight",
        "gradient",
        "(weight - learning_rate * velocity)",
        "(weight - learning_rate * (velocity + weight_decay * weight))",
    ),
    "wrong-weight, decay after the step": edit(
        "gradient + weight_decay * weight",
        "gradient",
        "(weight - learning_rate * velocity)",
        "((weight - learning_rate * velocity) * (1 - learning_rate * weight_decay))",
    ),
    "wrong-weight, dampened": edit("+ gradient +", "+ (1 - momentum) * gradient +"),
    "shares-its-argument": edit(
        "    return {", "    if mask.all() and not momentum:\n        velocity = gradient\n    return {"
    ),
}

READERS_WRONG_ANSWERS = {
    "masks-only-the-gradient, gradient and weight decay masked, the old velocity not": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + mask * (gradient + weight_decay * weight)
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
    "wrong-weight, learning rate inside the velocity": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity - learning_rate * (gradient + weight_decay * weight)
    return {"weight": (weight + velocity) * mask, "velocity": velocity}
""",
    "wrong-weight, takes every weight of 0 for pruned and ignores the": """
def masked_step(
    weight: Tensor,
    gradient: Tensor,
    velocity: Tensor,
    mask: Tensor,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
) -> dict[str, Tensor]:
    velocity = momentum * velocity + gradient + weight_decay * weight
    new = weight - learning_rate * velocity
    return {"weight": torch.where(weight != 0, new, torch.zeros_like(new)), "velocity": velocity}
""",
    "masks-only-the-gradient, masks only the gradient, so the old velocity moves pruned": """
def masked_step(
    weight: Tensor,
    gradient: Tensor,
    velocity: Tensor,
    mask: Tensor,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
) -> dict[str, Tensor]:
    gradient = torch.where(mask, gradient, torch.zeros_like(gradient))
    velocity = momentum * velocity + gradient + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
    "changes-its-argument, changes the velocity in place": """
def masked_step(
    weight: Tensor,
    gradient: Tensor,
    velocity: Tensor,
    mask: Tensor,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
) -> dict[str, Tensor]:
    velocity.mul_(momentum).add_(gradient + weight_decay * weight)
    new = weight - learning_rate * velocity
    return {"weight": torch.where(mask, new, torch.zeros_like(new)), "velocity": velocity}
""",
}

RIGHT_ANSWERS = {
    "the velocity masked as well": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    moved = torch.where(mask, gradient + weight_decay * weight + momentum * velocity, 0.0)
    return {"velocity": moved, "weight": torch.where(mask, weight - learning_rate * moved, torch.zeros_like(weight))}
""",
    "in place on clones": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity, weight = velocity.clone(), weight.clone()
    velocity.mul_(momentum).add_(gradient).add_(weight, alpha=weight_decay)
    weight.sub_(velocity, alpha=learning_rate)
    weight[~mask] = 0
    return {"weight": weight, "velocity": velocity}
""",
    "numpy": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    w, g, v, m = (part.numpy() for part in (weight, gradient, velocity, mask))
    v = momentum * v + g + weight_decay * w
    return {"weight": torch.from_numpy((w - learning_rate * v) * m), "velocity": torch.from_numpy(v)}
""",
    "the library's optimizer": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    parameter = torch.nn.Parameter(weight.clone())
    parameter.grad = gradient.clone()
    optimizer = torch.optim.SGD([parameter], lr=learning_rate, momentum=max(momentum, 1e-30), weight_decay=weight_decay)
    optimizer.state[parameter]["momentum_buffer"] = velocity.clone()
    optimizer.step()
    return {"weight": parameter.detach() * mask, "velocity": optimizer.state[parameter]["momentum_buffer"]}
""",
}
