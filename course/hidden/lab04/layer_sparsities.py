"""Hidden cases of layer_sparsities, lab 04, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_keys


def inputs_curve_that_rises() -> tuple:
    scan = {"x": {0.25: 0.5, 0.5: 0.25, 0.75: 0.5}, "y": {0.5: 0.75}}
    return scan, {"x": 10, "y": 30}, 0.5


def judge_curve_that_rises(chosen):
    require_keys(chosen, "x", "y")
    hint = "At the floor 0.5 the highest sparsity of x that keeps it is 0.75, although 0.5 does not keep it."
    require_close([chosen["x"], chosen["y"]], [0.75, 0.5], "wrong-sparsities", hint)


def inputs_drawn(seed: int) -> tuple:
    import random
    from itertools import pairwise

    chance = random.Random(seed)
    names = ["stem", "middle", "late", "head"][: 2 + seed % 3]
    sparsities = chance.sample([k / 16 for k in range(1, 16)], 4)
    scan = {name: {sparsity: chance.randrange(64, 512) / 512 for sparsity in sparsities} for name in names}
    sizes = {name: chance.choice([8, 64, 1024, 4096]) for name in reversed(names)}
    reached = {0.0}
    for floor in (accuracy for curve in scan.values() for accuracy in curve.values()):
        kept = (max((s for s, a in scan[name].items() if a >= floor), default=0) * sizes[name] for name in names)
        reached.add(sum(kept) / sum(sizes.values()))
    # The target lies in the middle of two sparsities that floors reach, so that rounding decides nothing.
    steps = [pair for pair in pairwise(sorted(reached)) if pair[1] - pair[0] > 1e-4]
    return scan, sizes, sum(chance.choice(steps)) / 2


def judge_drawn(chosen, scan, sizes, target):
    require_keys(chosen, *scan)

    def at(floor):
        kept = {name: [s for s, accuracy in curve.items() if not accuracy < floor] for name, curve in scan.items()}
        return {name: max(found) if found else 0.0 for name, found in kept.items()}

    def overall(sparsities):
        return sum(sparsities[name] * size for name, size in sizes.items()) / sum(sizes.values())

    floors = [accuracy for curve in scan.values() for accuracy in curve.values()]
    best = at(max(floor for floor in floors if overall(at(floor)) >= target))
    hint = f"Sizes {sizes}, target {target}: overall {overall(chosen):.4f}."
    require_close([chosen[name] for name in scan], [best[name] for name in scan], "wrong-sparsities", hint)


CASES = (
    Case("a curve that rises again", inputs_curve_that_rises, judge_curve_that_rises),
    Case("drawn scans", inputs_drawn, judge_drawn, seeds=20),
)

TOTALS = (
    "sum(chosen[name] * sizes[name] for name in scan) >= target * sum(sizes[name] for name in scan)",
    "sum(chosen.values()) >= target * len(scan)",
)

WRONG_ANSWERS = {
    "ignores-sizes": edit(*TOTALS),
    "takes-the-lowest-floor": edit("sorted(floors, reverse=True)", "sorted(floors)"),
    "same-for-all": """
def layer_sparsities(scan, sizes, target):
    grid = sorted(next(iter(scan.values())))
    return dict.fromkeys(scan, next(sparsity for sparsity in grid if sparsity >= target))
""",
    "stops-too-early": """
def layer_sparsities(scan, sizes, target):
    chosen = dict.fromkeys(scan, 0.0)
    for floor in sorted({a for curve in scan.values() for a in curve.values()}, reverse=True):
        found = {name: max((s for s, a in curve.items() if a >= floor), default=0.0) for name, curve in scan.items()}
        if sum(found[name] * sizes[name] for name in scan) >= target * sum(sizes.values()):
            return chosen
        chosen = found
""",
    "returns-nothing, the lowest sparsity that keeps the floor": edit("max((sparsity", "min((sparsity"),
    "raises-value-error, a layer without any": edit(
        "max((sparsity for sparsity, accuracy in curve.items() if accuracy >= floor), default=0.0)",
        "max(sparsity for sparsity, accuracy in curve.items() if accuracy >= floor)",
    ),
    "wrong-sparsities, stops where a curve falls below the floor": """
def layer_sparsities(scan, sizes, target):
    from itertools import takewhile

    for floor in sorted({a for curve in scan.values() for a in curve.values()}, reverse=True):
        chosen = {}
        for name, curve in scan.items():
            kept = list(takewhile(lambda pair: pair[1] >= floor, sorted(curve.items())))
            chosen[name] = kept[-1][0] if kept else 0.0
        if sum(chosen[name] * sizes[name] for name in scan) >= target * sum(sizes.values()):
            return chosen
    return chosen
