"""Builders for the table in `hostile.py` that damage files and cells."""

import copy
import json
import os
from pathlib import Path

import nbformat
from hostile_kit import Kit, archive, cell_of, change, damage, dumped
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course.cells import check_cells
from labsupport.checks.pieces import graded

# Files.


def solved(kit: Kit) -> None:
    kit.save(kit.solved)


def solved_and_written(kit: Kit) -> None:
    write_answer(kit.solved)
    kit.save(kit.solved)


def untouched(kit: Kit) -> None:
    kit.save(kit.released)


def only_written(kit: Kit) -> None:
    write_answer(kit.released)
    kit.save(kit.released)


def write_answer(notebook: NotebookNode) -> None:
    cell_of(notebook, "why-remainder").source += "\n\nThe last batch is smaller, so its samples weigh more."


def script_written(kit: Kit) -> None:
    cell_of(kit.solved, "why-remainder").source = (
        "<script>alert(1)</script><img src=x onerror=alert(2)> [here](javascript:alert(3)) ![x](https://example.org/x)\n\n"
        "[there]: javascript:alert(4)\n[there]\n\n<javascript:alert(5)>"
    )
    kit.save(kit.solved)


def unsolved_mean(kit: Kit) -> None:
    cell_of(kit.solved, "mean").source = cell_of(kit.released, "mean").source
    kit.save(kit.solved)


def text(content: str):
    return lambda kit: kit.write(content.encode())


