"""Visible cases of pick_best, lab 09."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys, show


def drive_candidates(pick_best: Callable) -> Data:
    names = ("name", "latency_ms", "macs", "int8_bytes", "validation", "test")
    lines = [
        ("large", 4.0, 40, 100, 0.95, 0.94),
        ("exact", 2.0, 20, 50, 0.91, 0.88),
        ("lucky", 1.5, 20, 50, 0.89, 0.93),
        ("heavy", 1.0, 90, 50, 0.94, 0.92),
        ("small", 1.0, 10, 20, 0.85, 0.84),
    ]
    candidates = [dict(zip(names, line, strict=True)) for line in lines]
    choice = pick_best(candidates, {"latency_ms": 2.0, "macs": 20})
    try:
        misspelt = pick_best(candidates, {"latency": 2.0, "macs": 20})
    except KeyError:
        misspelt = "KeyError"
    except Exception:
        misspelt = "another error"
    return {"choice": choice, "misspelt": misspelt}


def judge_candidates(data: Data) -> None:
    choice, misspelt = data["choice"], data["misspelt"]
    require_keys(choice, "name", "test")
    name, test = choice["name"], choice["test"]
    require(name != "lucky", "selected-on-test", "'lucky' is best on test, 'exact' on validation. Test may not choose.")
    require(name != "large", "limits-forgotten", "'large' takes 4.0 ms and 40 MACs; the limits are 2.0 and 20.")
    require(name != "heavy", "one-limit-is-enough", "'heavy' is fast and has 90 MACs: every limit must be kept.")
    require(name != "small", "limit-itself-refused", "'exact' takes 2.0 ms and 20 MACs: a limit of 2.0 allows 2.0.")
    require(name == "exact", "wrong-choice", f"The best on validation within both limits is 'exact', not {show(name)}.")
    reject(
        test,
        {
            0.91: ("reports-validation", "0.91 is the validation accuracy, which chose. Report the test accuracy."),
            0.93: ("reports-the-best-test", "0.93 is another candidate's test accuracy. Report the winner's."),
        },
    )
    require_close(test, 0.88, "wrong-report", "Report the test accuracy of the winner.")
    hint = f"A limit was called 'latency', the candidates have 'latency_ms', and the answer was {show(misspelt)}. "
    hint += "A limit that no candidate has must raise an error."
    require(isinstance(misspelt, str), "misspelt-limit-ignored", hint)
    hint = "An unknown limit raised another error than KeyError. Compare the names of the limits and candidates first."
    require(misspelt == "KeyError", "raises-another-error", hint)


def drive_ties(pick_best: Callable) -> Data:
    found = []
    for tests in ((0.9, 0.1), (0.1, 0.9)):
        names = ("name", "energy", "validation", "test")
        lines = [("one", 5.0, 0.8, tests[0]), ("two", 5.0, 0.8, tests[1]), ("zero", 0.0, 0.5, 0.4)]
        candidates = [dict(zip(names, line, strict=True)) for line in lines]
        found.append([pick_best(candidates, {"energy": limit})["name"] for limit in (5.0, 0.0)])
    raised = []
    for limits in ({"Energy": float("inf"), "energy": 9}, {"Energy": 0, "energy": 9}, {"energy": -1.0, "Energy": 1}):
        try:
            raised.append(pick_best(candidates, limits)["name"])
        except KeyError:
            raised.append("KeyError")
        except NotImplementedError:
            raise
        except Exception:
            raised.append("another error")
    return {"found": found, "raised": raised}


def judge_ties(data: Data) -> None:
    (one, zero), (other, _) = data["found"]
    require(zero == "zero", "limit-of-0-ignored", f"A limit of 0 allows 0 and no more; {show(zero)} was picked.")
    hint = f"Equal on validation, {show(one)} won, and {show(other)} when the test accuracies changed places. Test may "
    require(one == other and one != "zero", "selected-on-test", hint + "not choose, not even between equals.")
    hint = "No candidate has 'Energy'. A limit of inf, a limit of 0, and one behind a limit that none keeps: each must "
    require(
        set(data["raised"]) == {"KeyError"}, "misspelt-limit-ignored", f"{hint}raise KeyError. Got {data['raised']}."
    )


CASES = (
    Case("five candidates and two limits", judge=judge_candidates, driver=drive_candidates),
    Case("equal candidates, limits of 0 and inf", judge=judge_ties, driver=drive_ties),
)
