"""Hidden cases of score_predictor, lab 09, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_linear(score_predictor):
    def fit(rows, targets):
        slope = sum(r[0] * t for r, t in zip(rows, targets, strict=True)) / sum(r[0] * r[0] for r in rows)
        return lambda row: slope * row[0] + row[1]

    features = [[float(i), (i * 7 % 11) / 5] for i in range(20)]
    accuracy = [0.5 + 0.02 * i + (i * 5 % 7) / 20 for i in range(20)]
    accuracy[9], features[0] = accuracy[3], list(features[17])
    before = [list(row) for row in features]
    held = [[3, 17, 0, 9], [19, 1], list(range(0, 20, 2))]
    scores = [score_predictor(fit, features, accuracy, part) for part in held]
    return {"scores": scores, "kept": features == before}


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
    require(data["kept"], "changes-its-input", "The features have changed.")


CASES = (Case("a straight line and three parts", judge=judge_linear, driver=drive_linear),)

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
}
