"""Visible cases of compare_latency, lab 00."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys


def drive_steady_machine(compare_latency: Callable) -> Data:
    now, called = [0.0], []

    def candidate(name, seconds):
        def call() -> None:
            called.append(name)
            first = called.count(name) == 1
            now[0] += 0.5 if first else seconds

        return call

    candidates = {"A": candidate("A", 0.002), "B": candidate("B", 0.004)}
    result = compare_latency(candidates, lambda: now[0], 3, 2, 1)
    return {"result": result, "called": "".join(called)}


def judge_steady_machine(data: Data) -> None:
    result, called = data["result"], data["called"]
    require_keys(result, "A", "B")
    warm_up_in_it = "A's first call takes 500 ms, and it is in the result. Warm up, then time."
    reject(
        result["A"],
        {
            0.002: ("seconds-for-milliseconds", "The clock counts seconds. 0.002 s are 2 ms: multiply by 1000."),
            512 / 6: ("times-the-warm-up", warm_up_in_it),
            512 / 7: ("times-the-warm-up", warm_up_in_it),
            510 / 6: ("times-the-warm-up", warm_up_in_it),
        },
    )
    order = f"The calls came in the order {called}. "
    hint = "Go round the candidates in every turn: AABB, AABB, AABB."
    require("AAAAA" not in called and "BBBBB" not in called, "not-interleaved", order + hint)
    hint = "A turn is 2 runs in a row of each candidate: AABB, not AB."
    require("AA" in called, "ignores-runs-in-a-row", order + hint)
    hint = f"1 warm-up and 3 turns of 2 runs call each candidate 7 times, 14 calls in all. There were {len(called)}."
    require(len(called) == 14, "wrong-number-of-calls", hint)
    hint = "Warm up A and B before anything is timed, also before the first turn of A."
    require(set(called[:2]) == {"A", "B"}, "warms-up-too-late", order + hint)
    require_close(result["A"], 2.0, "wrong-median", "Every timed call of A takes 2 ms here.")
    require_close(result["B"], 4.0, "wrong-median", "Every timed call of B takes 4 ms here.")


def drive_slowing_machine(compare_latency: Callable) -> Data:
    now = [0.0]

    def call() -> None:
        now[0] += 0.001 * (1 + 2 * now[0] / 0.1)

    result = compare_latency({"first": call, "again": call}, lambda: now[0], 10, 4, 2)
    return [result["first"], result["again"]]


def judge_slowing_machine(medians: Data) -> None:
    ratio = medians[1] / medians[0]
    hint = f"One function compared with itself, on a machine that slows down, came out {ratio:.1f} times slower: "
    require(0.85 < ratio < 1.15, "not-interleaved", hint + "let the candidates take turns.")


def inputs_cold_machine() -> tuple:
    now, costs_ms = [0.0], [50.0, 50.0, 50.0, 3.0, 5.0, 1000.0, 9.0, 4.0]

    def call() -> None:
        now[0] += costs_ms.pop(0) / 1000

    return {"only": call}, lambda: now[0], 1, 5, 3


def judge_cold_machine(result: Data) -> None:
    reject(
        result["only"],
        {
            204.2: ("takes-the-mean", "One call took a second. Keep the time of every call and take their median."),
            29.5: ("no-warm-up", "The first 3 calls are warm-up, and are in the result. Do not time them."),
            3.0: ("takes-the-minimum", "3 ms is the fastest of the five calls. Return their median."),
            4.0: (
                "keeps-the-last",
                "4 ms is the last of the five calls. Keep the times of all and return their median.",
            ),
        },
    )
    require_close(result["only"], 5.0, "wrong-median", "After 3 warm-ups the calls take 3, 5, 1000, 9 and 4 ms.")


def inputs_even_count() -> tuple:
    now, costs_ms = [0.0], [70.0, 2.0, 10.0, 4.0, 6.5]

    def call() -> None:
        now[0] += costs_ms.pop(0) / 1000

    return {"only": call}, lambda: now[0], 2, 2, 1


def judge_even_count(result: Data) -> None:
    hint = "Four calls have two in the middle, of 4 and 6.5 ms. The median is halfway, as in Exercise 3."
    reject(result["only"], {4.0: ("lower-median", hint), 6.5: ("upper-median", hint)})
    require_close(result["only"], 5.25, "wrong-median", "After 1 warm-up the calls take 2, 10, 4 and 6.5 ms.")


CASES = (
    Case("a machine that keeps its speed", judge=judge_steady_machine, driver=drive_steady_machine),
    Case("a cold machine and one slow call", inputs_cold_machine, judge_cold_machine),
    Case("a machine that slows down", judge=judge_slowing_machine, driver=drive_slowing_machine),
    Case("four calls", inputs_even_count, judge_even_count),
)
