"""Answers that are equal after renaming and formatting, beside how likely that is; a person judges.

Two answers have the same form when their syntax trees are equal without comments, docstrings and annotations, and with
every name that the answer itself binds replaced by its order. Short exercises have few forms, and a hint makes one more
likely: so a pair's count is its bits, the sum over its equal answers of log2(answers of the exercise / answers of that
form). Forms of the author's own answers count nothing, nor do forms that everybody else has too.
"""

import ast
import hashlib
import html
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from course.grading.jobs import Outcome, Result

MAX_PAIRS = 40
MIN_BITS = 3.0
MIN_NODES = 12
MAX_SOURCE = 20_000


@dataclass(frozen=True)
class Pair:
    """Two students some of whose answers have the same form.

    Attributes:
        bits: how unlikely that is, if forms were drawn as the class has them.
        equal: (grade_id, how many answers have that form, how many answers the exercise has).
    """

    students: tuple[str, str]
    bits: float
    equal: tuple[tuple[str, int, int], ...]


def form(source: str) -> str:
    """Return a digest of what a source says, whatever its names, comments and layout; "" where it says little."""
    if len(source) > MAX_SOURCE:
        return ""
    try:
        tree = ast.parse(source)
        nodes = list(ast.walk(tree))
        _rename(nodes)
        return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:16] if len(nodes) >= MIN_NODES else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _rename(nodes: list[ast.AST]) -> None:
    """Take out of a tree what does not change what it does."""
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    order: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in bound:
            node.id = order.setdefault(node.id, f"v{len(order)}")
        elif isinstance(node, ast.arg):
            node.arg, node.annotation = order.setdefault(node.arg, f"v{len(order)}"), None
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            node.body = _without_docstring(node.body)
            if not isinstance(node, ast.ClassDef):
                node.returns = None


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0].value if body and isinstance(body[0], ast.Expr) else None
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return body[1:] or [ast.Pass()] if is_text else body


def pairs(results: Iterable[Result], known: Mapping[str, Iterable[str]]) -> list[Pair]:
    """Return the pairs that are least likely, the least likely first.

    Args:
        results: of the class.
        known: by grade_id the author's own answers.
    """
    forms: dict[str, dict[str, str]] = {}
    for result in results:
        for part in result.exercises:
            if part.outcome != Outcome.UNSOLVED and (shape := form(part.source)):
                forms.setdefault(part.grade_id, {})[result.student] = shape
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for name, by_student in forms.items():
        counts = Counter(by_student.values())
        likely = {form(source) for source in known.get(name, ())}
        for shape, count in counts.items():
            if count == 1 or shape in likely or _bits(count, len(by_student)) < 1:
                continue
            students = sorted(student for student, other in by_student.items() if other == shape)
            for pair in itertools.combinations(students, 2):
                found.setdefault(pair, []).append((name, count, len(by_student)))
    ranked = [
        Pair(pair, round(sum(_bits(count, total) for _, count, total in equal), 1), tuple(equal))
        for pair, equal in found.items()
    ]
    ranked = [pair for pair in ranked if pair.bits >= MIN_BITS]
    return sorted(ranked, key=lambda pair: (-pair.bits, pair.students))[:MAX_PAIRS]


def _bits(count: int, total: int) -> float:
    """Return how much it says that somebody has a form which `count` of `total` have."""
    return math.log2(total / count)


def table(found: list[Pair]) -> str:
    """Return the pairs as a table in HTML, with what it means and what it does not."""
    if not found:
        return "<p>No two students share a form of answer that is unlikely in this class.</p>"
    rows = "".join(
        f"<tr><td>{html.escape(pair.students[0])}</td><td>{html.escape(pair.students[1])}</td>"
        f'<td class="number">{pair.bits:g}</td><td>'
        + "; ".join(f"{html.escape(name)} ({count} of {total} answers)" for name, count, total in pair.equal)
        + "</td></tr>\n"
        for pair in found
    )
    return (
        "<p>Answers that are equal after renaming and formatting, the least likely pairs first. A form that many have, "
        "or that the author has, counts little. Students may work together, and a hint may lead two to the same lines: "
        "read the answers before you think anything of it.</p>\n"
        '<div class="wide"><table>\n<thead><tr><th scope="col">student</th><th scope="col">student</th>'
        '<th scope="col" class="number">bits</th><th scope="col">equal answers, and how many have that form</th></tr>'
        f"</thead>\n<tbody>\n{rows}</tbody></table></div>"
    )
