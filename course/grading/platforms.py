"""Grades and feedback as learning platforms take them: their own table filled in, and a zip file of pages.

The table is the platform's export, which is the class list too (`roster`). Every cell that is no grade stays as it was.

    moodle   "Upload grading worksheet", "Upload multiple feedback files in a zip". A row is known by its Identifier,
             "Participant 123", a page by its folder, NAME_123_assignsubmission_file (Moodle's
             mod/assign/feedback/offline/importgradeslib.php and mod/assign/feedback/file/importziplib.php).
    canvas   "Import" in the gradebook, "Upload Submissions" of the assignment. A row is known by its ID, a page by the
             two numbers in the name of the file that was downloaded, the user's and the attachment's (Canvas's
             lib/gradebook_importer.rb and `infer_comment_context_from_filename`). Canvas shows a page under the name of
             the file that was handed in.
    csv      any table of people: columns `points`, `maximum` and `status` are added.

Only final points are filled in: where a written answer waits for a person, a row stays as it was, and there is no page.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from course import CourseError
from course.grading import export, roster
from course.grading.jobs import Result, Status
from course.grading.roster import Joined
from course.grading.store import file_name
from course.grading.store import write as put
from labsupport import files

_NUMBER = re.compile(r"-|[+-]?\d[\d.,]*%?")
_CANVAS_ABOUT = ("student", "id", "sis user id", "sis login id", "section")
_CANVAS_ASSIGNMENT = re.compile(r".+\(\d+\)")
_CANVAS_FILE = re.compile(r"(.+?_\d+_\d+_).+")


@dataclass(frozen=True)
class Lab:
    """What is graded: the number, the notebook's name without .ipynb, and the points that can be had."""

    number: str
    stem: str
    maximum: float


class _Page(NamedTuple):
    """A page to name: whose it is, the notebook's name, and the person's row of the table by heading."""

    result: Result
    stem: str
    fields: Mapping[str, str]


Row = list[str]
Final = Mapping[int, Result]
"""Results with final points by the row of the table."""


