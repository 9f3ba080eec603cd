"""Visible cases of mutate, lab 09."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_keys, show


def drive_mutants(mutate: Callable) -> Data:
    import random

    choices = {"stem": (8, 16, 24), "width": (32, 48, 64, 80), "depth": (1, 2, 3), "kernel_size": (3, 5)}
    genes = {"stem": 24, "width": 32, "depth": 3, "kernel_size": 3}
    rng = random.Random(0)
    whole = [mutate(genes, choices, 1.0, rng) for _ in range(200)]
    none = [mutate(genes, choices, 0.0, rng) for _ in range(20)]
    some = [mutate(dict(genes), choices, 0.3, rng) for _ in range(400)]
    chances = (random.Random(7), random.Random(7))
    twice = [[mutate(dict(genes), choices, 0.5, rng) for _ in range(20)] for rng in chances]
    return {"whole": whole, "none": none, "some": some, "twice": twice}


def judge_mutants(data: Data) -> None:
    choices = {"stem": (8, 16, 24), "width": (32, 48, 64, 80), "depth": (1, 2, 3), "kernel_size": (3, 5)}
    genes = {"stem": 24, "width": 32, "depth": 3, "kernel_size": 3}
    for child in data["whole"]:
        require_keys(child, *genes)
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


def inputs_unchanged() -> tuple:
    import random

    return {"stem": 24, "kernel_size": 3}, {"kernel_size": (3, 5), "stem": (8, 24)}, 0.0, random.Random(1)


def judge_unchanged(child: Data) -> None:
    require(child == {"stem": 24, "kernel_size": 3}, "ignores-the-rate", "At rate 0 a child has its parent's genes.")


CASES = (
    Case("hundreds of children at four rates", judge=judge_mutants, driver=drive_mutants, new=True),
    Case("a child at rate 0", inputs_unchanged, judge_unchanged, new=True),
)
