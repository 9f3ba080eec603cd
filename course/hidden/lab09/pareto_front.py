"""Hidden cases of pareto_front, lab 09, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


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


CASES = (Case("four clouds of points", judge=judge_fronts, driver=drive_fronts),)

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
}
