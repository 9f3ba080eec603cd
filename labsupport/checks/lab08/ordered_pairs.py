"""Visible cases of ordered_pairs, lab 08."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys, require_type

KEYS = ("agree", "reversed", "tied")


def inputs_five() -> tuple:
    costs = {"wide": 400.0, "tiny": 50.0, "mid": 200.0, "twin": 208.0, "big": 900.0}
    return costs, {"wide": 3.0, "tiny": 3.1, "mid": 5.0, "twin": 1.0, "big": 2.9}, 0.05


def inputs_wide_margin() -> tuple:
    costs = {"a": 100.0, "b": 130.0, "c": 160.0, "d": 20.0}
    return costs, {"a": 10.0, "b": 8.0, "c": 20.0, "d": 9.0}, 0.25


def sorted_pairs(costs: dict, times: dict, margin: float, times_margin: float | None = None) -> dict[str, set]:
    """Return the pairs by what their times say; the second margin is that of times, the same by default."""
    found: dict[str, set] = {key: set() for key in KEYS}
    tie = margin if times_margin is None else times_margin
    for one in costs:
        for other in costs:
            if costs[other] > costs[one] * (1 + margin):
                short, long = min(times[one], times[other]), max(times[one], times[other])
                kind = "tied" if long <= short * (1 + tie) else "agree" if times[one] < times[other] else "reversed"
                found[kind].add((one, other))
    return found


def as_sets(found: Data) -> dict[str, set]:
    """Return the student's pairs as sets of tuples, after their form was asked for."""
    require_keys(found, *KEYS)
    for key in KEYS:
        require_type(found[key], list, "returns-no-pairs", f"{key} must be a list of pairs of names.")
        pairs = all(isinstance(pair, list) and len(pair) == 2 for pair in found[key])
        require(pairs, "returns-no-pairs", f"{key} must be a list of pairs of names, the cheaper network first.")
    return {key: {tuple(pair) for pair in found[key]} for key in KEYS}


def judge_pairs(found: Data, costs: dict, times: dict, margin: float) -> None:
    got, wanted = as_sets(found), sorted_pairs(costs, times, margin)
    every = set().union(*got.values())
    hint = "A pair stands twice, once each way round. Keep the way in which the first network is cheaper."
    require(not any((b, a) in every for a, b in every), "both-ways-round", hint)
    swapped = {key: {(b, a) for a, b in pairs} for key, pairs in wanted.items()}
    hint = "In each pair the cheaper network stands first."
    require(got != swapped or got == wanted, "dearer-first", hint)
    turned = wanted | {"agree": wanted["reversed"], "reversed": wanted["agree"]}
    hint = "agree and reversed have changed places: a pair agrees when the cheaper network is the faster one."
    require(got != turned or turned == wanted, "agree-and-reversed-swapped", hint)
    no_margin = sorted_pairs(costs, times, 0.0, margin)
    hint = "Pairs are in it whose costs differ by less than the margin. They do not count."
    require(got != no_margin or no_margin == wanted, "counts-equal-costs", hint)
    no_ties = sorted_pairs(costs, times, margin, 0.0)
    hint = "No pair is tied, although times are within the margin of each other."
    require(got != no_ties or no_ties == wanted, "forgets-ties", hint)
    fixed = sorted_pairs(costs, times, 0.05)
    hint = f"The margin here is {margin}, and the pairs are those of 0.05."
    require(got != fixed or fixed == wanted, "margin-always-0.05".replace(".", "-"), hint)
    for key in KEYS:
        missing, extra = wanted[key] - got[key], got[key] - wanted[key]
        words = "; ".join(
            f"{what} {', '.join(f'{a} - {b}' for a, b in sorted(pairs))}"
            for what, pairs in (("missing:", missing), ("too many:", extra))
            if pairs
        )
        require(not words, "wrong-pairs", f"{key}, {words}.")
    counts = [len(found[key]) for key in KEYS]
    require_close(counts, [len(wanted[key]) for key in KEYS], "repeats-a-pair", "A pair stands twice.", rtol=0, atol=0)


CASES = (
    Case("five networks", inputs_five, judge_pairs),
    Case("a margin of a quarter", inputs_wide_margin, judge_pairs),
)
