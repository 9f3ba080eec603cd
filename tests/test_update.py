"""A mended lab in the middle of a term: a student's answers go into the new release, and nothing is lost."""

import json
import shutil
import zipfile
from dataclasses import replace

import nbformat
import pytest
from grading_kit import assignment, instructors, packed, solved
from nbformat.v4 import new_code_cell
from sample_course import FIXTURE_ROOT

from course import student
from course.grading.grade import grade_one
from course.grading.jobs import Job
from labsupport import carry as carry_module
from labsupport import update as update_module
from labsupport.carry import carry, release_of, stamp
from labsupport.checks.pieces import exercise_cells
from labsupport.update import UpdateError, update

NAME = "90_small_lists.ipynb"


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Give two zip files: a release, and one in which an exercise's text and a sentence of the lab changed."""
    home = tmp_path_factory.mktemp("releases")
    root = shutil.copytree(FIXTURE_ROOT, home / "course")
    first = student.build_zip(home / "first" / "student.zip", root)
    path = root / "notebooks" / NAME
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == "mean":
            cell.source = cell.source.replace('"""Return', '"""Compute and return')
        if cell.id == "title":
            cell.source += "\n\nMended."
    nbformat.write(notebook, path)
    return first, student.build_zip(home / "second" / "student.zip", root)


@pytest.fixture
def folder(tmp_path, releases):
    """Unpack the first release as a student does."""
    with zipfile.ZipFile(releases[0]) as archive:
        archive.extractall(tmp_path)
    return tmp_path / student.FOLDER


def work(folder, **changes):
    """Do a student's work: sources by cell id, with hyphens as underlines."""
    path = folder / "notebooks" / NAME
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = changes.get(cell.id.replace("-", "_"), cell.source)
    nbformat.write(notebook, path)
    return notebook


def cells(folder):
    return {cell.id: cell for cell in nbformat.read(folder / "notebooks" / NAME, as_version=4).cells}


def test_answers_go_into_the_new_release_and_the_old_file_is_kept(folder, releases):
    answers = {name.replace("-", "_"): cell.source for name, cell in exercise_cells(instructors()).items()}
    work(folder, mean=answers["mean"], clip_pixels=answers["clip_pixels"], why_remainder="Because.")
    before = (folder / "notebooks" / NAME).read_bytes()
    said = "\n".join(update(releases[1], folder))
    now = cells(folder)
    assert now["mean"].source == answers["mean"]
    assert now["clip-pixels"].source == answers["clip_pixels"]
    assert now["why-remainder"].source == "Because."
    assert "NotImplementedError" in now["split-batches"].source
    assert "Mended." in now["title"].source
    assert (folder / "before" / "1" / "notebooks" / NAME).read_bytes() == before
    assert "with 3 of your answers" in said
    assert "the text changed of mean: read it again" in said
    assert "1 files were replaced; the earlier ones are in before/1/" in said
    assert list(update(releases[1], folder))[-1] == "All files are of this release already."


def test_what_is_of_this_release_is_left_as_it_is(folder, releases):
    work(folder, mean="def mean(values): return 0")
    before = (folder / "notebooks" / NAME).read_bytes()
    assert list(update(releases[0], folder)) == [
        f"{NAME}: of this release already, left as it is.",
        "All files are of this release already.",
    ]
    assert (folder / "notebooks" / NAME).read_bytes() == before


def test_package_and_data_are_replaced_and_kept(folder, releases):
    path = folder / "labsupport" / "claims.py"
    path.write_text("# mine")
    (folder / "notebooks" / "mine.ipynb").write_text("{}")
    (folder / "data" / "mine.csv").write_text("1")
    list(update(releases[1], folder))
    assert "# mine" not in path.read_text()
    assert (folder / "before" / "1" / "labsupport" / "claims.py").read_text() == "# mine"
    assert (folder / "notebooks" / "mine.ipynb").read_text() == "{}"
    assert (folder / "data" / "mine.csv").read_text() == "1"


def test_a_second_update_keeps_both_earlier_files(folder, releases):
    work(folder, mean="def mean(values): return 1")
    list(update(releases[1], folder))
    list(update(releases[0], folder))
    assert {path.name for path in (folder / "before").iterdir()} == {"1", "2"}
    assert cells(folder)["mean"].source == "def mean(values): return 1"


def test_a_damaged_notebook_is_put_aside(folder, releases):
    (folder / "notebooks" / NAME).write_bytes(b"{")
    said = list(update(releases[1], folder))
    assert said[0] == f"{NAME}: your file cannot be read and was put aside; the new release stands there."
    assert (folder / "before" / "1" / "notebooks" / NAME).read_bytes() == b"{"
    assert "Mended." in cells(folder)["title"].source


