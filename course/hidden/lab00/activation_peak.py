"""Hidden cases of activation_peak, lab 00, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_none() -> tuple:
    return ([],)


def judge_none(peak):
    require_close(peak, 0, "wrong-peak", "No steps hold no bytes.")


def inputs_one() -> tuple:
    return ([{"reads": [], "writes": "image", "bytes": 17}],)


def judge_one(peak):
    require_close(peak, 17, "wrong-peak", "One result is alive.")


def inputs_read_twice() -> tuple:
    return (
        [
            {"reads": [], "writes": "x", "bytes": 10},
            {"reads": ["x", "x"], "writes": "square", "bytes": 10},
            {"reads": ["square"], "writes": "a", "bytes": 30},
            {"reads": ["x", "a"], "writes": "b", "bytes": 5},
        ],
    )


def judge_read_twice(peak):
    require_close(peak, 50, "wrong-peak", "x is read by the second and by the last step.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    steps = [{"reads": [], "writes": "t0", "bytes": draw.randrange(1, 1000)}]
    for number in range(1, draw.randrange(2, 12)):
        earlier = [f"t{n}" for n in range(max(0, number - 5), number)]
        reads = draw.sample(earlier, draw.randrange(1, min(3, len(earlier)) + 1))
        steps.append({"reads": reads, "writes": f"t{number}", "bytes": draw.randrange(0, 1000)})
    return (steps,)


def judge_drawn(peak, steps):
    import numpy as np

    count = len(steps)
    place = {step["writes"]: number for number, step in enumerate(steps)}
    alive = np.zeros((count, count))  # rows: results, columns: moments
    for number, step in enumerate(steps):
        readers = [n for n, other in enumerate(steps) if step["writes"] in other["reads"]]
        alive[number, number : (max(readers) if readers else count) + 1] = step["bytes"]
    require_close(peak, alive.sum(0).max(), "wrong-peak", f"{len(place)} steps.", rtol=0, atol=0)


CASES = (
    Case("no steps", inputs_none, judge_none),
    Case("one step", inputs_one, judge_one),
    Case("a result that one step reads twice", inputs_read_twice, judge_read_twice),
    Case("drawn networks", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "never-frees": """
def activation_peak(steps):
    return sum(step["bytes"] for step in steps)
""",
    "largest-result-alone": """
def activation_peak(steps):
    return max((step["bytes"] for step in steps), default=0)
""",
    "frees-what-is-being-read": """
def activation_peak(steps):
    last_read = {name: number for number, step in enumerate(steps) for name in step["reads"]}
    alive, peak = {}, 0
    for number, step in enumerate(steps):
        alive = {name: size for name, size in alive.items() if last_read.get(name, len(steps)) > number}
        alive[step["writes"]] = step["bytes"]
        peak = max(peak, sum(alive.values()))
    return peak
""",
    "forgets-what-waits": """
def activation_peak(steps):
    size = {step["writes"]: step["bytes"] for step in steps}
    return max((step["bytes"] + sum(size[name] for name in step["reads"]) for step in steps), default=0)
""",
    "frees-the-answer": edit("last_read.get(name, len(steps))", "last_read.get(name, -1)"),
    "wrong-peak, first reader": edit(
        'last_read = {name: number for number, step in enumerate(steps) for name in step["reads"]}',
        'last_read = {name: number for number, step in reversed(list(enumerate(steps))) for name in step["reads"]}',
    ),
    "wrong-peak, the last step left out": edit(
        "enumerate(steps):\n        alive", "enumerate(steps[:-1]):\n        alive"
    ),
    "wrong-peak, one more step": edit("> number}", ">= number}"),
    "wrong-peak, average": """
def activation_peak(steps):
    return sum(step["bytes"] for step in steps) // max(1, len(steps))
""",
    "wrong-shape, a list without steps": """
