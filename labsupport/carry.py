"""What a release says of itself, and a student's notebook of an earlier release carried into a new one.

A released notebook's metadata hold the lab's number, the release's id, and a short digest of each cell as it was
released. So it can be told later which cells a student wrote or changed, and which the course changed since.
"""

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from labsupport.checks.pieces import graded, is_own

KEY = "compression_labs"
DIGITS = 10


@dataclass(frozen=True)
class Carried:
    """A student's notebook in its new form.

    Attributes:
        notebook: the new release with all that the student wrote.
        answers: cells to fill in that hold the student's answer now.
        mended: cells to fill in whose text the course changed since; the student's answer stands in them.
        lost: other cells that both changed; the course's version stands there now.
        own: how many cells of the student's own were added.
    """

    notebook: NotebookNode
    answers: tuple[str, ...]
    mended: tuple[str, ...]
    lost: tuple[str, ...]
    own: int


def stamp(notebook: NotebookNode, lab: str) -> None:
    """Write into a released notebook what it is.

    Args:
        lab: its number, such as "00".
    """
    cells = {cell.id: digest(cell.source) for cell in notebook.cells}
    about = "".join(
        f"{name} {value} {graded(cell)}\n" for (name, value), cell in zip(cells.items(), notebook.cells, strict=True)
    )
    notebook.metadata[KEY] = {"lab": lab, "release": digest(about), "cells": cells}


def release_of(metadata: object) -> tuple[str, dict[str, str]]:
    """Return a notebook's release id and its cells' digests; "" and none where its metadata do not say.

    Args:
        metadata: of the notebook; anyone may have written them.
    """
    about = metadata.get(KEY) if isinstance(metadata, Mapping) else None
    about = about if isinstance(about, Mapping) else {}
    release, cells = about.get("release"), about.get("cells")
    known = cells.items() if isinstance(cells, Mapping) else ()
    digests = {name: value for name, value in known if isinstance(name, str) and isinstance(value, str)}
    return (release if isinstance(release, str) else "")[:DIGITS], digests


def digest(source: str) -> str:
    """Return a short digest of a cell's source, whatever editors do to line ends."""
    even = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(even.encode(errors="replace")).hexdigest()[:DIGITS]


def carry(old: NotebookNode, new: NotebookNode) -> Carried:
    """Put what a student wrote into a new release.

    A cell to fill in keeps the student's answer. Any other cell that the student changed keeps it where the course left
    the cell as it was. Cells of the student's own stand behind the cell that they stood behind. Outputs are left out,
    except those of experiments, which are graded by what is stored.

    Args:
        old: the student's notebook, of any release.
        new: the new release.
    """
    _, before = release_of(old.metadata)
    made = copy.deepcopy(new)
    places = {cell.id: cell for cell in made.cells}
    by_grade_id = {graded(cell).grade_id: cell for cell in made.cells if graded(cell)}
    answers, mended, lost, own = [], [], [], []
    last = ""
    for cell in old.cells:
        name = cell.get("id", "")
        target = places.get(name) or by_grade_id.get(graded(cell).get("grade_id"))
        if target is None:
            if name not in before and cell.source.strip():
                own.append((last, cell))
            continue
        last = target.id
        if digest(cell.source) in (before.get(name), digest(target.source)) or _is_stub(cell, before):
            continue
        is_same = before.get(name, digest(target.source)) == digest(target.source)
        if graded(target).get("solution"):
            target.source = cell.source
            target.update({key: cell[key] for key in ("attachments",) if key in cell})
            if is_own(target):
                target.outputs, target.execution_count = cell.get("outputs", []), cell.get("execution_count")
            answers.append(target.id)
            mended += [] if is_same else [target.id]
        elif before and is_same and not graded(target):
            target.source = cell.source
        elif before and not graded(target):
            lost.append(target.id)
    for last, cell in reversed(own):
        at = next((number for number, other in enumerate(made.cells) if other.id == last), -1)
        made.cells.insert(at + 1, _without_output(cell))
    return Carried(made, tuple(answers), tuple(mended), tuple(lost), len(own))


def _is_stub(cell: NotebookNode, before: Mapping[str, str]) -> bool:
    """Say of a notebook that does not know its release whether a cell still asks for an answer."""
    asks = ('raise NotImplementedError("write your', "*Write your answer here.*")
    return not before and any(words in cell.source for words in asks)


def _without_output(cell: NotebookNode) -> NotebookNode:
    cell = copy.deepcopy(cell)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell
