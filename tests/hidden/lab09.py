"""Cases of lab 09 that grading adds to the visible ones: other sizes and orders, inputs that must stay untouched."""

from labsupport.checks.protocol import Case, require, require_close


def drive_many_blocks(block_costs):
    cases = [(8, 24, 1, 6, 5, 16), (24, 24, 1, 2, 3, 8), (40, 80, 2, 4, 5, 16), (3, 7, 1, 1, 3, 5)]
    return [block_costs(*case) for case in cases]


def judge_many_blocks(costs):
    expected = []
    for width, out, stride, ratio, kernel, size in (
        (8, 24, 1, 6, 5, 16),
        (24, 24, 1, 2, 3, 8),
        (40, 80, 2, 4, 5, 16),
        (3, 7, 1, 1, 3, 5),
    ):
        hidden, places = width * ratio, (size // stride) ** 2
        expand = width * hidden if ratio > 1 else 0
        rest = kernel * kernel * hidden + hidden * out
        norms = 2 * (hidden + out + (hidden if ratio > 1 else 0))
        expected.append([expand + rest + norms, expand * size * size + rest * places])
    got = [[cost["parameters"], cost["macs"]] for cost in costs]
    require_close(got, expected, "wrong-counts", "Four blocks of other sizes, by the formulas.", rtol=0, atol=0)


def drive_rows_reversed(table_latency):
    names = ("size", "kernel_size", "expand_ratio", "stride", "out_channels", "in_channels", "ms")
    rows = [
        dict(zip(names, (size, kernel, ratio, stride, out, width, float(place)), strict=True))
        for place, (size, kernel, ratio, stride, out, width) in enumerate(
            (size, kernel, ratio, stride, out, width)
            for size in (16, 8)
            for kernel in (5, 3)
            for ratio in (4, 2)
            for stride in (2, 1)
            for out in (16, 24)
            for width in (16, 24)
        )
    ]
    blocks = [{name: row[name] for name in sorted(row) if name != "ms"} for row in rows[5:60:9]]
    before = [dict(row) for row in rows]
    return {"sum": table_latency(rows, blocks), "kept": rows == before, "empty": table_latency(rows, [])}


def judge_rows_reversed(data):
    hint = "Properties in another order, and every combination measured: each block has exactly one row."
    require_close(data["sum"], float(sum(range(5, 60, 9))), "wrong-sum", hint)
    require(data["kept"], "changes-its-input", "The rows of the table have changed.")
    require_close(data["empty"], 0.0, "wrong-sum", "A network without blocks takes no time.")


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


def drive_other_genes(mutate):
    import random

    choices = {"a": (1, 2), "b": ("x", "y", "z"), "c": (0.25, 0.5, 1.0, 2.0, 4.0)}
    genes, rng = {"c": 4.0, "a": 1, "b": "z"}, random.Random(3)
    children = [mutate(genes, choices, 0.6, rng) for _ in range(600)]
    rare = [mutate(genes, choices, 0.05, rng) for _ in range(2000)]
    rare = sum(child["c"] != 4.0 for child in rare)
    return {"children": children, "rare": rare, "kept": genes == {"c": 4.0, "a": 1, "b": "z"}}


def judge_other_genes(data):
    choices = {"a": (1, 2), "b": ("x", "y", "z"), "c": (0.25, 0.5, 1.0, 2.0, 4.0)}
    require(data["kept"], "changes-its-input", "The parent's genes have changed.")
    for name, values in choices.items():
        seen = {child[name] for child in data["children"]}
        require(seen == set(values), "leaves-the-space", f"{name} must be one of {values}, and each must occur.")
    moved = sum(child["c"] != 4.0 for child in data["children"])
    require(220 < moved < 360, "ignores-the-rate", f"c should change in about 288 of 600 children, not {moved}.")
    hint = f"At rate 0.05 the gene c should change in about 80 of 2,000 children, not {data['rare']}."
    require(40 < data["rare"] < 130, "fixed-number-of-genes", hint)


def drive_long_parents(crossover):
    import random

    mother = {"stem": 1, "stages": [{"who": 0, "place": i, "list": i} for i in range(6)]}
    father = {"stem": 2, "stages": [{"who": 1, "place": i, "list": i} for i in range(6)]}
    rng = random.Random(5)
    children = [crossover(mother, father, rng) for _ in range(300)]
    shared = any(
        stage is other
        for child in children
        for stage in child["stages"]
        for parent in (mother, father)
        for other in parent["stages"]
    )
    again = [
        crossover(mother, father, random.Random(9)) == crossover(mother, father, random.Random(9)) for _ in range(9)
    ]
    return {"children": children, "shared": shared, "again": all(again)}


def judge_long_parents(data):
    for child in data["children"]:
        places = [stage["place"] for stage in child["stages"]]
        require(places == list(range(6)), "stage-in-another-place", "Six stages, each from its own place.")
    require(not data["shared"], "shares-references", "A child holds the very dict of a parent.")
    fathers = sum(stage["who"] for child in data["children"] for stage in child["stages"])
    require(780 < fathers < 1020, "unfair-draw", f"About half of 1,800 stages come from the father, not {fathers}.")
    stems = sum(child["stem"] == 2 for child in data["children"])
    require(110 < stems < 190, "unfair-draw", f"About half of 300 stems come from the father, not {stems}.")
    require(data["again"], "ignores-the-generator", "The same generator state must give the same child.")


def drive_fronts(pareto_front):
    clouds = [
        [(1.0, 0.5)],
        [(1.0, 0.5), (1.0, 0.6), (1.0, 0.6), (0.5, 0.6)],
        [((i * 37 % 101) / 10, (i * 53 % 89) / 100) for i in range(80)],
        [(float(i), 0.9 - i / 100) for i in range(9)],
    ]
    return [pareto_front([{"latency_ms": ms, "accuracy": a} for ms, a in cloud]) for cloud in clouds]


def judge_fronts(fronts):
    cloud = [((i * 37 % 101) / 10, (i * 53 % 89) / 100) for i in range(80)]
    best = [i for i, (ms, a) in enumerate(cloud) if not any(m <= ms and b >= a and (m, b) != (ms, a) for m, b in cloud)]
    require_close(fronts[0], [0], "wrong-front", "A single point is the front.")
    require_close(fronts[1], [3], "wrong-front", "The fastest point is as accurate as any.")
    require_close(fronts[2], best, "wrong-front", "Eighty points.")
    require_close(fronts[3], [0], "wrong-front", "Slower and worse, point after point: only the first stays.")


HIDDEN = {
    "block-costs": (Case("four other blocks", drive_many_blocks, judge_many_blocks),),
    "table-latency": (Case("properties in another order", drive_rows_reversed, judge_rows_reversed),),
    "pick-best": (Case("other limits and three misspelt ones", drive_other_limits, judge_other_limits),),
    "score-predictor": (Case("a straight line and three parts", drive_linear, judge_linear),),
    "mutate": (Case("genes of other kinds", drive_other_genes, judge_other_genes),),
    "crossover": (Case("six stages", drive_long_parents, judge_long_parents),),
    "pareto-front": (Case("four clouds of points", drive_fronts, judge_fronts),),
}
