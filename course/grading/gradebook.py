"""nbgrader's gradebook and formgrader: where a person reads the questions, and where that person's points come from.

Every graded submission is entered with the points of its exercises, and a notebook is put where formgrader looks for
it: the lab's cells with the student's answers, under each question its rubric and sample answer. It is for the
instructor's eyes; `readable` makes the student's text safe to show in the instructor's browser.

Points and comments given there are read back at every export and win over the points entered here.
"""

import contextlib
import copy
import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, reads_json, writes_json

from course.cells import CHECK_SUFFIX, manual_cells, solution_lines
from course.grading.jobs import ExerciseResult, QuestionResult, Result, Status
from course.grading.released import Release
from course.grading.store import file_name, write
from labsupport.checks.pieces import graded, is_own, tags

KEY = "labs_key"
CONFIG = """\
from pathlib import Path

c = get_config()  # noqa: F821 - Jupyter defines it
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.db_url = {database!r}
"""
_PICTURE = r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]*\)"


class Gradebook:
    """One lab in nbgrader's gradebook.

    Args:
        folder: formgrader's course folder: configuration, notebooks to read and, without `database`, the gradebook.
        lab: number, the assignment's name there.
        stem: the notebook's name there.
        release: what the students were given.
        solved: the instructor's notebook, with rubrics and sample answers.
        database: address for SQLAlchemy; a SQLite file in the folder without it.
    """

    def __init__(
        self, folder: Path, lab: str, stem: str, release: Release, solved: NotebookNode, database: str = ""
    ) -> None:
        self._folder = folder
        self._lab = lab
        self._stem = stem
        self._release = release
        self._rubrics = rubrics(solved)
        self._database = database or f"sqlite:///{folder.resolve() / 'gradebook.db'}"
        write(folder / "nbgrader_config.py", CONFIG.format(database=self._database))
        (folder / "source" / lab).mkdir(parents=True, exist_ok=True)  # formgrader lists the labs that have one
        with self._opened() as book:
            self._describe_lab(book)

    @contextlib.contextmanager
    def _opened(self) -> Iterator:
        from nbgrader.api import Gradebook as Book

        path = os.environ.get("PATH", "")
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"  # a new gradebook asks for `alembic`
        try:
            book = Book(self._database)
        finally:
            os.environ["PATH"] = path
        with book, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own use of SQLAlchemy
            yield book

    def _describe_lab(self, book: object) -> None:
        book.update_or_create_assignment(self._lab)
        book.update_or_create_notebook(self._stem, self._lab)
        where = (self._stem, self._lab)
        for cell in self._release.notebook.cells:
            about = graded(cell)
            if about.get("grade"):
                points = float(about.points)
                book.update_or_create_grade_cell(about.grade_id, *where, max_score=points, cell_type=cell.cell_type)
            if about.get("solution"):
                book.update_or_create_solution_cell(about.grade_id, *where)
            if about:
                locked = bool(about.get("locked"))
                book.update_or_create_source_cell(
                    about.grade_id, *where, source=cell.source, cell_type=cell.cell_type, locked=locked
                )

    def enter(self, results: Iterable[Result]) -> int:
        """Enter the results that are new or changed since the last time; return how many there were."""
        count = 0
        with self._opened() as book:
            known = {submission.student_id for submission in book.assignment_submissions(self._lab)}
            for result in results:
                if not result.status.has_points or not self._is_of_this_version(result):
                    continue
                student = file_name(result.student)
                path = self._folder / "autograded" / student / self._lab / f"{self._stem}.ipynb"
                before = _read(path)
                if student in known and before is not None and before.metadata.get(KEY) == _entered(result):
                    continue
                self._enter_one(book, student, result, before)
                write(path, writes_json(self.notebook_to_read(result)) + "\n")
                count += 1
        return count

    def _is_of_this_version(self, result: Result) -> bool:
        """Tell whether a result has the parts that the lab has now; one of an earlier version stays as entered."""
        parts = {part.grade_id for part in (*result.exercises, *result.questions)}
        return parts <= self._release.stubs.keys()

    def _enter_one(self, book: object, student: str, result: Result, before: NotebookNode | None) -> None:
        earlier = {name: cell.source for name, cell in manual_cells(before).items()} if before else {}
        book.update_or_create_student(student)
        submission = book.update_or_create_submission(self._lab, student)
        grades, comments = self._rows(book, submission)
        for part in result.exercises:
            grade = grades[f"{part.grade_id}{CHECK_SUFFIX}"]
            grade.auto_score, grade.needs_manual_grade = part.points, False
            comments[part.grade_id].auto_comment = part.hint or None
        for part in result.questions:
            grade = grades[part.grade_id]
            changed = earlier.get(part.grade_id) not in (None, self._readable(part))
            grade.auto_score = part.points
            grade.needs_manual_grade = part.points is None and (grade.manual_score is None or changed)
            comments[part.grade_id].auto_comment = part.comment or None if part.answered else "No response."
        book.db.commit()

    def _rows(self, book: object, submission: object) -> tuple[dict, dict]:
        """Return a submission's grades and comments by cell; made where the lab got a cell since it was entered."""
        from nbgrader.api import Comment, Grade

        [notebook] = [notebook for notebook in submission.notebooks if notebook.name == self._stem]
        cells = book.find_notebook(self._stem, self._lab)
        grades, comments = ({row.name: row for row in rows} for rows in (notebook.grades, notebook.comments))
        for known, kind, wanted in ((grades, Grade, cells.grade_cells), (comments, Comment, cells.solution_cells)):
            for cell in wanted:
                if cell.name not in known:
                    known[cell.name] = kind(cell=cell, notebook=notebook)
                    book.db.add(known[cell.name])
        return grades, comments

    def notebook_to_read(self, result: Result) -> NotebookNode:
        """Return what the instructor reads of a submission in formgrader."""
        notebook = copy.deepcopy(self._release.notebook)
        notebook.metadata[KEY] = _entered(result)
        sources = {part.grade_id: part.source for part in result.exercises}
        sources |= {part.grade_id: self._readable(part) for part in result.questions}
        says = {part.grade_id: part.says for part in result.questions}
        cells = []
        for cell in notebook.cells:
            cell.source = sources.get(cell.id, cell.source)
            cells.append(cell)
            if cell.id in self._rubrics:
                seen = f"**By machine.** {says[cell.id]}\n\n" if says.get(cell.id) else ""
                cells.append(new_markdown_cell(seen + self._rubrics[cell.id], id=f"{cell.id}-rubric"))
        notebook.cells = cells
        return notebook

    def _readable(self, part: QuestionResult) -> str:
        """Return an answer as the source of its cell in formgrader: code as it is, which is shown and not rendered."""
        return part.text if part.grade_id in self._release.own else readable(part.text)

    def remove(self, student: str) -> None:
        """Take a student's submission out, with the points and comments that people gave."""
        from nbgrader.api import MissingEntry

        with self._opened() as book, contextlib.suppress(MissingEntry):
            book.remove_submission(self._lab, file_name(student))
        shutil.rmtree(self._folder / "autograded" / file_name(student) / self._lab, ignore_errors=True)

    def read_back(self, results: Iterable[Result]) -> list[Result]:
        """Return the results with the points and comments that people gave."""
        results = list(results)
        with self._opened() as book:
            said = {
                notebook.student.id: _said(notebook) for notebook in book.notebook_submissions(self._stem, self._lab)
            }
        return [_with(result, said.get(file_name(result.student), {})) for result in results]


