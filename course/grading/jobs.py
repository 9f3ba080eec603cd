"""What goes into grading one submission and what comes out: plain data that pickles, with results as JSON.

No text in a result acts where it is shown: control characters in names, sentences, sources and answers are spelt out
when the result is made, so terminal, table, feedback page and formgrader need not think of them.

Needs the standard library alone.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from labsupport import shown


class Status(StrEnum):
    """What came of a submission; one that could not be graded (FAILED) has no points, which is not zero."""

    GRADED = "graded"
    NEEDS_MANUAL = "needs_manual"
    FAILED = "failed"
    MISSING = "missing"

    @property
    def has_points(self) -> bool:
        """Whether its exercises have points."""
        return self in (Status.GRADED, Status.NEEDS_MANUAL)


class Outcome(StrEnum):
    """What came of an exercise; a MISTAKE is one of a visible case or of the run itself."""

    PASSED = "passed"
    UNSOLVED = "unsolved"
    MISTAKE = "mistake"
    HIDDEN_MISTAKE = "hidden-mistake"


@dataclass(frozen=True)
class Limits:
    """What one submission may use; times are for each exercise, except `total_seconds`."""

    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    start_seconds: float = 120.0
    total_seconds: float = 180.0
    memory_bytes: int = 2_000_000_000
    disk_bytes: int = 64_000_000
    answer_bytes: int = 16_000_000
    files: int = 5000
    threads: int = 200


@dataclass(frozen=True)
class Assignment:
    """A lab to grade, the same for all its submissions.

    Attributes:
        lab: its number, such as "00".
        root: the folder that holds notebooks/, labsupport/checks/ and course/hidden/; the project itself but in tests.
        release: the released notebook as JSON text: what the students were given.
        version: a hash of the release, the cases and the rules of grading; another version means to grade again.
        sandbox: False runs students' code without bubblewrap.
    """

    lab: str
    root: Path
    release: str
    version: str
    limits: Limits = Limits()
    sandbox: bool = True


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    Attributes:
        student: the name used everywhere: a row of grades.csv, the gradebook, the name of the feedback page.
        file: the submission's path inside the folder, as the instructor knows it.
        content: the bytes of the file; empty where it could not be read.
        problem: why the file could not be read, one sentence; empty where it could.
        notes: what was found out about the choice of the file, one sentence each ("an older file was left out").
    """

    assignment: Assignment
    student: str
    file: str
    content: bytes
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A hash of all that the result depends on; equal keys never need grading twice."""
        parts = (self.assignment.version, str(self.assignment.sandbox), self.file, self.problem, *self.notes)
        return hashlib.sha256(
            self.content + json.dumps([*parts, dataclasses.astuple(self.assignment.limits)]).encode()
        ).hexdigest()

    def lost(self, reason: str) -> "Result":
        """Return the result where the process that graded it ended."""
        return Result.of(self, Status.FAILED, reason, try_again=True)


@dataclass(frozen=True)
class ExerciseResult:
    """What one exercise earned: all its points or none.

    Attributes:
        mistake: the slug, "" when passed or unsolved. That of a hidden case is for the instructor alone.
        hint: the sentence that a student may read; never from a hidden case.
        source: the student's code of this exercise.
        comment: what a person wrote to the student.
    """

    grade_id: str
    points: float
    maximum: float
    outcome: Outcome
    mistake: str = ""
    hint: str = ""
    source: str = ""
    comment: str = ""

    def __post_init__(self) -> None:
        _spell_out(self, shown.line, "grade_id", "mistake")
        _spell_out(self, shown.lines, "hint", "source", "comment")


@dataclass(frozen=True)
class QuestionResult:
    """A question that a person grades; `points` is None until then.

    Attributes:
        text: the student's answer, markdown.
        answered: False where the text is still the one of the release, which earns 0 without a person.
        comment: what the person wrote to the student.
        complete: what a machine can see of it is there; `says` is a sentence on that.
    """

    grade_id: str
    maximum: float
    text: str
    answered: bool
    points: float | None = None
    comment: str = ""
    complete: bool = False
    says: str = ""

    def __post_init__(self) -> None:
        _spell_out(self, shown.line, "grade_id", "says")
        _spell_out(self, shown.lines, "text", "comment")


@dataclass(frozen=True)
class Result:
    """What came of one submission.

    Attributes:
        key: `Job.key` of the job it came from.
        reason: one sentence where the status is FAILED or MISSING, else "".
        exercises: in the lab's order; empty where the status is FAILED or MISSING, as are `questions`.
        notes: what was repaired or left out, one sentence each.
        seconds: how long it took.
        try_again: True where not the submission but the sandbox failed; such a result is not kept.
        version: of the lab, its cases and the rules of grading, as the assignment has it.
        content: a hash of the file's bytes.
        minutes: that the lab took, as the student says; 0 where nothing is said.
    """

    student: str
    file: str
    key: str
    status: Status
    reason: str = ""
    exercises: tuple[ExerciseResult, ...] = ()
    questions: tuple[QuestionResult, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    try_again: bool = False
    version: str = ""
    content: str = ""
    minutes: float = 0.0

    def __post_init__(self) -> None:
        _spell_out(self, shown.line, "student", "file", "reason")
        object.__setattr__(self, "notes", tuple(map(shown.line, self.notes)))

    @classmethod
    def of(cls, job: Job, status: Status, reason: str = "", *, try_again: bool = False) -> "Result":
        """Return the result of a job."""
        digest = hashlib.sha256(job.content).hexdigest()
        version = job.assignment.version
        about = {"notes": job.notes, "try_again": try_again, "version": version, "content": digest}
        return cls(job.student, job.file, job.key, status, reason, **about)

    @property
    def points(self) -> float:
        """Points earned so far, questions included once they have some."""
        return sum(part.points or 0 for part in (*self.exercises, *self.questions))

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Result":
        """Read what `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: the text is no result of this form.
        """
        fields: dict[str, Any] = json.loads(text)
        fields["status"] = Status(fields["status"])
        exercises = ({**part, "outcome": Outcome(part["outcome"])} for part in fields["exercises"])
        fields["exercises"] = tuple(ExerciseResult(**part) for part in exercises)
        fields["questions"] = tuple(QuestionResult(**part) for part in fields["questions"])
        fields["notes"] = tuple(fields["notes"])
        return cls(**fields)


def _spell_out(part: object, spelt: Callable[[str], str], *names: str) -> None:
    """Replace texts of a frozen dataclass that is being made."""
    for name in names:
        object.__setattr__(part, name, spelt(getattr(part, name)))


Runner = Callable[[Iterable[Job]], Iterator[Result]]
"""Takes jobs as it needs them and gives their results as they come, in any order."""
