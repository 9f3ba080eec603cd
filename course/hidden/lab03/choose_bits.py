"""Hidden cases of choose_bits, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_keys


def drive_room_for_all(choose_bits):
    losses, parameters = {"a": 0.0, "b": 0.3, "c": 0.1}, {"a": 8, "b": 16, "c": 24}
    return [choose_bits(losses, parameters, 1000.0), choose_bits(losses, parameters, 24.0)]


def judge_room_for_all(both):
    rich, poor = both
    require_close([rich[name] for name in "abc"], [4, 8, 8], "wrong-bits", "Room for all; a loses nothing.")
    require_close([poor[name] for name in "abc"], [4, 4, 4], "wrong-bits", "24 bytes: room for nothing.")


def inputs_exact_fit() -> tuple:
    return {"a": 1.0, "b": 5.0}, {"a": 10, "b": 100}, 60.0


def judge_exact_fit(bits):
    require_close([bits["a"], bits["b"]], [8, 4], "wrong-bits", "Layer a fits to the byte: 55 + 5 = 60.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    names = [f"layer{number}" for number in range(draw.randrange(1, 8))]
    parameters = {name: draw.choice((3, 9, 25, 81, 243)) for name in draw.sample(names, len(names))}
    losses = {name: draw.choice((0, -0.7, 1e-4, 1, 1, 1)) * draw.uniform(1, 3) * parameters[name] for name in names}
    some = draw.sample(names, draw.randrange(len(names) + 1))
    nibbles = sum(parameters.values()) + sum(map(parameters.get, some))
    return losses, parameters, (nibbles + draw.choice((-1, 0, 0, 0, 1))) / 2


def judge_drawn(bits, losses, parameters, budget_bytes):
    from fractions import Fraction

    require_keys(bits, *losses)
    left, nibbles = {name for name in losses if losses[name] > 0}, sum(parameters.values())
    raised = set()
    while left:
        best = max(left, key=lambda name: Fraction(losses[name]) / parameters[name])
        left.remove(best)
        if Fraction(nibbles + parameters[best], 2) <= Fraction(budget_bytes):
            raised.add(best)
            nibbles += parameters[best]
    expected = [8 if name in raised else 4 for name in losses]
    setting = f"Losses {losses}, weights {parameters}, budget {budget_bytes} bytes. Bits in the order of the losses."
    require_close([bits[name] for name in losses], expected, "wrong-bits", setting)


CASES = (
    Case("room for all and for none", judge=judge_room_for_all, driver=drive_room_for_all),
    Case("a layer that fits to the byte", inputs_exact_fit, judge_exact_fit),
    Case("drawn layers and budgets", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "ranks-by-loss": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=losses.get, reverse=True):
        if losses[name] > 0 and spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    "exceeds-the-budget": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] > 0 and spent < budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    "raises-for-nothing": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    "raises-nothing": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values())
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] > 0 and spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    "counts-all-bits": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] > 0 and spent + parameters[name] <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name]
    return bits
""",
    "leaves-room-unused": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] <= 0 or spent + parameters[name] / 2 > budget_bytes:
            break
        bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    "changes-its-argument, the losses": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    while losses:
        name = max(losses, key=lambda name: losses[name] / parameters[name])
        if losses.pop(name) > 0 and spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    "wrong-bits, in the order of the dict": edit(
        "sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True)", "list(losses)"
    ),
    "wrong-bits, the smallest layer first": edit(
        "sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True)",
        "sorted(losses, key=parameters.get)",
    ),
    "wrong-bits, the square root of the size": edit(
        "losses[name] / parameters[name]", "losses[name] / parameters[name] ** 0.5"
    ),
    "wrong-bits, the square of the size": edit(
        "losses[name] / parameters[name]", "losses[name] / parameters[name] ** 2"
    ),
    "wrong-bits, less than the room": edit("extra_bytes <= room", "extra_bytes < room"),
    "wrong-bits, half bytes dropped": edit("parameters[name] * (8 - 4) / 8", "parameters[name] * (8 - 4) // 8"),
    "wrong-bits, the least total loss": """
def choose_bits(losses, parameters, budget_bytes):
    import itertools

    best, least = {}, float("inf")
    for choice in itertools.product((4, 8), repeat=len(losses)):
        bits = dict(zip(losses, choice, strict=True))
        left = sum(max(losses[name], 0) for name in losses if bits[name] == 4)
        if sum(parameters[name] * bits[name] / 8 for name in losses) <= budget_bytes and left < least:
            best, least = bits, left
    return best or dict.fromkeys(losses, 4)
""",
    "leaves-room-unused, from 8 bits down": """
def choose_bits(losses, parameters, budget_bytes):
    bits = {name: 8 if losses[name] > 0 else 4 for name in losses}
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name]):
        if sum(parameters[name] * bits[name] / 8 for name in losses) > budget_bytes:
            bits[name] = 4
    return bits
""",
}

