"""The cells of a lab that grading knows, found by what their metadata says."""

from collections import Counter
from collections.abc import Iterable

from nbformat import NotebookNode

from labsupport.checks.pieces import graded, is_own

BEGIN_SOLUTION = "### BEGIN SOLUTION"
END_SOLUTION = "### END SOLUTION"
CHECK_SUFFIX = "-check"


def check_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the graded check cells, by the grade_id of their exercise."""
    return {
        graded(cell).grade_id.removesuffix(CHECK_SUFFIX): cell
        for cell in notebook.cells
        if cell.cell_type == "code" and graded(cell).get("grade") and not graded(cell).get("solution")
    }


def manual_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the cells that a person grades, by grade_id: answers in words, and experiments of the student's own."""
    return {
        graded(cell).grade_id: cell
        for cell in notebook.cells
        if graded(cell).get("grade") and (cell.cell_type == "markdown" or is_own(cell))
    }


def solution_lines(source: str) -> list[str]:
    """Return the lines of a cell that stand between the solution marks."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        if END_SOLUTION in line:
            inside = False
        if inside:
            lines.append(line)
        if BEGIN_SOLUTION in line:
            inside = True
    return lines


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]
