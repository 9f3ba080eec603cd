"""Visible cases of crossover, lab 09."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_keys, show


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
    hint = "A child was changed later, and a parent changed with it: they share a dict. Put a copy into the child."
    require(data["kept_later"], "shares-references", hint)
    require(data["again"], "ignores-the-generator", "The same rng gave different children: take all chance from rng.")


CASES = (Case("children that are changed afterwards", judge=judge_children, driver=drive_children),)