""",
    "changes-its-argument": edit(
        "    for floor in sorted", "    sizes.update(dict.fromkeys(sizes, 1))\n    for floor in sorted"
    ),
}

READERS_WRONG_ANSWERS = {
    "wrong-sparsities, walks up and stops at the first point below the floor": """
def layer_sparsities(scan, sizes, target):
    floors = sorted({a for points in scan.values() for a in points.values()}, reverse=True)
    total = sum(sizes.values())
    for floor in floors:
        chosen = {}
        for name, points in scan.items():
            chosen[name] = 0.0
            for sparsity in sorted(points):
                if points[sparsity] < floor:
                    break
                chosen[name] = sparsity
        if sum(chosen[name] * sizes[name] for name in scan) / total >= target:
            return chosen
""",
    "wrong-sparsities, floors in whole percent": """
def layer_sparsities(scan, sizes, target):
    total = sum(sizes.values())
    for percent in range(100, -1, -1):
        floor = percent / 100
        chosen = {
            name: max((s for s, a in points.items() if a >= floor), default=0.0) for name, points in scan.items()
        }
        if sum(chosen[name] * sizes[name] for name in scan) / total >= target:
            return chosen
""",
    "wrong-keys, a layer without any is left out": """
def layer_sparsities(scan, sizes, target):
    floors = sorted({a for points in scan.values() for a in points.values()}, reverse=True)
    for floor in floors:
        chosen = {}
        for name, points in scan.items():
            good = [s for s, a in points.items() if a >= floor]
            if good:
                chosen[name] = max(good)
        overall = sum(s * sizes[name] for name, s in chosen.items()) / sum(sizes[name] for name in chosen)
        if overall >= target:
            return chosen
""",
    "ignores-sizes, the mean of the layers' sparsities": """
def layer_sparsities(scan, sizes, target):
    floors = sorted({a for curve in scan.values() for a in curve.values()}, reverse=True)
    for floor in floors:
        result = {}
        for layer in scan:
            ok = [s for s in scan[layer] if scan[layer][s] >= floor]
            result[layer] = max(ok) if ok else 0.0
        if sum(result.values()) / len(result) >= target:
            return result
    return result
""",
    "wrong-sparsities, layers that have no such sparsity are left at the lowest one": """
def layer_sparsities(scan, sizes, target):
    floors = sorted({a for curve in scan.values() for a in curve.values()}, reverse=True)
    total = sum(sizes.values())
    for floor in floors:
        result = {}
        for layer, curve in scan.items():
            ok = [s for s, a in curve.items() if a >= floor]
            result[layer] = max(ok) if ok else min(curve)
        if sum(result[layer] * sizes[layer] for layer in scan) / total >= target:
            return result
    return result
""",
    "wrong-sparsities, adds layers one by one until the target": """
def layer_sparsities(scan, sizes, target):
    points = sorted(((a, s, name) for name, curve in scan.items() for s, a in curve.items()), reverse=True)
    result = dict.fromkeys(scan, 0.0)
    for accuracy, sparsity, name in points:
        result[name] = sparsity
        if sum(result[n] * sizes[n] for n in scan) >= target * sum(sizes.values()):
            break
    return result
""",
}

RIGHT_ANSWERS = {
    "a quotient, not a product": edit(
        "sum(chosen[name] * sizes[name] for name in scan) >= target * sum(sizes[name] for name in scan)",
        "sum(chosen[name] * sizes[name] for name in scan) / sum(sizes.values()) >= target",
    ),
    "more than the target": edit(">= target", "> target"),
    "numpy and fractions of all weights": """
def layer_sparsities(scan, sizes, target):
    import numpy as np

    part = np.array([sizes[name] for name in scan]) / sum(sizes[name] for name in scan)
    best = None
    for floor in np.unique([a for curve in scan.values() for a in curve.values()]):
        chosen = [max([0.0, *(s for s, a in curve.items() if a >= floor)]) for curve in scan.values()]
        if np.dot(chosen, part) >= target - 1e-12:
            best = chosen
    return dict(zip(scan, best))
""",
    "from the lowest floor up": """
def layer_sparsities(scan, sizes, target):
    def at(floor):
        return {name: max([s for s in curve if curve[s] >= floor] or [0.0]) for name, curve in scan.items()}

    floors = sorted({a for curve in scan.values() for a in curve.values()})
    enough = [f for f in floors if sum(s * sizes[n] for n, s in at(f).items()) >= target * sum(sizes.values())]
    return at(enough[-1])
""",
    "pandas": """
def layer_sparsities(scan, sizes, target):
    table = pd.DataFrame(scan)
    for floor in sorted(set(table.stack()), reverse=True):
        chosen = {name: float(table.index[table[name] >= floor].max()) for name in table}
        chosen = {name: 0.0 if math.isnan(sparsity) else sparsity for name, sparsity in chosen.items()}
        if sum(chosen[name] * sizes[name] for name in table) >= target * sum(sizes.values()):
            return chosen
""",
}
