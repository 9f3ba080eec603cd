"""Hidden cases of pick_best, lab 09, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_other_limits(pick_best):
    names = ("name", "latency_ms", "macs", "int8_bytes", "validation", "test")
    lines = [("a", 3.0, 5, 70, 0.8, 0.9), ("b", 1.0, 9, 60, 0.7, 0.2), ("c", 2.0, 7, 90, 0.9, 0.1)]
    candidates = [dict(zip(names, line, strict=True)) for line in lines]
    before = [dict(candidate) for candidate in candidates]
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
    return {"answers": answers, "raised": raised, "kept": candidates == before}


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
    require(data["kept"], "changes-its-input", "The candidates have changed.")


CASES = (Case("other limits and three misspelt ones", judge=judge_other_limits, driver=drive_other_limits),)

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
}
