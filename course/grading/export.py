"""grades.csv: one line a student, written from results."""

import csv
import io
from collections.abc import Iterable, Sequence

from course.grading.jobs import Outcome, Result


def grades_csv(results: Iterable[Result], maxima: dict[str, float]) -> str:
    """Return the table as text.

    A column of an exercise or a question holds points as numbers. A cell is empty where nobody knows them: not yet
    (needs_manual), or not at all. The column `mistakes` says why an exercise has none.

    Args:
        maxima: grade_id -> points, exercises and then questions, in the lab's order.
    """
    header = ["student", *maxima, "total", "maximum", "status", "reason", "mistakes", "file", "notes"]
    return table(header, [row(result, maxima) for result in results])


def row(result: Result, maxima: dict[str, float]) -> list[str]:
    """Return a student's line. While a question waits, the total is that of all that has points so far."""
    known = result.status.has_points
    points = {part.grade_id: part.points for part in (*result.exercises, *result.questions)} if known else {}
    missed = [part for part in result.exercises if part.outcome != Outcome.PASSED]
    return [
        inert(result.student),
        *(_number(points.get(name)) for name in maxima),
        _number(result.points if known else None),
        _number(sum(maxima.values())),
        result.status,
        inert(result.reason),
        inert("; ".join(f"{part.grade_id}: {part.mistake or part.outcome}" for part in missed)),
        inert(result.file),
        inert(" ".join(result.notes)),
    ]


def table(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Return rows as CSV text."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
