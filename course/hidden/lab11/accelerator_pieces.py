"""Hidden cases of accelerator_pieces, lab 11, and answers to it."""

from course.answers import edit
from labsupport.checks.lab11.accelerator_pieces import judge_pieces
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    kinds = ["Conv", "Relu", "Add", "Erf", "Tile"]
    return draw.choices(kinds, k=1 + seed % 12), [*draw.sample(kinds, seed % 5), "Softmax"]


def inputs_nothing() -> tuple:
    return [], ["Conv"]


def inputs_whole() -> tuple:
    return ["Conv", "Relu", "Conv"], ["Conv", "Relu"]


CASES = (
    Case("other graphs", inputs_drawn, judge_pieces, seeds=20),
    Case("no nodes", inputs_nothing, judge_pieces),
    Case("all supported", inputs_whole, judge_pieces),
)

WRONG_ANSWERS = {
    "counts-the-gaps": edit(
        "operator in supported for operator in operators]",
        "operator not in supported for operator in operators]",
        "sum(taken) / len(taken)",
        "1 - sum(taken) / len(taken)",
    ),
    "counts-nodes": edit("is_taken and not before for", "is_taken for"),
    "counts-changes": edit(
        "is_taken and not before for is_taken, before in zip(taken, [False, *taken], strict=False)",
        "is_taken != before for is_taken, before in zip(taken[1:], taken, strict=False)",
    ),
    "counts-both-kinds": edit(
        "is_taken and not before", "is_taken != before", "[False, *taken]", "[not taken[0] if taken else False, *taken]"
    ),
    "wrong-pieces, the first one lost": edit(
        "zip(taken, [False, *taken], strict=False)", "zip(taken[1:], taken, strict=False)"
    ),
    "share-of-the-rest": edit("sum(taken) / len(taken)", "1 - sum(taken) / len(taken)"),
    "share-in-percent": edit("sum(taken) / len(taken)", "100 * sum(taken) / len(taken)"),
    "share-of-kinds": edit("sum(taken) / len(taken)", "len(set(operators) & set(supported)) / len(set(operators))"),
    "missing-repeated": edit(
        "sorted(set(operators) - set(supported))", "sorted(o for o in operators if o not in supported)"
    ),
    "the-other-difference": edit("set(operators) - set(supported)", "set(supported) - set(operators)"),
    "not-sorted": edit(
        "sorted(set(operators) - set(supported))", "list(dict.fromkeys(o for o in operators if o not in supported))"
    ),
    "raises-zero-division-error": edit(" if taken else 0.0", ""),
    "wrong-share, rounded": edit("sum(taken) / len(taken)", "round(sum(taken) / len(taken), 2)"),
    "missing-no-list": edit(
        "sorted(set(operators) - set(supported))", "', '.join(sorted(set(operators) - set(supported)))"
    ),
    "changes-its-argument": edit("    pieces =", "    supported.sort()\n    pieces ="),
}

READERS_WRONG_ANSWERS = {
    "raises-zero-division-error, empty graph divides by zero": """
def accelerator_pieces(operators: list[str], supported: list[str]) -> dict:
    pieces = 0
    count = 0
    previous = False
    for operator in operators:
        current = operator in supported
        if current and not previous:
            pieces += 1
        count += current
        previous = current
    return {
        "pieces": pieces,
        "share": count / len(operators),
        "missing": sorted(set(operators) - set(supported)),
    }
""",
    "counts-nodes, runs of equal types": """
def accelerator_pieces(operators: list[str], supported: list[str]) -> dict:
    from itertools import groupby

    pieces = sum(1 for operator, _ in groupby(operators) if operator in supported)
    count = sum(operator in supported for operator in operators)
    share = count / len(operators) if operators else 0.0
    return {"pieces": pieces, "share": share, "missing": sorted(set(operators) - set(supported))}
""",
    "counts-the-gaps, last run lost": """
def accelerator_pieces(operators: list[str], supported: list[str]) -> dict:
    pieces, count, length = 0, 0, 0
    missing = set()
    for operator in operators:
        if operator in supported:
            count += 1
            length += 1
        else:
            missing.add(operator)
            if length > 0:
                pieces += 1
            length = 0
    share = count / len(operators) if operators else 0.0
    return {"pieces": pieces, "share": share, "missing": sorted(missing)}
""",
}

RIGHT_ANSWERS = {
    "groupby": """
def accelerator_pieces(operators, supported):
    from itertools import groupby
    runs = [(key, len(list(group))) for key, group in groupby(operators, key=lambda o: o in supported)]
    count = sum(length for key, length in runs if key)
    share = count / max(1, len(operators))
    missing = sorted({o for o in operators if o not in supported})
    return {"pieces": sum(key for key, _ in runs), "share": share, "missing": missing}
""",
    "a loop": """
def accelerator_pieces(operators, supported):
    pieces, inside, count, missing = 0, False, 0, []
    for operator in operators:
        if operator in supported:
            count += 1
            if not inside:
                pieces += 1
            inside = True
        else:
            inside = False
            if operator not in missing:
                missing.append(operator)
    return {"pieces": pieces, "share": count / len(operators) if operators else 0.0, "missing": sorted(missing)}
""",
    "a word": """
def accelerator_pieces(operators, supported):
    word = "".join("1" if o in set(supported) else "0" for o in operators)
    share = float(np.mean([c == "1" for c in word])) if word else 0.0
    return {"pieces": len([w for w in word.split("0") if w]), "share": share,
            "missing": sorted(o for o in set(operators) if o not in supported)}
""",
}
