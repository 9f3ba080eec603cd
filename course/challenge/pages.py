"""What a ranking is shown as: the public page and table, a page for each student, the instructor's table.

Nothing that a student wrote can act in a page: every text is escaped, and the page forbids scripts and outside content.
The public page and table hold aliases alone.
"""

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jinja2 import Environment

from course.challenge.ranking import Placed, best
from course.challenge.work import Ran
from course.grading.export import inert, table
from labsupport.challenge import MAX_BYTES, MAX_MACS
from labsupport.claims import Interval

TITLE = "Edge challenge"
TIES = (
    "The first file opens a rank. A file whose interval overlaps that of the file that opened the rank shares it. "
    "Files that share a rank stand in the order of their bytes, then of their MACs, not of their accuracy."
)
_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ heading }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
  background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p, li, dd { overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .wide:focus { outline: 2px solid #00518a; }
table { border-collapse: collapse; } caption { text-align: left; padding-bottom: .5rem; }
td, th { padding: .2rem .9rem .2rem 0; text-align: left; vertical-align: top; }
.wide td, .wide th { white-space: nowrap; }
th[scope=row] { font-weight: normal; } .number { text-align: right; font-variant-numeric: tabular-nums; }
tr.first td, tr.first th { border-top: 1px solid #767676; }
img { max-width: 100%; height: auto; }
.hint { border-left: 4px solid #b35900; padding-left: .75rem; }
</style>
</head>
<body>
<main>
<h1>{{ heading }}</h1>
"""
_BOARD = """\
<p>{{ about.files }} The accuracy is that on {{ about.images }}, with its 95 % interval. A file has at most
{{ about.max_bytes }} bytes and {{ about.max_macs }} MACs for one image.</p>
{% if placed %}
<p>{{ ties }}</p>
<div class="wide" role="region" aria-label="Ranking" tabindex="0">
<table>
<caption>The files by rank</caption>
<thead>
<tr><th scope="col">rank</th><th scope="col">alias</th><th scope="col" class="number">accuracy</th>
<th scope="col">interval</th><th scope="col" class="number">bytes</th><th scope="col" class="number">MACs</th>
<th scope="col" class="number">8-bit MACs</th><th scope="col">without VNNI</th></tr>
</thead>
<tbody>
{% for one in placed %}
<tr{% if one.opens %} class="first"{% endif %}><td>{{ one.rank }}</td><th scope="row">{{ one.alias }}</th>
<td class="number">{{ one.accuracy }}</td><td>{{ one.interval }}</td><td class="number">{{ one.bytes }}</td>
<td class="number">{{ one.macs }}</td><td class="number">{{ one.int8 }}</td><td>{{ one.vnni }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
<h2>Accuracy against size</h2>
<p><img src="data:image/png;base64,{{ picture }}" alt="{{ alt }}"></p>
<ul>{% for line in fronts %}<li>{{ line }}</li>{% endfor %}</ul>
{% endif %}
<h2>Where it was measured</h2>
<p>One machine ran all files: {{ about.machine }}. "May saturate": two products of uint8 by int8 can add up to more than
16 bits hold. Processors with VNNI add them in 32 bits. On an x86 processor without it such a file may answer otherwise.
"None": the file has no such products, or its weights are small enough.</p>
</main>
</body>
</html>
"""
_STUDENT = """\
<p>{{ ran.student }}{% if ran.file %}, {{ ran.file }}{% endif %}</p>
{% if ran.reason %}
<p class="hint">This file is not ranked: {{ ran.reason }}.</p>
{% else %}
<p><strong>Rank {{ one.number }} of {{ count }}</strong>{{ one.shares }}, on the public page as
<strong>{{ one.alias }}</strong>.</p>
<table>
<caption>What was measured of the file</caption>
<tr><th scope="row">accuracy on changed test images</th><td>{{ one.accuracy }} ({{ one.interval }})</td></tr>
<tr><th scope="row">accuracy on plain test images</th><td>{{ one.plain }}</td></tr>
<tr><th scope="row">bytes</th><td>{{ one.bytes }} of {{ about.max_bytes }}</td></tr>
<tr><th scope="row">MACs</th><td>{{ one.macs }} of {{ about.max_macs }}</td></tr>
<tr><th scope="row">8-bit MACs</th><td>{{ one.int8 }}</td></tr>
<tr><th scope="row">without VNNI</th><td>{{ one.vnni }}</td></tr>
</table>
<p>{{ ties }}</p>
{% endif %}
{% if ran.notes %}
<h2>About the file</h2>
<ul>{% for note in ran.notes %}<li>{{ note }}</li>{% endfor %}</ul>
{% endif %}
</main>
</body>
</html>
"""
_PUBLIC = ("rank", "shared", "alias", "accuracy", "low", "high", "bytes", "macs", "int8_macs", "saturates")


@dataclass(frozen=True)
class About:
    """What a page says of the whole ranking: how many files, which images, which machine."""

    files: str
    images: str
    machine: str
    max_bytes: str = f"{MAX_BYTES:,}"
    max_macs: str = f"{MAX_MACS:,}"


def board(placed: Sequence[Placed], about: About, picture: bytes) -> str:
    """Return the public page.

    Args:
        placed: in the order of the ranking.
        about: of the ranking.
        picture: the figure as PNG.
    """
    return _rendered(
        _BOARD,
        heading=f"{TITLE}: ranking",
        placed=_lines(placed),
        about=about,
        ties=TIES,
        picture=base64.b64encode(picture).decode(),
        alt=(
            "Two scatter plots of the files, accuracy against bytes and against MACs, with the files that no other "
            "one beats joined by a line. All their numbers stand in the table; the list below names those files."
        ),
        fronts=[_front(placed, size, words) for size, words in (("num_bytes", "bytes"), ("macs", "MACs"))],
    )


def student(ran: Ran, placed: Sequence[Placed], about: About) -> str:
    """Return the page of one student, whose file may be among those placed."""
    own = next((line for line, one in zip(_lines(placed), placed, strict=True) if one.ran.student == ran.student), None)
    return _rendered(_STUDENT, heading=TITLE, ran=ran, one=own, count=len(placed), about=about, ties=TIES)


def public_csv(placed: Sequence[Placed]) -> str:
    """Return the public table: aliases alone."""
    return table(_PUBLIC, [_cells(one, shared) for one, shared in _with_shared(placed)])


def instructors_csv(placed: Sequence[Placed], others: Iterable[Ran]) -> str:
    """Return the instructor's table: names, what a person should look at, and the files that are not ranked."""
    header = ("student", *_PUBLIC, "plain", "marks", "reason", "file", "notes", "seconds")
    rows = [
        [
            inert(one.ran.student),
            *_cells(one, shared),
            f"{one.plain.value:.4f}",
            inert("; ".join(one.marks)),
            "",
            inert(one.ran.file),
            inert(" ".join(one.ran.notes)),
            f"{one.ran.seconds:g}",
        ]
        for one, shared in _with_shared(placed)
    ]
    for ran in others:
        cells = ["", inert(ran.reason), inert(ran.file), inert(" ".join(ran.notes)), f"{ran.seconds:g}"]
        rows.append([inert(ran.student), *[""] * (len(_PUBLIC) + 1), *cells])
    return table(header, rows)


def percent(value: float) -> str:
    """Return a share in percent, as pages and the command print it."""
    return f"{100 * value:.2f} %"


def _rendered(body: str, **values: object) -> str:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_HEAD + body).render(values)


def _with_shared(placed: Sequence[Placed]) -> list[tuple[Placed, bool]]:
    sharing = Counter(one.rank for one in placed)
    return [(one, sharing[one.rank] > 1) for one in placed]


def _cells(one: Placed, shared: bool) -> list[str]:
    interval = [f"{number:.4f}" for number in (one.hidden.value, one.hidden.low, one.hidden.high)]
    counts = [str(number) for number in (one.ran.num_bytes, one.ran.macs, one.ran.int8_macs)]
    return [str(one.rank), _yes(shared), inert(one.alias), *interval, *counts, _yes(one.ran.saturates)]


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _lines(placed: Sequence[Placed]) -> list[dict[str, object]]:
    ranks = set()
    found = []
    for one, shared in _with_shared(placed):
        ran = one.ran
        found.append(
            {
                "rank": f"{one.rank}, shared" if shared else str(one.rank),
                "number": one.rank,
                "shares": ", shared" if shared else "",
                "opens": one.rank not in ranks,
                "alias": one.alias,
                "accuracy": percent(one.hidden.value),
                "interval": _interval(one.hidden),
                "plain": f"{percent(one.plain.value)} ({_interval(one.plain)})",
                "bytes": f"{ran.num_bytes:,}",
                "macs": f"{ran.macs:,}",
                "int8": f"{ran.int8_macs / ran.macs:.0%}" if ran.macs else "0%",
                "vnni": "may saturate" if ran.saturates else "none",
            }
        )
        ranks.add(one.rank)
    return found


def _interval(interval: Interval) -> str:
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"


def _front(placed: Sequence[Placed], size: str, words: str) -> str:
    listed = [f"{one.alias} ({getattr(one.ran, size):,}, {percent(one.hidden.value)})" for one in best(placed, size)]
    return f"Not beaten in accuracy and {words}, the smallest first: {', '.join(listed)}."
