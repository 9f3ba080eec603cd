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


CASES = (Case("genes of other kinds", judge=judge_other_genes, driver=drive_other_genes),)

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
}
