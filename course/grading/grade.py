"""Grade one submission: `grade_one`, the unit that one process, many or a cluster carry out."""

import ast
import contextlib
import functools
import importlib
import inspect
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from course import CourseError, exercises, notebooks
from course.grading.apart import LostError
from course.grading.jobs import (
    Assignment,
    ExerciseResult,
    Job,
    Limits,
    Outcome,
    QuestionResult,
    Result,
    Status,
)
from course.grading.judging import UNSOLVED, Verdict, judge_answers, mistaken
from course.grading.reading import read
from course.grading.released import Release, grade_ids, parse
from course.grading.repair import Answers, NotGradableError
from course.grading.sandbox import Sandbox, SandboxError
from course.grading.workshop import Workshop
from labsupport.checks.pieces import Piece
from labsupport.checks.protocol import NOT_HERE, Case, Exercise, to_source

HIDDEN_HINT = (
    "Every visible case agrees, but a case that only grading knows does not{which}. Think of other shapes, types and "
    "edges, and of inputs that must stay as they were."
)


@dataclass(frozen=True)
class Cases:
    """What is asked of a lab's answers: exercises with their visible cases, hidden cases by grade_id."""

    exercises: tuple[Exercise, ...]
    hidden: dict[str, tuple[Case, ...]]

    def of(self, exercise: Exercise) -> tuple[Case, ...]:
        """Return all cases of an exercise."""
        return (*exercise.cases, *self.hidden.get(exercise.grade_id, ()))


def grade_one(job: Job) -> Result:
    """Repair a submission, run it in the sandbox, judge what came back.

    Depends on the job alone, writes nothing, and returns a result for every submission, however broken.

    Raises:
        CourseError: the grader itself cannot work: the lab's files are damaged, bubblewrap is wanted and missing.
    """
    started = time.monotonic()
    task = job.assignment
    release, cases, labs = parse(task.release), read_cases(task), other_labs(task.lab, task.root)
    result = Result.of(job, Status.FAILED, job.problem)
    if not job.problem:
        functions = {exercise.grade_id: exercise.function for exercise in cases.exercises}
        try:
            answers, parts = read(job.content, release, functions, labs)
            verdicts = run_exercises(release, cases, answers, parts, task)
            result = _graded(result, release, answers, verdicts)
        except NotGradableError as error:
            result = replace(result, reason=str(error))
        except SandboxError as error:
            result = replace(result, reason=str(error), try_again=True)
        except LostError as error:
            result = replace(result, reason=f"the file was not read to its end: {error}", try_again=True)
        except CourseError:
            raise
        except Exception as error:  # whatever this file found, the next one must be graded
            result = replace(result, reason=f"grading broke off: {type(error).__name__}: {error}", try_again=True)
    return replace(result, seconds=round(time.monotonic() - started, 2))


@functools.lru_cache(maxsize=4)
def read_cases(assignment: Assignment) -> Cases:
    """Read the cases of a lab, once a process, for the exercises of its release and in their order."""
    lab = exercises.read(assignment.lab, assignment.root)
    known = {exercise.grade_id: exercise for exercise in lab.exercises}
    cases = Cases(tuple(known[name] for name in parse(assignment.release).exercises if name in known), lab.hidden)
    every = [case for exercise in cases.exercises for case in cases.of(exercise)]
    called = {part for case in every for part in (case.judge, case.inputs, case.driver) if part}
    for module in {name for function in called for name in imported(function)}:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)  # once here, not in every process that judges
    return cases


@functools.lru_cache(maxsize=4)
def other_labs(lab: str, root: Path) -> dict[str, frozenset[str]]:
    """Return the names by which the files of all other labs are recognised, by the lab's number."""
    paths = {path.name[:2]: path for path in notebooks.find_labs(root=root)}
    return {number: grade_ids(notebooks.read(path)) for number, path in paths.items() if number != lab}


