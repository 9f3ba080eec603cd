"""Hidden cases of crossover, lab 09, and wrong answers to it."""

from labsupport.checks.protocol import Case, require


def drive_long_parents(crossover):
    import random

    mother = {"stem": 1, "stages": [{"who": 0, "place": i, "list": i} for i in range(6)]}
    father = {"stem": 2, "stages": [{"who": 1, "place": i, "list": i} for i in range(6)]}
    rng = random.Random(5)
    children = [crossover(mother, father, rng) for _ in range(300)]
    again = [
        crossover(mother, father, random.Random(9)) == crossover(mother, father, random.Random(9)) for _ in range(9)
    ]
    return {"children": children, "again": all(again)}


def judge_long_parents(data):
    for child in data["children"]:
        places = [stage["place"] for stage in child["stages"]]
        require(places == list(range(6)), "stage-in-another-place", "Six stages, each from its own place.")
    fathers = sum(stage["who"] for child in data["children"] for stage in child["stages"])
    require(780 < fathers < 1020, "unfair-draw", f"About half of 1,800 stages come from the father, not {fathers}.")
    stems = sum(child["stem"] == 2 for child in data["children"])
    require(110 < stems < 190, "unfair-draw", f"About half of 300 stems come from the father, not {stems}.")
    require(data["again"], "ignores-the-generator", "The same generator state must give the same child.")


def inputs_drawn(seed: int) -> tuple:
    import random

    count = 1 + seed % 4
    mother = {"stages": [{"a": place, "b": -place} for place in range(count)], "stem": seed}
    father = {"stem": seed + 50, "stages": [{"b": place, "a": place + 9} for place in range(count)]}
    return mother, father, random.Random(seed)


def judge_drawn(child, mother, father, rng):
    require(child["stem"] in (mother["stem"], father["stem"]), "wrong-stem", "The stem is that of a parent.")
    require(len(child["stages"]) == len(mother["stages"]), "wrong-number-of-stages", "As many stages as a parent has.")
    for stage, pair in zip(child["stages"], zip(mother["stages"], father["stages"], strict=True), strict=True):
        require(stage in pair, "tears-a-stage-apart", f"The stage {stage} must be one of {pair}, whole.")


CASES = (
    Case("six stages", judge=judge_long_parents, driver=drive_long_parents, new=True),
    Case("other parents", inputs_drawn, judge_drawn, seeds=20, new=True),
)

WRONG_ANSWERS = {
    "ignores-the-generator": """
def crossover(mother, father, rng):
    import random
    stages = [dict(random.choice(pair)) for pair in zip(mother["stages"], father["stages"])]
    return {"stem": random.choice((mother, father))["stem"], "stages": stages}
""",
    "shares-its-argument": """
def crossover(mother, father, rng):
    stages = [rng.choice(pair) for pair in zip(mother["stages"], father["stages"])]
    return {"stem": rng.choice((mother, father))["stem"], "stages": stages}
""",
    "changes-its-argument": """
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
    "shares-its-argument, shallow copy": """
def crossover(mother, father, rng):
    child = mother.copy()
    child['stem'] = rng.choice((mother, father))['stem']
    child['stages'] = [rng.choice(pair) for pair in zip(mother['stages'], father['stages'])]
    return child
""",
}

READERS_WRONG_ANSWERS = {
    "shares-its-argument, stage dicts shared": """
def crossover(mother: dict, father: dict, rng: random.Random) -> dict:
    stem = rng.choice([mother["stem"], father["stem"]])
    stages = [rng.choice(pair) for pair in zip(mother["stages"], father["stages"])]
    return {"stem": stem, "stages": stages}
""",
    "not-independent, one coin for all stages": """
def crossover(mother: dict, father: dict, rng: random.Random) -> dict:
    child = {"stem": rng.choice((mother, father))["stem"]}
    parent = rng.choice((mother, father))
    child["stages"] = [dict(stage) for stage in parent["stages"]]
    return child
""",
    "tears-a-stage-apart, genes mixed within stage": """
def crossover(mother: dict, father: dict, rng: random.Random) -> dict:
    child = {"stem": rng.choice((mother["stem"], father["stem"])), "stages": []}
    for ours, theirs in zip(mother["stages"], father["stages"]):
        child["stages"].append({gene: rng.choice((ours[gene], theirs[gene])) for gene in ours})
    return child
""",
}

RIGHT_ANSWERS = {
    "deepcopy": """
def crossover(mother, father, rng):
    import copy
    child = copy.deepcopy(mother)
    if rng.random() < 0.5:
        child['stem'] = father['stem']
    for place in range(len(child['stages'])):
        if rng.random() < 0.5:
            child['stages'][place] = copy.deepcopy(father['stages'][place])
    return child
""",
    "by numbers": """
def crossover(mother, father, rng):
    parents = mother, father
    count = len(mother['stages'])
    stages = [{**parents[rng.randrange(2)]['stages'][i]} for i in range(count)]
    return {'stages': stages, 'stem': parents[rng.randrange(2)]['stem']}
""",
    "getrandbits": """
def crossover(mother, father, rng):
    stem = (father if rng.getrandbits(1) else mother)['stem']
    stages = []
    for a, b in zip(mother['stages'], father['stages']):
        stages.append((b if rng.getrandbits(1) else a).copy())
    return {'stem': stem, 'stages': stages}
""",
}
