"""What people wrote in words, for a class too large to read everything: what a machine can say of it, and who reads.

By machine: whether an answer is complete, and how many of its numbers stand in the student's own stored outputs. That
is a fact about the text, not a judgement. Who judges is the instructor's choice:

    all        a person reads every answer, in formgrader
    complete   a complete answer gets its points, another one none
    sample     a person reads those of N students, drawn from a seed; the others are as with `complete`
    peers      each student reads the answers of two others: a table to hand out, and to take in again
"""

import csv
import io
import random
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course import CourseError
from course.grading import export
from course.grading.jobs import QuestionResult, Result, Status
from course.grading.store import write

MODES = ("all", "complete", "sample", "peers")
MIN_WORDS = 15
MAX_NUMBERS = 2000
MAX_TEXT = 200_000
PEERS, PEERS_KEY = "peers.csv", "peers_key.csv"
REVIEWS = 2
HEADINGS = ("reviewer", "answer", "question", "text", "maximum", "points", "comment")
_NUMBER = re.compile(r"(?<![\w.])\d{1,12}(?:\.\d{1,9})?(?![\w]|\.\d)")


@dataclass(frozen=True)
class Reading:
    """Who reads what people wrote.

    Attributes:
        mode: one of MODES.
        sample: how many students' answers a person reads, in mode `sample`.
        seed: draws the sample and the peers.
        reviews: the table of peers, filled in; None to hand it out.
    """

    mode: str = "all"
    sample: int = 10
    seed: int = 0
    reviews: Path | None = None


EVERYTHING = Reading()


def examine(text: str, outputs: str, *, is_report: bool) -> tuple[bool, str]:
    """Return whether an answer is complete, and a sentence on it.

    Args:
        text: words, or the lines of a report.
        outputs: what the student's notebook shows as results.
        is_report: the text is a report, whose completeness its form already shows; else it needs MIN_WORDS words.
    """
    words = len(text.split())
    numbers = _NUMBER.findall(text[:MAX_TEXT])[:MAX_NUMBERS]
    cited = [number for number in dict.fromkeys(numbers) if "." in number or len(number) > 1]
    shown = [float(number) for number in _NUMBER.findall(outputs[:MAX_TEXT])[:MAX_NUMBERS]]
    own = [number for number in cited if any(_rounds_to(value, number) for value in shown)]
    missing = []
    if not is_report and words < MIN_WORDS:
        missing.append(f"it has {words} words, fewer than {MIN_WORDS}")
    if not own:
        missing.append("no number of it stands in the notebook's own results")
    found = f"{len(own)} of its {len(cited)} numbers stand in the notebook's own results"
    return not missing, f"Complete: {found}." if not missing else f"Not complete: {' and '.join(missing)}."


def _rounds_to(value: float, number: str) -> bool:
    digits = len(number.partition(".")[2])
    return abs(value - float(number)) <= 0.5 * 10.0**-digits + 1e-9


def settle(results: Sequence[Result], reading: Reading, target: Path) -> tuple[list[Result], list[str]]:
    """Return the results with points for what no person is to read, and sentences on who reads what.

    Args:
        results: before a person's points are entered.
        target: the folder of the lab's grades, where tables of peers go.

    Raises:
        CourseError: the table of peers does not fit.
    """
    waiting = [result for result in results if _open(result)]
    if reading.mode == "peers":
        return _by_peers(results, waiting, reading, target)
    if reading.mode == "all" or not waiting:
        return list(results), []
    drawn = {result.student for result in waiting}
    if reading.mode == "sample":
        drawn = set(random.Random(reading.seed).sample(sorted(drawn), min(reading.sample, len(drawn))))
        said = [f"a person reads the answers of {len(drawn)} of {len(waiting)} students: {', '.join(sorted(drawn))}"]
    else:
        drawn, said = set(), [f"answers of {len(waiting)} students have points by completeness alone"]
    return [result if result.student in drawn else _given(result, _by_completeness) for result in results], said


def _open(result: Result) -> bool:
    return any(part.points is None for part in result.questions)


def _by_completeness(part: QuestionResult) -> QuestionResult:
    return replace(part, points=part.maximum if part.complete else 0.0, comment=part.comment or part.says)


