"""Hidden cases of enough_samples, lab 01, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    numbers = draw.sample((1, 2, 3, 5, 8, 13, 40, 99, 200, 1500), 1 + seed % 7)
    limit = draw.choice((0.0, 0.5, 1.0, 3.0))
    losses = {}
    for number in numbers:
        spread = 1.6 if number < 13 else 0.9
        losses[number] = [
            limit + draw.choice((-5.0, -1.0, -0.4, -0.1, 0.0, 0.02)) * spread for _ in range(1 + seed % 4)
        ]
        if draw.random() < 0.5:
            losses[number] = [limit - 0.3] * (1 + seed % 4)
    return losses, limit


def judge_drawn(found, losses, limit):
    good = [
        number
        for number in losses
        if all(loss <= limit for other in losses if other >= number for loss in losses[other])
    ]
    hint = f"Losses by number of images {losses} and a limit of {limit}."
    require_close(found, min(good, default=0), "wrong-number", hint, rtol=0, atol=0)


def inputs_one_number() -> tuple:
    return {7: [0.2]}, 0.2


CASES = (
    Case("drawn losses", inputs_drawn, judge_drawn, seeds=20),
    Case("a single number", inputs_one_number, judge_drawn),
)

WRONG_ANSWERS = {
    "takes-the-first-good-one": """
def enough_samples(losses, limit):
    return min([n for n, runs in losses.items() if max(runs) <= limit], default=0)
""",
    "averages-the-runs": edit("max(losses[num_samples])", "sum(losses[num_samples]) / len(losses[num_samples])"),
    "takes-gains-for-losses": edit("max(losses[num_samples])", "max(map(abs, losses[num_samples]))"),
    "limit-must-be-beaten": edit("> limit", ">= limit"),
    "best-run-only": edit("max(losses[num_samples])", "min(losses[num_samples])"),
    "largest-when-none": edit("    enough = 0\n", "    enough = max(losses)\n"),
    "wrong-number, in the order of the keys": edit("sorted(losses, reverse=True)", "reversed(losses)"),
    "wrong-number, from the smallest": edit("sorted(losses, reverse=True)", "sorted(losses)"),
    "wrong-number, always one point": edit("> limit", "> 1"),
    "wrong-number, the first run": edit("max(losses[num_samples])", "losses[num_samples][0]"),
    "takes-the-first-good-one, goes on": edit("            break\n", "            continue\n"),
    "returns-nothing": edit("    enough = 0\n", "    enough = None\n"),
    "changes-its-argument": edit(
        "        if max(losses[num_samples]) > limit:", "        if max(losses.pop(num_samples)) > limit:"
    ),
}

READERS_WRONG_ANSWERS = {
    "takes-the-first-good-one, larger numbers ignored": """
def enough_samples(losses: dict[int, list[float]], limit: float) -> int:
    for number in sorted(losses):
        if all(loss <= limit for loss in losses[number]):
            return number
    return 0
""",
    "averages-the-runs, mean of runs": """
def enough_samples(losses: dict[int, list[float]], limit: float) -> int:
    answer = 0
    for number in sorted(losses, reverse=True):
        runs = losses[number]
        if sum(runs) / len(runs) > limit:
            break
        answer = number
    return answer
""",
    "limit-must-be-beaten, limit excluded": """
def enough_samples(losses: dict[int, list[float]], limit: float) -> int:
    answer = 0
    for number in sorted(losses, reverse=True):
        if not all(loss < limit for loss in losses[number]):
            break
        answer = number
    return answer
""",
}

RIGHT_ANSWERS = {
    "the numbers after the last bad one": """
def enough_samples(losses, limit):
    bad = max([n for n, runs in losses.items() if any(loss > limit for loss in runs)], default=-1)
    return min([n for n in losses if n > bad], default=0)
""",
    "pandas": """
def enough_samples(losses, limit):
    import pandas as pd

    worst = pd.Series({n: max(runs) for n, runs in losses.items()}).sort_index()
    from_here_on = worst[::-1].cummax()[::-1]
    good = from_here_on.index[from_here_on <= limit]
    return int(good[0]) if len(good) else 0
""",
    "two loops": """
def enough_samples(losses, limit):
    for number in sorted(losses):
        everything = [loss for other, runs in losses.items() if other >= number for loss in runs]
        if all(loss <= limit for loss in everything):
            return number
    return 0
""",
}
