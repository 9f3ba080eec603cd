"""Visible cases of roofline_ms, lab 00."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require_close, require_type


def drive_both_sides(roofline_ms: Callable) -> Data:
    compute = roofline_ms(50_000_000, 1_000_000, 100.0, 20.0)
    memory = roofline_ms(500_000, 4_000_000, 100.0, 20.0)
    return {"compute": compute, "memory": memory}


def judge_both_sides(times: Data) -> None:
    require_type(times["compute"], (float, int), "returns-no-number", "Return one number, milliseconds.")
    reject(
        times["compute"],
        {
            0.5: ("counts-macs", "0.5 ms is half of what is expected. The peak counts FLOP, two for each MAC."),
            0.001: ("seconds-for-milliseconds", "0.001 are seconds. A second has 1000 ms."),
            1.05: ("adds-both-times", "This adds both times. Computing and loading overlap: take the longer one."),
            0.05: ("takes-the-shorter", "This is the time of the memory, and computing takes longer here."),
        },
    )
    require_close(times["compute"], 1.0, "wrong-compute-time", "100 M FLOP at 100 GFLOP/s take 1 ms.")
    reject(times["memory"], {0.01: ("ignores-memory", "This is the time of computing. The memory takes longer here.")})
    require_close(times["memory"], 0.2, "wrong-memory-time", "4 MB at 20 GB/s take 0.2 ms, longer than computing.")


def inputs_more_macs_than_bytes() -> tuple:
    return 3_000_000, 2_500_000, 80.0, 25.0


def judge_more_macs_than_bytes(time: Data) -> None:
    hint = "There are more MACs than bytes, and the bytes take longer: compare the two times."
    reject(time, {0.075: ("compares-macs-with-bytes", hint)})
    require_close(time, 0.1, "wrong-time", "6 MFLOP at 80 GFLOP/s, 2.5 MB at 25 GB/s.")


CASES = (
    Case("one layer on each side of the ridge", judge=judge_both_sides, driver=drive_both_sides),
    Case("more MACs than bytes", inputs_more_macs_than_bytes, judge_more_macs_than_bytes),
)