def half(kit: Kit) -> None:
    whole = dumped(kit.solved)
    kit.write(whole[: len(whole) // 2])


def latin_1(kit: Kit) -> None:
    cell_of(kit.solved, "title").source += " für Zoë"
    kit.write(json.dumps(kit.raw(), ensure_ascii=False).encode("latin-1"))


def byte_order_mark(kit: Kit) -> None:
    kit.write(b"\xef\xbb\xbf" + dumped(kit.solved))


def huge(kit: Kit) -> None:
    """A hole of 3 GB, which takes no room on disk, after the first bytes of a notebook."""
    path = kit.write(dumped(kit.solved)[:1000])
    os.truncate(path, 3_000_000_000)


def much_output(kit: Kit) -> None:
    cell_of(kit.solved, "end").outputs = [new_output("stream", name="stdout", text="x" * 20_000_000)]
    kit.save(kit.solved)


def format_3(kit: Kit) -> None:
    old = nbformat.convert(copy.deepcopy(kit.solved), 3)
    kit.write(nbformat.v3.writes_json(old).encode())


def format_4_0(kit: Kit) -> None:
    def edit(raw: dict) -> None:
        raw["nbformat_minor"] = 0
        for cell in raw["cells"]:
            del cell["id"]

    damage(edit)(kit)


format_5 = damage(lambda raw: {**raw, "nbformat": 5, "nbformat_minor": 0})
no_metadata = damage(lambda raw: {**raw, "metadata": {}})


def another_lab(kit: Kit) -> None:
    cells = [
        new_markdown_cell("# Lab 91: Other things", id="title"),
        new_code_cell(
            "def other(x):\n    return x", id="other", metadata={"nbgrader": {"grade_id": "other", "solution": True}}
        ),
        new_code_cell(
            "check_other(other)", id="other-check", metadata={"nbgrader": {"grade_id": "other-check", "grade": True}}
        ),
    ]
    kit.solved.cells = cells
    kit.save(kit.solved)


def wrong_kernel(kit: Kit) -> None:
    kit.solved.metadata.kernelspec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    kit.solved.metadata.language_info = {"name": "julia"}
    kit.save(kit.solved)


def renamed(kit: Kit) -> None:
    kit.save(kit.solved, "Hausaufgabe (2) – final.ipynb")


def hidden_copies(kit: Kit) -> None:
    kit.save(kit.solved, kit.file_name)
    kit.save(kit.released, f".ipynb_checkpoints/{kit.file_name.replace('.ipynb', '-checkpoint.ipynb')}")
    kit.write(b"\0\5\x16\7", f"__MACOSX/._{kit.file_name}")
    kit.write(b"\0\5\x16\7", f"._{kit.file_name}")
    kit.write(b"", ".DS_Store")


def two_names(kit: Kit) -> None:
    stamp(kit.save(kit.solved, kit.file_name), 1_700_000_000)
    stamp(kit.save(kit.released, "scratch.ipynb"), 1_700_000_500)


def resubmitted(kit: Kit) -> None:
    stamp(kit.save(kit.released, "first.ipynb"), 1_700_000_000)
    stamp(kit.save(kit.solved, "after the deadline.ipynb"), 1_700_900_000)


def stamp(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def empty_folder(kit: Kit) -> None:
    (kit.folder / kit.student).mkdir()


def script_only(kit: Kit) -> None:
    kit.write(b"print(1)\n", "lab.py")


zipped = archive(lambda kit: {kit.file_name: dumped(kit.solved), f"__MACOSX/._{kit.file_name}": b"\0\5"})
zip_of_nothing = archive(lambda kit: {"lab.py": b"print(1)\n"})
zip_bomb = archive(lambda kit: {kit.file_name: bytes(200_000_000)})
zip_slip = archive(lambda kit: {"../../../written.ipynb": dumped(kit.solved)})


def broken_zip(kit: Kit) -> None:
    zipped(kit)
    path = kit.folder / f"{kit.student}.zip"
    path.write_bytes(path.read_bytes()[:-30])


def link_to_other(kit: Kit) -> None:
    (kit.folder / f"{kit.student}.ipynb").symlink_to(kit.folder / "solved.ipynb")


# Cells.


@change
def new_ids(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


@change
def bare(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", NotebookNode()


@change
def no_cell_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


@change
def every_cell_twice(notebook: NotebookNode) -> None:
    notebook.cells = [twin for cell in notebook.cells for twin in (cell, copy.deepcopy(cell))]


def copy_below(kit: Kit, source: str) -> None:
    """Append a second cell with id and metadata of clip-pixels."""
    twin = copy.deepcopy(cell_of(kit.solved, "clip-pixels"))
    twin.source = source
    kit.solved.cells.append(twin)
    kit.save(kit.solved)


def later_copy_wrong(kit: Kit) -> None:
    copy_below(kit, "def clip_pixels(pixels):\n    return pixels")


def later_copy_unsolved(kit: Kit) -> None:
    copy_below(kit, cell_of(kit.released, "clip-pixels").source)


@change
def reverse(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def without(name: str):
    return change(lambda notebook: notebook.cells.remove(cell_of(notebook, name)))


@change
def without_checks(notebook: NotebookNode) -> None:
    gone = {cell.id for cell in check_cells(notebook).values()}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]


@change
def answer_in_a_new_cell(notebook: NotebookNode) -> None:
    old = cell_of(notebook, "clip-pixels")
    notebook.cells[notebook.cells.index(old)] = new_code_cell(old.source, id="my-own-cell")


@change
def answer_as_text(notebook: NotebookNode) -> None:
    old = cell_of(notebook, "clip-pixels")
    notebook.cells[notebook.cells.index(old)] = new_markdown_cell(old.source, id=old.id, metadata=old.metadata)


@change
def given_changed(notebook: NotebookNode) -> None:
    cell_of(notebook, "pixel-max").source = "PIXEL_MAX = 99"


@change
def checks_pass(notebook: NotebookNode) -> None:
    for cell in check_cells(notebook).values():
        cell.source = "pass"
    spoil_clip(notebook)


@change
def points_raised(notebook: NotebookNode) -> None:
    for cell in check_cells(notebook).values():
        graded(cell).points = 100
    spoil_clip(notebook)


@change
def tagged_given(notebook: NotebookNode) -> None:
    notebook.cells.append(new_code_cell("import os\nos._exit(0)", id="mine", metadata={"tags": ["given"]}))
    spoil_clip(notebook)


@change
def grade_ids_exchanged(notebook: NotebookNode) -> None:
    first, second = (graded(cell_of(notebook, name)) for name in ("mean", "clip-pixels"))
    first.grade_id, second.grade_id = second.grade_id, first.grade_id


def spoil_clip(notebook: NotebookNode) -> None:
    cell_of(notebook, "clip-pixels").source = "def clip_pixels(pixels):\n    return pixels"


@change
def own_imports(notebook: NotebookNode) -> None:
    notebook.cells.insert(2, new_code_cell("from statistics import fmean", id="my-imports"))
    cell_of(notebook, "mean").source = "import math\n\ndef mean(values):\n    return math.fsum([fmean(values)])"


@change
def absent_import(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("import no_such_module", id="my-imports"))


@change
def helper_cell(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("def helper(pixels):\n    return np.clip(pixels, 0, 255)", id="my-helper"))
    cell_of(notebook, "clip-pixels").source = "def clip_pixels(pixels):\n    return helper(pixels).astype(np.uint8)"
