"""Answers to lab 09 that people give, each under the mistake that must be found."""

FITTED = """
def score_predictor(fit, features, accuracy, held_out):
    train = [i for i in range(len(accuracy)) if i not in held_out]
    predictor = fit([features[i] for i in train], [accuracy[i] for i in train])
"""

COUNTED = """    total = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        total += (product > 0) - (product < 0)
    return total / math.comb(len(held_out), 2)
"""


def keyed_without(left_out: str) -> str:
    """Return a table that leaves one property of a block out of its key."""
    names = ("in_channels", "out_channels", "stride", "expand_ratio", "kernel_size", "size")
    return f"""
def table_latency(rows, blocks):
    names = {tuple(name for name in names if not name.startswith(left_out.replace("-", "_")))}
    table = {{tuple(row[name] for name in names): row["ms"] for row in rows}}
    return sum(table[tuple(block[name] for name in names)] for block in blocks)
"""


WRONG_ANSWERS = {
    "block-costs": {
        "expansion-at-the-output": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, out_size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
        "depthwise-at-the-input": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden = in_channels * expand_ratio
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden, size), (hidden * out_channels, out_channels, size // stride)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
        "forgets-the-stride": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden = in_channels * expand_ratio
    layers = [(in_channels * hidden, hidden)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden), (hidden * out_channels, out_channels)]
    parameters = sum(weights + 2 * channels for weights, channels in layers)
    return {"parameters": parameters, "macs": sum(weights for weights, _ in layers) * size**2}
""",
        "depthwise-is-dense": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden**2, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
        "forgets-batch-norm": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, out_size), (hidden * out_channels, out_size)]
    return {"parameters": sum(w for w, _ in layers), "macs": sum(w * side**2 for w, side in layers)}
""",
        "one-batch-norm-number": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size**2 * hidden, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
        "expands-by-one": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size), (kernel_size**2 * hidden, hidden, out_size)]
    layers += [(hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
        "kernel-not-squared": """
def block_costs(in_channels, out_channels, stride, expand_ratio, kernel_size, size):
    hidden, out_size = in_channels * expand_ratio, size // stride
    layers = [(in_channels * hidden, hidden, size)] if expand_ratio > 1 else []
    layers += [(kernel_size * hidden, hidden, out_size), (hidden * out_channels, out_channels, out_size)]
    parameters = sum(weights + 2 * channels for weights, channels, _ in layers)
    return {"parameters": parameters, "macs": sum(weights * side**2 for weights, _, side in layers)}
""",
    },
    "table-latency": {
        **{f"keyed-without-{name}": keyed_without(name) for name in ("stride", "size", "kernel")},
        **{f"keyed-without-{name}": keyed_without(name) for name in ("expand-ratio", "in-channels", "out-channels")},
        "keyed-by-channels": """
def table_latency(rows, blocks):
    table = {(row["in_channels"], row["out_channels"]): row["ms"] for row in rows}
    return sum(table[block["in_channels"], block["out_channels"]] for block in blocks)
""",
        "missing-block-is-free": """
def table_latency(rows, blocks):
    names = [name for name in rows[0] if name != "ms"]
    table = {tuple(row[name] for name in names): row["ms"] for row in rows}
    return sum(table.get(tuple(block[name] for name in names), 0.0) for block in blocks)
""",
        "counts-a-block-once": """
def table_latency(rows, blocks):
    total = 0.0
    for row in rows:
        if {name: value for name, value in row.items() if name != "ms"} in blocks:
            total += row["ms"]
    return total
""",
        "mean-not-sum": """
def table_latency(rows, blocks):
    names = [name for name in rows[0] if name != "ms"]
    table = {tuple(row[name] for name in names): row["ms"] for row in rows}
    return sum(table[tuple(block[name] for name in names)] for block in blocks) / len(blocks)
""",
    },
    "pick-best": {
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
    },
    "score-predictor": {
        "scored-on-its-training-set": FITTED + COUNTED.replace("held_out", "train"),
        "fitted-on-everything": """
def score_predictor(fit, features, accuracy, held_out):
    predictor = fit(features, accuracy)
"""
        + COUNTED,
        "fitted-on-the-held-out": """
def score_predictor(fit, features, accuracy, held_out):
    predictor = fit([features[i] for i in held_out], [accuracy[i] for i in held_out])
"""
        + COUNTED,
        "share-of-agreeing-pairs": FITTED
        + """    pairs = list(combinations(held_out, 2))
    agree = [(predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b]) > 0 for a, b in pairs]
    return sum(agree) / len(pairs)
""",
        "values-not-ranks": FITTED
        + """    guesses = [predictor(features[i]) for i in held_out]
    if len(set(guesses)) == 1:
        return 0.0
    return float(np.corrcoef(guesses, [accuracy[i] for i in held_out])[0, 1])
""",
        "equal-accuracy-counts-as-disagreement": FITTED
        + """    total = 0
    for a, b in combinations(held_out, 2):
        if predictor(features[a]) != predictor(features[b]):
            same = (predictor(features[a]) > predictor(features[b])) == (accuracy[a] > accuracy[b])
            total += 1 if same and accuracy[a] != accuracy[b] else -1
    return total / math.comb(len(held_out), 2)
""",
        "divides-by-untied-pairs": FITTED
        + """    good = bad = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        good, bad = good + (product > 0), bad + (product < 0)
    return (good - bad) / max(good + bad, 1)
""",
        "pairs-counted-twice": FITTED
        + """    total = 0
    for a in held_out:
        for b in held_out:
            product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
            total += (product > 0) - (product < 0)
    return total / math.comb(len(held_out), 2)
""",
        "tie-counts-as-disagreement": FITTED
        + """    total = 0
    for a, b in combinations(held_out, 2):
        product = (predictor(features[a]) - predictor(features[b])) * (accuracy[a] - accuracy[b])
        total += 1 if product > 0 else -1
    return total / math.comb(len(held_out), 2)
""",
    },
    "mutate": {
        "leaves-the-space": """
def mutate(genes, choices, rate, rng):
    child = dict(genes)
    for name, values in choices.items():
        if rng.random() < rate:
            child[name] += rng.choice((-1, 1)) * (values[1] - values[0])
    return child
""",
        "draws-from-another-gene": """
def mutate(genes, choices, rate, rng):
    pool = [value for values in choices.values() for value in values]
    return {name: rng.choice(pool) if rng.random() < rate else value for name, value in genes.items()}
""",
        "changes-its-input": """
def mutate(genes, choices, rate, rng):
    for name, values in choices.items():
        if rng.random() < rate:
            genes[name] = rng.choice(values)
    return genes
""",
        "ignores-the-rate": """
def mutate(genes, choices, rate, rng):
    child = dict(genes)
    name = rng.choice(list(choices))
    child[name] = rng.choice(choices[name])
    return child
""",
        "all-or-nothing": """
def mutate(genes, choices, rate, rng):
    if rng.random() >= rate:
        return dict(genes)
    return {name: rng.choice(values) for name, values in choices.items()}
""",
        "fixed-number-of-genes": """
def mutate(genes, choices, rate, rng):
    chosen = rng.sample(list(genes), round(rate * len(genes)))
    return {name: rng.choice(choices[name]) if name in chosen else value for name, value in genes.items()}
""",
        "rate-upside-down": """
def mutate(genes, choices, rate, rng):
    return {name: value if rng.random() < rate else rng.choice(choices[name]) for name, value in genes.items()}
""",
        "never-reaches-an-end": """
def mutate(genes, choices, rate, rng):
    return {
        name: choices[name][rng.randrange(len(choices[name]) - 1)] if rng.random() < rate else value
        for name, value in genes.items()
    }
""",
        "ignores-the-generator": """
def mutate(genes, choices, rate, rng):
    return {name: random.choice(choices[name]) if random.random() < rate else value for name, value in genes.items()}
""",
    },
    "crossover": {
        "ignores-the-generator": """
def crossover(mother, father, rng):
    import random
    stages = [dict(random.choice(pair)) for pair in zip(mother["stages"], father["stages"])]
    return {"stem": random.choice((mother, father))["stem"], "stages": stages}
""",
        "shares-references": """
def crossover(mother, father, rng):
    stages = [rng.choice(pair) for pair in zip(mother["stages"], father["stages"])]
    return {"stem": rng.choice((mother, father))["stem"], "stages": stages}
""",
        "changes-a-parent": """
def crossover(mother, father, rng):
    for place, stage in enumerate(father["stages"]):
        if rng.random() < 0.5:
            mother["stages"][place] = dict(stage)
    if rng.random() < 0.5:
        mother["stem"] = father["stem"]
    return {"stem": mother["stem"], "stages": [dict(stage) for stage in mother["stages"]]}
""",
        "copies-one-parent": """
def crossover(mother, father, rng):
    parent = rng.choice((mother, father))
    return {"stem": parent["stem"], "stages": [dict(stage) for stage in parent["stages"]]}
""",
        "stem-of-one-parent": """
def crossover(mother, father, rng):
    stages = [dict(rng.choice(pair)) for pair in zip(mother["stages"], father["stages"])]
    return {"stem": mother["stem"], "stages": stages}
""",
        "unfair-draw": """
def crossover(mother, father, rng):
    stages = [dict(f if rng.random() < 0.35 else m) for m, f in zip(mother["stages"], father["stages"])]
    return {"stem": rng.choice((mother, father))["stem"], "stages": stages}
""",
        "stage-in-another-place": """
def crossover(mother, father, rng):
    pool = mother["stages"] + father["stages"]
    return {"stem": rng.choice((mother, father))["stem"], "stages": [dict(rng.choice(pool)) for _ in mother["stages"]]}
""",
        "tears-a-stage-apart": """
def crossover(mother, father, rng):
    stages = [
        {name: rng.choice((first[name], second[name])) for name in first}
        for first, second in zip(mother["stages"], father["stages"])
    ]
    return {"stem": rng.choice((mother, father))["stem"], "stages": stages}
""",
    },
    "pareto-front": {
        "keeps-dominated-points": """
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: points[i]["latency_ms"])
    front = order[:1]
    for before, here in zip(order, order[1:]):
        if points[here]["accuracy"] > points[before]["accuracy"]:
            front.append(here)
    return sorted(front)
""",
        "keeps-the-slower-of-equals": """
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(q["latency_ms"] < p["latency_ms"] and q["accuracy"] > p["accuracy"] for q in points)
    ]
""",
        "drops-twins": """
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(
            q["latency_ms"] <= p["latency_ms"] and q["accuracy"] >= p["accuracy"]
            for j, q in enumerate(points)
            if j != i
        )
    ]
""",
        "every-point-beats-itself": """
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(q["latency_ms"] <= p["latency_ms"] and q["accuracy"] >= p["accuracy"] for q in points)
    ]
""",
        "slow-is-good": """
def pareto_front(points):
    def beats(q, p):
        as_good = q["latency_ms"] >= p["latency_ms"] and q["accuracy"] >= p["accuracy"]
        return as_good and (q["latency_ms"] > p["latency_ms"] or q["accuracy"] > p["accuracy"])

    return [i for i, p in enumerate(points) if not any(beats(q, p) for q in points)]
""",
        "best-in-one-is-enough": """
def pareto_front(points):
    fastest = min(range(len(points)), key=lambda i: points[i]["latency_ms"])
    best = max(range(len(points)), key=lambda i: points[i]["accuracy"])
    return sorted({fastest, best})
""",
    },
}
