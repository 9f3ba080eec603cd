"""Hidden cases of choose_bits, lab 03, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_room_for_all(choose_bits):
    losses, parameters = {"a": 0.0, "b": 0.3, "c": 0.1}, {"a": 8, "b": 16, "c": 24}
    return [choose_bits(losses, parameters, 1000.0), choose_bits(losses, parameters, 24.0), losses, parameters]


def judge_room_for_all(both):
    rich, poor, losses, parameters = both
    require_close([rich[name] for name in "abc"], [4, 8, 8], "wrong-bits", "Room for all; a loses nothing.")
    require_close([poor[name] for name in "abc"], [4, 4, 4], "wrong-bits", "24 bytes: room for nothing.")
    require(losses == {"a": 0.0, "b": 0.3, "c": 0.1}, "changes-its-input", "The losses were changed by the call.")
    require(parameters == {"a": 8, "b": 16, "c": 24}, "changes-its-input", "The parameters were changed by the call.")


def inputs_exact_fit() -> tuple:
    return {"a": 1.0, "b": 5.0}, {"a": 10, "b": 100}, 60.0


def judge_exact_fit(bits):
    require_close([bits["a"], bits["b"]], [8, 4], "wrong-bits", "Layer a fits to the byte: 55 + 5 = 60.")


CASES = (
    Case("room for all and for none", judge=judge_room_for_all, driver=drive_room_for_all),
    Case("a layer that fits to the byte", inputs_exact_fit, judge_exact_fit),
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
    "stops-at-the-first": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] <= 0 or spent + parameters[name] / 2 > budget_bytes:
            break
        bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
}