def run_exercises(
    release: Release, cases: Cases, answers: Answers, parts: list[Piece], assignment: Assignment
) -> dict[str, Verdict]:
    """Put every case to every exercise that is answered: all visible ones first, then the hidden ones.

    Hidden drivers enter the sandbox when the visible answers are out. From then on nothing that comes back is shown to
    the student, so a program that reads the driver it is called by has no way to hand it on.

    Args:
        parts: what may run of the submission.
    """
    verdicts = {exercise.grade_id: UNSOLVED for exercise in cases.exercises}
    wanted = [exercise for exercise in cases.exercises if exercise.grade_id not in answers.unsolved]
    if not wanted:
        return verdicts
    warm = [line for line in parts[0].source.splitlines() if line in release.imports]
    sent = [part for exercise in wanted for case in cases.of(exercise) for part in (case.inputs, case.driver) if part]
    warm += sorted({f"import {name}" for part in sent for name in imported(part)})
    goes_on = [case for exercise in wanted for case in cases.of(exercise) if case.then]
    used = [part for case in goes_on for part in (case.then, case.inputs) if part]
    tools = sorted({f"import {name}" for function in used for name in imported(function)})
    with (
        Sandbox(parts, warm, assignment.limits, assignment.sandbox) as sandbox,
        Workshop(tools, assignment.limits, assignment.sandbox) as workshop,
    ):
        interview = Interview(sandbox, parts, assignment.limits, workshop)
        for exercise in wanted:
            verdicts[exercise.grade_id] = interview.put(exercise, exercise.cases)
        for exercise in wanted:
            if verdicts[exercise.grade_id].outcome == Outcome.PASSED:
                found = interview.put(exercise, cases.hidden.get(exercise.grade_id, ()))
                if found.outcome != Outcome.PASSED:
                    mistake = found.mistake or Outcome.UNSOLVED.value
                    verdicts[exercise.grade_id] = Verdict(
                        Outcome.HIDDEN_MISTAKE,
                        mistake,
                        HIDDEN_HINT.format(which=f": '{found.case}'" if found.case else ""),
                    )
    return verdicts


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


class Interview:
    """Put cases to a sandbox; remember which pieces never end, so that each costs its time once."""

    def __init__(self, sandbox: Sandbox, parts: list[Piece], limits: Limits, workshop: Workshop) -> None:
        self._sandbox = sandbox
        self._workshop = workshop
        self._parts = parts
        self._limits = limits
        self._endless: dict[int, Verdict] = {}
        self._deadline = time.monotonic() + limits.total_seconds

    def put(self, exercise: Exercise, cases: tuple[Case, ...]) -> Verdict:
        """Run an exercise's cases in one process and judge the answers in order, up to the first mistake."""
        place = next(n for n, piece in enumerate(self._parts) if piece.cell_id == exercise.grade_id)
        if place in self._endless:
            return self._endless[place]
        if time.monotonic() > self._deadline:
            return mistaken("takes-too-long", f"All together ran longer than {self._limits.total_seconds:.0f} s.")
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
        verdict = judge_answers(self._workshop.go_on(returned, cases, exercise.function), exercise, cases)
        if verdict.mistake == NOT_HERE:
            raise SandboxError(f"{exercise.grade_id} cannot be checked here: {verdict.hint}")
        if verdict.outcome != Outcome.PASSED or len(returned) >= len(cases):
            return verdict
        if not in_cell:
            case = cases[len(returned)].name
            return replace(_broken_off(ended, f"Case '{case}': {exercise.function}", self._limits), case=case)
        at = max((number for number in begun if type(number) is int and 0 <= number <= place), default=place)
        verdict = _broken_off(ended, f"The cell {self._parts[at].cell_id}", self._limits)
        if at in self._endless or self._parts[at].kind != "solution":
            return verdict
        self._endless[at] = verdict
        return self.put(exercise, cases)


def _broken_off(ended: str, where: str, limits: Limits) -> Verdict:
    if ended == "time":
        return mistaken(
            "takes-too-long",
            f"{where} was stopped after {limits.cpu_seconds} s of computing or {limits.wall_seconds:.0f} s of waiting. "
            "Is there a loop that never ends?",
        )
    if ended == "flood":
        return mistaken("returns-too-much", f"{where} returned more than {limits.answer_bytes / 1e6:.0f} MB.")
    if ended == "crowd":
        return mistaken(
            "takes-too-much",
            f"{where} made more than {limits.files} files or {limits.threads} threads, or took more than "
            f"{limits.memory_bytes / 1e9:g} GB of memory.",
        )
    how = "crashed" if ended == "signal" else "ended"
    return mistaken("ends-the-process", f"{where} {how} the Python process before it gave an answer.")


def _graded(result: Result, release: Release, answers: Answers, verdicts: dict[str, Verdict]) -> Result:
    parts = tuple(
        _exercise_result(name, release.points[name], verdict, answers.sources[name])
        for name, verdict in verdicts.items()
    )
    questions = tuple(_questions(release, answers))
    waiting = any(question.points is None for question in questions)
    return replace(
        result,
        status=Status.NEEDS_MANUAL if waiting else Status.GRADED,
        exercises=parts,
        questions=questions,
        notes=(*result.notes, *answers.notes),
        minutes=answers.minutes,
    )


def _exercise_result(name: str, maximum: float, verdict: Verdict, source: str) -> ExerciseResult:
    points = maximum if verdict.outcome == Outcome.PASSED else 0.0
    return ExerciseResult(name, points, maximum, verdict.outcome, verdict.mistake, verdict.hint, source)


def _questions(release: Release, answers: Answers) -> Iterator[QuestionResult]:
    for name in release.questions:
        answered = name not in answers.unsolved
        complete, says = answers.said.get(name, (False, ""))
        points = None if answered else 0.0
        yield QuestionResult(
            name, release.points[name], answers.texts[name], answered, points, complete=complete, says=says
        )
