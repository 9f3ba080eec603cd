"""The stored labs: find them, read them, write them so that a diff shows what changed.

A notebook here is an `nbformat.NotebookNode` of format 4.5, whose cells have ids.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import reads_json

from course import CourseError
from labsupport import PROJECT_DIR, files
from labsupport.claims import VERDICTS_MIME

BUILD_DIR = PROJECT_DIR / "build"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_NOTEBOOK_METADATA = ("celltoolbar", "jupytext", "labs")


@dataclass(frozen=True)
class LabInfo:
    """What a lab's first cell and its graded cells say of it; minutes are text such as "90" or "60 to 90"."""

    number: str
    title: str
    minutes: str
    points: float


def find_labs(lab: str | None = None, root: Path | None = None) -> list[Path]:
    """Return the stored labs in order, or the one with this number.

    Args:
        lab: a number such as "00"; all labs without it.
        root: the folder that holds `notebooks/`; the project by default.

    Raises:
        CourseError: there is no lab of that number.
    """
    found = sorted(((root or PROJECT_DIR) / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    if lab is None:
        return found
    chosen = [path for path in found if path.name.startswith(f"{lab.zfill(2)}_")]
    if not chosen:
        numbers = ", ".join(path.name[:2] for path in found) or "none"
        raise CourseError(f"There is no lab {lab}. The labs in notebooks/ are: {numbers}.")
    return chosen


def read(path: Path) -> NotebookNode:
    """Read a notebook as it is: other than `nbformat.read`, without giving new ids to cells whose ids are equal.

    Raises:
        CourseError: the file is no notebook of format 4.
    """
    try:
        return reads_json(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise CourseError(f"{path.name} cannot be read as a notebook of format 4: {error}") from error


def write(notebook: NotebookNode, path: Path) -> None:
    """Put a notebook in place of the file in one step; a write that fails leaves the file as it was."""
    files.replace(path, nbformat.writes(notebook).rstrip("\n") + "\n")


def normalise(notebook: NotebookNode) -> None:
    """Drop what differs between machines and says nothing: kernel versions, times, front-end state."""
    kept = {name: notebook.metadata[name] for name in KEPT_NOTEBOOK_METADATA if name in notebook.metadata}
    notebook.metadata = NotebookNode(kept, kernelspec=dict(KERNEL), language_info={"name": "python"})
    for cell in notebook.cells:
        for name in ("execution", "ExecuteTime", "collapsed", "scrolled", "jupyter"):
            cell.metadata.pop(name, None)


def ledgers(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Return the ledgers in the stored outputs, as `labsupport.claims.Ledger.bundle` wrote them."""
    return [
        output.data[VERDICTS_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VERDICTS_MIME in output.get("data", {})
    ]


def lab_info(path: Path, notebook: NotebookNode) -> LabInfo:
    """Read what the table of labs says: number from the file name, title and minutes from the first cell, all points.

    Raises:
        CourseError: the first cell is no markdown cell with a `# Title` and a number of minutes.
    """
    first = notebook.cells[0] if notebook.cells else NotebookNode(cell_type="none", source="")
    title = re.search(r"^# (?:Lab )?(?:\d\d[:.,]? )?(.+)$", first.source, re.MULTILINE)
    minutes = re.search(r"(\d+(?: to \d+)?) minutes", first.source)
    if first.cell_type != "markdown" or not title or not minutes:
        raise CourseError(f'{path.name}: the first cell must hold "# Title" and the time it takes, as in "90 minutes".')
    graded = [cell.metadata["nbgrader"] for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    points = sum(entry.get("points", 0) for entry in graded)
    return LabInfo(path.name[:2], title[1].strip(), minutes[1], points)
