"""Where a judge and a student's data meet: in a process of its own, so that no data can hang or fill the grader."""

import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from course.grading.apart import LostError, TooMuchError, apart
from course.grading.jobs import Outcome
from course.grading.sandbox import Answer, SandboxError
from labsupport.checks import wire
from labsupport.checks.protocol import NOT_HERE, Case, CheckFailed, Exercise, Heard, hear, mistake_in

MAX_HINT = 2000
JUDGE_SECONDS = 5
JUDGE_BYTES = 2_000_000_000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,9}")


@dataclass(frozen=True)
class Verdict:
    """What came of the cases of one exercise; the texts are empty where it is passed or unsolved.

    Attributes:
        case: the name of the first case that the answer fails.
    """

    outcome: Outcome = Outcome.PASSED
    mistake: str = ""
    hint: str = ""
    case: str = ""


UNSOLVED = Verdict(Outcome.UNSOLVED)


def mistaken(mistake: str, hint: str, case: str = "") -> Verdict:
    """Return the verdict on a mistake; a longer hint is cut."""
    return Verdict(Outcome.MISTAKE, mistake, hint[:MAX_HINT], case)


def judge_answers(answers: Sequence[Answer], exercise: Exercise, cases: Sequence[Case]) -> Verdict:
    """Judge what came back and choose the mistake to be named.

    Data that no judge gets through in JUDGE_SECONDS and JUDGE_BYTES is a mistake of the exercise.

    Args:
        answers: one a case; those of the last cases may be missing.

    Raises:
        SandboxError: judging came to no end, twice, for another reason.
    """
    for _ in range(2):
        try:
            judged = apart(_judged, answers, exercise, cases, seconds=JUDGE_SECONDS, memory_bytes=JUDGE_BYTES)
        except TooMuchError as error:
            return mistaken("returns-too-much", f"What {exercise.function} returned cannot be compared: {error}.")
        except LostError as error:
            why = error
            continue
        outcome, *texts = json.loads(judged)
        return Verdict(Outcome(outcome), *texts)
    raise SandboxError(f"the answers of {exercise.grade_id} could not be judged: {why}")


def _judged(answers: Sequence[Answer], exercise: Exercise, cases: Sequence[Case]) -> bytes:
    return json.dumps(astuple(_verdict(answers, exercise, cases))).encode()


def _verdict(answers: Sequence[Answer], exercise: Exercise, cases: Sequence[Case]) -> Verdict:
    heard: list[Heard] = []
    first = ""
    for answer, case in zip(answers, cases, strict=False):
        if answer.kind == "undefined":
            return _undefined(answer, exercise)
        if answer.kind == "unsolved":
            return UNSOLVED
        said = _hear(answer, exercise, case)
        first = first or case.name * any(one.is_wrong for one in said)
        heard += said
    failed = mistake_in(heard)
    return mistaken(failed.mistake, failed.hint, first) if failed else Verdict()


def _undefined(answer: Answer, exercise: Exercise) -> Verdict:
    error = answer.payload[:MAX_HINT].decode(errors="replace")
    if error.startswith("NotImplementedError"):
        return UNSOLVED
    if error:
        return mistaken("cell-stops", f"The cell {exercise.grade_id} stopped with {error}.")
    return mistaken("defines-no-function", f"The cell {exercise.grade_id} defines no {exercise.function}.")


def _hear(answer: Answer, exercise: Exercise, case: Case) -> list[Heard]:
    if answer.kind == "mistake":
        return [Heard(differs=_claimed_mistake(answer.payload))]
    try:
        data = wire.loads(answer.payload)
    except ValueError as error:
        hint = f"What {exercise.function} returned cannot be read: {error}"
        return [Heard(differs=CheckFailed("returns-wrong-type", hint))]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return hear(case, data, exercise.function)


def _claimed_mistake(payload: bytes) -> CheckFailed:
    """Read a mistake that was found where the student's code ran: nothing but text, of bounded length."""
    unreadable: list[Any] = ["returns-wrong-type", "What came back cannot be read."]
    try:
        mistake, hint = json.loads(payload[: 10 * MAX_HINT])
        fits = isinstance(hint, str) and isinstance(mistake, str) and len(mistake) < 80 and _SLUG.fullmatch(mistake)
        fits = fits and mistake != NOT_HERE  # only a judge may say that
    except (ValueError, TypeError, RecursionError):
        fits = False
    mistake, hint = (mistake, hint.encode(errors="replace").decode()) if fits else unreadable
    return CheckFailed(mistake, hint)
