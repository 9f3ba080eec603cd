"""Predictions, and the ledger: a claim, what was measured, the verdict."""

import contextlib
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass

VERDICTS_MIME = "application/vnd.labs.verdicts+json"
TABLE_HEADER = ("claim", "measured", "verdict", "source")

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
    print(f"noted: {question}: {_plain(guess)}")


def compare(question: str, measured: object, unit: str = "") -> None:
    """Print the measurement, and the guess made for the same question where there is one.

    Args:
        question: as given to `predict`.
        measured: a number, a tensor of one element, or text; a float is printed with four digits.
        unit: written after both.
    """
    suffix = f" {unit}" if unit else ""
    guess = f"you predicted: {_plain(_predictions[question])}{suffix}, " if question in _predictions else ""
    print(f"{question}: {guess}measured: {_plain(measured)}{suffix}")


def _plain(value: object) -> str:
    """Return a value as short text, whatever it is."""
    with contextlib.suppress(Exception):
        value = value.item()
    try:
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    except Exception:
        return f"a {type(value).__name__}"


@dataclass(frozen=True)
class Entry:
    """One row of the ledger; all four are text, and only `source` may be empty."""

    claim: str
    measured: str
    verdict: str
    source: str


class Ledger:
    """The claims of one lab with what was measured on this machine."""

    def __init__(self, lab: str, hardware: str = "") -> None:
        """Start an empty ledger.

        Args:
            lab: the lab's number, such as "00".
            hardware: one line about the machine, shown under the table.
        """
        self.lab = lab
        self.hardware = str(hardware)
        self._entries: dict[str, Entry] = {}

    def record(self, claim: str, measured: object, verdict: str, source: str = "") -> None:
        """Write one claim down; a claim recorded again replaces the earlier entry.

        Args:
            claim: in the course's own words.
            measured: the value with its unit, rounded as it should be shown.
            verdict: "holds", "holds when ...", "refuted", "not measured here (source)".
            source: where a figure that was not measured here comes from, or what the claim rests on.
        Raises:
            ValueError: a verdict of another form, a condition or source left out, an empty claim.
        """
        if not claim.strip():
            raise ValueError("A claim needs words: the first argument of record is empty.")
        _check_verdict(verdict, source)
        self._entries[claim] = Entry(claim, _plain(measured), verdict, source)

    def bundle(self) -> dict[str, object]:
        """Return the ledger as plain data: lab, hardware, and a list of claims."""
        return {
            "lab": self.lab,
            "hardware": self.hardware,
            "claims": [asdict(entry) for entry in self._entries.values()],
        }

    def mime_bundle(self) -> dict[str, object]:
        """Return the ledger as a cell's output: a table as markdown and as text, and the data under `VERDICTS_MIME`."""
        rows = [(entry.claim, entry.measured, entry.verdict, entry.source) for entry in self._entries.values()]
        stamp = f"\n\nMeasured on: {self.hardware}" if self.hardware else ""
        return {
            VERDICTS_MIME: self.bundle(),
            "text/markdown": markdown_table(TABLE_HEADER, rows) + stamp,
            "text/plain": text_table(TABLE_HEADER, rows) + stamp,
        }

    def show(self) -> None:
        """Show the table; its data in the cell's output is what the course's own tables are made from."""
        from IPython.display import display

        display(self.mime_bundle(), raw=True)


def _check_verdict(verdict: str, source: str) -> None:
    """Raise unless the verdict has one of the four forms, with its condition or source."""
    if verdict in ("holds", "refuted"):
        return
    if verdict.startswith("holds when"):
        if verdict.removeprefix("holds when").strip(" ."):
            return
        raise ValueError('"holds when" needs its condition: "holds when the CPU has VNNI", for example.')
    if verdict.startswith("not measured here"):
        inside = verdict.removeprefix("not measured here").strip()
        if (not inside and source.strip()) or (inside.startswith("(") and inside.strip("() ")):
            return
        raise ValueError(
            '"not measured here" needs its source: pass source=..., or write "not measured here (source)".'
        )
    raise ValueError(
        f'{verdict!r} is no verdict. It is one of "holds", "holds when ...", "refuted", "not measured here (source)".'
    )


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a markdown table, its columns aligned left."""
    lines = [header, [":--"] * len(header), *rows]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], column_width: int = 36) -> str:
    """Return a table for a terminal, long cells wrapped to `column_width` characters."""
    wrapped = [[textwrap.wrap(cell, column_width) or [""] for cell in row] for row in (header, *rows)]
    widths = [max(len(line) for row in wrapped for line in row[column]) for column in range(len(header))]
    blocks = []
    for row in wrapped:
        height = max(map(len, row))
        padded = [cell + [""] * (height - len(cell)) for cell in row]
        lines = zip(*padded, strict=True)
        blocks.append(
            "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)
        )
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([blocks[0], rule, *blocks[1:]])
