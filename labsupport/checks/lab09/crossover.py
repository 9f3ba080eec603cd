"""Visible cases of crossover, lab 09."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_keys, show


def drive_children(crossover: Callable) -> Data:
    import random

    mother = {"stem": 8, "stages": [{"width": w, "depth": 1} for w in (16, 32, 64)]}
    father = {"stem": 24, "stages": [{"width": w, "depth": 3} for w in (40, 80, 160)]}
    rng = random.Random(0)
    children = [crossover(mother, father, rng) for _ in range(200)]
    first, second = ([crossover(mother, father, random.Random(seed)) for seed in range(20)] for _ in range(2))
    return {"children": children, "again": first == second}


def judge_children(data: Data) -> None:
    mother = {"stem": 8, "stages": [{"width": w, "depth": 1} for w in (16, 32, 64)]}
    father = {"stem": 24, "stages": [{"width": w, "depth": 3} for w in (40, 80, 160)]}
    origins = set()
    for child in data["children"]:
        require_keys(child, "stem", "stages")
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
    require(data["again"], "ignores-the-generator", "The same rng gave different children: take all chance from rng.")


def inputs_equal_parents() -> tuple:
    import random

    return {"stem": 4, "stages": [{"width": 6}]}, {"stem": 4, "stages": [{"width": 6}]}, random.Random(2)


def judge_equal_parents(child: Data) -> None:
    hint = "Both parents have stem 4 and one stage of width 6, and so must the child."
    require(child == {"stem": 4, "stages": [{"width": 6}]}, "wrong-child", hint)


CASES = (
    Case("two hundred children", judge=judge_children, driver=drive_children, new=True),
    Case("parents that are equal", inputs_equal_parents, judge_equal_parents, new=True),
)
