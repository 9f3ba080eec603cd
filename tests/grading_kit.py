"""What the tests of grading share: the small lab released, submissions of it, and results made by hand."""

import copy
import functools
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import reads_json
from sample_course import FIXTURE_ROOT

from course.grading import command
from course.grading.jobs import Assignment, ExerciseResult, Job, Limits, Outcome, QuestionResult, Result, Status
from course.grading.released import Release, parse
from course.notebooks import find_labs, read
from labsupport.checks.pieces import exercise_cells

FUNCTIONS = {
    "mean": "mean",
    "clip-pixels": "clip_pixels",
    "split-batches": "split_batches",
    "batch-means": "batch_means",
}
POINTS = {"mean": 1.0, "clip-pixels": 2.0, "split-batches": 2.0, "batch-means": 3.0}
LIMITS = Limits(cpu_seconds=1, wall_seconds=8.0, memory_bytes=400_000_000)


@functools.cache
def assignment() -> Assignment:
    """Return the small lab as grading takes it."""
    with tempfile.TemporaryDirectory() as build:
        return replace(command.assignment("90", Path(build), root=FIXTURE_ROOT), limits=LIMITS)


def released() -> NotebookNode:
    return reads_json(assignment().release)


def release() -> Release:
    return parse(assignment().release)


@functools.cache
def _solved_text() -> str:
    return find_labs("90", FIXTURE_ROOT)[0].read_text(encoding="utf-8")


def instructors() -> NotebookNode:
    return read(find_labs("90", FIXTURE_ROOT)[0])


def solved(**sources: str) -> dict:
    """Return the release as JSON, with the author's answers or others: `solved(clip_pixels="...")`."""
    notebook = copy.deepcopy(released())
    answers = exercise_cells(reads_json(_solved_text()))
    for name, cell in exercise_cells(notebook).items():
        cell.source = sources.get(name.replace("-", "_"), answers[name].source)
    return json.loads(json.dumps(notebook))


def cell(notebook: dict, name: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def packed(notebook: dict) -> bytes:
    return json.dumps(notebook).encode()


def job(notebook: dict | bytes, task: Assignment | None = None, student: str = "ada") -> Job:
    content = notebook if isinstance(notebook, bytes) else packed(notebook)
    return Job(task or assignment(), student, f"{student}.ipynb", content)


def result(student: str = "ada", *, text: str = "Because.", key: str = "k", **changes: object) -> Result:
    """Return the result of a student who solved everything and answered the question."""
    exercises = tuple(
        ExerciseResult(name, points, points, Outcome.PASSED, source=f"def {FUNCTIONS[name]}(): ...")
        for name, points in POINTS.items()
    )
    question = QuestionResult("why-remainder", 2.0, text, answered=True)
    made = Result(student, f"{student}.ipynb", key, Status.GRADED, exercises=exercises, questions=(question,))
    return replace(made, **{"status": Status.NEEDS_MANUAL, **changes})
