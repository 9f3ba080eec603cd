"""Hidden cases of compare_latency, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_keys

MEDIAN = "torch.tensor(ms, dtype=torch.float64).quantile(0.5).item()"


def drive_three_candidates(compare_latency):
    now, called = [0.0], []

    def candidate(name, milliseconds):
        def call():
            called.append(name)
            now[0] += milliseconds / 1000

        return call

    names = {"eager": 8.0, "onnx": 2.0, "int8": 0.5}
    result = compare_latency({name: candidate(name, cost) for name, cost in names.items()}, lambda: now[0], 4, 3, 2)
    return {"result": result, "called": called}


def judge_three_candidates(data):
    names = ["eager", "onnx", "int8"]
    hint = "Three candidates on a steady machine."
    require_close([data["result"][name] for name in names], [8.0, 2.0, 0.5], "wrong-median", hint)
    hint = "2 warm-ups and 4 turns of 3 runs call every candidate 14 times."
    require(all(data["called"].count(name) == 14 for name in names), "wrong-number-of-calls", hint)
    early = data["called"][:6]
    hint = "Two calls of each candidate come before anything is timed."
    require(all(early.count(name) == 2 for name in names), "warms-up-too-late", hint)
    turns = [data["called"][start : start + 9] for start in range(6, 42, 9)]
    hint = "Every turn calls every candidate three times."
    require(all(turn.count(name) == 3 for turn in turns for name in names), "not-interleaved", hint)
    hint = "The three calls of a turn come in a row."
    require(all(turn[i] == turn[i + 2] for turn in turns for i in (0, 3, 6)), "ignores-runs-in-a-row", hint)


def inputs_zero_warm_up() -> tuple:
    now = [0.0]

    def call():
        now[0] += 0.25

    return {"one": call}, lambda: now[0], 1, 1, 0


def judge_zero_warm_up(result):
    require_close(result["one"], 250.0, "wrong-median", "One run without warm-up.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    names = [f"candidate {number}" for number in range(1, 2 + draw.randrange(4))]
    num_turns, runs_in_a_row, num_warmup = draw.randrange(1, 5), draw.randrange(1, 4), draw.randrange(4)
    count = len(names) * (num_warmup + num_turns * runs_in_a_row)
    costs, now = [draw.choice((0.0004, 0.003, 0.05)) * (1 + draw.random()) for _ in range(count)], [1000.0 * seed]

    def call():
        now[0] += costs.pop(0)

    return {name: lambda: call() for name in names}, lambda: now[0], num_turns, runs_in_a_row, num_warmup


def judge_drawn(result, candidates, clock, num_turns, runs_in_a_row, num_warmup):
    import numpy as np

    require_keys(result, *candidates)
    some = next(iter(candidates.values()))
    for _ in range(len(candidates) * num_warmup):
        some()
    read = [clock()]
    for _ in range(len(candidates) * num_turns * runs_in_a_row):
        some()
        read.append(clock())
    times = 1000 * np.diff(read).reshape(num_turns, len(candidates), runs_in_a_row)
    hint = f"{len(candidates)} candidates, {num_turns} turns of {runs_in_a_row} runs, {num_warmup} warm-ups. No two "
    hint += "calls take the same time."
    for place, name in enumerate(candidates):
        require_close(result[name], np.median(times[:, place]), "wrong-median", hint)


CASES = (
    Case("three candidates", judge=judge_three_candidates, driver=drive_three_candidates),
    Case("one run, no warm-up", inputs_zero_warm_up, judge_zero_warm_up),
    Case("every call takes another time", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "seconds-for-milliseconds": edit("1000 * (clock() - started)", "clock() - started"),
    "takes-the-minimum": edit(MEDIAN, "min(ms)"),
    "takes-the-mean": edit(MEDIAN, "sum(ms) / len(ms)"),
    "keeps-the-last": edit(MEDIAN, "ms[-1]"),
    "wrong-number-of-calls": edit("range(num_turns)", "range(num_turns - num_warmup)"),
    "wrong-number-of-calls, one warm-up for all": edit(
        "for _ in range(num_warmup):\n            call()", "pass\n    for _ in range(num_warmup):\n        call()"
    ),
    "ignores-runs-in-a-row": edit("range(runs_in_a_row)", "range(1)"),
    "ignores-runs-in-a-row, as many turns": edit(
        "range(num_turns)", "range(num_turns * runs_in_a_row)", "range(runs_in_a_row)", "range(1)"
    ),
    "not-interleaved": edit(
        "for _ in range(num_turns):\n        for name, call in candidates.items():",
        "for name, call in candidates.items():\n        for _ in range(num_turns):",
    ),
    "no-warm-up": """
