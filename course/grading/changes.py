"""What a run changed: whose points differ from before, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from course.grading.jobs import Result

MAX_LISTED = 40


@dataclass(frozen=True)
class Change:
    """A student who was graded again and has other points in the exercises.

    Attributes:
        why: what was new, "" where the earlier result does not say of what it was made.
        parts: one entry an exercise that came out otherwise, such as "mean: passed, now clips-low".
    """

    student: str
    before: float
    after: float
    why: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        why = f", {self.why}" if self.why else ""
        return f"{self.student}: {self.before:g} to {self.after:g} points{why} ({'; '.join(self.parts)})"


def changes(before: Mapping[str, Result], after: Iterable[Result]) -> list[Change]:
    """Return the changes of all who had points in the exercises before and have some now.

    Args:
        before: earlier results by student.
    """
    found = []
    for result in after:
        earlier = before.get(result.student)
        if earlier is None or not (earlier.status.has_points and result.status.has_points):
            continue
        old, new = ({part.grade_id: part for part in each.exercises} for each in (earlier, result))
        parts = tuple(
            f"{name}: {_came(old.get(name))}, now {_came(new.get(name))}"
            for name in {**old, **new}
            if (old[name].points if name in old else None) != (new[name].points if name in new else None)
        )
        if parts:
            points = [sum(part.points for part in each.exercises) for each in (earlier, result)]
            found.append(Change(result.student, *points, _why(earlier, result), parts))
    return sorted(found, key=lambda change: change.student)


def text(found: list[Change]) -> str:
    """Return the changes as lines, "" where there are none."""
    if not found:
        return ""
    lines = [f"graded again with other points: {len(found)}", *(f"  {change}" for change in found[:MAX_LISTED])]
    return "\n".join([*lines, *([f"  and {len(found) - MAX_LISTED} more"] if len(found) > MAX_LISTED else [])])


def _why(earlier: Result, result: Result) -> str:
    if not (earlier.version and earlier.content):
        return ""
    reasons = []
    if earlier.content != result.content:
        reasons.append("another file")
    if earlier.version != result.version:
        reasons.append("other cases or rules of grading")
    return " and ".join(reasons)


def _came(part: object) -> str:
    return "not there" if part is None else part.mistake or part.outcome.value
