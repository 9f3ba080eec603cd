"""Hidden cases of speed_up, lab 10, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab10.speed_up import drive_listed, judge_listed
from labsupport.checks.protocol import Case, require, require_close


def drive_one_round(speed_up):
    opened, calls = [], []

    def open_runner(name, threads):
        opened.append([name, threads])
        return lambda: calls.append(name)

    def timed(call):
        call()
        return {"eager": 3.0, "onnxruntime": 6.0}[calls[-1]] + (100.0 if calls.count(calls[-1]) == 1 else 0.0)

    return {"found": speed_up(open_runner, timed, 1, 1), "opened": opened, "calls": calls}


def judge_one_round(data):
    found = data["found"]
    values = [found["eager_ms"], found["onnxruntime_ms"], found["times_faster"]]
    require_close(values, [3.0, 6.0, 0.5], "wrong-times", "One warm-up and one round; ONNX Runtime may be slower.")
    require(
        sorted(data["opened"]) == [["eager", 1], ["onnxruntime", 1]], "different-threads", "One thread was asked for."
    )


def inputs_drawn(seed: int) -> tuple:
    import random

    draws, rounds = random.Random(seed), 1 + seed % 8
    return (
        {name: [draws.uniform(1, 90) for _ in range(rounds + 1)] for name in ("eager", "onnxruntime")},
        1 + seed,
        rounds,
    )


CASES = (
    Case("one round", judge=judge_one_round, driver=drive_one_round),
    Case("other numbers of rounds", inputs_drawn, judge_listed, drive_listed, seeds=16),
)

WRONG_ANSWERS = {
    "times-the-first-run": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (statistics.median(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
    "different-threads": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {"eager": open_runner("eager", 1), "onnxruntime": open_runner("onnxruntime", threads)}
    samples = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            milliseconds = timed(call)
            if number:
                samples[name].append(milliseconds)
    eager, runtime = (statistics.median(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
    "one-after-the-other": """
def speed_up(open_runner, timed, threads, rounds):
    medians = {}
    for name in ("eager", "onnxruntime"):
        call = open_runner(name, threads)
        call()
        medians[name] = statistics.median(timed(call) for _ in range(rounds))
    return {
        "eager_ms": medians["eager"],
        "onnxruntime_ms": medians["onnxruntime"],
        "times_faster": medians["eager"] / medians["onnxruntime"],
    }
""",
    "mean-for-median": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    for call in calls.values():
        call()
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (statistics.mean(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
    "best-of-all": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    for call in calls.values():
        call()
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (min(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
    "upside-down": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    for call in calls.values():
        call()
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (statistics.median(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": runtime / eager}
""",
    "wrong-times, upper middle": edit("statistics.median(times[name])", "sorted(times[name])[len(times[name]) // 2]"),
    "wrong-times, lower middle": edit("statistics.median(", "statistics.median_low("),
    "wrong-times, rounded": edit("statistics.median(times[name])", "round(statistics.median(times[name]), 1)"),
    "wrong-ratio, median of ratios": edit(
        "eager_ms / onnxruntime_ms}", "statistics.median(a / b for a, b in zip(*times.values()))}"
    ),
    "wrong-ratio, at least 1": edit("eager_ms / onnxruntime_ms}", "max(1.0, eager_ms / onnxruntime_ms)}"),
    "wrong-ratio, difference": edit("eager_ms / onnxruntime_ms}", "eager_ms - onnxruntime_ms}"),
    "wrong-rounds, always 9": edit("range(rounds)", "range(9)"),
    "too-few-rounds, one fewer": edit("range(rounds)", "range(max(1, rounds - 1))"),
    "different-threads, always 2": edit("open_runner(name, threads)", "open_runner(name, 2)"),
    "times-the-first-run, warms up one side": edit(
        "    for runner in runners.values():\n        runner()", "    runners['eager']()"
    ),
    "different-threads, opens again": edit("append(timed(runner))", "append(timed(open_runner(name, threads)))"),
}

READERS_WRONG_ANSWERS = {
    "times-the-first-run, first call timed": """
def speed_up(open_runner, timed, threads: int, rounds: int) -> dict[str, float]:
    eager = open_runner("eager", threads)
    onnx_runner = open_runner("onnxruntime", threads)
    eager_times, onnx_times = [], []
    for _ in range(rounds):
        eager_times.append(timed(eager))
        onnx_times.append(timed(onnx_runner))
    eager_ms = statistics.median(eager_times)
    onnx_ms = statistics.median(onnx_times)
    return {"eager_ms": eager_ms, "onnxruntime_ms": onnx_ms, "times_faster": eager_ms / onnx_ms}
""",
    "different-threads, threads constant one": """
def speed_up(open_runner, timed, threads: int, rounds: int) -> dict[str, float]:
    runners = {name: open_runner(name, 1) for name in ("eager", "onnxruntime")}
    for call in runners.values():
        call()
    times = {name: [] for name in runners}
    for _ in range(rounds):
        for name, call in runners.items():
            times[name].append(timed(call))
    eager = statistics.median(times["eager"])
    ort_ms = statistics.median(times["onnxruntime"])
    return {"eager_ms": eager, "onnxruntime_ms": ort_ms, "times_faster": eager / ort_ms}
""",
    "one-after-the-other, one side after the other": """
def speed_up(open_runner, timed, threads: int, rounds: int) -> dict[str, float]:
    names = ["eager", "onnxruntime"]
    runners = {name: open_runner(name, threads) for name in names}
    for name in names:
        runners[name]()
    medians = {}
    for name in names:
        medians[name] = statistics.median([timed(runners[name]) for _ in range(rounds)])
    return {
        "eager_ms": medians["eager"],
        "onnxruntime_ms": medians["onnxruntime"],
        "times_faster": medians["eager"] / medians["onnxruntime"],
    }
""",
}

RIGHT_ANSWERS = {
    "warms up in round 0": """
def speed_up(open_runner, timed, threads, rounds):
    eager, runtime = open_runner('eager', threads), open_runner('onnxruntime', threads)
    pairs = [(timed(eager), timed(runtime)) for _ in range(rounds + 1)][1:]
    a, b = (statistics.median(side) for side in zip(*pairs))
    return {'eager_ms': a, 'onnxruntime_ms': b, 'times_faster': a / b}
""",
    "changes who is first": edit(
        "for name, runner in runners.items():\n            times",
        "for name, runner in list(runners.items())[:: -1 if _ % 2 else 1]:\n            times",
    ),
    "numpy": edit("statistics.median(times[name])", "float(np.median(times[name]))"),
    "keyword arguments, runtime first": edit(
        'open_runner(name, threads) for name in ("eager", "onnxruntime")}',
        'open_runner(name, threads) for name in ("onnxruntime", "eager")}',
    ),
}
