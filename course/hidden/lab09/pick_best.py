"""Hidden cases of pick_best, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_other_limits(pick_best):
    names = ("name", "latency_ms", "macs", "int8_bytes", "validation", "test")
    lines = [("a", 3.0, 5, 70, 0.8, 0.9), ("b", 1.0, 9, 60, 0.7, 0.2), ("c", 2.0, 7, 90, 0.9, 0.1)]
    candidates = [dict(zip(names, line, strict=True)) for line in lines]
    answers = [pick_best(candidates, limits) for limits in ({}, {"int8_bytes": 70}, {"macs": 9, "latency_ms": 1.5})]
    raised = []
    for limits in ({"int8_byte": 1}, {"macs": 9, "Latency_ms": 9.0}, {"mac": 1, "int8_bytes": 1000}):
        try:
            raised.append(pick_best(candidates, limits)["name"])
        except NotImplementedError:
            raise
        except KeyError:
            raised.append("KeyError")
        except Exception:
            raised.append("another error")
    return {"answers": answers, "raised": raised}


def judge_other_limits(data):
    names = [answer["name"] for answer in data["answers"]]
    require(
        names == ["c", "a", "b"], "wrong-choice", f"Without limits c, under 70 bytes a, under 1.5 ms b; got {names}."
    )
    tests = [answer["test"] for answer in data["answers"]]
    require_close(tests, [0.1, 0.9, 0.2], "wrong-report", "The test accuracy of each winner.")
    hint = f"int8_byte, Latency_ms and mac are no names of a cost: a KeyError each, not {data['raised']}."
    require(not {"a", "b", "c"} & set(data["raised"]), "misspelt-limit-ignored", hint)
    require(set(data["raised"]) == {"KeyError"}, "raises-another-error", hint)


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    costs = [f"cost{number}" for number in range(1 + seed % 4)]
    candidates = [
        {"name": f"n{place}", **{cost: draws.randint(-3, 5) for cost in costs}, "test": draws.random()}
        for place in range(2 + seed % 7)
    ]
    for candidate, validation in zip(candidates, draws.sample(range(100), len(candidates)), strict=True):
        candidate["validation"] = validation / 100
    allowed = draws.choice(candidates)
    return candidates, {cost: allowed[cost] + draws.randint(0, 1) for cost in costs[seed % 2 :]}


def judge_drawn(choice, candidates, limits):
    best = {"name": "none", "validation": -1.0, "test": 0.0}
    for candidate in candidates:
        over = [cost for cost in limits if candidate[cost] > limits[cost]]
        best = candidate if not over and candidate["validation"] > best["validation"] else best
    hint = f"Within {limits} the best on validation is {best['name']}, not {choice['name']}."
    require(choice["name"] == best["name"], "wrong-choice", hint)
    require_close(choice["test"], best["test"], "wrong-report", "The test accuracy of the winner.")


CASES = (
    Case("other limits and three misspelt ones", judge=judge_other_limits, driver=drive_other_limits),
    Case("costs of other names", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "misspelt-limit-ignored": """
