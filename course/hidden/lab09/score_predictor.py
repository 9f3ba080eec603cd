"""Hidden cases of score_predictor, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_linear(score_predictor):
    def fit(rows, targets):
        slope = sum(r[0] * t for r, t in zip(rows, targets, strict=True)) / sum(r[0] * r[0] for r in rows)
        return lambda row: slope * row[0] + row[1]

    features = [[float(i), (i * 7 % 11) / 5] for i in range(20)]
    accuracy = [0.5 + 0.02 * i + (i * 5 % 7) / 20 for i in range(20)]
    accuracy[9], features[0] = accuracy[3], list(features[17])
    held = [[3, 17, 0, 9], [19, 1], list(range(0, 20, 2))]
    scores = [score_predictor(fit, features, accuracy, part) for part in held]
    return {"scores": scores}


def judge_linear(data):
    features = [[float(i), (i * 7 % 11) / 5] for i in range(20)]
    accuracy = [0.5 + 0.02 * i + (i * 5 % 7) / 20 for i in range(20)]
    accuracy[9], features[0] = accuracy[3], list(features[17])
    expected = []
    for part in ([3, 17, 0, 9], [19, 1], list(range(0, 20, 2))):
        rest = [i for i in range(20) if i not in part]
        slope = sum(features[i][0] * accuracy[i] for i in rest) / sum(features[i][0] ** 2 for i in rest)
        guess = {i: slope * features[i][0] + features[i][1] for i in part}
        total = 0
        for place, a in enumerate(part):
            for b in part[:place]:
                product = (guess[a] - guess[b]) * (accuracy[a] - accuracy[b])
                total += (product > 0) - (product < 0)
        expected.append(total / (len(part) * (len(part) - 1) / 2))
    require_close(
        data["scores"],
        expected,
        "wrong-score",
        "A straight line, three held-out parts, with equal accuracies and equal predictions.",
    )


def inputs_drawn(seed: int) -> tuple:
    import random

    def fit(rows, targets):
        centre = sum(row[0] * target for row, target in zip(rows, targets, strict=True)) / sum(targets)
        return lambda row: -((row[0] - centre) ** 2) + len(rows) % 3 * row[1]

    draws = random.Random(seed)
    count = 8 + seed
    rows = [[float(draws.randint(0, 5)), float(draws.randint(0, 1))] for _ in range(count)]
    accuracy = [draws.randint(4, 9) / 10 for _ in range(count)]
    return fit, rows, accuracy, draws.sample(range(count), 2 + seed % 5)


def judge_drawn(score, fit_predictor, rows, accuracy, held_out):
    rest = [place for place in range(len(rows)) if place not in held_out]
    predictor = fit_predictor([rows[place] for place in rest], [accuracy[place] for place in rest])
    seen = [(predictor(rows[place]), accuracy[place]) for place in held_out]
    signs = [
        ((a > c) - (a < c)) * ((b > d) - (b < d)) for place, (a, b) in enumerate(seen) for c, d in seen[place + 1 :]
    ]
    hint = f"{len(held_out)} of {len(rows)} networks held out; some have equal rows, or equal accuracies."
    require_close(score, sum(signs) / len(signs), "wrong-score", hint)


CASES = (
    Case("a straight line and three parts", judge=judge_linear, driver=drive_linear),
    Case("equal rows on both sides", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "scored-on-its-training-set": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    total = 0
    for a, b in combinations(train, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        total += (product > 0) - (product < 0)
    return total / math.comb(len(train), 2)
""",
    "fitted-on-everything": """
def score_predictor(fit, features, accuracy, held_out):
    predictor = fit(features, accuracy)
    total = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        total += (product > 0) - (product < 0)
    return total / math.comb(len(held_out), 2)
""",
    "fitted-on-the-held-out": """
def score_predictor(fit, features, accuracy, held_out):
    predictor = fit([features[i] for i in held_out], [accuracy[i] for i in held_out])
    total = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        total += (product > 0) - (product < 0)
    return total / math.comb(len(held_out), 2)
""",
    "share-of-agreeing-pairs": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    pairs = list(combinations(held_out, 2))
    agree = [(predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b]) > 0 for a, b in pairs]
    return sum(agree) / len(pairs)
""",
    "values-not-ranks": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    guesses = [predictor(features[i]) for i in held_out]
    if len(set(guesses)) == 1:
        return 0.0
    return float(np.corrcoef(guesses, [accuracy[i] for i in held_out])[0, 1])
""",
    "equal-accuracy-counts-as-disagreement": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    total = 0
    for a, b in combinations(held_out, 2):
        if predictor(features[a]) != predictor(features[b]):
            same = (predictor(features[a]) > predictor(features[b])) == (accuracy[a] > accuracy[b])
            total += 1 if same and accuracy[a] != accuracy[b] else -1
    return total / math.comb(len(held_out), 2)
""",
    "divides-by-untied-pairs": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    good = bad = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        good, bad = good + (product > 0), bad + (product < 0)
    return (good - bad) / max(good + bad, 1)
""",
    "pairs-counted-twice": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    total = 0
    for a in held_out:
        for b in held_out:
            product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
            total += (product > 0) - (product < 0)
    return total / math.comb(len(held_out), 2)
