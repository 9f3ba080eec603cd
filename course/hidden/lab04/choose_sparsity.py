"""Hidden cases of choose_sparsity, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


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
    require_close([choice["sparsity"] for choice in choices], [0.7, 0.6], "compares-with-test", hint)
    require_close([choice["epoch"] for choice in choices], [0, 1], "wrong-epoch", "The best epoch on validation.")
    require_close([choice["test_accuracy"] for choice in choices], [0.0, 0.2], "wrong-report", "Test at that epoch.")


CASES = (Case("test accuracies that mislead", judge=judge_test_says_nothing, driver=drive_test_says_nothing),)

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
}
