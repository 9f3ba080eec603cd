"""Hidden cases of mutate, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require


def drive_other_genes(mutate):
    import random

    choices = {"a": (1, 2), "b": ("x", "y", "z"), "c": (0.25, 0.5, 1.0, 2.0, 4.0)}
    genes, rng = {"c": 4.0, "a": 1, "b": "z"}, random.Random(3)
    children = [mutate(genes, choices, 0.6, rng) for _ in range(600)]
    rare = [mutate(genes, choices, 0.05, rng) for _ in range(2000)]
    rare = sum(child["c"] != 4.0 for child in rare)
    return {"children": children, "rare": rare}


def judge_other_genes(data):
    choices = {"a": (1, 2), "b": ("x", "y", "z"), "c": (0.25, 0.5, 1.0, 2.0, 4.0)}
    for name, values in choices.items():
        seen = {child[name] for child in data["children"]}
        require(seen == set(values), "leaves-the-space", f"{name} must be one of {values}, and each must occur.")
    moved = sum(child["c"] != 4.0 for child in data["children"])
    require(220 < moved < 360, "ignores-the-rate", f"c should change in about 288 of 600 children, not {moved}.")
    hint = f"At rate 0.05 the gene c should change in about 80 of 2,000 children, not {data['rare']}."
    require(40 < data["rare"] < 130, "fixed-number-of-genes", hint)


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    choices = {f"g{gene}": tuple(draws.sample(range(99), 1 + gene)) for gene in range(1 + seed % 5)}
    genes = {name: draws.choice(values) for name, values in reversed(choices.items())}
    return genes, choices, (0.0, 1.0, 0.5)[seed % 3], random.Random(seed)


def judge_drawn(child, genes, choices, rate, rng):
    require(set(child) == set(genes), "wrong-keys", "A child has the genes of its parent.")
    for name, value in child.items():
        allowed = (genes[name],) if rate == 0 else choices[name]
        require(value in allowed, "leaves-the-space", f"At rate {rate}, {name} must be one of {allowed}, not {value}.")


CASES = (
    Case("genes of other kinds", judge=judge_other_genes, driver=drive_other_genes, new=True),
    Case("other spaces", inputs_drawn, judge_drawn, seeds=20, new=True),
)

WRONG_ANSWERS = {
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
    "changes-its-argument": """
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
    "never-reaches-an-end": edit("rng.choice(choices[name])", "choices[name][rng.randrange(len(choices[name]) - 1)]"),
    "ignores-the-generator": """
def mutate(genes, choices, rate, rng):
    return {name: random.choice(choices[name]) if random.random() < rate else value for name, value in genes.items()}
""",
    "shares-its-argument, returns the parent": edit(
        "    return {name:", "    if rate == 0:\n        return genes\n    return {name:"
    ),
    "shares-its-argument, when nothing changed": edit(
        "    return {name:",
        "    child = {name:",
        "for name, value in genes.items()}",
        "for name, value in genes.items()}\n    return genes if child == genes else child",
    ),
    "never-reaches-an-end, never the old value": edit(
        "rng.choice(choices[name]) if", "rng.choice([v for v in choices[name] if v != value]) if"
    ),
}

READERS_WRONG_ANSWERS = {
    "never-reaches-an-end, step to neighbour": """
def mutate(genes: dict, choices: dict[str, tuple], rate: float, rng: random.Random) -> dict:
    child = {}
    for gene, value in genes.items():
        if rng.random() < rate:
            position = choices[gene].index(value) + rng.choice((-1, 1))
            position = min(max(position, 0), len(choices[gene]) - 1)
            value = choices[gene][position]
        child[gene] = value
    return child
""",
    "changes-its-argument, parent changed in place": """
def mutate(genes: dict, choices: dict[str, tuple], rate: float, rng: random.Random) -> dict:
    child = genes
    for gene in child:
        if rng.random() < rate:
            child[gene] = rng.choice(choices[gene])
    return child
""",
    "all-or-nothing, one draw for all": """
def mutate(genes: dict, choices: dict[str, tuple], rate: float, rng: random.Random) -> dict:
    draw = rng.random()
    return {gene: rng.choice(choices[gene]) if draw < rate else value for gene, value in genes.items()}
""",
}

RIGHT_ANSWERS = {
    "a copy that is changed": """
def mutate(genes, choices, rate, rng):
    child = dict(genes)
    for name in genes:
        if rng.random() < rate:
            child[name] = rng.choice(choices[name])
    return child
""",
    "randrange": edit("rng.choice(choices[name])", "choices[name][rng.randrange(len(choices[name]))]"),
    "deepcopy, draws first": """
def mutate(genes, choices, rate, rng):
    import copy
    child = copy.deepcopy(genes)
    changed = [name for name in child if rng.random() < rate]
    for name in changed:
        child[name] = rng.choices(choices[name])[0]
    return child
""",
}
