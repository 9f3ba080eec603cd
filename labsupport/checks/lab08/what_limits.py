"""Visible cases of what_limits, lab 08."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_type

WORDS = ("arithmetic", "cache", "memory", "overhead")


def times_of(macs: int, num_bytes: int, peak_gflops: float, bandwidth_gb_s: float) -> tuple[float, float]:
    """Return the microseconds of all arithmetic and of all bytes."""
    return 2 * macs / peak_gflops / 1e3, num_bytes / bandwidth_gb_s / 1e3


def diagnosis(measured: float, computing: float, moving: float) -> str:
    """Return what the layer waits for, all times in one unit."""
    answers = [measured <= 2 * computing, measured < moving, measured <= 2 * moving, True]
    return WORDS[answers.index(True)]


def drive_layers(what_limits: Callable) -> Data:
    return [
        what_limits(1_000_000, 100_000, 15.0, 200.0, 10.0),
        what_limits(100_000, 400_000, 30.0, 200.0, 10.0),
        what_limits(100_000, 400_000, 60.0, 200.0, 10.0),
        what_limits(100_000, 40_000, 60.0, 200.0, 10.0),
    ]


def judge_layers(words: Data) -> None:
    for word in words:
        require_type(word, str, "returns-no-word", f"Return one of {', '.join(WORDS)}.")
        require(word in WORDS, "returns-no-word", f"Return one of {', '.join(WORDS)}, not {word!r}.")
    busy, cached, waiting, lost = words
    hint = "A million MACs at 200 GFLOP/s take 10 microseconds, 15 were measured: arithmetic. One MAC is 2 FLOPs."
    require(busy != "overhead", "one-flop-a-mac", hint)
    hint = "400,000 bytes at 10 GB/s take 40 microseconds, and 30 were measured: the bytes were in a cache."
    require(cached != "memory", "memory-faster-than-memory", hint)
    hint = "Twice the time of the bytes, 80 microseconds, is the limit: 60 are within it, so it is memory."
    require(waiting != "overhead", "forgets-twice", hint)
    wanted = ["arithmetic", "cache", "memory", "overhead"]
    for number, (word, right) in enumerate(zip((busy, cached, waiting, lost), wanted, strict=True), 1):
        require(word == right, "wrong-diagnosis", f"Layer {number} of 4 waits for {right}, not for {word}.")


def inputs_both() -> tuple:
    return 3_000_000, 900_000, 45.0, 150.0, 30.0


def inputs_slow() -> tuple:
    return 50_000, 2_000_000, 90.0, 50.0, 20.0


def judge_word(
    word: Data, macs: int, num_bytes: int, microseconds: float, peak_gflops: float, bandwidth_gb_s: float
) -> None:
    require_type(word, str, "returns-no-word", f"Return one of {', '.join(WORDS)}.")
    computing, moving = times_of(macs, num_bytes, peak_gflops, bandwidth_gb_s)
    right, halved = diagnosis(microseconds, computing, moving), diagnosis(microseconds, computing / 2, moving)
    hint = f"The arithmetic takes {computing:.4g} microseconds: one MAC is 2 FLOPs."
    require(word != halved or halved == right, "one-flop-a-mac", hint)
    hint = (
        f"Arithmetic {computing:.4g}, memory {moving:.4g}, measured {microseconds:g} microseconds: {right}. Ask "
        "in the order of the text."
    )
    require(word == right, "wrong-diagnosis", f"{hint} Got {word}.")


CASES = (
    Case("four layers", judge=judge_layers, driver=drive_layers),
    Case("near both limits", inputs_both, judge_word),
    Case("less than the memory needs", inputs_slow, judge_word),
)
