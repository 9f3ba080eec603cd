"""Visible cases of speed_up, lab 10."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def drive_warming_machine(speed_up: Callable) -> Data:
    log, opened, clock = [], [], [0.0]

    def open_runner(name, threads):
        opened.append([name, threads])
        calls = [0]

        def call():
            factor = 1.02 ** len(log) / threads * (20 if calls[0] == 0 else 1)  # it warms up; the first call is slow
            milliseconds = {"eager": 12, "onnxruntime": 4}[name] * factor + 40 * (len(log) % 9 == 8)  # interrupted
            calls[0] += 1
            log.append([name, milliseconds, False])
            clock[0] += milliseconds

        return call

    def timed(call):
        before = clock[0]
        call()
        log[-1][2] = True
        return clock[0] - before

    return {"found": speed_up(open_runner, timed, 2, 9), "opened": opened, "log": log}


def judge_warming_machine(data: Data) -> None:
    found, log = data["found"], data["log"]
    require_keys(found, "eager_ms", "onnxruntime_ms", "times_faster")
    hint = f"The runners were opened with {data['opened']}. Both sides get the same number of threads: threads."
    require(all(threads == 2 for _, threads in data["opened"]), "different-threads", hint)
    samples = {name: [ms for got, ms, timed in log if got == name and timed] for name in ("eager", "onnxruntime")}
    for name, timed in samples.items():
        require(len(timed) >= 9, "too-few-rounds", f"{name} was timed {len(timed)} times in 9 rounds.")
        hint = f"The first call of {name} was timed with the others. It prepares memory and is many times slower: "
        first = next(entry for entry in log if entry[0] == name)
        require(not first[2] or len(timed) > 9, "times-the-first-run", hint + "call once before, and throw it away.")
    first_names = {name for name, _, timed in [entry for entry in log if entry[2]][:6]}
    hint = "All calls of one side came before those of the other, while the machine got slower. Let them take turns."
    require(len(first_names) == 2, "one-after-the-other", hint)
    expected = {name: timed[-9:] for name, timed in samples.items()}
    middle = {name: sorted(timed)[4] for name, timed in expected.items()}
    ratio = middle["eager"] / middle["onnxruntime"]
    eager = found["eager_ms"]
    hint = "This is a mean. It counts the calls in full that another program interrupted: take the median."
    require(not np.isclose(eager, np.mean(expected["eager"])), "mean-for-median", hint)
    require(not np.isclose(eager, min(expected["eager"])), "best-of-all", "The fastest call is rare: take the median.")
    require_close([eager, found["onnxruntime_ms"]], list(middle.values()), "wrong-times", "The medians of 9 rounds.")
    require(not np.isclose(found["times_faster"], 1 / ratio), "upside-down", "Divide eager by ONNX Runtime.")
    require_close(found["times_faster"], ratio, "wrong-ratio", "The median of eager over that of ONNX Runtime.")


def inputs_four_rounds() -> tuple:
    return {"eager": [90.0, 6.0, 2.0, 3.0, 9.0], "onnxruntime": [50.0, 8.0, 5.0, 20.0, 10.0]}, 3, 4


def drive_listed(speed_up: Callable, listed: dict, threads: int, rounds: int) -> Data:
    log, opened = [], []

    def open_runner(name, threads):
        opened.append([name, threads])
        return lambda: log.append([name, listed[name][sum(got == name for got, _ in log) % len(listed[name])]])

    def timed(call):
        call()
        return log[-1][1]

    return {"found": speed_up(open_runner, timed, threads, rounds), "opened": sorted(opened), "log": log}


def judge_listed(data: Data, listed: dict, threads: int, rounds: int) -> None:
    found = data["found"]
    require_keys(found, "eager_ms", "onnxruntime_ms", "times_faster")
    expected = [["eager", threads], ["onnxruntime", threads]]
    hint = f"Open each runner once, with {threads} threads. Opened were {data['opened'][:4]}."
    require(data["opened"] == expected, "different-threads", hint)
    calls = {name: sum(got == name for got, _ in data["log"]) for name in listed}
    hint = f"One call to throw away and {rounds} rounds are {rounds + 1} calls of each side, not {calls}."
    require(set(calls.values()) == {rounds + 1}, "wrong-rounds", hint)
    kept = {name: sorted(values[1 : rounds + 1]) for name, values in listed.items()}
    middle = {name: (values[(rounds - 1) // 2] + values[rounds // 2]) / 2 for name, values in kept.items()}
    hint = f"The medians of {rounds} rounds; of an even number it lies between the two in the middle."
    require_close([found["eager_ms"], found["onnxruntime_ms"]], list(middle.values()), "wrong-times", hint)
    hint = "The median of eager over that of ONNX Runtime, below 1 where ONNX Runtime is slower."
    require_close(found["times_faster"], middle["eager"] / middle["onnxruntime"], "wrong-ratio", hint)


CASES = (
    Case("a machine that gets slower", judge=judge_warming_machine, driver=drive_warming_machine),
    Case("four rounds, three threads", inputs_four_rounds, judge_listed, drive_listed),
)
