"""How often each exercise of a class was passed, missed or left unsolved."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from course.grading.jobs import ExerciseResult, Outcome, Result


@dataclass(frozen=True)
class ExerciseCount:
    """How many of those graded passed an exercise, made a mistake in it, or left it unsolved."""

    grade_id: str
    passed: int
    mistaken: int
    unsolved: int

    @property
    def missed(self) -> int:
        """How many earned no points."""
        return self.mistaken + self.unsolved


def exercise_counts(results: Iterable[Result]) -> list[ExerciseCount]:
    """Count the outcomes of each exercise, in the lab's order."""
    outcomes: dict[str, Counter[str]] = {}
    for result in with_points(results):
        for part in result.exercises:
            outcomes.setdefault(part.grade_id, Counter())[_kind(part)] += 1
    return [
        ExerciseCount(name, found[Outcome.PASSED], found[""], found[Outcome.UNSOLVED])  # "" is a mistake of any kind
        for name, found in outcomes.items()
    ]


def with_points(results: Iterable[Result]) -> list[Result]:
    """Return the results whose exercises have points."""
    return [result for result in results if result.status.has_points]


def _kind(part: ExerciseResult) -> str:
    return part.outcome if part.outcome in (Outcome.PASSED, Outcome.UNSOLVED) else ""
