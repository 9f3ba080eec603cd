"""Hidden cases of ordered_pairs, lab 08, and answers to it."""

from course.answers import edit
from labsupport.checks.lab08.ordered_pairs import KEYS, as_sets, judge_pairs
from labsupport.checks.protocol import Case, require


def inputs_on_the_margin() -> tuple:
    costs = {"a": 100.0, "b": 125.0, "c": 126.0, "d": 400.0}
    return costs, {"a": 8.0, "b": 1.0, "c": 10.0, "d": 7.9}, 0.25


def inputs_equal() -> tuple:
    return {"a": 7.0, "b": 7.0, "c": 14.0}, {"a": 2.0, "b": 3.0, "c": 3.0}, 0.0


def inputs_one() -> tuple:
    return {"alone": 3.0}, {"alone": 2.0}, 0.1


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    names = [f"net{number}" for number in range(2 + seed % 6)]
    costs = {name: draws.choice((1, 1.04, 1.1, 1.5, 2, 4)) * draws.choice((10, 1e6)) for name in names}
    draws.shuffle(names)
    return costs, {name: draws.choice((1, 1.02, 1.08, 1.4, 3)) * draws.choice((0.1, 1)) for name in names}, 0.06


def judge_each(found, costs, times, margin):
    got = as_sets(found)
    for one in costs:
        for other in costs:
            cheaper = costs[one] * (1 + margin) < costs[other]
            where = [key for key in KEYS if (one, other) in got[key]]
            ratio = max(times[one], times[other]) / min(times[one], times[other])
            kind = "tied" if ratio <= 1 + margin + 1e-12 else "agree" if times[one] < times[other] else "reversed"
            hint = f"Costs {costs[one]:g} and {costs[other]:g}, times {times[one]:g} and {times[other]:g}."
            require(where == ([kind] if cheaper else []), "wrong-pairs", f"{hint} Found in {where}.")


CASES = (
    Case("on the margin", inputs_on_the_margin, judge_pairs),
    Case("equal costs, no margin", inputs_equal, judge_pairs),
    Case("one network", inputs_one, judge_pairs),
    Case("networks of all kinds", inputs_drawn, judge_each, seeds=20),
)

WRONG_ANSWERS = {
    "both-ways-round": """
def ordered_pairs(costs, times, margin):
    found = {"agree": [], "reversed": [], "tied": []}
    for a, b in itertools.permutations(costs, 2):
        if max(costs[a], costs[b]) > min(costs[a], costs[b]) * (1 + margin):
            short, long = sorted((times[a], times[b]))
            same = (costs[a] < costs[b]) == (times[a] < times[b])
            found["tied" if long <= short * (1 + margin) else "agree" if same else "reversed"].append((a, b))
    return found
""",
    "dearer-first": edit("append((cheap, dear))", "append((dear, cheap))"),
    "agree-and-reversed-swapped": edit("times[cheap] < times[dear]", "times[cheap] > times[dear]"),
    "counts-equal-costs": edit("costs[dear] > costs[cheap] * (1 + margin)", "costs[dear] > costs[cheap]"),
    "forgets-ties": edit("tied = long <= short * (1 + margin)", "tied = long == short"),
    "margin-always-0-05": edit(
        "costs[cheap] * (1 + margin)", "costs[cheap] * 1.05", "short * (1 + margin)", "short * 1.05"
    ),
    "wrong-pairs, combinations in the order given": """
def ordered_pairs(costs, times, margin):
    found = {"agree": [], "reversed": [], "tied": []}
    for a, b in itertools.combinations(costs, 2):
        if costs[b] > costs[a] * (1 + margin):
            short, long = sorted((times[a], times[b]))
            tied = long <= short * (1 + margin)
            found["tied" if tied else "agree" if times[a] < times[b] else "reversed"].append((a, b))
    return found
""",
    "wrong-pairs, on the margin counts": edit("costs[dear] > costs[cheap] * (1", "costs[dear] >= costs[cheap] * (1"),
    "wrong-pairs, on the margin is no tie": edit("long <= short * (1 + margin)", "long < short * (1 + margin)"),
    "wrong-pairs, margin of the larger": edit(
        "costs[dear] > costs[cheap] * (1 + margin)", "costs[cheap] < costs[dear] * (1 - margin)"
    ),
    "counts-equal-costs, in absolute numbers": edit(
        "costs[dear] > costs[cheap] * (1 + margin)", "costs[dear] > costs[cheap] + margin"
    ),
    "changes-its-argument": edit(
        '    found = {"agree"', '    costs.pop(min(costs, key=costs.get))\n    found = {"agree"'
    ),
}

