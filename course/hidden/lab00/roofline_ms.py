"""Hidden cases of roofline_ms, lab 00, and wrong answers to it."""

from labsupport.checks.protocol import Case, require_close


def drive_roofline_sweep(roofline_ms):
    return [roofline_ms(macs, 8_000_000, 50.0, 10.0) for macs in (0, 1_000_000, 20_000_000, 40_000_000)]


def judge_roofline_sweep(times):
    require_close(times, [0.8, 0.8, 0.8, 1.6], "wrong-time", "The memory decides up to 20 M MACs, computing beyond.")


CASES = (Case("from memory-bound to compute-bound", judge=judge_roofline_sweep, driver=drive_roofline_sweep),)

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
}
