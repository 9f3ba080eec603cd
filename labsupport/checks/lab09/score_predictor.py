"""Visible cases of score_predictor, lab 09."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type


def drive_memory(score_predictor: Callable) -> Data:
    given = []

    def fit(rows, targets):
        seen = {tuple(row): target for row, target in zip(rows, targets, strict=True)}
        given.append(sorted(row[0] for row in rows))
        return lambda row: seen.get(tuple(row), row[0] ** 3 / 1000)

    features = [[1.0], [9.0], [2.0], [3.0], [8.0], [4.0], [5.0], [7.0]]
    accuracy = [0.61, 0.9, 0.72, 0.7, 0.5, 0.8, 0.85, 0.4]
    score = score_predictor(fit, features, accuracy, [0, 2, 3, 5, 6])
    tied = score_predictor(lambda *_, **__: lambda _: 1.0, features, accuracy, [0, 2, 3])
    three = [[1.0], [9.0], [2.0], [5.0], [4.0]], [0.6, 0.9, 0.9, 0.7, 0.8], [0, 1, 2]
    equal = score_predictor(lambda *_, **__: lambda row: row[0], *three)
    return {"score": score, "tied": tied, "equal": equal, "given": given}


def judge_memory(data: Data) -> None:
    score, given = data["score"], data["given"]
    require_type(score, (int, float), "returns-wrong-type", "Return one number, the rank correlation.")
    require(given, "never-fits", "fit_predictor was never called: give it what to learn from.")
    hint = "fit_predictor was given all eight networks. It may learn from the three that are not held out."
    require(len(given[0]) != 8, "fitted-on-everything", hint)
    hint = "fit_predictor was given the held-out networks. It may learn from the others only."
    require(given[0] != [1.0, 2.0, 3.0, 4.0, 5.0], "fitted-on-the-held-out", hint)
    require(given[0] == [7.0, 8.0, 9.0], "fitted-on-others", "The rows to learn from are 9, 8 and 7.")
    scored = "1.0 is perfect: these pairs are of networks that the predictor learnt from. Score the held-out ones."
    reject(
        score,
        {
            1.0: ("scored-on-its-training-set", scored),
            0.9: ("share-of-agreeing-pairs", "0.9 is the share of agreeing pairs. Subtract the disagreeing ones."),
            1.6: ("pairs-counted-twice", "1.6 is more than 1: each pair was counted twice."),
            np.corrcoef([0.001, 0.008, 0.027, 0.064, 0.125], [0.61, 0.72, 0.7, 0.8, 0.85])[0, 1]: (
                "values-not-ranks",
                "This is the correlation of the values. Count pairs: only the order matters.",
            ),
        },
    )
    hint = "9 of 10 pairs agree and 1 does not: (9 - 1) / 10. Only the order counts, not the size of the differences."
    require_close(score, 0.8, "wrong-score", hint)
    hint = "All predictions are equal, so no pair is in order or out of order: a tie counts 0."
    require_close(data["tied"], 0.0, "tie-counts-as-disagreement", hint)
    hint = (
        "Accuracies 0.6, 0.9 and 0.9, predicted 1, 9 and 2: two pairs agree, the third is a tie. It counts 0, and it "
    )
    hint += "is one of three pairs: 2 / 3."
    equal = data["equal"]
    reject(equal, {1 / 3: ("equal-accuracy-counts-as-disagreement", hint), 1.0: ("divides-by-untied-pairs", hint)})
    require_close(equal, 2 / 3, "wrong-score", hint)


def inputs_upside_down() -> tuple:
    rows, accuracy = [[2.0], [5.0], [2.0], [7.0], [1.0], [5.0]], [0.5, 0.6, 0.7, 0.9, 0.8, 0.4]
    return lambda rows, targets: lambda row: -row[0] - len(rows) + targets[0], rows, accuracy, [3, 0, 1]


def judge_upside_down(score: Data) -> None:
    hint = "The predictor is wrong about all three pairs. A rank correlation may be negative: keep the sign."
    reject(score, {1.0: ("drops-the-sign", hint), 0.0: ("drops-the-sign", hint)})
    require_close(score, -1.0, "wrong-score", hint)


CASES = (
    Case("a predictor that only remembers", judge=judge_memory, driver=drive_memory),
    Case("a predictor that is always wrong", inputs_upside_down, judge_upside_down),
)
