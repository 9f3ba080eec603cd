"""Hidden cases of hard_swish, lab 07, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab07.hard_swish import judge_any
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((), (0, 3), (40,), (2, 3, 5, 7), (4, 1, 6))[seed % 5]
    return (torch.randn(shape, generator=generator) * (0.1, 3.0, 9.0, 200.0)[seed % 4],)


CASES = (Case("values of all sizes", inputs_drawn, judge_any, seeds=20),)

WRONG_ANSWERS = {
    "hard-swish-slope": edit("F.relu6(x + 3) / 6", "(0.2 * x + 0.5).clamp(0, 1)"),
    "forgets-the-sixth": edit("F.relu6(x + 3) / 6", "F.relu6(x + 3)"),
    "no-upper-limit": edit("F.relu6", "F.relu"),
    "gate-not-shifted": edit("x + 3", "x"),
    "the-smooth-one": edit("F.relu6(x + 3) / 6", "torch.sigmoid(x)"),
    "returns-the-gate-twice": edit("x * gate", "gate"),
    "changes-its-argument": edit(
        "F.relu6(x + 3) / 6", "F.relu6(x + 3) / 6\n    x *= gate", '"output": x * gate', '"output": x'
    ),
    "wrong-output, absolute value": edit("x * gate}", "x.abs() * gate}"),
    "wrong-output, relu": edit("x * gate}", "F.relu(x) * gate}"),
    "wrong-output, swish": edit("x * gate}", "F.silu(x)}"),
    "wrong-gate, rounded thirds": edit("/ 6\n", "* 0.1667\n"),
    "wrong-keys": edit('"gate": gate', '"hard_sigmoid": gate'),
    "wrong-shape": edit("x * gate}", "(x * gate).flatten()}"),
}

READERS_WRONG_ANSWERS = {
    "hard-swish-slope, other slope": """
def hard_swish(x: Tensor) -> dict[str, Tensor]:
    gate = (0.2 * x + 0.5).clamp(0, 1)
    return {"gate": gate, "output": x * gate}
""",
    "changes-its-argument, input changed in place": """
def hard_swish(x: Tensor) -> dict[str, Tensor]:
    gate = F.relu6(x + 3) / 6
    x *= gate
    return {"gate": gate, "output": x}
""",
    "wrong-output, shifted input multiplied": """
def hard_swish(x: Tensor) -> dict[str, Tensor]:
    x = x + 3
    gate = F.relu6(x) / 6
    return {"gate": gate, "output": x * gate}
""",
}

RIGHT_ANSWERS = {
    "the library": """
def hard_swish(x):
    return {'output': F.hardswish(x), 'gate': F.hardsigmoid(x)}
""",
    "clamp": edit("F.relu6(x + 3) / 6", "((x + 3) / 6).clamp(0, 1)"),
    "where": """
def hard_swish(x):
    gate = torch.where(x <= -3, torch.zeros_like(x), torch.where(x >= 3, torch.ones_like(x), x / 6 + 0.5))
    return {'gate': gate, 'output': torch.mul(gate, x)}
""",
}
