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


def mistaken(measured: float, computing: float, moving: float) -> dict[str, str]:
    """Return what known mistakes answer, by their names."""
    right = diagnosis(measured, computing, moving)
    return {
        "half-the-arithmetic": diagnosis(measured, computing / 2, moving),
        "no-cache": "memory" if right == "cache" else right,
        "forgets-twice": diagnosis(measured, computing, moving if measured < moving else moving / 2),
        "wrong-unit": diagnosis(measured, computing / 1e3, moving / 1e3),
    }


HINTS = {
    "half-the-arithmetic": "The limit for arithmetic came out half as long as it is: a MAC is 2 FLOPs; twice counts.",
    "no-cache": "A layer was faster than its bytes can come from memory. Then they were in a cache.",
    "forgets-twice": "Up to twice the time of the bytes counts as memory, not only the time itself.",
    "wrong-unit": "Everything looks like overhead: at 200 GFLOP/s a million MACs take 10 microseconds. Check the unit.",
}


def require_words(words: list[str], layers: list[tuple[float, float, float]]) -> None:
    """Raise CheckFailed, naming the likely mistake, unless these are the diagnoses of (measured, computing, moving)."""
    for word in words:
        require_type(word, str, "returns-no-word", f"Return one of {', '.join(WORDS)}.")
        require(word in WORDS, "returns-no-word", f"Return one of {', '.join(WORDS)}, not {word!r}.")
    right = [diagnosis(*layer) for layer in layers]
    for name, hint in HINTS.items():
        wrong = [mistaken(*layer)[name] for layer in layers]
        require(words != wrong or wrong == right, name, hint)
    for word, wanted, (measured, computing, moving) in zip(words, right, layers, strict=True):
        hint = f"Arithmetic {computing:.4g}, memory {moving:.4g}, measured {measured:g} microseconds: {wanted}"
        require(word == wanted, "wrong-diagnosis", f"{hint}, not {word}. Ask in the order of the text.")


LAYERS = ((1_000_000, 100_000, 15.0), (100_000, 400_000, 30.0), (100_000, 400_000, 60.0), (100_000, 40_000, 60.0))


def drive_layers(what_limits: Callable) -> Data:
    return [
        what_limits(1_000_000, 100_000, 15.0, 200.0, 10.0),
        what_limits(100_000, 400_000, 30.0, 200.0, 10.0),
        what_limits(100_000, 400_000, 60.0, 200.0, 10.0),
        what_limits(100_000, 40_000, 60.0, 200.0, 10.0),
    ]


def judge_layers(words: Data) -> None:
    require_words(words, [(us, *times_of(macs, num_bytes, 200.0, 10.0)) for macs, num_bytes, us in LAYERS])


def inputs_both() -> tuple:
    return 3_000_000, 900_000, 45.0, 150.0, 30.0


def inputs_slow() -> tuple:
    return 50_000, 2_000_000, 90.0, 50.0, 20.0


def judge_word(
    word: Data, macs: int, num_bytes: int, microseconds: float, peak_gflops: float, bandwidth_gb_s: float
) -> None:
    require_words([word], [(microseconds, *times_of(macs, num_bytes, peak_gflops, bandwidth_gb_s))])


CASES = (
    Case("four layers", judge=judge_layers, driver=drive_layers),
    Case("near both limits", inputs_both, judge_word),
    Case("less than the memory needs", inputs_slow, judge_word),
)
