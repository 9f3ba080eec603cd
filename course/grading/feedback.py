"""The page that a student may see: own code, points, the hint of the first visible case that failed, comments.

It holds of a hidden case its name alone, a few words on its kind. Nothing that a student wrote can act in it: every
text is escaped, and the page forbids scripts and outside content.
"""

import re

from jinja2 import Environment

from course.grading.jobs import ExerciseResult, Outcome, QuestionResult, Result

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}: {{ result.student }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
pre { background: #f5f5f5; padding: .75rem; font-size: 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
td, th { padding: .15rem 1rem .15rem 0; text-align: left; }
th[scope=row] { font-weight: normal; } .number { text-align: right; }
.hint { border-left: 4px solid #b35900; padding-left: .75rem; }
.comment { border-left: 4px solid #00518a; padding-left: .75rem; white-space: pre-wrap; }
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
<p>{{ result.student }}{% if result.file %}, {{ result.file }}{% endif %}</p>
{% if not_graded %}
<p class="hint">This could not be graded: {{ result.reason }}. It is not counted as zero; hand in again or ask.</p>
{% else %}
<p><strong>{{ result.points|number }} of {{ maximum|number }} points</strong>
{%- if waiting %} so far; {{ waiting }} of the questions still to be read{% endif %}.</p>
<table>
<tr><th scope="col">part</th><th scope="col" class="number">points</th><th scope="col" class="number">of</th>
<th scope="col">what came of it</th></tr>
{% for part in result.exercises + result.questions %}
<tr><th scope="row">{{ part.grade_id }}</th><td class="number">{{ part.points|number }}</td>
<td class="number">{{ part.maximum|number }}</td><td>{{ part|says }}</td></tr>
{% endfor %}
</table>
{% endif %}
{% if result.notes %}
<h2>About the file</h2>
<ul>{% for note in result.notes %}<li>{{ note }}</li>{% endfor %}</ul>
{% endif %}
{% for part in result.exercises %}
<h2>{{ part.grade_id }}: {{ part.points|number }} of {{ part.maximum|number }}, {{ part|says }}</h2>
{% if part.hint %}<p class="hint">{{ part.hint }}{% if part|named %} [{{ part.mistake }}]{% endif %}</p>{% endif %}
{% if part.comment %}<p class="comment">{{ part.comment }}</p>{% endif %}
<pre>{{ part.source }}</pre>
{% endfor %}
{% for part in result.questions %}
<h2>{{ part.grade_id }}: {{ part.points|number }} of {{ part.maximum|number }}, {{ part|says }}</h2>
{% if part.says %}<p>{{ part.says }}</p>{% endif %}
{% if part.comment %}<p class="comment">{{ part.comment }}</p>{% endif %}
<pre>{{ part.text|without_pictures }}</pre>
{% endfor %}
</main>
</body>
</html>
"""


def page(result: Result, title: str) -> str:
    """Return the page of one student."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "number": lambda value: "?" if value is None else f"{value:g}",
        "says": _says,
        "named": lambda part: part.outcome == Outcome.MISTAKE,
        "without_pictures": _without_pictures,
    }
    return environment.from_string(_PAGE).render(
        result=result,
        title=title,
        not_graded=not result.status.has_points,
        maximum=sum(part.maximum for part in (*result.exercises, *result.questions)),
        waiting=sum(part.points is None for part in result.questions),
    )


def _says(part: ExerciseResult | QuestionResult) -> str:
    if isinstance(part, QuestionResult):
        return "not answered" if not part.answered else "not read yet" if part.points is None else "read"
    return {
        Outcome.PASSED: "every case agrees",
        Outcome.UNSOLVED: "not solved",
        Outcome.MISTAKE: "a case does not agree",
        Outcome.HIDDEN_MISTAKE: "a hidden case does not agree",
    }[part.outcome]


def _without_pictures(text: str) -> str:
    return re.sub(r"data:image/\w+;base64,[A-Za-z0-9+/=]*", "picture", text)
