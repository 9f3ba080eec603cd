"""Hidden cases of roofline_ms, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_roofline_sweep(roofline_ms):
    return [roofline_ms(macs, 8_000_000, 50.0, 10.0) for macs in (0, 1_000_000, 20_000_000, 40_000_000)]


def judge_roofline_sweep(times):
    require_close(times, [0.8, 0.8, 0.8, 1.6], "wrong-time", "The memory decides up to 20 M MACs, computing beyond.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    peak, bandwidth = draw.choice((3.5, 90.0, 1200.0)), draw.choice((0.8, 12.5, 400.0))
    num_bytes = draw.choice((0, 37, 12_345, 987_654_321))
    at_the_ridge = num_bytes * peak / bandwidth / 2
    return (
        draw.choice((0, 11, round(0.6 * at_the_ridge), round(1.6 * at_the_ridge), 10**10)),
        num_bytes,
        peak,
        bandwidth,
    )


def judge_drawn(time, macs, num_bytes, peak_gflops, bandwidth_gb_s):
    from fractions import Fraction

    computing = Fraction(2 * macs, 10**6) / Fraction(peak_gflops)
    loading = Fraction(num_bytes, 10**6) / Fraction(bandwidth_gb_s)
    expected = float(computing if computing > loading else loading)
    hint = f"{macs} MACs and {num_bytes} bytes at {peak_gflops} GFLOP/s and {bandwidth_gb_s} GB/s."
    require_close(time, expected, "wrong-time", hint, atol=0)


CASES = (
    Case("from memory-bound to compute-bound", judge=judge_roofline_sweep, driver=drive_roofline_sweep),
    Case("drawn layers and machines", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "counts-macs": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return max(macs / peak_gflops, num_bytes / bandwidth_gb_s) / 1e6
""",
    "seconds-for-milliseconds": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return max(2 * macs / peak_gflops, num_bytes / bandwidth_gb_s) / 1e9
""",
    "adds-both-times": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return (2 * macs / peak_gflops + num_bytes / bandwidth_gb_s) / 1e6
""",
    "takes-the-shorter": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return min(2 * macs / peak_gflops, num_bytes / bandwidth_gb_s) / 1e6
""",
    "ignores-memory": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return 2 * macs / peak_gflops / 1e6
""",
    "compares-macs-with-bytes": edit("max(compute_ms, memory_ms)", "compute_ms if macs > num_bytes else memory_ms"),
    "wrong-time, rounded": edit("max(compute_ms, memory_ms)", "round(max(compute_ms, memory_ms), 1)"),
    "wrong-time, a ridge without the 2": edit(
        "max(compute_ms, memory_ms)",
        "compute_ms if num_bytes == 0 or macs / num_bytes > peak_gflops / bandwidth_gb_s else memory_ms",
    ),
    "wrong-time, at least a microsecond": edit("max(compute_ms, memory_ms)", "max(compute_ms, memory_ms, 1e-3)"),
}

READERS_WRONG_ANSWERS = {
    "wrong-time, decides the side with an intensity that lacks the factor": """
def roofline_ms(macs: int, num_bytes: int, peak_gflops: float, bandwidth_gb_s: float) -> float:
    if macs * bandwidth_gb_s >= num_bytes * peak_gflops:
        return 2 * macs / (peak_gflops * 1e6)
    return num_bytes / (bandwidth_gb_s * 1e6)
""",
    "wrong-time, rounds to three": """
def roofline_ms(macs: int, num_bytes: int, peak_gflops: float, bandwidth_gb_s: float) -> float:
    return round(max(2 * macs / (peak_gflops * 1e6), num_bytes / (bandwidth_gb_s * 1e6)), 3)
""",
    "adds-both-times, adds the two times instead of taking the": """
def roofline_ms(macs: int, num_bytes: int, peak_gflops: float, bandwidth_gb_s: float) -> float:
    return (2 * macs / peak_gflops + num_bytes / bandwidth_gb_s) / 1e6
""",
}

RIGHT_ANSWERS = {
    "seconds first, then a choice": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    computing = 2 * macs / (peak_gflops * 10**9)
    loading = num_bytes / (bandwidth_gb_s * 10**9)
    if computing < loading:
        return 1000 * loading
    return 1000 * computing
""",
    "numpy": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    import numpy as np

    return np.maximum(2 * macs / peak_gflops, num_bytes / bandwidth_gb_s) * 1e-6
""",
    "the ridge decides": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    if 2 * macs * bandwidth_gb_s >= num_bytes * peak_gflops:
        return macs / peak_gflops / 5e5
    return num_bytes / (1e6 * bandwidth_gb_s)
""",
}