def _entered(result: Result) -> str:
    """Return what an entry depends on: the submission, and which of its answers wait for a person."""
    waits = "".join(str(int(part.points is None)) for part in result.questions if part.answered)
    return f"{result.key}-{waits}"


def _said(notebook: object) -> dict[str, tuple[float | None, float, str, bool]]:
    """Return by exercise or question: manual points, extra points, comment, whether it waits for a person."""
    comments = {comment.name: comment.manual_comment or "" for comment in notebook.comments}
    found = {}
    for grade in notebook.grades:
        name = grade.name.removesuffix(CHECK_SUFFIX)
        found[name] = (
            grade.manual_score,
            grade.extra_credit or 0.0,
            comments.get(name, ""),
            bool(grade.needs_manual_grade),
        )
    return found


def _with(result: Result, said: dict[str, tuple[float | None, float, str, bool]]) -> Result:
    if not result.status.has_points or not said:
        return result
    nothing = (None, 0.0, "", False)
    exercises = tuple(_part(part, *said.get(part.grade_id, nothing)) for part in result.exercises)
    questions = tuple(_part(part, *said.get(part.grade_id, nothing)) for part in result.questions)
    waiting = any(part.points is None for part in questions)
    return replace(
        result, exercises=exercises, questions=questions, status=Status.NEEDS_MANUAL if waiting else Status.GRADED
    )


def _part(
    part: ExerciseResult | QuestionResult, manual: float | None, extra: float, comment: str, waiting: bool
) -> ExerciseResult | QuestionResult:
    """Put what a person said into a part; a question whose answer changed since waits again."""
    points = part.points if manual is None else manual
    if isinstance(part, QuestionResult) and waiting:
        points = None
    given = None if points is None else points + extra
    return replace(part, points=given, comment=comment or part.comment)


def rubrics(solved: NotebookNode) -> dict[str, str]:
    """Return for each question the sample answer and the instructor's notes that follow it, as markdown."""
    found: dict[str, str] = {}
    question = ""
    for cell in solved.cells:
        if graded(cell).get("grade") and graded(cell).get("solution"):
            question = cell.id
            sample = "\n".join(solution_lines(cell.source)).strip()
            found[question] = f"**Sample answer.** {sample}" if not is_own(cell) else _fenced(sample)
        elif question and "instructor" in tags(cell):
            found[question] += f"\n\n{cell.source}"
        else:
            question = ""
    return found


def _fenced(sample: str) -> str:
    return f"**Sample answer.**\n\n```python\n{sample}\n```"


def readable(text: str) -> str:
    """Return markdown that shows formulas and attached pictures but no HTML, no link and no other address."""
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    text = re.sub(r"\\(href|url|style|class|cssId|require)\b", r"\\text", text)
    text = re.sub(rf"\]\((?!{_PICTURE})", "] (", text)
    return re.sub(r"\](?=\s*[:\[])", "] ", re.sub(r"(?m)^([^\S\n]*)\[", r"\1\\[", text))


def _read(path: Path) -> NotebookNode | None:
    try:
        return reads_json(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError, AttributeError, KeyError):
        return None
