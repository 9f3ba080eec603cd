"""Which parts of a lab's notebook have to run before its exercises can be checked, and nothing else.

The one place that says so: for a student's own check of the whole notebook, for grading, and for the course's proofs.
A notebook here is an `nbformat.NotebookNode`. Nothing here runs a cell.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode


@dataclass(frozen=True)
class Piece:
    """Source that must run before exercises are checked; kind is "imports", "given" or "solution"."""

    cell_id: str
    kind: str
    source: str


def graded(cell: NotebookNode) -> NotebookNode:
    """Return a cell's nbgrader metadata, empty where it has none."""
    return cell.metadata.get("nbgrader", NotebookNode())


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def exercise_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the code cells a student fills in, by grade_id."""
    return {
        graded(cell).grade_id: cell
        for cell in notebook.cells
        if cell.cell_type == "code" and graded(cell).get("solution")
    }


def pieces(notebook: NotebookNode) -> list[Piece]:
    """Return what runs before the exercises are checked, in order, each piece in the same namespace.

    First every import statement at the top level of any code cell; then, in the notebook's order, the cells tagged
    `given` and the exercise cells. No other cell counts, so nothing that trains or measures ever runs.
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    statements = dict.fromkeys(statement for source in sources for statement in imports(source))
    found = [Piece("imports", "imports", "\n".join(statements))]
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "given" in tags(cell):
            found.append(Piece(cell.id, "given", cell.source))
        elif graded(cell).get("solution"):
            found.append(Piece(graded(cell).grade_id, "solution", cell.source))
    return found


def imports(source: str) -> Iterator[str]:
    """Yield the top-level import statements of a code cell, a line each; a cell that cannot be parsed has none."""
    try:
        tree = ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield ast.unparse(node)