READERS_WRONG_ANSWERS = {
    "wrong-pairs, ties are reversed too": """
def ordered_pairs(costs, times, margin):
    found = {"agree": [], "reversed": [], "tied": []}
    for a, b in itertools.permutations(costs, 2):
        if costs[a] * (1 + margin) < costs[b]:
            if abs(times[a] - times[b]) <= margin * min(times[a], times[b]):
                found["tied"].append((a, b))
            if times[a] < times[b]:
                found["agree"].append((a, b))
            else:
                found["reversed"].append((a, b))
    return found
""",
    "wrong-pairs, the margin in the time is of the longer one": """
def ordered_pairs(costs, times, margin):
    found = {"agree": [], "reversed": [], "tied": []}
    for a, b in itertools.permutations(costs, 2):
        if costs[a] * (1 + margin) < costs[b]:
            if times[a] < times[b] * (1 - margin):
                found["agree"].append((a, b))
            elif times[b] < times[a] * (1 - margin):
                found["reversed"].append((a, b))
            else:
                found["tied"].append((a, b))
    return found
""",
    "returns-no-pairs, counts": """
def ordered_pairs(costs, times, margin):
    found = {"agree": 0, "reversed": 0, "tied": 0}
    for a, b in itertools.permutations(costs, 2):
        if costs[a] * (1 + margin) < costs[b]:
            short, long = sorted((times[a], times[b]))
            tied = long <= short * (1 + margin)
            found["tied" if tied else "agree" if times[a] < times[b] else "reversed"] += 1
    return found
""",
}

RIGHT_ANSWERS = {
    "sorted by cost": """
def ordered_pairs(costs, times, margin):
    names = sorted(costs, key=costs.get)
    result = {"tied": [], "agree": [], "reversed": []}
    for place, a in enumerate(names):
        for b in names[place + 1:]:
            if costs[b] <= costs[a] * (1 + margin):
                continue
            if max(times[a], times[b]) <= (1 + margin) * min(times[a], times[b]):
                result["tied"].append([a, b])
            elif times[a] < times[b]:
                result["agree"].append([a, b])
            else:
                result["reversed"].append([a, b])
    return result
""",
    "comprehensions": """
def ordered_pairs(costs, times, margin):
    pairs = [(a, b) for a in costs for b in costs if costs[b] > costs[a] * (1 + margin)]
    def kind(a, b):
        if times[b] > times[a] * (1 + margin):
            return "agree"
        return "reversed" if times[a] > times[b] * (1 + margin) else "tied"
    return {word: [pair for pair in pairs if kind(*pair) == word] for word in ("agree", "reversed", "tied")}
""",
    "pandas": """
def ordered_pairs(costs, times, margin):
    found = {"agree": [], "reversed": [], "tied": []}
    table = pd.DataFrame({"cost": pd.Series(costs), "time": pd.Series(times)}).sort_values("cost")
    for a, one in table.iterrows():
        for b, two in table[table.cost > one.cost * (1 + margin)].iterrows():
            low, high = sorted([one.time, two.time])
            word = "tied" if high <= low * (1 + margin) else "agree" if one.time < two.time else "reversed"
            found[word].append((a, b))
    return found
""",
}