""",
    "tie-counts-as-disagreement": """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
    total = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        total += 1 if product > 0 else -1
    return total / math.comb(len(held_out), 2)
""",
    "drops-the-sign, abs": edit("return total / math", "return abs(total) / math"),
    "drops-the-sign, at least 0": edit("return total / math", "return max(0, total) / math"),
    "wrong-score, rows left out by value": edit(
        "[place for place in range(len(accuracy)) if place not in held_out]",
        "[place for place in range(len(accuracy)) if rows[place] not in [rows[h] for h in held_out]]",
    ),
    "wrong-score, neighbours only": edit("combinations(held_out, 2)", "zip(held_out, held_out[1:])"),
    "wrong-score, rounded": edit(
        "return total / math.comb(len(held_out), 2)", "return round(total / math.comb(len(held_out), 2), 1)"
    ),
    "changes-its-argument": edit("    total = 0", "    held_out.sort()\n    total = 0"),
    "raises-zero-division-error, accuracy left out by value": edit(
        "[place for place in range(len(accuracy)) if place not in held_out]",
        "[place for place in range(len(accuracy)) if accuracy[place] not in [accuracy[h] for h in held_out]]",
    ),
}

READERS_WRONG_ANSWERS = {
    "fitted-on-everything, fitted on all": """
def score_predictor(
    fit_predictor: Callable[[list, list], Callable],
    rows: list[list[float]],
    accuracy: list[float],
    held_out: list[int],
) -> float:
    predictor = fit_predictor(rows, accuracy)
    predicted = {i: predictor(rows[i]) for i in held_out}
    total = 0
    count = 0
    for i, j in combinations(held_out, 2):
        agreement = (predicted[i] - predicted[j]) * (accuracy[i] - accuracy[j])
        if agreement > 0:
            total += 1
        elif agreement < 0:
            total -= 1
        count += 1
    return total / count
""",
    "tie-counts-as-disagreement, ties count against": """
def score_predictor(
    fit_predictor: Callable[[list, list], Callable],
    rows: list[list[float]],
    accuracy: list[float],
    held_out: list[int],
) -> float:
    train = [i for i in range(len(rows)) if i not in held_out]
    predictor = fit_predictor([rows[i] for i in train], [accuracy[i] for i in train])
    predicted = {i: predictor(rows[i]) for i in held_out}
    pairs = list(combinations(held_out, 2))
    total = 0
    for i, j in pairs:
        same = (predicted[i] - predicted[j]) * (accuracy[i] - accuracy[j]) > 0
        total += 1 if same else -1
    return total / len(pairs)
""",
    "wrong-score, divided with tie correction": """
def score_predictor(
    fit_predictor: Callable[[list, list], Callable],
    rows: list[list[float]],
    accuracy: list[float],
    held_out: list[int],
) -> float:
    held = set(held_out)
    train = [i for i in range(len(rows)) if i not in held]
    predictor = fit_predictor([rows[i] for i in train], [accuracy[i] for i in train])
    predicted = np.array([float(predictor(rows[i])) for i in held_out])
    actual = np.array([accuracy[i] for i in held_out])
    first, second = np.triu_indices(len(held_out), k=1)
    p = np.sign(predicted[first] - predicted[second])
    a = np.sign(actual[first] - actual[second])
    norm = math.sqrt(float(np.abs(p).sum()) * float(np.abs(a).sum()))
    if norm == 0:
        return 0.0
    return float((p * a).sum() / norm)
""",
}

RIGHT_ANSWERS = {
    "two loops": """
def score_predictor(fit_predictor, rows, accuracy, held_out):
    learn = sorted(set(range(len(rows))) - set(held_out))
    predict = fit_predictor([rows[i] for i in learn], [accuracy[i] for i in learn])
    guesses = [predict(rows[i]) for i in held_out]
    truth = [accuracy[i] for i in held_out]
    n, total = len(held_out), 0
    for i in range(n):
        for j in range(i):
            a = (guesses[i] > guesses[j]) - (guesses[i] < guesses[j])
            b = (truth[i] > truth[j]) - (truth[i] < truth[j])
            total += a * b
    return total / (n * (n - 1) / 2)
""",
    "numpy": """
def score_predictor(fit_predictor, rows, accuracy, held_out):
    import numpy
    learn = [i for i in range(len(rows)) if i not in set(held_out)]
    predict = fit_predictor([rows[i] for i in learn], [accuracy[i] for i in learn])
    a = numpy.array([float(predict(rows[i])) for i in held_out])
    b = numpy.array([accuracy[i] for i in held_out])
    n = len(held_out)
    return (numpy.sign(a[:, None] - a) * numpy.sign(b[:, None] - b)).sum() / (n * n - n)
""",
    "math.copysign": edit(
        "        total += (product > 0) - (product < 0)", "        total += math.copysign(1, product) if product else 0"
    ),
}
