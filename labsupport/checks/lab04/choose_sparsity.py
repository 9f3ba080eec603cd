"""Visible cases of choose_sparsity, lab 04."""

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys, require_type


def inputs_unsorted_runs() -> tuple:
    runs = [
        {"sparsity": 0.9, "validation": [0.88, 0.90, 0.89, 0.90, 0.87], "test": [0.91, 0.86, 0.88, 0.89, 0.92]},
        {"sparsity": 0.5, "validation": [0.90, 0.91, 0.90, 0.90], "test": [0.90, 0.89, 0.91, 0.90]},
        {"sparsity": 0.95, "validation": [0.85, 0.86, 0.87, 0.88], "test": [0.90, 0.91, 0.89, 0.90]},
        {"sparsity": 0.8, "validation": [0.89, 0.90, 0.90, 0.91], "test": [0.90, 0.90, 0.90, 0.87]},
    ]
    return runs, {"validation": 0.912, "test": 0.905}, 0.02


def judge_unsorted_runs(choice: Data) -> None:
    keys = {"sparsity", "epoch", "test_accuracy"}
    require_type(choice, dict, "returns-no-dict", "Return a dict with the keys sparsity, epoch and test_accuracy.")
    require(set(choice) == keys, "wrong-keys", f"The keys must be {', '.join(sorted(keys))}, not {', '.join(choice)}.")
    reject(
        choice["sparsity"],
        {
            0.95: (
                "sparsity-chosen-on-test",
                "At sparsity 0.95 the best validation accuracy is 0.88, more than 0.02 below the dense 0.912. Only "
                "the test accuracies look acceptable, and they may not decide.",
            ),
            0.8: (
                "takes-the-last",
                "0.8 is the last acceptable run of the list. 0.9 is sparser and acceptable too, at its best epoch.",
            ),
            0.5: ("takes-the-safest", "0.5 is acceptable, and so is 0.9. Choose the highest acceptable sparsity."),
        },
    )
    require_close(choice["sparsity"], 0.9, "wrong-sparsity", "0.90 on validation is within 0.02 of the dense 0.912.")
    reject(
        choice["epoch"],
        {
            4: ("epoch-chosen-on-test", "Index 4 has the best test accuracy, 0.92, and only 0.87 on validation."),
            3: ("later-of-equal-epochs", "Index 1 and 3 have the same validation accuracy. Take the first."),
            2: ("epochs-from-1", "The best epoch on validation has the index 1: indices count from 0."),
        },
    )
    require_close(choice["epoch"], 1, "wrong-epoch", "The first epoch with the best validation accuracy, from 0.")
    reject(
        choice["test_accuracy"],
        {
            0.92: ("reports-the-best-test", "0.92 is the best test accuracy of the run. Report the one of the epoch."),
            0.90: ("reports-validation", "0.90 is the validation accuracy that decided. Report the test accuracy."),
        },
    )
    require_close(choice["test_accuracy"], 0.86, "wrong-report", "The test accuracy of the chosen run and epoch.")


def inputs_run_that_gained() -> tuple:
    runs = [
        {"sparsity": 0.7, "validation": [0.75, 0.96875], "test": [0.5, 0.625]},
        {"sparsity": 0.6, "validation": [0.84375, 0.8125, 0.75], "test": [0.25, 0.375, 0.4375]},
        {"sparsity": 0.8, "validation": [0.71875, 0.6875], "test": [0.8125, 0.875]},
    ]
    return runs, {"validation": 0.8125, "test": 0.9375}, 0.0625


def judge_run_that_gained(choice: Data) -> None:
    require_keys(choice, "sparsity", "epoch", "test_accuracy")
    hint = "0.8 has 0.71875 at best, 0.09375 below the dense 0.8125 and not 0.0625 at most. "
    hint += "0.7 gained: 0.96875 is above the dense network, which is no loss."
    reject(choice["sparsity"], {0.6: ("refuses-a-gain", hint)})
    require_close(choice["sparsity"], 0.7, "wrong-sparsity", hint)
    require_close(choice["epoch"], 1, "wrong-epoch", "0.96875 on validation is at index 1.")
    require_close(choice["test_accuracy"], 0.625, "wrong-report", "The test accuracy of the chosen run and epoch.")


CASES = (
    Case("four runs in any order", inputs_unsorted_runs, judge_unsorted_runs),
    Case("a run that gained", inputs_run_that_gained, judge_run_that_gained),
)
