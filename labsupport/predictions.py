"""Predictions: a guess is kept in memory until the measurement stands beside it."""

import contextlib

_predictions: dict[str, object] = {}


def predict(question: str, guess: object) -> None:
    """Keep a guess in memory until `compare` shows it beside the measurement; it is never graded nor written anywhere.

    Args:
        question: the words that `compare` repeats.
        guess: anything; `...` and None mean that no guess was made.
    """
    if guess is ... or guess is None:
        _predictions.pop(question, None)
        return
    _predictions[question] = guess
    print(f"noted: {question}: {plain_text(guess)}")


def compare(question: str, measured: object, unit: str = "") -> None:
    """Print the measurement, and the guess made for the same question where there is one.

    Args:
        question: as given to `predict`.
        measured: a number, a tensor of one element, or text; a float is printed with four digits.
        unit: written after both.
    """
    suffix = f" {unit}" if unit else ""
    guess = f"you predicted: {plain_text(_predictions[question])}{suffix}, " if question in _predictions else ""
    print(f"{question}: {guess}measured: {plain_text(measured)}{suffix}")


def plain_text(value: object) -> str:
    """Return a value as short text, whatever it is."""
    with contextlib.suppress(Exception):
        value = value.item()
    try:
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    except Exception:
        return f"a {type(value).__name__}"