def activation_peak(steps):
    last_read = {name: number for number, step in enumerate(steps) for name in step["reads"]}
    alive, sums = {}, []
    for number, step in enumerate(steps):
        alive[step["writes"]] = step["bytes"]
        sums.append(sum(alive.values()))
        alive = {name: size for name, size in alive.items() if last_read.get(name, len(steps)) > number}
    return sums and max(sums)
""",
    "changes-its-argument": """
def activation_peak(steps):
    for number, step in enumerate(steps):
        readers = [n for n, other in enumerate(steps) if step["writes"] in other["reads"]]
        step["until"] = max(readers, default=len(steps))
    return max(
        (sum(s["bytes"] for s in steps[: n + 1] if s["until"] >= n) for n in range(len(steps))), default=0
    )
""",
    "changes-its-argument, pops": """
def activation_peak(steps):
    alive, peak = {}, 0
    while steps:
        step = steps.pop(0)
        alive[step["writes"]] = step["bytes"]
        peak = max(peak, sum(alive.values()))
        later = {name for other in steps for name in other["reads"]}
        alive = {name: size for name, size in alive.items() if name in later or name not in step["reads"]}
    return peak
""",
    "bytes-not-whole": edit("return peak", "return peak / 1000"),
}

READERS_WRONG_ANSWERS = {
    "raises-value-error, no steps fails": """
def activation_peak(steps: list[dict]) -> int:
    last = {}
    for number, step in enumerate(steps):
        for name in step["reads"]:
            last[name] = number
    totals = []
    for number in range(len(steps)):
        totals.append(
            sum(
                earlier["bytes"]
                for earlier in steps[: number + 1]
                if earlier["writes"] not in last
                or last[earlier["writes"]] >= number
                or earlier is steps[number]
            )
        )
    return max(totals)
""",
    "frees-what-is-being-read, freed one step early": """
def activation_peak(steps: list[dict]) -> int:
    last_read = {}
    for number, step in enumerate(steps):
        for name in step["reads"]:
            last_read[name] = number
    peak = 0
    alive = {}
    for number, step in enumerate(steps):
        alive = {name: size for name, size in alive.items() if last_read.get(name, len(steps)) > number}
        alive[step["writes"]] = step["bytes"]
        peak = max(peak, sum(alive.values()))
    return peak
""",
    "wrong-peak, first reader instead of last": """
def activation_peak(steps: list[dict]) -> int:
    read_at = {}
    for number, step in enumerate(steps):
        for name in step["reads"]:
            if name not in read_at:
                read_at[name] = number
    peak = 0
    for number in range(len(steps)):
        total = 0
        for written, other in enumerate(steps[: number + 1]):
            end = read_at.get(other["writes"], len(steps))
            if written <= number <= end:
                total += other["bytes"]
        peak = max(peak, total)
    return peak
""",
}

RIGHT_ANSWERS = {
    "a sum for each moment": """
def activation_peak(steps):
    until = [
        max((n for n, other in enumerate(steps) if step["writes"] in other["reads"]), default=len(steps))
        for step in steps
    ]
    return max(
        (sum(steps[k]["bytes"] for k in range(now + 1) if until[k] >= now) for now in range(len(steps))), default=0
    )
""",
    "numpy": """
def activation_peak(steps):
    import numpy as np

    change = np.zeros(len(steps) + 2, dtype=np.int64)
    for number, step in enumerate(steps):
        readers = [n for n, other in enumerate(steps) if step["writes"] in other["reads"]]
        change[number] += step["bytes"]
        change[(readers[-1] if readers else len(steps)) + 1] -= step["bytes"]
    return int(change.cumsum().max())
""",
    "counts of readers": """
def activation_peak(steps):
    from collections import Counter

    waiting = Counter(name for step in steps for name in step["reads"])
    size, total, peak = {}, 0, 0
    for step in steps:
        size[step["writes"]] = step["bytes"]
        total += step["bytes"]
        peak = max(peak, total)
        for name in step["reads"]:
            waiting[name] -= 1
            if waiting[name] == 0:
                total -= size[name]
    return peak
""",
}
