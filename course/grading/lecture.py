"""lecture.html: what to say in the next lecture, and what only a person can judge. For the instructor alone."""

import html
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from course.grading import alike
from course.grading.counts import exercise_counts, with_points
from course.grading.jobs import ExerciseResult, Outcome, Result

FILE_NAME = "lecture.html"
MAX_HINTS = 3
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: for the next lecture</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.2rem; margin: 2rem 0 .5rem; }}
h3 {{ font-size: 1rem; margin: 1.5rem 0 .25rem; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .2rem 1rem .2rem 0; text-align: left; vertical-align: top; }}
.number {{ text-align: right; }} .wide {{ overflow-x: auto; }}
blockquote {{ margin: .25rem 0 .25rem 1rem; border-left: 4px solid #b35900; padding-left: .75rem; }}
</style>
</head>
<body>
<main>
<h1>{title}: for the next lecture</h1>
<p>{minutes}</p>
<h2>Exercises</h2>
{exercises}
<h2>Answers that are alike</h2>
{alike}
</main>
</body>
</html>
"""


def page(results: Sequence[Result], title: str, counted: float, known: Mapping[str, Iterable[str]]) -> str:
    """Return the page of a class.

    Args:
        results: of all students.
        counted: minutes that the authors count for the lab.
        known: by grade_id the author's own answers.
    """
    graded = with_points(results)
    return _PAGE.format(
        title=html.escape(title),
        minutes=html.escape(minutes(graded, counted)),
        exercises="\n".join(_exercises(graded)) or "<p>Nobody has points yet.</p>",
        alike=alike.table(alike.pairs(graded, known)),
    )


def minutes(results: Iterable[Result], counted: float) -> str:
    """Say how many minutes the lab took, as students say."""
    said = sorted(result.minutes for result in results if result.minutes)
    if not said:
        return f"No student says how many minutes the lab took; its authors count {counted:g}."
    low, _, high = statistics.quantiles(said, n=4) if len(said) > 1 else (said[0], said[0], said[0])
    return (
        f"Minutes, as {len(said)} students give them: {statistics.median(said):g} in the middle, half of them between "
        f"{low:g} and {high:g}; the authors count {counted:g}."
    )


def _exercises(results: Sequence[Result]) -> Iterable[str]:
    by_name: dict[str, list[ExerciseResult]] = defaultdict(list)
    for result in results:
        for part in result.exercises:
            by_name[part.grade_id].append(part)
    for count in sorted(exercise_counts(results), key=lambda count: -count.missed):
        parts = by_name[count.grade_id]
        name = html.escape(count.grade_id)
        yield f"<h3>{name}: {count.missed} of {len(parts)} missed it, {count.unsolved} of them left it unsolved</h3>"
        found = Counter(part.mistake for part in parts if part.mistake)
        if not found:
            continue
        yield "<ul>"
        for mistake, many in found.most_common():
            hidden = all(p.outcome == Outcome.HIDDEN_MISTAKE for p in parts if p.mistake == mistake)
            where = ", seen by hidden cases alone" if hidden else ""
            yield f"<li>{many} of {len(parts)}: {html.escape(mistake.replace('-', ' '))}{where}"
            hints = dict.fromkeys(part.hint for part in parts if part.mistake == mistake and part.hint)
            yield from (f"<blockquote>{html.escape(hint)}</blockquote>" for hint in list(hints)[:MAX_HINTS])
            yield "</li>"
        yield "</ul>"
