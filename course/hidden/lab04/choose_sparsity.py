"""Hidden cases of choose_sparsity, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_test_says_nothing(choose_sparsity):
    runs = [
        {"sparsity": 0.6, "validation": [0.80, 0.84, 0.83], "test": [0.1, 0.2, 0.3]},
        {"sparsity": 0.7, "validation": [0.81, 0.80, 0.79], "test": [0.0, 0.0, 0.0]},
        {"sparsity": 0.9, "validation": [0.70, 0.78, 0.77], "test": [0.9, 0.9, 0.9]},
    ]
    return [
        choose_sparsity(runs, {"validation": 0.85, "test": 0.5}, 0.045),
        choose_sparsity(runs, {"validation": 0.85, "test": 0.82}, 0.015),
    ]


def judge_test_says_nothing(choices):
    hint = "Only validation may decide, against the dense network's validation accuracy."
    chosen = [choice["sparsity"] for choice in choices]
    require(chosen != [0.9, 0.7], "compares-with-test", hint)
    require_close(chosen, [0.7, 0.6], "wrong-sparsity", hint)
    require_close([choice["epoch"] for choice in choices], [0, 1], "wrong-epoch", "The best epoch on validation.")
    require_close([choice["test_accuracy"] for choice in choices], [0.0, 0.2], "wrong-report", "Test at that epoch.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    runs = []
    for sparsity in draw.sample((0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98), draw.randrange(1, 8)):
        validation = [draw.randrange(40, 60) / 64 for _ in range(draw.randrange(1, 6))]
        test = [draw.random() for _ in validation]
        runs.append({"sparsity": sparsity, "validation": validation, "test": test})
    dense = draw.randrange(54, 64) / 64
    losses = {run["sparsity"]: max(0.0, dense - max(run["validation"])) for run in runs}
    # Accuracies are steps of 1/64. The limit lies between two steps: no run is at it, so rounding decides nothing.
    limit = losses[draw.choice((max(losses), *losses))]
    limit += draw.choice((1 / 128, 1 / 256) if limit == min(losses.values()) else (1 / 128, -1 / 128, -1 / 256))
    return runs, {"validation": dense, "test": draw.random()}, limit


def judge_drawn(choice, runs, dense, max_loss):
    from fractions import Fraction

    best = None
    for run in runs:
        epoch = 0
        for place, accuracy in enumerate(run["validation"]):
            if accuracy > run["validation"][epoch]:
                epoch = place
        loss = Fraction(dense["validation"]) - Fraction(run["validation"][epoch])
        if loss <= Fraction(max_loss) and (best is None or run["sparsity"] > best[0]):
            best = run["sparsity"], epoch, run["test"][epoch]
    setting = f"Dense {dense['validation']} on validation, max_loss {max_loss}, runs {runs}."
    require_close(choice["sparsity"], best[0], "wrong-sparsity", setting)
    require_close(choice["epoch"], best[1], "wrong-epoch", setting, rtol=0)
    require_close(choice["test_accuracy"], best[2], "wrong-report", setting)


CASES = (
    Case("test accuracies that mislead", judge=judge_test_says_nothing, driver=drive_test_says_nothing),
    Case("drawn runs, some near the limit", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "sparsity-chosen-on-test": """
def choose_sparsity(runs, dense, max_loss):
    best = {}
    for run in runs:
        epoch = run["validation"].index(max(run["validation"]))
        if dense["test"] - max(run["test"]) <= max_loss and run["sparsity"] > best.get("sparsity", -1):
            best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
    "epoch-chosen-on-test": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = winner["test"].index(max(winner["test"]))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["test"][epoch]}
""",
    "takes-the-last": """
def choose_sparsity(runs, dense, max_loss):
    best = {}
    for run in runs:
        epoch = run["validation"].index(max(run["validation"]))
        if dense["validation"] - run["validation"][epoch] <= max_loss:
            best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
    "takes-the-safest": """
def choose_sparsity(runs, dense, max_loss):
    run = max(runs, key=lambda run: (max(run["validation"]), -run["sparsity"]))
    epoch = run["validation"].index(max(run["validation"]))
    return {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
""",
    "later-of-equal-epochs": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = max(range(len(winner["validation"])), key=lambda e: (winner["validation"][e], e))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["test"][epoch]}