@pytest.mark.parametrize("content", [b"", b"no zip", "empty"])
def test_what_is_no_release_changes_nothing(folder, tmp_path, content):
    path = tmp_path / "x.zip"
    if content == "empty":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/b.txt", "c")
    else:
        path.write_bytes(content)
    with pytest.raises(UpdateError, match=r"cannot be read as a zip file|no student\.zip"):
        list(update(path, folder))
    assert not (folder / "before").exists()


def test_the_courses_own_folder_is_refused(folder, releases):
    (folder / "course").mkdir()
    with pytest.raises(UpdateError, match="the course's own folder"):
        list(update(releases[1], folder))


def test_the_command_says_it(folder, releases, monkeypatch, capsys):
    monkeypatch.setattr(update_module, "PROJECT_DIR", folder)
    assert update_module.main([str(releases[1])]) == 0
    assert "new release" in capsys.readouterr().out
    assert update_module.main(["nothing.zip"]) == 1
    assert "nothing.zip cannot be read" in capsys.readouterr().err


def notebook(**sources):
    made = nbformat.v4.new_notebook()
    made.cells = [new_code_cell(source, id=name) for name, source in sources.items()]
    stamp(made, "90")
    return made


def test_cells_of_a_students_own_keep_their_places():
    old, new = notebook(a="1", b="2"), notebook(a="1", c="3", b="2")
    old.cells.insert(1, new_code_cell("mine()", id="x", execution_count=3))
    old.cells.insert(2, new_code_cell("mine_too()", id="y"))
    old.cells.insert(0, new_code_cell("first()", id="z"))
    carried = carry(old, new)
    assert [cell.source for cell in carried.notebook.cells] == ["first()", "1", "mine()", "mine_too()", "3", "2"]
    assert carried.own == 3
    assert carried.notebook.cells[2].execution_count is None


def test_a_changed_cell_of_the_lab_is_kept_where_the_course_left_it():
    old, new = notebook(guess="guess = 1", other="x = 1"), notebook(guess="guess = 1", other="x = 2")
    old.cells[0].source = "guess = 7"
    old.cells[1].source = "x = 8"
    carried = carry(old, new)
    assert [cell.source for cell in carried.notebook.cells] == ["guess = 7", "x = 2"]
    assert carried.lost == ("other",)


def test_a_notebook_that_does_not_know_its_release_gives_its_answers():
    old, new = (nbformat.from_dict(solved()) for _ in range(2))
    for made in (old, new):
        for cell in exercise_cells(made).values():
            cell.source = 'raise NotImplementedError("write your answer here")'
    exercise_cells(old)["mean"].source = "def mean(values): return 2"
    exercise_cells(old)["clip-pixels"].source = 'raise NotImplementedError("write your answer as it was asked before")'
    stamp(new, "90")
    old.metadata.pop(carry_module.KEY, None)
    carried = carry(old, new)
    assert "return 2" in exercise_cells(carried.notebook)["mean"].source
    assert carried.answers[0] == "mean"
    assert "clip-pixels" not in carried.answers


@pytest.mark.parametrize(
    "about", [None, 5, "x", {"release": 5}, {"cells": [1]}, {"release": "a", "cells": {"b": 1, 2: "c"}}]
)
def test_metadata_of_any_kind_are_read(about):
    release, digests = release_of({carry_module.KEY: about})
    assert isinstance(release, str)
    assert digests == {}
    assert release_of(about) == ("", {})


def test_two_releases_of_the_same_lab_are_the_same(releases):
    with zipfile.ZipFile(releases[0]) as one, zipfile.ZipFile(releases[1]) as other:
        texts = [json.loads(archive.read(f"{student.FOLDER}/notebooks/{NAME}")) for archive in (one, other)]
    first, second = (release_of(text["metadata"])[0] for text in texts)
    assert first == release_of(json.loads(assignment().release)["metadata"])[0]
    assert first != second


def test_grading_names_the_release_of_a_file_and_what_changed(releases):
    with zipfile.ZipFile(releases[1]) as archive:
        later = json.loads(archive.read(f"{student.FOLDER}/notebooks/{NAME}"))
    task = replace(assignment(), sandbox=False)
    found = grade_one(Job(task, "ada", "ada.ipynb", packed(later)))
    ids = [release_of(text["metadata"])[0] for text in (later, json.loads(task.release))]
    assert (
        f"The file is of release {ids[0]}, and is graded as one of {ids[1]}: the text of 'mean' changed"
        in found.notes[0]
    )
    assert not any("release" in note for note in grade_one(Job(task, "bo", "bo.ipynb", packed(solved()))).notes)
