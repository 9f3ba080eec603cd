"""Hidden cases of compare_latency, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


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


CASES = (
    Case("three candidates", judge=judge_three_candidates, driver=drive_three_candidates),
    Case("one run, no warm-up", inputs_zero_warm_up, judge_zero_warm_up),
)

MEDIAN = "torch.tensor(ms, dtype=torch.float64).quantile(0.5).item()"

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
}