def _given(result: Result, points: Callable[[QuestionResult], QuestionResult]) -> Result:
    """Return a result with points for each question that has none yet."""
    if not result.status.has_points:
        return result
    questions = tuple(points(part) if part.points is None else part for part in result.questions)
    waits = any(part.points is None for part in questions)
    return replace(result, questions=questions, status=Status.NEEDS_MANUAL if waits else Status.GRADED)


def _by_peers(
    results: Sequence[Result], waiting: list[Result], reading: Reading, target: Path
) -> tuple[list[Result], list[str]]:
    if reading.reviews is None:
        if len(waiting) <= REVIEWS:
            raise CourseError(f"Peers need more than {REVIEWS} students with answers; there are {len(waiting)}.")
        return list(results), [_hand_out(waiting, reading.seed, target)]
    given = _collected(reading.reviews, target)
    settled = [
        _given(result, lambda part, who=result.student: _reviewed(part, given.get((who, part.grade_id))))
        for result in results
    ]
    count = sum(not _open(result) for result in settled if result.student in {one.student for one in waiting})
    return settled, [f"peers have read all answers of {count} of {len(waiting)} students"]


def _reviewed(part: QuestionResult, said: list[tuple[float, str]] | None) -> QuestionResult:
    if not said:
        return part
    comment = "\n".join(text for _, text in said if text)
    return replace(part, points=float(statistics.median(points for points, _ in said)), comment=comment)


def _hand_out(waiting: Sequence[Result], seed: int, target: Path) -> str:
    """Write who reads whose answers: in a circle drawn from the seed, each the next two, under other names."""
    order = sorted(waiting, key=lambda result: result.student)
    random.Random(seed).shuffle(order)
    alias = {result.student: f"A{number + 1:03}" for number, result in enumerate(order)}
    rows = []
    for at, reviewer in enumerate(order):
        for step in range(1, REVIEWS + 1):
            author = order[(at + step) % len(order)]
            rows += [
                [reviewer.student, alias[author.student], part.grade_id, part.text, f"{part.maximum:g}", "", ""]
                for part in author.questions
                if part.points is None
            ]
    inert = [[export.inert(cell) for cell in row] for row in sorted(rows)]
    write(target / PEERS, export.table(HEADINGS, inert))
    write(target / PEERS_KEY, export.table(("answer", "student"), [[name, student] for student, name in alias.items()]))
    return f"for peers: {target / PEERS}, {REVIEWS} readers an answer; filled in, it comes back with --reviews FILE"


def _collected(path: Path, target: Path) -> Mapping[tuple[str, str], list[tuple[float, str]]]:
    """Return points and comment of each review, by student and question."""
    try:
        key = {
            row["answer"]: row["student"]
            for row in csv.DictReader(io.StringIO((target / PEERS_KEY).read_text("utf-8")))
        }
        asked = _rows(target / PEERS)
        rows = _rows(path)
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise CourseError(
            f"The table of peers cannot be read ({error}). Hand it out first, without --reviews."
        ) from None
    maxima = {(row["reviewer"], row["answer"], row["question"]): float(row["maximum"]) for row in asked}
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for number, row in enumerate(rows, start=2):
        place = (row["reviewer"], row["answer"], row["question"])
        if place not in maxima:
            raise CourseError(f"{path}, row {number}: {' reads '.join(place[:2])} was not handed out.")
        if not (said := (row["points"] or "").strip().replace(",", ".")):
            continue
        if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", said) or float(said) > maxima[place]:
            raise CourseError(f"{path}, row {number}: {said!r} is no number from 0 to {maxima[place]:g}.")
        found.setdefault((key[row["answer"]], row["question"]), []).append(
            (float(said), (row["comment"] or "").strip())
        )
    return found


def _rows(path: Path) -> Iterable[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    missing = set(HEADINGS) - set(rows[0] if rows else HEADINGS)
    if missing:
        raise CourseError(f"{path} has no column {', '.join(sorted(missing))}.")
    return [{name: _plain(value or "") for name, value in row.items() if name} for row in rows]


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from reading a formula."""
    return cell[1:] if re.match("'[=+@-]", cell) else cell
