"""What a class did: how many points, which exercise most often missed, which mistakes. Printed, and drawn."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course.grading.counts import ExerciseCount, exercise_counts, with_points
from course.grading.jobs import Result, Status

FILE_NAME = "summary.png"
MISTAKES_SHOWN = 8
BINS = 10
_STATUSES = {
    Status.GRADED: "graded",
    Status.NEEDS_MANUAL: "with written answers to grade",
    Status.FAILED: "could not be graded",
    Status.MISSING: "missing",
}
# As in labsupport.plots, which would import torch: colours of Okabe and Ito that also differ in grey.
_EARNED, _MISTAKEN, _UNSOLVED, _INK = "#0072B2", "#E69F00", "#DDDDDD", "#333333"
_DPI, _FONT = 100, 10


def write(results: Sequence[Result], target: Path) -> str:
    """Draw `summary.png` into a folder and return the same as text.

    Args:
        results: of all students.
        target: an existing folder.
    """
    draw(results).savefig(target / FILE_NAME)
    return text(results)


def text(results: Sequence[Result]) -> str:
    """Return the summary, a few lines of it for a person to read."""
    statuses = Counter(result.status for result in results)
    counted = ", ".join(f"{statuses[status]} {words}" for status, words in _STATUSES.items() if statuses[status])
    lines = [f"{len(results)} students: {counted or 'none'}"]
    totals = sorted(automatic_points(result) for result in with_points(results))
    if not totals:
        return lines[0]
    maximum = _maximum(results)
    middle = (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) / 2
    lines.append(
        f"exercises: {sum(totals) / len(totals):.1f} of {maximum:g} points on average, {middle:g} in the middle, "
        f"{totals[0]:g} to {totals[-1]:g}; full points: {totals.count(maximum)}, none: {totals.count(0)}"
    )
    counts = exercise_counts(results)
    width = max(map(len, ["exercise", *(count.grade_id for count in counts)]))
    lines += ["", f"{'exercise':<{width}}  passed  mistake  unsolved"]
    lines += [f"{c.grade_id:<{width}}  {c.passed:6}  {c.mistaken:7}  {c.unsolved:8}" for c in counts]
    worst = max(counts, key=lambda count: count.missed)
    if worst.missed:
        lines.append(f"most often missed: {worst.grade_id}, by {worst.missed} of {len(totals)}")
    found = mistakes(results)
    lines += ["", "mistakes recognised" if found else "no mistake recognised"]
    lines += [f"{count:5} of {len(totals)}  {name} ({exercise})" for (exercise, name), count in found]
    waiting = [result.student for result in results if result.status == Status.FAILED]
    if waiting:
        names = ", ".join(map(repr, waiting[:10])) + (f" and {len(waiting) - 10} more" if len(waiting) > 10 else "")
        lines += ["", *textwrap.wrap(f"could not be graded, reasons in grades.csv: {names}", 110)]
    return "\n".join(lines)


def automatic_points(result: Result) -> float:
    """Return the points of the exercises alone, which do not wait for a person."""
    return sum(part.points for part in result.exercises)


def mistakes(results: Iterable[Result]) -> list[tuple[tuple[str, str], int]]:
    """Return ((grade_id, mistake), count), the most frequent first."""
    found = Counter((part.grade_id, part.mistake) for result in results for part in result.exercises if part.mistake)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def draw(results: Sequence[Result]) -> Figure:
    """Draw the distribution of points, the outcome of each exercise, and the most frequent mistakes."""
    counts, found = exercise_counts(results), mistakes(results)[:MISTAKES_SHOWN]
    rows = (max(1, len(counts)), max(1, len(found)))
    figure = Figure(figsize=(8, 4.2 + 0.34 * sum(rows)), dpi=_DPI, layout="constrained")
    axes = figure.subplots(3, 1, height_ratios=[2.4, 0.8 + 0.34 * rows[0], 0.8 + 0.34 * rows[1]])
    _draw_totals(axes[0], results)
    _draw_exercises(axes[1], counts)
    _draw_mistakes(axes[2], found)
    return figure


def _draw_totals(axes: Axes, results: Sequence[Result]) -> None:
    totals = [automatic_points(result) for result in with_points(results)]
    maximum = _maximum(results) or 1
    without = len(results) - len(totals)
    _style(axes, "Points in the exercises" + (f" ({without} without a grade are not shown)" if without else ""))
    # One bar a point where that is readable, so that no two totals share a bar by accident.
    step = max(1, -(-int(maximum) // (2 * BINS)))
    edges = [-step / 2 + step * index for index in range(int(maximum // step) + 2)]
    heights, _, bars = axes.hist(totals, bins=edges, color=_EARNED, edgecolor="white")
    axes.bar_label(bars, [f"{int(height)}" if height else "" for height in heights], fontsize=_FONT - 1, color=_INK)
    axes.set_xlabel(f"points, of {maximum:g}", fontsize=_FONT)
    axes.set_ylabel("students", fontsize=_FONT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(y=0.12)


def _draw_exercises(axes: Axes, counts: list[ExerciseCount]) -> None:
    _style(axes, "What came of each exercise")
    start = [0] * len(counts)
    parts = (
        ("passed", [count.passed for count in counts], _EARNED, "", "white"),
        ("mistake", [count.mistaken for count in counts], _MISTAKEN, "//", "black"),
        ("unsolved", [count.unsolved for count in counts], _UNSOLVED, "", "black"),
    )
    for label, values, colour, hatch, ink in parts:
        bars = axes.barh(
            range(len(counts)), values, left=start, color=colour, hatch=hatch, edgecolor="white", label=label
        )
        box = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
        axes.bar_label(
            bars,
            [str(value) if value else "" for value in values],
            label_type="center",
            fontsize=_FONT - 1,
            color=ink,
            bbox=box,
        )
        start = [before + value for before, value in zip(start, values, strict=True)]
    axes.set_yticks(range(len(counts)), [count.grade_id for count in counts], fontsize=_FONT)
    axes.set_ylim(max(1, len(counts)) - 0.5, -0.5)
    axes.set_xlabel("students", fontsize=_FONT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=_FONT - 1, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)


def _draw_mistakes(axes: Axes, found: list[tuple[tuple[str, str], int]]) -> None:
    _style(axes, "The most frequent mistakes" if found else "No mistake was recognised")
    bars = axes.barh(range(len(found)), [count for _, count in found], color=_MISTAKEN, hatch="//", edgecolor="white")
    axes.bar_label(bars, padding=4, fontsize=_FONT - 1, color=_INK)
    axes.set_yticks(range(len(found)), [f"{name}\n({exercise})" for (exercise, name), _ in found], fontsize=_FONT - 1)
    axes.set_ylim(max(1, len(found)) - 0.5, -0.5)
    axes.set_xlabel("students", fontsize=_FONT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.08)


def _style(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=_FONT + 1, loc="left")
    axes.tick_params(labelsize=_FONT - 1)
    axes.spines[["top", "right"]].set_visible(False)


def _maximum(results: Iterable[Result]) -> float:
    return max((sum(part.maximum for part in result.exercises) for result in results), default=0)
