"""Grade one submission: `grade_one`, the unit that one process, many or a cluster carry out."""

import ast
import contextlib
import functools
import importlib
import inspect
import re
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import reads_json

from course import CourseError
from course.cells import check_cells, manual_cells
from course.exercises import read
from course.grading.jobs import (
    FAILED,
    GRADED,
    HIDDEN_MISTAKE,
    MISTAKE,
    NEEDS_MANUAL,
    PASSED,
    UNSOLVED,
    Assignment,
    ExerciseResult,
    Job,
    Limits,
    QuestionResult,
    Result,
)
from course.grading.judging import Outcome, judge_answers
from course.grading.repair import Answers, NotGradableError, grade_ids, repair
from course.grading.sandbox import Sandbox, SandboxError
from course.notebooks import find_labs
from course.notebooks import read as read_notebook
from labsupport.checks.pieces import Piece, exercise_cells, graded, pieces
from labsupport.checks.protocol import Case, Exercise, to_source

HIDDEN_HINT = (
    "Every visible case agrees, but a case that only grading knows does not. Think of other shapes, types and edges, "
    "and of inputs that must stay as they were."
)


@dataclass(frozen=True)
class Lab:
    """What grading needs to know of a lab, read once a process."""

    release: NotebookNode
    exercises: tuple[Exercise, ...]
    hidden: dict[str, tuple[Case, ...]]
    points: dict[str, float]
    other_labs: dict[str, set[str]]


def grade_one(job: Job, *, hidden: bool = True) -> Result:
    """Repair a submission, run it in the sandbox, judge what came back.

    Depends on the job alone, writes nothing, and returns a result for every submission, however broken.

    Args:
        hidden: False leaves out the cases that students do not have.

    Raises:
        CourseError: the grader itself cannot work: the lab's files are damaged, bubblewrap is wanted and missing.
    """
    started = time.monotonic()
    lab = read_lab(job.assignment)
    lab = lab if hidden else replace(lab, hidden={})
    result = Result(job.student, job.file, job.key, FAILED, job.problem, notes=job.notes)
    if not job.problem:
        functions = {exercise.grade_id: exercise.function for exercise in lab.exercises}
        try:
            answers = repair(job.content, lab.release, functions, lab.other_labs)
            outcomes = run_exercises(lab, answers, job.assignment)
            result = _graded(result, lab, answers, outcomes)
        except NotGradableError as error:
            result = replace(result, reason=str(error))
        except SandboxError as error:
            result = replace(result, reason=str(error), try_again=True)
        except CourseError:
            raise
        except Exception as error:  # whatever this file found, the next one must be graded
            result = replace(result, reason=f"grading broke off: {type(error).__name__}: {error}", try_again=True)
    return replace(result, seconds=round(time.monotonic() - started, 2))


@functools.lru_cache(maxsize=4)
def read_lab(assignment: Assignment) -> Lab:
    """Read the lab that an assignment names."""
    root = Path(assignment.root)
    lab = read(assignment.lab, root)
    release = reads_json(assignment.release)
    checks = {**{f"{name}": cell for name, cell in check_cells(release).items()}, **manual_cells(release)}
    cases = [case for exercise in lab.exercises for case in (*exercise.cases, *lab.hidden.get(exercise.grade_id, ()))]
    for module in {name for case in cases for name in imported(case.judge)}:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)  # once here, not in every process that judges
    others = {path.name[:2]: grade_ids(read_notebook(path)) for path in find_labs(root=root) if path != lab.path}
    return Lab(
        release=release,
        exercises=tuple(exercise for exercise in lab.exercises if exercise.grade_id in exercise_cells(release)),
        hidden=lab.hidden,
        points={name: float(graded(cell).points) for name, cell in checks.items()},
        other_labs=others,
    )


def maxima(assignment: Assignment) -> dict[str, float]:
    """Return grade_id -> points of a lab, exercises first, then questions."""
    lab = read_lab(assignment)
    return {name: lab.points[name] for name in (*(e.grade_id for e in lab.exercises), *manual_cells(lab.release))}


def run_exercises(lab: Lab, answers: Answers, assignment: Assignment) -> dict[str, Outcome]:
    """Put every case to every exercise that is answered: all visible ones first, then the hidden ones.

    Hidden drivers enter the sandbox when the visible answers are out. From then on nothing that comes back is shown to
    the student, so a program that reads the driver it is called by has no way to hand it on.
    """
    outcomes = {
        exercise.grade_id: Outcome(unsolved=exercise.grade_id in answers.unsolved) for exercise in lab.exercises
    }
    wanted = [exercise for exercise in lab.exercises if exercise.grade_id not in answers.unsolved]
    if not wanted:
        return outcomes
    parts = needed_pieces(answers.notebook)
    ours = set(pieces(lab.release)[0].source.splitlines())
    warm = [line for line in parts[0].source.splitlines() if line in ours]
    drivers = [case for exercise in wanted for case in (*exercise.cases, *lab.hidden.get(exercise.grade_id, ()))]
    warm += sorted(
        {f"import {name}" for case in drivers for part in (case.inputs, case.driver) if part for name in imported(part)}
    )
    with Sandbox(parts, warm, assignment.limits, assignment.sandbox) as sandbox:
        questions = Questions(sandbox, parts, assignment.limits)
        for exercise in wanted:
            outcomes[exercise.grade_id] = questions.put(exercise, exercise.cases)
        for exercise in wanted:
            outcome = outcomes[exercise.grade_id]
            if outcome.mistake is None and not outcome.unsolved:
                found = questions.put(exercise, lab.hidden.get(exercise.grade_id, ()))
                if found.mistake is not None or found.unsolved:
                    outcomes[exercise.grade_id] = Outcome(found.mistake or UNSOLVED, HIDDEN_HINT, hidden=True)
    return outcomes