def write(platform: str, template: Path, lab: Lab, joined: Joined, results: Sequence[Result], target: Path) -> str:
    """Write PLATFORM/grades.csv and PLATFORM/feedback.zip into the folder of the lab's grades; say what is in them.

    Args:
        template: the platform's export.
        joined: its people and the submissions.
        target: holds feedback/ already.

    Raises:
        CourseError: the table is not of this platform, or gives another number of points for the lab.
    """
    headings, rows, delimiter = roster.read_table(template)
    by_student = {result.student: result for result in results}
    final = {
        person.row: by_student[student]
        for student, (person, _) in joined.matches.items()
        if by_student[student].status == Status.GRADED
    }
    fill, page_name = _FORMS[platform]
    headings, rows = fill(headings, rows, final, lab)
    folder = target / platform
    inert = ([cell if _NUMBER.fullmatch(cell) else export.inert(cell) for cell in row] for row in rows)
    put(folder / "grades.csv", export.table(headings, inert, delimiter))
    pages = {
        name: target / "feedback" / f"{file_name(result.student)}.html"
        for row, result in final.items()
        if (
            name := page_name(
                _Page(result, lab.stem, dict(zip(_lower(headings), map(roster.clean, rows[row]), strict=True)))
            )
        )
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in sorted(pages.items()):
            archive.write(page, name)
    files.replace(folder / "feedback.zip", packed.getvalue())
    return "\n".join(_said(platform, folder, joined, by_student, final, len(pages)))


def _said(
    platform: str, folder: Path, joined: Joined, by_student: Mapping[str, Result], final: Final, pages: int
) -> Iterator[str]:
    yield f"for {platform}: {folder}, grades of {len(final)} people, {pages} pages"
    waiting = [student for student in joined.matches if by_student[student].status != Status.GRADED]
    if waiting:
        yield f"left as they were, for they have no final points: {roster.some(waiting)}"
    if pages < len(final):
        yield f"{len(final) - pages} have no page in the zip file: their files lost the names that {platform} gave them"


def _fill_moodle(headings: Row, rows: list[Row], final: Final, lab: Lab) -> tuple[Row, list[Row]]:
    names = _lower(headings)
    if "identifier" not in names or "grade" not in names:
        raise CourseError(
            "Moodle takes grades in its grading worksheet, with columns Identifier and Grade. Export it from the "
            "assignment's list of submissions; it needs the feedback type 'Offline grading worksheet'."
        )
    for row in final:
        if "maximum grade" in names:
            _same_maximum(rows[row][names.index("maximum grade")], lab)
        rows[row][names.index("grade")] = f"{final[row].points:g}"
    return headings, rows


def _moodle_page(page: _Page) -> str:
    number = re.findall(r"\d+", page.fields.get("identifier", ""))
    name = re.sub(r"[_/\\]+", " ", page.fields.get("full name", "")).strip() or "Participant"
    return f"{name}_{number[0]}_assignsubmission_file/{page.stem}.html" if number else ""


def _fill_canvas(headings: Row, rows: list[Row], final: Final, lab: Lab) -> tuple[Row, list[Row]]:
    known = [at for at, name in enumerate(_lower(headings)) if name in _CANVAS_ABOUT]
    assignments = [at for at, heading in enumerate(headings) if _CANVAS_ASSIGNMENT.fullmatch(heading.strip())]
    if len(known) < 2 or not assignments:
        raise CourseError(
            "Canvas takes grades in the table that its gradebook exports, with columns Student, ID and one an "
            "assignment, such as 'Lab 00 (12345)'."
        )
    fits = [at for at in assignments if _is_of(headings[at], lab)]
    if len(fits) != 1:
        names = roster.some([headings[at] for at in fits or assignments])
        raise CourseError(
            f"No single column is that of lab {lab.number}: {names}. Name the assignment 'Lab {lab.number}' in Canvas "
            "and export again."
        )
    for row in rows:
        if row[0].strip().lower() == "points possible":
            _same_maximum(row[fits[0]], lab)
    for row, result in final.items():
        rows[row][fits[0]] = f"{result.points:g}"
    chosen = [*known, fits[0]]
    return [headings[at] for at in chosen], [[row[at] for at in chosen] for row in rows]


def _canvas_page(page: _Page) -> str:
    match = _CANVAS_FILE.fullmatch(page.result.file.partition("/")[0])
    return f"{match[1]}{page.stem}.html" if match else ""


def _fill_csv(headings: Row, rows: list[Row], final: Final, lab: Lab) -> tuple[Row, list[Row]]:
    added = ["points", "maximum", "status"]
    kept = [at for at, name in enumerate(_lower(headings)) if name not in added]
    filled = []
    for number, row in enumerate(rows):
        result = final.get(number)
        of_lab = [f"{result.points:g}", f"{lab.maximum:g}", result.status] if result else [""] * len(added)
        filled.append([*(row[at] for at in kept), *of_lab])
    return [*(headings[at] for at in kept), *added], filled


def _csv_page(page: _Page) -> str:
    return f"{file_name(page.result.student)}.html"


def _is_of(heading: str, lab: Lab) -> bool:
    """Tell whether an assignment's name is that of the lab: its number after "lab" or in front, or its title."""
    title = lab.stem[3:].replace("_", " ")
    number = rf"lab\W*0*{int(lab.number)}(?!\d)|\W*{lab.number}(?!\d)"
    return bool(re.match(rf"(?i)(?:.*\b)?{number}", heading)) or title in heading.lower().replace("_", " ")


def _same_maximum(cell: str, lab: Lab) -> None:
    try:
        same = not cell.strip() or float(cell.replace(",", ".")) == lab.maximum
    except ValueError:
        same = True
    if not same:
        raise CourseError(
            f"The platform gives {cell.strip()} points for lab {lab.number}, the lab has {lab.maximum:g}. Change it "
            "there and export again."
        )


def _lower(headings: Row) -> list[str]:
    return [heading.strip().lower() for heading in headings]


Fill = Callable[[Row, list[Row], Final, Lab], tuple[Row, list[Row]]]
PageName = Callable[[_Page], str]
_FORMS: dict[str, tuple[Fill, PageName]] = {
    "canvas": (_fill_canvas, _canvas_page),
    "csv": (_fill_csv, _csv_page),
    "moodle": (_fill_moodle, _moodle_page),
}
PLATFORMS = tuple(_FORMS)
