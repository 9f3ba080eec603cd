"""Which parts of a lab's notebook have to run before its exercises can be checked, and nothing else.

The one place that says so: for a student's own check of the whole notebook, for grading, and for the course's proofs.
A notebook here is an `nbformat.NotebookNode`. Needs the standard library alone, so that it can stand beside a student's
code in grading.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_TEXT = 2000
MAX_SOURCE = 200_000
_MAGIC = re.compile(r"^([^\S\n]*)[%!].*$", re.MULTILINE)
_FUTURE = "from __future__ import annotations"
_FUTURE_FLAG = 0x1000000


@dataclass(frozen=True)
class Piece:
    """Source that must run before exercises are checked; kind is "imports", "given" or "solution"."""

    cell_id: str
    kind: str
    source: str


def graded(cell: NotebookNode) -> NotebookNode:
    """Return a cell's nbgrader metadata, empty where it has none."""
    return cell.metadata.get("nbgrader", {})


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def is_exercise(cell: NotebookNode) -> bool:
    """Say whether a cell is one that a student fills in and a check grades."""
    return cell.cell_type == "code" and bool(graded(cell).get("solution")) and not graded(cell).get("grade")


def is_own(cell: NotebookNode) -> bool:
    """Say whether a cell holds an experiment of the student's own: code that a person grades and grading never runs."""
    return cell.cell_type == "code" and bool(graded(cell).get("solution")) and bool(graded(cell).get("grade"))


def exercise_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the code cells a student fills in and a check grades, by grade_id."""
    return {graded(cell).grade_id: cell for cell in notebook.cells if is_exercise(cell) and "grade_id" in graded(cell)}


def pieces(notebook: NotebookNode, given: Collection[str] = ("given",)) -> list[Piece]:
    """Return what runs before the exercises are checked, in order, each piece in the same namespace.

    First every import statement at the top level of any code cell; then, in the notebook's order, the exercise cells
    and those that have one of the tags `given`. No other cell counts, so nothing that trains or measures ever runs.
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    statements = dict.fromkeys(statement for source in sources for statement in imports(source))
    found = [Piece("imports", "imports", "\n".join(statements))]
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if set(given) & set(tags(cell)):
            found.append(Piece(cell.id, "given", cell.source))
        elif is_exercise(cell):
            found.append(Piece(graded(cell).grade_id, "solution", cell.source))
    return found


def imports(source: str) -> Iterator[str]:
    """Yield the top-level import statements of a code cell, a line each.

    A cell that cannot be parsed has none, nor has one of more than MAX_SOURCE characters.
    """
    if len(source) > MAX_SOURCE:
        return
    try:
        tree = ast.parse(_MAGIC.sub("", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield ast.unparse(node)


def run_pieces(
    found: Sequence[Piece],
    names: dict[str, object],
    begin: Callable[[int], object] = int,
    skip: Collection[int] = (),
) -> dict[str, str]:
    """Run pieces one after the other in a namespace, each also when an earlier one stopped.

    Args:
        found: as `pieces` returns them. Imports run one by one; lines of IPython's (`%`, `!`) are left out.
        begin: called with the number of each piece before it runs.
        skip: numbers of pieces not to run.

    Returns:
        What stopped a cell, by its id: the name of the error and its message.
    """
    stopped: dict[str, str] = {}
    flags = 0
    for number, piece in enumerate(found):
        if number in skip:
            continue
        begin(number)
        for source in piece.source.splitlines() if piece.kind == "imports" else [piece.source]:
            flags = _FUTURE_FLAG if _FUTURE in source else flags
            if (error := _run(source, piece.cell_id, names, flags)) is not None:
                stopped[piece.cell_id] = error
    return stopped


def _run(source: str, name: str, names: dict[str, object], flags: int) -> str | None:
    file = f"<{name}>"
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        source = _MAGIC.sub(r"\1pass", source)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        exec(compile(source, file, "exec", flags, dont_inherit=True), names)
    except BaseException as error:  # whatever a student's cell does, the others run
        what = f"{error.msg} in line {error.lineno}" if isinstance(error, SyntaxError) else error
        return f"{type(error).__name__}: {what}"[:MAX_TEXT]
    return None
