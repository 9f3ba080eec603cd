"""Hidden cases of speed_up, lab 10, and wrong answers to it."""

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


CASES = (Case("one round", judge=judge_one_round, driver=drive_one_round),)

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
}
