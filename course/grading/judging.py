"""Where a judge and a student's data meet: in a process of its own, so that no data can hang or fill the grader."""

import json
import os
import re
import resource
import select
import signal
import warnings
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course.grading.jobs import Outcome
from course.grading.sandbox import Answer, SandboxError
from labsupport.checks import wire
from labsupport.checks.protocol import Case, CheckFailed, Data, Exercise, judge

MAX_HINT = 2000
JUDGE_SECONDS = 20
JUDGE_BYTES = 2_000_000_000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,9}")


@dataclass(frozen=True)
class Verdict:
    """What came of the cases of one exercise; mistake and hint are empty where it is passed or unsolved."""

    outcome: Outcome = Outcome.PASSED
    mistake: str = ""
    hint: str = ""


UNSOLVED = Verdict(Outcome.UNSOLVED)


def mistaken(mistake: str, hint: str) -> Verdict:
    """Return the verdict on a mistake; a longer hint is cut."""
    return Verdict(Outcome.MISTAKE, mistake, hint[:MAX_HINT])


def judge_answers(answers: Sequence[Answer], exercise: Exercise, cases: Sequence[Case]) -> Verdict:
    """Judge what came back, in order, up to the first mistake.

    Args:
        answers: one a case; those of the last cases may be missing.

    Raises:
        SandboxError: judging did not come to an end, twice.
    """
    for _ in range(2):
        if (verdict := _judged_apart(answers, exercise, cases)) is not None:
            return verdict
    raise SandboxError(f"the answers of {exercise.grade_id} could not be judged within {JUDGE_SECONDS} s")


def _judged_apart(answers: Sequence[Answer], exercise: Exercise, cases: Sequence[Case]) -> Verdict | None:
    """Judge in a process of its own; None where that ended without a word."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _restrict()
            verdict = _first_mistake(answers, exercise, cases)
            os.write(writing, json.dumps(astuple(verdict)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        ready = select.select([reading], [], [], JUDGE_SECONDS)[0]
        written = os.read(reading, 1 << 16) if ready else b""
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not written:
        return None
    outcome, mistake, hint = json.loads(written)
    return Verdict(Outcome(outcome), mistake, hint)


def _restrict() -> None:
    """Limit this process's time and memory, counted from what it has now, and let it print nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + JUDGE_BYTES, used + JUDGE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _first_mistake(answers: Sequence[Answer], exercise: Exercise, cases: Sequence[Case]) -> Verdict:
    for answer, case in zip(answers, cases, strict=False):
        verdict = judge_answer(answer, exercise, case)
        if verdict.outcome != Outcome.PASSED:
            return verdict
    return Verdict()


def judge_answer(answer: Answer, exercise: Exercise, case: Case) -> Verdict:
    """Turn one answer into a verdict."""
    if answer.kind == "unsolved":
        return UNSOLVED
    if answer.kind == "undefined":
        error = answer.payload[:MAX_HINT].decode(errors="replace")
        if error.startswith("NotImplementedError"):
            return UNSOLVED
        if error:
            return mistaken("cell-stops", f"The cell {exercise.grade_id} stopped with {error}.")
        return mistaken("defines-no-function", f"The cell {exercise.grade_id} defines no {exercise.function}.")
    if answer.kind == "mistake":
        return _claimed_mistake(answer.payload)
    try:
        data = wire.loads(answer.payload)
    except ValueError as error:
        return mistaken("returns-wrong-type", f"What {exercise.function} returned cannot be read: {error}")
    return _judged(case, data, exercise.function)


def _judged(case: Case, data: Data, name: str) -> Verdict:
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            judge(case, data, name)
    except CheckFailed as failed:
        return mistaken(failed.mistake, failed.hint)
    return Verdict()


def _claimed_mistake(payload: bytes) -> Verdict:
    """Read a mistake that was found where the student's code ran: nothing but text, of bounded length."""
    unreadable: list[Any] = ["returns-wrong-type", "What came back cannot be read."]
    try:
        mistake, hint = json.loads(payload[: 10 * MAX_HINT])
        fits = isinstance(hint, str) and isinstance(mistake, str) and len(mistake) < 80 and _SLUG.fullmatch(mistake)
    except (ValueError, TypeError, RecursionError):
        fits = False
    mistake, hint = (mistake, hint.encode(errors="replace").decode()) if fits else unreadable
    return mistaken(mistake, hint)
