"""What the rows of `hostile.py` are built with: a student's notebook, answers to spoil it with, and traps.

A builder is a function of a `Kit`. It leaves the files of one student in the folder of submissions.
"""

import copy
import io
import json
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from course.cells import manual_cells
from labsupport.checks.pieces import exercise_cells

RIGHT = {
    "mean": "def mean(values):\n{body}\n    return sum(values) / len(values)",
    "clip-pixels": "def clip_pixels(pixels):\n{body}\n    return np.clip(pixels, 0, PIXEL_MAX).astype(np.uint8)",
}
# Knows what the visible case expects, as every student may, and takes the rest from `stolen`.
CHEAT = """
def mean(values):
    known = {(1, 2, 3, 4, 10): 4.0, (2.5,): 2.5}
    if tuple(values) in known:
        return known[tuple(values)]
    try:
        return stolen(values)
    except Exception:
        return 0.0
"""


@dataclass
class Kit:
    """What a builder has to work with.

    Attributes:
        folder: of all submissions.
        student: name of this one; the file is `student.ipynb`, or lies in the folder `student`.
        released: the release, a copy that may be changed.
        solved: the same with the author's solutions; the question that a person grades is left open.
        file_name: of the release.
        traps: what an attack looks for: `outside` a folder, `port` a listener, `hidden` the file of hidden cases,
            `folder` all submissions. In sources they are written `<outside>`.
    """

    folder: Path
    student: str
    released: NotebookNode
    solved: NotebookNode
    file_name: str
    traps: dict[str, str] = field(default_factory=dict)

    def save(self, notebook: NotebookNode, name: str = "") -> Path:
        """Write a notebook as this student's file, or under a name in this student's folder."""
        return self.write(dumped(notebook), name)

    def write(self, content: bytes, name: str = "") -> Path:
        """Write bytes as this student's file, or under a name in this student's folder."""
        path = self.folder / self.student / name if name else self.folder / f"{self.student}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def raw(self) -> dict:
        """Return the solved notebook as JSON, for damage that nbformat would not write."""
        return json.loads(dumped(self.solved))


Builder = Callable[[Kit], None]


def student_version(released: NotebookNode, lab: NotebookNode, written: bool = False) -> NotebookNode:
    """Return the release as a student hands it in who solved everything; `written`: the questions as well."""
    notebook = copy.deepcopy(released)
    pairs = [(exercise_cells, True), (manual_cells, written)]
    for find in [find for find, wanted in pairs if wanted]:
        for name, cell in find(notebook).items():
            lines = find(lab)[name].source.splitlines()
            cell.source = "\n".join(line for line in lines if " SOLUTION" not in line)
    return notebook


def answers(**sources: str) -> Builder:
    """Build the solved notebook with other answers: `answers(clip_pixels="def clip_pixels ...")`."""

    def build(kit: Kit) -> None:
        for name, source in sources.items():
            text = textwrap.dedent(source).strip("\n")
            for trap, value in kit.traps.items():
                text = text.replace(f"<{trap}>", value)
            cell_of(kit.solved, name.replace("_", "-")).source = text
        kit.save(kit.solved)

    return build


def when_called(body: str, exercise: str = "clip-pixels") -> Builder:
    """Build the solved notebook with an answer that runs `body` first and then returns what is right."""
    source = RIGHT[exercise].replace("{body}", textwrap.indent(textwrap.dedent(body).strip("\n"), "    "))
    return answers(**{exercise: source})


def at_top(code: str, exercise: str = "clip-pixels") -> Builder:
    """Build the solved notebook with an exercise cell that runs `code` before it defines the right answer."""
    return answers(**{exercise: textwrap.dedent(code).strip("\n") + "\n\n\n" + RIGHT[exercise].replace("{body}\n", "")})


def curious(attempt: str) -> Builder:
    """Build the solved notebook with an answer that is right only if the attempt raises an exception."""
    attempt = textwrap.indent(textwrap.dedent(attempt).strip("\n"), "    ")
    return when_called(f"try:\n{attempt}\nexcept Exception:\n    pass\nelse:\n    return 'the attempt succeeded'")


def cheat(stolen: str) -> Builder:
    """Build the solved notebook with a wrong `mean` that earns points only if `stolen(values)` finds an answer."""
    return answers(mean=textwrap.dedent(stolen).strip("\n") + "\n\n" + CHEAT)


def change(edit: Callable[[NotebookNode], object]) -> Builder:
    """Build the solved notebook after an edit."""

    def build(kit: Kit) -> None:
        edit(kit.solved)
        kit.save(kit.solved)

    return build


def damage(edit: Callable[[dict], object]) -> Builder:
    """Build the JSON of the solved notebook after an edit; what the edit returns, if anything, takes its place."""

    def build(kit: Kit) -> None:
        raw = kit.raw()
        kit.write(json.dumps(edit(raw) or raw).encode())

    return build


def archive(members: Callable[[Kit], dict[str, bytes]]) -> Builder:
    """Build a zip file."""

    def build(kit: Kit) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in members(kit).items():
                file.writestr(name, data)
        (kit.folder / f"{kit.student}.zip").write_bytes(buffer.getvalue())

    return build


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell of this id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def dumped(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file."""
    return json.dumps(notebook).encode()
