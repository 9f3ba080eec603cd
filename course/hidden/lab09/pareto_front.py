"""Hidden cases of pareto_front, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_fronts(pareto_front):
    clouds = [
        [(1.0, 0.5)],
        [(1.0, 0.5), (1.0, 0.6), (1.0, 0.6), (0.5, 0.6)],
        [((i * 37 % 101) / 10, (i * 53 % 89) / 100) for i in range(80)],
        [(float(i), 0.9 - i / 100) for i in range(9)],
    ]
    return [pareto_front([{"latency_ms": ms, "accuracy": a} for ms, a in cloud]) for cloud in clouds]


def judge_fronts(fronts):
    cloud = [((i * 37 % 101) / 10, (i * 53 % 89) / 100) for i in range(80)]
    best = [i for i, (ms, a) in enumerate(cloud) if not any(m <= ms and b >= a and (m, b) != (ms, a) for m, b in cloud)]
    require_close(fronts[0], [0], "wrong-front", "A single point is the front.")
    require_close(fronts[1], [3], "wrong-front", "The fastest point is as accurate as any.")
    require_close(fronts[2], best, "wrong-front", "Eighty points.")
    require_close(fronts[3], [0], "wrong-front", "Slower and worse, point after point: only the first stays.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    pairs = [(draws.randint(1, 9) / 2, draws.randint(-6, 6) / 8) for _ in range(1 + seed * 2)]
    return ([{"latency_ms": ms, "accuracy": accuracy} for ms, accuracy in pairs],)


def judge_drawn(front, points):
    best = {}
    for point in points:
        ms, accuracy = point["latency_ms"], point["accuracy"]
        best[ms] = max(accuracy, best.get(ms, accuracy))
    ends, top = set(), None
    for ms in sorted(best):
        if top is None or best[ms] > top:
            top = best[ms]
            ends.add((ms, top))
    expected = [place for place, point in enumerate(points) if (point["latency_ms"], point["accuracy"]) in ends]
    require(front == expected, "wrong-front", f"{len(points)} points, many of them equal: {expected}, not {front}.")


CASES = (
    Case("four clouds of points", judge=judge_fronts, driver=drive_fronts),
    Case("points on a grid", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "keeps-dominated-points": """
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: points[i]["latency_ms"])
    front = order[:1]
    for before, here in zip(order, order[1:]):
        if points[here]["accuracy"] > points[before]["accuracy"]:
            front.append(here)
    return sorted(front)
""",
    "keeps-the-slower-of-equals": """
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(q["latency_ms"] < p["latency_ms"] and q["accuracy"] > p["accuracy"] for q in points)
    ]
""",
    "drops-twins": """
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(
            q["latency_ms"] <= p["latency_ms"] and q["accuracy"] >= p["accuracy"]
            for j, q in enumerate(points)
            if j != i
        )
    ]
""",
    "every-point-beats-itself": """
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(q["latency_ms"] <= p["latency_ms"] and q["accuracy"] >= p["accuracy"] for q in points)
    ]
""",
    "slow-is-good": """
def pareto_front(points):
    def beats(q, p):
        as_good = q["latency_ms"] >= p["latency_ms"] and q["accuracy"] >= p["accuracy"]
        return as_good and (q["latency_ms"] > p["latency_ms"] or q["accuracy"] > p["accuracy"])

    return [i for i, p in enumerate(points) if not any(beats(q, p) for q in points)]
""",
    "best-in-one-is-enough": """
def pareto_front(points):
    fastest = min(range(len(points)), key=lambda i: points[i]["latency_ms"])
    best = max(range(len(points)), key=lambda i: points[i]["accuracy"])
    return sorted({fastest, best})
""",
    "keeps-the-slower-of-equals, sorted by latency only": """
def pareto_front(points):
    best, front = -1.0, []
    for place in sorted(range(len(points)), key=lambda i: points[i]['latency_ms']):
        if points[place]['accuracy'] >= best:
            best = points[place]['accuracy']
            front.append(place)
    return sorted(front)
""",
    "keeps-the-slower-of-equals, slower points of equal accuracy stay": """
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: (points[i]['latency_ms'], -points[i]['accuracy']))
    best, front = -1.0, []
    for place in order:
        if points[place]['accuracy'] >= best:
            best = points[place]['accuracy']
            front.append(place)
    return sorted(front)
""",
    "wrong-front, order of latency": edit(
        "    return [place for place, point in enumerate(points) if not any(beats(other, point) for other in points)]",
        "    kept = [place for place, point in enumerate(points) if not any(beats(other, point) for other in "
        "points)]\n    return sorted(kept, key=lambda i: points[i]['latency_ms'])",
    ),
    "changes-its-argument": edit(
        "    return [place", "    points.sort(key=lambda p: p['latency_ms'])\n    return [place"
    ),
    "wrong-front, negative accuracy": edit(
        "    return [place for place, point in enumerate(points) if",
        "    return [place for place, point in enumerate(points) if point['accuracy'] >= 0 and",
    ),
}

READERS_WRONG_ANSWERS = {
    "drops-twins, equal points drop each other": """
def pareto_front(points: list[dict]) -> list[int]:
    front = []
    for i, p in enumerate(points):
        dominated = False
        for j, q in enumerate(points):
            if i != j and q["latency_ms"] <= p["latency_ms"] and q["accuracy"] >= p["accuracy"]:
                dominated = True
                break
        if not dominated:
            front.append(i)
    return front
""",
    "keeps-the-slower-of-equals, better in both needed": """
def pareto_front(points: list[dict]) -> list[int]:
    front = []
    for i, p in enumerate(points):
        if not any(q["latency_ms"] < p["latency_ms"] and q["accuracy"] > p["accuracy"] for q in points):
            front.append(i)
    return front
""",
    "keeps-dominated-points, neighbours only": """
def pareto_front(points: list[dict]) -> list[int]:
    order = sorted(range(len(points)), key=lambda i: (points[i]["latency_ms"], -points[i]["accuracy"]))
    front = []
    for place, i in enumerate(order):
        if place == 0:
            front.append(i)
            continue
        before = points[order[place - 1]]
        equal = (
            before["latency_ms"] == points[i]["latency_ms"] and before["accuracy"] == points[i]["accuracy"]
        )
        if equal or points[i]["accuracy"] > before["accuracy"]:
            front.append(i)
    return sorted(front)
""",
}

RIGHT_ANSWERS = {
    "a sweep": """
def pareto_front(points):
    front, best = [], -math.inf
    for ms in sorted({p['latency_ms'] for p in points}):
        top = max(p['accuracy'] for p in points if p['latency_ms'] == ms)
        if top > best:
            best = top
            front += [i for i, p in enumerate(points) if (p['latency_ms'], p['accuracy']) == (ms, top)]
    return sorted(front)
""",
    "numpy": """
def pareto_front(points):
    import numpy
    ms = numpy.array([p['latency_ms'] for p in points])
    a = numpy.array([p['accuracy'] for p in points])
    weak = (ms[:, None] <= ms) & (a[:, None] >= a)
    strict = (ms[:, None] < ms) | (a[:, None] > a)
    return [int(i) for i in numpy.flatnonzero(~(weak & strict).any(axis=0))]
""",
    "loops": """
def pareto_front(points):
    front = []
    for i, p in enumerate(points):
        for q in points:
            if q['latency_ms'] <= p['latency_ms'] and q['accuracy'] >= p['accuracy'] and q != p:
                break
        else:
            front.append(i)
    return front
""",
}