""",
    "reports-the-best-test": edit('winner["test"][epoch]', 'max(winner["test"])'),
    "reports-validation": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = winner["validation"].index(max(winner["validation"]))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["validation"][epoch]}
""",
    "compares-with-test": edit(
        'acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]',
        'acceptable = [run for run in runs if max(run["validation"]) >= dense["test"] - max_loss]',
    ),
    "epochs-from-1": edit('"epoch": epoch,', '"epoch": epoch + 1,'),
    "refuses-a-gain": edit(
        'max(run["validation"]) >= dense["validation"] - max_loss',
        'abs(max(run["validation"]) - dense["validation"]) <= max_loss',
    ),
    "wrong-sparsity, a relative loss": edit('dense["validation"] - max_loss', '(1 - max_loss) * dense["validation"]'),
    "wrong-sparsity, always 0.02": edit("- max_loss]", "- 0.02]"),
    "takes-the-last, epoch of each run": edit('max(run["validation"]) >=', 'run["validation"][-1] >='),
    "wrong-epoch, the first acceptable epoch": edit(
        'winner["validation"].index(max(winner["validation"]))',
        'next(i for i, a in enumerate(winner["validation"]) if a >= dense["validation"] - max_loss)',
    ),
    "changes-its-argument": edit(
        "    acceptable = [", '    runs.sort(key=lambda run: run["sparsity"])\n    acceptable = ['
    ),
}

READERS_WRONG_ANSWERS = {
    "compares-with-test, compares with the test accuracy of the dense": """
def choose_sparsity(runs: list[dict], dense: dict, max_loss: float) -> dict:
    best = None
    for run in runs:
        epoch = run["validation"].index(max(run["validation"]))
        if dense["test"] - run["validation"][epoch] <= max_loss:
            if best is None or run["sparsity"] > best["sparsity"]:
                best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
    "takes-the-last, keeps the last acceptable run of the list": """
def choose_sparsity(runs: list[dict], dense: dict, max_loss: float) -> dict:
    best = {}
    for run in runs:
        epoch = run["validation"].index(max(run["validation"]))
        if dense["validation"] - run["validation"][epoch] <= max_loss:
            best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
    "compares-with-test, one test left over, sorted from the sparsest": """
def choose_sparsity(runs: list[dict], dense: dict, max_loss: float) -> dict:
    for run in sorted(runs, key=lambda run: run["sparsity"], reverse=True):
        epoch = run["validation"].index(max(run["validation"]))
        if dense["test"] - run["validation"][epoch] <= max_loss:
            return {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
""",
    "later-of-equal-epochs, the largest pair of accuracy and epoch": """
def choose_sparsity(runs: list[dict], dense: dict, max_loss: float) -> dict:
    for run in sorted(runs, key=lambda run: run["sparsity"], reverse=True):
        accuracy, epoch = max((accuracy, epoch) for epoch, accuracy in enumerate(run["validation"]))
        if dense["validation"] - accuracy <= max_loss:
            return {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
""",
    "later-of-equal-epochs, takes the last of several equally good": """
def choose_sparsity(runs: list[dict], dense: dict, max_loss: float) -> dict:
    best = None
    for run in runs:
        epoch = max(range(len(run["validation"])), key=lambda e: (run["validation"][e], e))
        if dense["validation"] - run["validation"][epoch] <= max_loss:
            if best is None or run["sparsity"] > best["sparsity"]:
                best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
}

RIGHT_ANSWERS = {
    "less than the limit": edit(">= dense", "> dense"),
    "a loss below the limit, with a tolerance": """
def choose_sparsity(runs, dense, max_loss):
    for run in sorted(runs, key=lambda r: r["sparsity"], reverse=True):
        v = run["validation"]
        epoch = v.index(max(v))
        if dense["validation"] - v[epoch] < max_loss + 1e-9:
            return {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
""",
    "numpy": """
def choose_sparsity(runs, dense, max_loss):
    import numpy as np

    epochs = [int(np.argmax(run["validation"])) for run in runs]
    fine = [dense["validation"] - run["validation"][epoch] <= max_loss for run, epoch in zip(runs, epochs)]
    chosen = int(np.argmax([run["sparsity"] if ok else -1 for run, ok in zip(runs, fine)]))
    run, epoch = runs[chosen], epochs[chosen]
    return {"epoch": epoch, "sparsity": run["sparsity"], "test_accuracy": run["test"][epoch]}
""",
    "from the sparsest down": """
def choose_sparsity(runs, dense, max_loss):
    for run in sorted(runs, key=lambda run: -run["sparsity"]):
        best = max(run["validation"])
        if best + max_loss >= dense["validation"]:
            epoch = run["validation"].index(best)
            return {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    raise ValueError("no run is acceptable")
""",
    "a loop that keeps the best so far": """
def choose_sparsity(runs, dense, max_loss):
    choice = None
    for run in runs:
        epoch = max(range(len(run["validation"])), key=run["validation"].__getitem__)
        loss = dense["validation"] - run["validation"][epoch]
        if loss <= max_loss and (not choice or choice["sparsity"] < run["sparsity"]):
            choice = dict(sparsity=run["sparsity"], epoch=epoch, test_accuracy=run["test"][epoch])
    return choice
""",
}
