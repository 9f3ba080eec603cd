"""Hidden cases of what_limits, lab 08, and answers to it."""

from course.answers import edit
from labsupport.checks.lab08.what_limits import diagnosis, times_of
from labsupport.checks.protocol import Case, require


def inputs_drawn(seed: int) -> tuple:
    import random

    draws = random.Random(seed)
    macs, num_bytes = draws.randint(1, 2000) * 1000, draws.randint(1, 4000) * 500
    return (
        macs,
        num_bytes,
        draws.choice((3, 11, 37, 90, 300)) * 1.01,
        draws.choice((40, 130, 900)),
        draws.choice((5, 25)),
    )


def judge_fractions(word, macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    of_arithmetic = microseconds * peak_gflops * 1000 / (2 * macs)
    of_memory = microseconds * bandwidth_gb_s * 1000 / num_bytes
    right = "overhead" if of_memory > 2 else "memory" if of_memory >= 1 else "cache"
    right = "arithmetic" if of_arithmetic <= 2 else right
    hint = f"{of_arithmetic:.3g} times the arithmetic and {of_memory:.3g} times the bytes: {right}, not {word}."
    require(word == right, "wrong-diagnosis", hint)


def judge_exactly(word, macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    computing, moving = times_of(macs, num_bytes, peak_gflops, bandwidth_gb_s)
    right = diagnosis(microseconds, computing, moving)
    hint = f"Arithmetic {computing:g}, memory {moving:g}, measured {microseconds:g} microseconds: {right}, not {word}."
    require(word == right, "wrong-diagnosis", hint)


def inputs_exactly_twice() -> tuple:
    return 1_000_000, 4_000, 20.0, 200.0, 10.0


def inputs_exactly_memory() -> tuple:
    return 1_000, 400_000, 40.0, 200.0, 10.0


def inputs_exactly_twice_memory() -> tuple:
    return 1_000, 400_000, 80.0, 200.0, 10.0


def inputs_no_macs() -> tuple:
    return 0, 64_000, 5.0, 200.0, 16.0


CASES = (
    Case("layers of all kinds", inputs_drawn, judge_fractions, seeds=20),
    Case("twice the arithmetic, exactly", inputs_exactly_twice, judge_exactly),
    Case("as long as the memory takes", inputs_exactly_memory, judge_exactly),
    Case("twice the memory, exactly", inputs_exactly_twice_memory, judge_exactly),
    Case("no MACs", inputs_no_macs, judge_exactly),
)

WRONG_ANSWERS = {
    "half-the-arithmetic": edit("2 * macs / (1000 * peak_gflops)", "macs / (1000 * peak_gflops)"),
    "no-cache": edit('    if microseconds < memory_us:\n        return "cache"\n', ""),
    "forgets-twice": edit("microseconds <= 2 * memory_us", "microseconds <= memory_us"),
    "half-the-arithmetic, without twice": edit("microseconds <= 2 * arithmetic_us", "microseconds <= arithmetic_us"),
    "wrong-unit": edit(
        "(1000 * peak_gflops)", "(1e6 * peak_gflops)", "(1000 * bandwidth_gb_s)", "(1e6 * bandwidth_gb_s)"
    ),
    "wrong-diagnosis, the cache first": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    arithmetic, memory = 2 * macs / (1e3 * peak_gflops), num_bytes / (1e3 * bandwidth_gb_s)
    if microseconds < memory:
        return "cache"
    if microseconds <= 2 * arithmetic:
        return "arithmetic"
    return "memory" if microseconds <= 2 * memory else "overhead"
""",
    "wrong-diagnosis, the larger one alone": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    arithmetic, memory = 2 * macs / (1e3 * peak_gflops), num_bytes / (1e3 * bandwidth_gb_s)
    if microseconds > 2 * max(arithmetic, memory):
        return "overhead"
    if arithmetic >= memory:
        return "arithmetic"
    return "cache" if microseconds < memory else "memory"
""",
    "wrong-diagnosis, twice is too much": edit("microseconds <= 2 * arithmetic_us", "microseconds < 2 * arithmetic_us"),
    "wrong-diagnosis, exactly the bytes are a cache": edit("microseconds < memory_us", "microseconds <= memory_us"),
    "returns-no-word": edit('else "overhead"', 'else "neither"'),
}

READERS_WRONG_ANSWERS = {
    "wrong-diagnosis, gigabytes as bits": edit(
        "num_bytes / (1000 * bandwidth_gb_s)", "8 * num_bytes / (1000 * bandwidth_gb_s)"
    ),
    "half-the-arithmetic, the formula of the bytes twice": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    ta, tm = macs / peak_gflops / 1000, num_bytes / bandwidth_gb_s / 1000
    if microseconds <= 2 * ta:
        return "arithmetic"
    elif microseconds < tm:
        return "cache"
    elif microseconds <= 2 * tm:
        return "memory"
    return "overhead"
""",
    "wrong-unit, seconds": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    ta, tm = 2 * macs / (peak_gflops * 1e9), num_bytes / (bandwidth_gb_s * 1e9)
    if microseconds <= 2 * ta:
        return "arithmetic"
    if microseconds < tm:
        return "cache"
    return "memory" if microseconds <= 2 * tm else "overhead"
""",
}

RIGHT_ANSWERS = {
    "speeds in place of times": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    gflops, gb_s = 2 * macs / microseconds / 1000, num_bytes / microseconds / 1000
    if 2 * gflops >= peak_gflops:
        return "arithmetic"
    if gb_s > bandwidth_gb_s:
        return "cache"
    return "memory" if 2 * gb_s >= bandwidth_gb_s else "overhead"
""",
    "seconds": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    seconds = microseconds * 1e-6
    arithmetic, memory = 2 * macs / (peak_gflops * 1e9), num_bytes / (bandwidth_gb_s * 1e9)
    near = 1 + 1e-12
    if seconds <= 2 * arithmetic * near:
        return "arithmetic"
    elif seconds * near < memory:
        return "cache"
    elif seconds <= 2 * memory * near:
        return "memory"
    return "overhead"
""",
    "a table of conditions": """
def what_limits(macs, num_bytes, microseconds, peak_gflops, bandwidth_gb_s):
    a, m = macs / peak_gflops / 500, num_bytes / bandwidth_gb_s / 1000
    rules = [(microseconds <= 2 * a, "arithmetic"), (microseconds < m, "cache"), (microseconds <= 2 * m, "memory")]
    return next((word for holds, word in rules if holds), "overhead")
""",
}
