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


CASES = (Case("five candidates and two limits", judge=judge_candidates, driver=drive_candidates),)