READERS_WRONG_ANSWERS = {
    "wrong-bits, the budget has to be larger, not at least": """
def choose_bits(losses: dict[str, float], parameters: dict[str, int], budget_bytes: float) -> dict[str, int]:
    bits = {name: 4 for name in losses}
    used = sum(parameters[name] / 2 for name in losses)
    for name in sorted(losses, key=lambda k: losses[k] / parameters[k], reverse=True):
        extra = parameters[name] / 2
        if losses[name] > 0 and used + extra < budget_bytes:
            bits[name] = 8
            used += extra
    return bits
""",
    "wrong-bits, half bytes are rounded": """
def choose_bits(losses: dict[str, float], parameters: dict[str, int], budget_bytes: float) -> dict[str, int]:
    bits = {name: 4 for name in losses}
    used = sum(parameters[name] // 2 for name in losses)
    for name in sorted(losses, key=lambda k: losses[k] / parameters[k], reverse=True):
        extra = parameters[name] // 2
        if losses[name] > 0 and used + extra <= budget_bytes:
            bits[name] = 8
            used += extra
    return bits
""",
    "ranks-by-loss, sorts by loss and not by loss per": """
def choose_bits(losses: dict[str, float], parameters: dict[str, int], budget_bytes: float) -> dict[str, int]:
    bits = {name: 4 for name in losses}
    used = sum(n / 2 for n in (parameters[name] for name in losses))
    for name in sorted(losses, key=lambda k: losses[k], reverse=True):
        if losses[name] > 0 and used + parameters[name] / 2 <= budget_bytes:
            bits[name] = 8
            used += parameters[name] / 2
    return bits
""",
}

RIGHT_ANSWERS = {
    "a heap": """
def choose_bits(losses, parameters, budget_bytes):
    import heapq

    heap = [(-loss / (parameters[name] / 2), name) for name, loss in losses.items() if loss > 0]
    heapq.heapify(heap)
    bits = {name: 4 for name in losses}
    while heap:
        _, name = heapq.heappop(heap)
        bits[name] = 8
        if sum(parameters[name] * bits[name] for name in losses) / 8 > budget_bytes:
            bits[name] = 4
    return bits
""",
    "numpy": """
def choose_bits(losses, parameters, budget_bytes):
    import numpy as np

    names = list(losses)
    loss = np.array([losses[name] for name in names])
    size = np.array([parameters[name] for name in names])
    bits = np.full(len(names), 4)
    for place in np.argsort(-loss / size):
        raised = bits.copy()
        raised[place] = 8
        if loss[place] > 0 and (raised * size).sum() / 8 <= budget_bytes:
            bits = raised
    return dict(zip(names, bits))
""",
    "by repeated maximum, in bits": """
def choose_bits(losses, parameters, budget_bytes):
    room = 8 * budget_bytes - 4 * sum(parameters.values())
    todo = dict(losses)
    bits = {}
    while todo:
        name = max(todo, key=lambda layer: todo[layer] / parameters[layer])
        raise_it = todo.pop(name) > 0 and 4 * parameters[name] <= room
        bits[name] = 8 if raise_it else 4
        room -= 4 * parameters[name] * raise_it
    return bits
""",
}
