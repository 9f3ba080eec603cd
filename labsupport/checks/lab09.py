"""The visible cases of lab 09, Architecture search."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, Exercise, reject, require, require_close, require_type, run, show


def require_keys(actual: Data, keys: tuple[str, ...]) -> None:
    """Raise CheckFailed unless the result is a dict with exactly these keys."""
    names = " and ".join(keys)
    require_type(actual, dict, "returns-no-dict", f"Return a dict with the keys {names}.")
    require(set(actual) == set(keys), "wrong-keys", f"The keys must be {names}, not {', '.join(map(str, actual))}.")


def drive_strided_block(block_costs: Callable) -> Data:
    return block_costs(in_channels=16, out_channels=32, stride=2, expand_ratio=4, kernel_size=3, size=32)


def judge_strided_block(costs: Data) -> None:
    require_keys(costs, ("parameters", "macs"))
    dense = "A depthwise kernel sees one channel: k * k * hidden weights, not k * k * hidden * hidden."
    reject(
        costs["parameters"],
        {
            1024 + 36864 + 2048 + 320: ("depthwise-is-dense", dense),
            1024 + 576 + 2048: ("forgets-batch-norm", "Each convolution is followed by a batch norm: 2 per channel."),
            1024 + 576 + 2048 + 160: ("one-batch-norm-number", "A batch norm learns weight and bias for a channel."),
            1024 + 192 + 2048 + 320: ("kernel-not-squared", "A kernel of size 3 has 3 * 3 weights."),
        },
    )
    hint = "Weights: 16*64 to expand, 9*64 depthwise, 64*32 to project; batch norm 2*64 + 2*64 + 2*32."
    require_close(costs["parameters"], 3968, "wrong-parameters", hint, rtol=0, atol=0)
    reject(
        costs["macs"],
        {
            3648 * 256: ("expansion-at-the-output", "The expansion comes before the stride, at all 32 * 32 places."),
            1600 * 1024 + 2048 * 256: ("depthwise-at-the-input", "The depthwise convolution writes to 16 * 16 places."),
            3648 * 1024: ("forgets-the-stride", "With stride 2, two of the three convolutions have 16 * 16 outputs."),
            1024 * 1024 + 36864 * 256 + 2048 * 256: ("depthwise-is-dense", dense),
        },
    )
    hint = "MACs: weights times the places where each convolution writes: 32*32, then 16*16, then 16*16."
    require_close(costs["macs"], 1024 * 1024 + 2624 * 256, "wrong-macs", hint, rtol=0, atol=0)


def drive_first_block(block_costs: Callable) -> Data:
    return block_costs(in_channels=16, out_channels=8, stride=1, expand_ratio=1, kernel_size=5, size=10)


def judge_first_block(costs: Data) -> None:
    require_keys(costs, ("parameters", "macs"))
    hint = "With expand_ratio 1 the block has no expansion: two convolutions, not three."
    require(costs["parameters"] != 864, "expands-by-one", hint)
    require_close(costs["parameters"], 576, "wrong-parameters", "25*16 + 16*8 weights, 2*16 + 2*8 of batch norm.")
    require_close(costs["macs"], 52800, "wrong-macs", "25*16 + 16*8 weights, each used at 10 * 10 places.")


BLOCK_COSTS = Exercise(
    grade_id="block-costs",
    function="block_costs",
    cases=(
        Case("a block with stride 2", drive_strided_block, judge_strided_block),
        Case("a block without expansion", drive_first_block, judge_first_block),
    ),
)


def check_block_costs(block_costs: Callable) -> None:
    """Compare block_costs with counts made by hand."""
    run(BLOCK_COSTS, block_costs)


def drive_small_table(table_latency: Callable) -> Data:
    names = ("in_channels", "out_channels", "stride", "expand_ratio", "kernel_size", "size", "ms")
    lines = [
        (32, 32, 1, 4, 3, 16, 0.5),
        (32, 32, 2, 4, 3, 16, 0.2),
        (32, 32, 1, 4, 5, 16, 8.0),
        (32, 32, 1, 4, 3, 8, 0.125),
        (32, 32, 1, 2, 3, 16, 4.0),
        (32, 64, 2, 4, 3, 16, 2.0),
        (16, 32, 1, 4, 3, 16, 32.0),
    ]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    blocks = [{name: rows[place][name] for name in names[:-1]} for place in (0, 0, 1, 3)]
    missing = {**blocks[0], "expand_ratio": 6}
    total = table_latency(rows, blocks)
    try:
        unknown = table_latency(rows, [*blocks, missing])
    except Exception:
        unknown = "an error"
    return {"sum": total, "unknown": unknown}


def judge_small_table(data: Data) -> None:
    total, unknown = data["sum"], data["unknown"]
    require_type(total, (int, float), "returns-wrong-type", "Return one number, the milliseconds of the network.")
    stride = "The block with stride 1 and the one with stride 2 got the same time. They differ in nothing else."
    size = "The block at 16 x 16 and the one at 8 x 8 got the same time, and one is a quarter of the work."
    reject(
        total,
        {
            0.825: ("counts-a-block-once", "The first block stands twice in the network and must be counted twice."),
            1.325 / 4: ("mean-not-sum", "Blocks run one after another: add their times, do not average them."),
            **dict.fromkeys((0.725, 1.625), ("keyed-without-stride", stride)),
            **dict.fromkeys((0.575, 1.7), ("keyed-without-size", size)),
            16.325: ("keyed-without-kernel", "A 3 x 3 block got the time of the 5 x 5 block."),
            16.0: ("keyed-by-channels", "Channels alone do not name a block: all six properties do."),
            8.325: ("keyed-without-expand-ratio", "A block with expand_ratio 4 got the time of one with 2."),
            64.325: ("keyed-without-in-channels", "A block of 32 input channels got the time of one with 16."),
            3.125: ("keyed-without-out-channels", "A block of 32 output channels got the time of one with 64."),
        },
    )
    require_close(total, 1.325, "wrong-sum", "The four blocks take 0.5, 0.5, 0.2 and 0.125.")
    hint = f"One block has expand_ratio 6 and is in no row. The answer was {show(unknown)}: what was never measured is "
    require(isinstance(unknown, str), "missing-block-is-free", hint + "not free. Let a missing row raise an error.")


TABLE_LATENCY = Exercise(
    grade_id="table-latency",
    function="table_latency",
    cases=(Case("seven rows and four blocks", drive_small_table, judge_small_table),),
)


def check_table_latency(table_latency: Callable) -> None:
    """Compare table_latency with a sum made by hand."""
    run(TABLE_LATENCY, table_latency)


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
    require_keys(choice, ("name", "test"))
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


PICK_BEST = Exercise(
    grade_id="pick-best",
    function="pick_best",
    cases=(Case("five candidates and two limits", drive_candidates, judge_candidates),),
)


def check_pick_best(pick_best: Callable) -> None:
    """Compare pick_best with a choice made by hand."""
    run(PICK_BEST, pick_best)


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
        },
    )
    hint = "9 of 10 pairs agree and 1 does not: (9 - 1) / 10. Only the order counts, not the size of the differences."
    require_close(score, 0.8, "values-not-ranks", hint)
    hint = "All predictions are equal, so no pair is in order or out of order: a tie counts 0."
    require_close(data["tied"], 0.0, "tie-counts-as-disagreement", hint)
    hint = (
        "Accuracies 0.6, 0.9 and 0.9, predicted 1, 9 and 2: two pairs agree, the third is a tie. It counts 0, and it "
    )
    hint += "is one of three pairs: 2 / 3."
    equal = data["equal"]
    reject(equal, {1 / 3: ("equal-accuracy-counts-as-disagreement", hint), 1.0: ("divides-by-untied-pairs", hint)})
    require_close(equal, 2 / 3, "wrong-score", hint)


SCORE_PREDICTOR = Exercise(
    grade_id="score-predictor",
    function="score_predictor",
    cases=(Case("a predictor that only remembers", drive_memory, judge_memory),),
)


def check_score_predictor(score_predictor: Callable) -> None:
    """Compare score_predictor with pairs counted by hand."""
    run(SCORE_PREDICTOR, score_predictor)


def drive_mutants(mutate: Callable) -> Data:
    import random

    choices = {"stem": (8, 16, 24), "width": (32, 48, 64, 80), "depth": (1, 2, 3), "kernel_size": (3, 5)}
    genes = {"stem": 24, "width": 32, "depth": 3, "kernel_size": 3}
    rng = random.Random(0)
    whole = [mutate(genes, choices, 1.0, rng) for _ in range(200)]
    after = dict(genes)
    genes = {"stem": 24, "width": 32, "depth": 3, "kernel_size": 3}
    none = [mutate(genes, choices, 0.0, rng) for _ in range(20)]
    some = [mutate(dict(genes), choices, 0.3, rng) for _ in range(400)]
    chances = (random.Random(7), random.Random(7))
    twice = [[mutate(dict(genes), choices, 0.5, rng) for _ in range(20)] for rng in chances]
    return {"whole": whole, "after": after, "none": none, "some": some, "twice": twice}


def judge_mutants(data: Data) -> None:
    choices = {"stem": (8, 16, 24), "width": (32, 48, 64, 80), "depth": (1, 2, 3), "kernel_size": (3, 5)}
    genes = {"stem": 24, "width": 32, "depth": 3, "kernel_size": 3}
    require(data["after"] == genes, "changes-its-input", "The parent's genes have changed: return a new dict.")
    for child in data["whole"]:
        require_keys(child, tuple(genes))
    wrong = {(name, value) for child in data["whole"] for name, value in child.items() if value not in choices[name]}
    pool = {value for values in choices.values() for value in values}
    name, value = min(wrong, default=("", 0))
    hint = f"A child has {name} = {show(value)}; the space allows {choices.get(name)}. Draw from these."
    require(all(value in pool for _, value in wrong), "leaves-the-space", hint)
    require(not wrong, "draws-from-another-gene", hint)
    drawn = {name: {child[name] for child in data["whole"]} for name in choices}
    changed = [sum(child[name] != genes[name] for name in genes) for child in data["some"]]
    backwards = all(child == genes for child in data["whole"])
    require(not backwards, "rate-upside-down", "At rate 1 every gene is drawn anew; here not one was.")
    hint = "At rate 0 a child has its parent's genes, and here it had others. A gene changes when rng.random() < rate."
    require(all(child == genes for child in data["none"]), "ignores-the-rate", hint)
    for name, values in choices.items():
        hint = f"In 200 children at rate 1, {name} was never {show(sorted(set(values) - drawn[name])[0:1])}."
        require(drawn[name] == set(values), "never-reaches-an-end", hint + " Every choice must be possible.")
    hint = f"At rate 0.3, {changed.count(0)} of 400 children were unchanged. Decide for each gene by itself."
    require(changed.count(0) < 240, "all-or-nothing", hint)
    hint = "At rate 0.3 some children change no gene and some two or more. Ask rng for each gene; draw no fixed number."
    varied = sum(number > 1 for number in changed) > 30 and changed.count(0) > 100
    require(varied, "fixed-number-of-genes", hint)
    require(0.5 < sum(changed) / 400 < 1.2, "ignores-the-rate", "At rate 0.3 about 0.8 of the 4 genes should differ.")
    hint = "Two calls with the same generator state gave different children: take all chance from rng."
    require(data["twice"][0] == data["twice"][1], "ignores-the-generator", hint)


MUTATE = Exercise(
    grade_id="mutate",
    function="mutate",
    cases=(Case("hundreds of children at four rates", drive_mutants, judge_mutants),),
)


def check_mutate(mutate: Callable) -> None:
    """Look at many children of mutate."""
    run(MUTATE, mutate)


def drive_children(crossover: Callable) -> Data:
    import copy
    import random

    mother = {"stem": 8, "stages": [{"width": w, "depth": 1} for w in (16, 32, 64)]}
    father = {"stem": 24, "stages": [{"width": w, "depth": 3} for w in (40, 80, 160)]}
    parents, rng = copy.deepcopy([mother, father]), random.Random(0)
    children = [copy.deepcopy(crossover(mother, father, rng)) for _ in range(200)]
    kept = [mother, father] == parents
    for _ in range(20):
        child = crossover(mother, father, rng)
        child["stem"] = 0
        for stage in child["stages"]:
            stage["width"] = 0
        child["stages"].clear()
    first, second = ([crossover(mother, father, random.Random(seed)) for seed in range(20)] for _ in range(2))
    return {"children": children, "kept": kept, "kept_later": parents == [mother, father], "again": first == second}


def judge_children(data: Data) -> None:
    mother = {"stem": 8, "stages": [{"width": w, "depth": 1} for w in (16, 32, 64)]}
    father = {"stem": 24, "stages": [{"width": w, "depth": 3} for w in (40, 80, 160)]}
    require(data["kept"], "changes-a-parent", "Crossover itself has changed a parent: build a new child.")
    origins = set()
    for child in data["children"]:
        require_keys(child, ("stem", "stages"))
        require(len(child["stages"]) == 3, "wrong-number-of-stages", "A child has three stages, as its parents have.")
        for place, stage in enumerate(child["stages"]):
            pair = (mother["stages"][place], father["stages"][place])
            others = [s for parent in (mother, father) for s in parent["stages"] if s not in pair]
            hint = f"Stage {place + 1} of a child came from another place of a parent: stages keep their place."
            require(stage not in others, "stage-in-another-place", hint)
            hint = f"A stage is {show(stage)}: half of it from each parent. Take a stage whole."
            require(stage in pair, "tears-a-stage-apart", hint)
        require(child["stem"] in (8, 24), "wrong-stem", f"The stem is {show(child['stem'])}; parents have 8 and 24.")
        origins.add((child["stem"] == 24, *(stage["depth"] == 3 for stage in child["stages"])))
    hint = "Each child is a copy of one parent. Choose for the stem and for each stage anew."
    require(any(len(set(origin)) > 1 for origin in origins), "copies-one-parent", hint)
    hint = "All stems come from one parent: choose the stem by chance as well."
    require(len({origin[0] for origin in origins}) == 2, "stem-of-one-parent", hint)
    hint = f"200 children show {len(origins)} of the 16 ways to mix stem and stages. Choose for each part by itself."
    require(len(origins) == 16, "not-independent", hint)
    hint = "A child was changed later, and a parent changed with it: they share a dict. Put a copy into the child."
    require(data["kept_later"], "shares-references", hint)
    require(data["again"], "ignores-the-generator", "The same rng gave different children: take all chance from rng.")


CROSSOVER = Exercise(
    grade_id="crossover",
    function="crossover",
    cases=(Case("children that are changed afterwards", drive_children, judge_children),),
)


def check_crossover(crossover: Callable) -> None:
    """Look at many children of crossover."""
    run(CROSSOVER, crossover)


def drive_eight_points(pareto_front: Callable) -> Data:
    pairs = [(3.0, 0.80), (1.0, 0.70), (2.0, 0.85), (4.0, 0.84), (5.0, 0.90), (5.0, 0.88), (2.0, 0.85), (2.5, 0.86)]
    return pareto_front([{"latency_ms": ms, "accuracy": accuracy} for ms, accuracy in pairs])


def judge_eight_points(front: Data) -> None:
    require_type(front, list, "returns-no-list", "Return a list of positions.")
    kept = set(front)
    hint = "The front is empty. A point is as good as itself in both, and does not beat itself: one must be better."
    require(front, "every-point-beats-itself", hint)
    hint = "1 was lost, the fastest of all (1.0 ms): low latency is good, high accuracy is good."
    require(1 in kept, "slow-is-good", hint)
    hint = "3 was kept (4.0 ms, 0.84). Point 2 is faster and better: look at all other points, not at one neighbour."
    require(3 not in kept, "keeps-dominated-points", hint)
    hint = "5 was kept (5.0 ms, 0.88). Point 4 is as fast and better, which is enough to beat it."
    require(5 not in kept, "keeps-the-slower-of-equals", hint)
    hint = "7 was lost (2.5 ms, 0.86). Nothing is faster and better: the front is more than its two ends."
    require(7 in kept, "best-in-one-is-enough", hint)
    hint = "2 and 6 are equal in both, so neither beats the other: both belong to the front."
    require({2, 6} <= kept, "drops-twins", hint)
    require_close(front, [1, 2, 4, 6, 7], "wrong-front", "Positions of points that no other beats, in rising order.")


PARETO_FRONT = Exercise(
    grade_id="pareto-front",
    function="pareto_front",
    cases=(Case("eight points, two of them equal", drive_eight_points, judge_eight_points),),
)


def check_pareto_front(pareto_front: Callable) -> None:
    """Compare pareto_front with a front drawn by hand."""
    run(PARETO_FRONT, pareto_front)


EXERCISES = (BLOCK_COSTS, TABLE_LATENCY, PICK_BEST, SCORE_PREDICTOR, MUTATE, CROSSOVER, PARETO_FRONT)
