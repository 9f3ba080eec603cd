"""Visible cases of choose_bits, lab 03."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def inputs_small_budget() -> tuple:
    losses = {"stem": 1.0, "wide": 3.0, "last": 2.5, "head": -0.1}
    parameters = {"stem": 100, "wide": 1200, "last": 900, "head": 200}
    # 1200 bytes at 4 bits; 8 bits add 50, 600, 450 and 100.
    return losses, parameters, 1820.0


def judge_small_budget(bits: Data) -> None:
    names, parameters = ("stem", "wide", "last", "head"), (100, 1200, 900, 200)
    require_keys(bits, *names)
    got = list(map(bits.get, names))
    require(set(got) <= {4, 8}, "wrong-bits", f"The bits of a layer are 4 or 8. Got {got}.")
    setting = "Weights 100, 1200, 900, 200 of stem, wide, last, head; losses 1, 3, 2.5, -0.1; budget 1820 bytes. "
    spent = sum(n * b / 8 for n, b in zip(parameters, got, strict=True))
    hint = f"This takes {spent:.0f} bytes. Check that a layer fits before you raise it."
    require(spent <= 1820, "exceeds-the-budget", setting + hint)
    hint = "The head loses nothing at 4 bits: raising it buys nothing. Leave layers without a loss at 4 bits."
    require(bits["head"] == 4, "raises-for-nothing", setting + hint)
    hint = "Nothing was raised, although 620 bytes are left when all layers have 4 bits: 1820 - 2400 * 4 / 8."
    require(got != [4, 4, 4, 4], "raises-nothing", setting + hint)
    raised = ", ".join(name for name in names if bits[name] == 8)
    hint = f"You raised {raised}. The stem, 1 point for 50 bytes, has the best price: sort by loss per extra byte."
    require(bits["stem"] == 8, "ranks-by-loss", setting + hint)
    hint = "The last layer fits as well: 1200 + 50 + 450 bytes. A raised layer adds 4 bits a weight, not 8."
    require(bits["last"] == 8, "counts-all-bits", setting + hint)


def inputs_gap() -> tuple:
    losses = {"b": 6.0, "a": 4.0, "c": 0.5}
    parameters = {"a": 200, "b": 400, "c": 100}
    # 350 bytes at 4 bits; 8 bits add 100, 200 and 50: after a, b does not fit, c does.
    return losses, parameters, 560.0


def judge_gap(bits: Data) -> None:
    hint = "a and c fit together: 350 + 100 + 50 of 560 bytes. Yours leaves c at 4 bits, although it would fit. Go "
    hint += "through all layers from the best price on, and raise each that still fits."
    require([bits[name] for name in "abc"] != [8, 4, 4], "leaves-room-unused", hint)
    require_close(
        [bits[name] for name in "abc"], [8, 4, 8], "wrong-bits", "Bits of a, b and c; a has the best price, then b."
    )


CASES = (
    Case("a budget for two of four layers", inputs_small_budget, judge_small_budget),
    Case("a layer that does not fit", inputs_gap, judge_gap),
)