def pick_best(candidates, limits):
    known = ("latency_ms", "macs", "int8_bytes")
    allowed = [c for c in candidates if all(c[name] <= limits.get(name, math.inf) for name in known)]
    winner = max(allowed, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": winner["test"]}
""",
    "raises-another-error": """
def pick_best(candidates, limits):
    allowed = [c for c in candidates if all(c.get(name, math.inf) <= limit for name, limit in limits.items())]
    winner = max(allowed, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": winner["test"]}
""",
    "selected-on-test": """
def pick_best(candidates, limits):
    allowed = [c for c in candidates if all(c[name] <= limit for name, limit in limits.items())]
    winner = max(allowed, key=lambda c: c["test"])
    return {"name": winner["name"], "test": winner["test"]}
""",
    "limit-itself-refused": """
def pick_best(candidates, limits):
    allowed = [c for c in candidates if all(c[name] < limit for name, limit in limits.items())]
    winner = max(allowed, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": winner["test"]}
""",
    "one-limit-is-enough": """
def pick_best(candidates, limits):
    allowed = [c for c in candidates if any(c[name] <= limit for name, limit in limits.items())]
    winner = max(allowed, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": winner["test"]}
""",
    "limits-forgotten": """
def pick_best(candidates, limits):
    for name in limits:
        if name not in candidates[0]:
            raise KeyError(name)
    winner = max(candidates, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": winner["test"]}
""",
    "reports-validation": """
def pick_best(candidates, limits):
    allowed = [c for c in candidates if all(c[name] <= limit for name, limit in limits.items())]
    winner = max(allowed, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": winner["validation"]}
""",
    "reports-the-best-test": """
def pick_best(candidates, limits):
    allowed = [c for c in candidates if all(c[name] <= limit for name, limit in limits.items())]
    winner = max(allowed, key=lambda c: c["validation"])
    return {"name": winner["name"], "test": max(c["test"] for c in allowed)}
""",
    "selected-on-test, ties by test": edit(
        'key=lambda candidate: candidate["validation"]',
        'key=lambda candidate: (candidate["validation"], candidate["test"])',
    ),
    "misspelt-limit-ignored, when it is inf": edit(
        "unknown = set(limits) - set(candidates[0])",
        "unknown = {n for n in limits if limits[n] < math.inf} - set(candidates[0])",
        "all(c[name] <= limit",
        "all(c.get(name, math.inf) <= limit",
    ),
    "limit-of-0-ignored, when it is 0": edit(
        "unknown = set(limits) - set(candidates[0])",
        "unknown = {n for n in limits if limits[n]} - set(candidates[0])",
        "for name, limit in limits.items())",
        "for name, limit in limits.items() if limit)",
    ),
    "misspelt-limit-ignored, behind a failed one": edit(
        '    unknown = set(limits) - set(candidates[0])\n    if unknown:\n        raise KeyError(f"no candidate '
        'has {unknown}")\n',
        "",
    ),
    "misspelt-limit-ignored, names written down": edit(
        "set(limits) - set(candidates[0])",
        "set(limits) - set(candidates[0]) - {'latency', 'int8'}",
        "for name, limit in limits.items())",
        "for name, limit in limits.items() if name in c)",
    ),
    "limit-of-0-ignored, known costs only": edit(
        "for name, limit in limits.items())",
        "for name, limit in limits.items() if name in ('latency_ms', 'macs', 'int8_bytes'))",
    ),
    "changes-its-argument": edit(
        "    winner = max(allowed", "    candidates.sort(key=lambda c: -c['validation'])\n    winner = max(allowed"
    ),
    "limit-of-0-ignored, a limit of 0 skipped": edit(
        "for name, limit in limits.items())", "for name, limit in limits.items() if limit)"
    ),
}

READERS_WRONG_ANSWERS = {
    "selected-on-test, chosen by test": """
def pick_best(candidates: list[dict], limits: dict[str, float]) -> dict:
    best = None
    for candidate in candidates:
        allowed = all([candidate[cost] <= limit for cost, limit in limits.items()])
        if allowed and (best is None or candidate["test"] > best["test"]):
            best = candidate
    return {"name": best["name"], "test": best["test"]}
""",
    "limit-itself-refused, limit itself excluded": """
def pick_best(candidates: list[dict], limits: dict[str, float]) -> dict:
    best = None
    for candidate in candidates:
        allowed = True
        for cost, limit in limits.items():
            if candidate[cost] >= limit:
                allowed = False
        if allowed and (best is None or candidate["validation"] > best["validation"]):
            best = candidate
    return {"name": best["name"], "test": best["test"]}
""",
    "raises-key-error, only two costs known": """
def pick_best(candidates: list[dict], limits: dict[str, float]) -> dict:
    for cost in limits:
        if cost not in ("latency_ms", "macs"):
            raise KeyError(cost)
    best = None
    for candidate in candidates:
        fast = candidate["latency_ms"] <= limits.get("latency_ms", math.inf)
        small = candidate["macs"] <= limits.get("macs", math.inf)
        if fast and small and (best is None or candidate["validation"] > best["validation"]):
            best = candidate
    return {"name": best["name"], "test": best["test"]}
""",
}

RIGHT_ANSWERS = {
    "loops": """
def pick_best(candidates, limits):
    for name in limits:
        for c in candidates:
            c[name]
    best = None
    for c in candidates:
        if any(c[name] > limit for name, limit in limits.items()):
            continue
        if best is None or c['validation'] > best['validation']:
            best = c
    return {'test': best['test'], 'name': best['name']}
""",
    "sorted": edit(
        'max(allowed, key=lambda candidate: candidate["validation"])',
        'sorted(allowed, key=lambda candidate: -candidate["validation"])[0]',
    ),
    "filtered limit by limit": """
def pick_best(candidates, limits):
    allowed = candidates
    if not limits.keys() <= candidates[0].keys():
        raise KeyError(sorted(limits.keys() - candidates[0].keys())[0])
    for name, limit in limits.items():
        allowed = [c for c in allowed if c[name] <= limit]
    winner = max(allowed, key=lambda c: c['validation'])
    return {key: winner[key] for key in ('name', 'test')}
""",
}