def compare_latency(candidates, clock, num_turns, runs_in_a_row, num_warmup):
    samples = {name: [] for name in candidates}
    for name, call in candidates.items():
        for _ in range(num_warmup):
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    for _ in range(num_turns):
        for name, call in candidates.items():
            for _ in range(runs_in_a_row):
                started = clock()
                call()
                samples[name].append((clock() - started) * 1000)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
    "times-the-warm-up": """
def compare_latency(candidates, clock, num_turns, runs_in_a_row, num_warmup):
    result = {}
    for name, call in candidates.items():
        started = clock()
        for _ in range(num_warmup + num_turns * runs_in_a_row):
            call()
        result[name] = (clock() - started) / (num_turns * runs_in_a_row) * 1000
    return result
""",
    "lower-median": edit(MEDIAN, "torch.tensor(ms, dtype=torch.float64).median().item()"),
    "upper-median": edit(MEDIAN, "sorted(ms)[len(ms) // 2]"),
    "wrong-median, rounded": edit(MEDIAN, f"round({MEDIAN}, 1)"),
    "takes-the-mean, of each turn": """
def compare_latency(candidates, clock, num_turns, runs_in_a_row, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    samples_ms = {name: [] for name in candidates}
    for _ in range(num_turns):
        for name, call in candidates.items():
            started = clock()
            for _ in range(runs_in_a_row):
                call()
            samples_ms[name].append(1000 * (clock() - started) / runs_in_a_row)
    return {name: torch.tensor(ms, dtype=torch.float64).quantile(0.5).item() for name, ms in samples_ms.items()}
""",
    "warms-up-too-late": edit(
        "    for call in candidates.values():\n        for _ in range(num_warmup):\n            call()\n",
        "",
        "    for _ in range(num_turns):\n        for name, call in candidates.items():\n",
        "    for turn in range(num_turns):\n        for name, call in candidates.items():\n"
        "            for _ in range(0 if turn else num_warmup):\n                call()\n",
    ),
    "changes-its-argument": edit(
        "    samples_ms = {name", '    candidates["empty"] = lambda: None\n    samples_ms = {name'
    ),
}

READERS_WRONG_ANSWERS = {
    "not-interleaved, all turns of the first candidate before the second one: A": """
def compare_latency(
    candidates: dict, clock, num_turns: int, runs_in_a_row: int, num_warmup: int
) -> dict[str, float]:
    import statistics

    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    result = {}
    for name, call in candidates.items():
        times = []
        for _ in range(num_turns):
            for _ in range(runs_in_a_row):
                started = clock()
                call()
                times.append(1000 * (clock() - started))
        result[name] = statistics.median(times)
    return result
""",
    "warms-up-too-late, each candidate is warmed up just before its own first": """
def compare_latency(
    candidates: dict, clock, num_turns: int, runs_in_a_row: int, num_warmup: int
) -> dict[str, float]:
    import statistics

    times = {name: [] for name in candidates}
    for turn in range(num_turns):
        for name, call in candidates.items():
            if turn == 0:
                for _ in range(num_warmup):
                    call()
            for _ in range(runs_in_a_row):
                started = clock()
                call()
                times[name].append(1000 * (clock() - started))
    return {name: statistics.median(t) for name, t in times.items()}
""",
    "takes-the-mean, times a whole turn and keeps its mean, not the time of": """
def compare_latency(
    candidates: dict, clock, num_turns: int, runs_in_a_row: int, num_warmup: int
) -> dict[str, float]:
    import statistics

    times = {name: [] for name in candidates}
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    for _ in range(num_turns):
        for name, call in candidates.items():
            started = clock()
            for _ in range(runs_in_a_row):
                call()
            times[name].append(1000 * (clock() - started) / runs_in_a_row)
    return {name: statistics.median(t) for name, t in times.items()}
""",
}

RIGHT_ANSWERS = {
    "warmed up in turns, numpy": """
def compare_latency(candidates, clock, num_turns, runs_in_a_row, num_warmup):
    import numpy as np

    for _ in range(num_warmup):
        for call in candidates.values():
            call()
    times = np.zeros((len(candidates), num_turns, runs_in_a_row))
    for turn in range(num_turns):
        for place, call in enumerate(candidates.values()):
            for run in range(runs_in_a_row):
                started = clock()
                call()
                times[place, turn, run] = clock() - started
    return dict(zip(candidates, 1e3 * np.median(times, axis=(1, 2))))
""",
    "statistics, one list of calls": """
def compare_latency(candidates, clock, num_turns, runs_in_a_row, num_warmup):
    import statistics

    samples = []
    for name in candidates:
        for _ in range(num_warmup):
            candidates[name]()
    for name in [name for _ in range(num_turns) for name in candidates for _ in range(runs_in_a_row)]:
        before = clock()
        candidates[name]()
        samples.append((name, clock() - before))
    return {name: 1000 * statistics.median(s for key, s in samples if key == name) for name in candidates}
""",
    "one reading of the clock between calls": """
def compare_latency(candidates, clock, num_turns, runs_in_a_row, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    taken = {name: [] for name in candidates}
    last = clock()
    for _ in range(num_turns):
        for name, call in candidates.items():
            for _ in range(runs_in_a_row):
                call()
                now = clock()
                taken[name].append(now - last)
                last = now
    return {name: 1000 * torch.quantile(torch.tensor(s, dtype=torch.float64), 0.5).item() for name, s in taken.items()}
""",
}