def needed_pieces(notebook: NotebookNode) -> list[Piece]:
    """Return the pieces of a notebook, without imports that neither given cells nor exercises name."""
    imports, *others = pieces(notebook)
    words = set(re.findall(r"\w+", " ".join(piece.source for piece in others)))
    lines = [
        line for line in imports.source.splitlines() if _bound(line) & words or "*" in line or "__future__" in line
    ]
    return [replace(imports, source="\n".join(lines)), *others]


def _bound(statement: str) -> set[str]:
    """Return the names that an import statement defines."""
    names = [alias for node in ast.parse(statement).body for alias in node.names]
    return {(alias.asname or alias.name).partition(".")[0] for alias in names}


@functools.lru_cache(maxsize=1000)
def imported(function: Callable) -> frozenset[str]:
    """Return the modules that a driver or a judge imports."""
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return frozenset(found)


class Questions:
    """Put cases to a sandbox; remember which pieces never end, so that each costs its time once."""

    def __init__(self, sandbox: Sandbox, parts: list[Piece], limits: Limits) -> None:
        self._sandbox = sandbox
        self._parts = parts
        self._limits = limits
        self._endless: dict[int, Outcome] = {}
        self._deadline = time.monotonic() + limits.total_seconds

    def put(self, exercise: Exercise, cases: tuple[Case, ...]) -> Outcome:
        """Run an exercise's cases in one process and judge the answers in order, up to the first mistake."""
        place = next(n for n, piece in enumerate(self._parts) if piece.cell_id == exercise.grade_id)
        if place in self._endless:
            return self._endless[place]
        if time.monotonic() > self._deadline:
            return Outcome("takes-too-long", f"All together ran longer than {self._limits.total_seconds:.0f} s.")
        request = {
            "exercise": exercise.grade_id,
            "function": exercise.function,
            "pieces": place + 1,
            "skip": sorted(self._endless),
            "cases": [to_source(case) for case in cases],
        }
        ended, answers = self._sandbox.run(request)
        begun = [answer.fields.get("number") for answer in answers if answer.kind == "piece"]
        in_cell = not any(answer.kind == "defined" for answer in answers)
        returned = [answer for answer in answers if answer.kind not in ("piece", "defined")]
        outcome = judge_answers(returned, exercise, cases)
        if outcome.mistake is not None or outcome.unsolved or len(returned) >= len(cases):
            return outcome
        if not in_cell:
            return _broken_off(ended, f"Case '{cases[len(returned)].name}': {exercise.function}", self._limits)
        at = max((number for number in begun if type(number) is int and 0 <= number <= place), default=place)
        outcome = _broken_off(ended, f"The cell {self._parts[at].cell_id}", self._limits)
        if at in self._endless or self._parts[at].kind != "solution":
            return outcome
        self._endless[at] = outcome
        return self.put(exercise, cases)


def _broken_off(ended: str, where: str, limits: Limits) -> Outcome:
    if ended == "time":
        return Outcome(
            "takes-too-long",
            f"{where} was stopped after {limits.cpu_seconds} s of computing or {limits.wall_seconds:.0f} s of waiting. "
            "Is there a loop that never ends?",
        )
    if ended == "flood":
        return Outcome("returns-too-much", f"{where} returned more than {limits.answer_bytes / 1e6:.0f} MB.")
    how = "crashed" if ended == "signal" else "ended"
    return Outcome("ends-the-process", f"{where} {how} the Python process before it gave an answer.")


def _graded(result: Result, lab: Lab, answers: Answers, outcomes: dict[str, Outcome]) -> Result:
    exercises = tuple(
        _exercise_result(e.grade_id, lab.points[e.grade_id], outcomes[e.grade_id], answers.sources[e.grade_id])
        for e in lab.exercises
    )
    questions = tuple(_questions(lab, answers))
    waiting = any(question.points is None for question in questions)
    return replace(
        result,
        status=NEEDS_MANUAL if waiting else GRADED,
        exercises=exercises,
        questions=questions,
        notes=(*result.notes, *answers.notes),
    )


def _exercise_result(name: str, maximum: float, outcome: Outcome, source: str) -> ExerciseResult:
    if outcome.unsolved:
        return ExerciseResult(name, 0.0, maximum, UNSOLVED, source=source)
    if outcome.mistake is None:
        return ExerciseResult(name, maximum, maximum, PASSED, source=source)
    kind = HIDDEN_MISTAKE if outcome.hidden else MISTAKE
    return ExerciseResult(name, 0.0, maximum, kind, outcome.mistake, outcome.hint, source)


def _questions(lab: Lab, answers: Answers) -> Iterator[QuestionResult]:
    for name in manual_cells(lab.release):
        answered = name not in answers.unsolved
        yield QuestionResult(name, lab.points[name], answers.texts[name], answered, None if answered else 0.0)
