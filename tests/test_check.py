"""A student's look at the whole notebook before it is handed in."""

import nbformat
import pytest
from sample_course import FIXTURE_ROOT

from course.exercises import read
from course.release import release
from labsupport import check


@pytest.fixture(scope="module")
def lab():
    return read("90", FIXTURE_ROOT)


@pytest.fixture
def solved(lab):
    return nbformat.from_dict(lab.notebook)


def put(notebook, name, source):
    next(cell for cell in notebook.cells if cell.id == name).source = source


@pytest.fixture
def handed_in(tmp_path, capsys):
    def run(notebook):
        path = tmp_path / "mine.ipynb"
        path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))
        status = check.main([str(path)])
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    return run


def test_the_solved_lab_agrees(solved, handed_in):
    status, text = handed_in(solved)
    assert status == 0
    assert text.count(check.AGREES) == 4
    assert "4 of 4 exercises agree, worth 8 of 8 points.\nGrading tries more cases than these" in text


def test_the_released_lab_is_not_solved_yet(lab, tmp_path, handed_in):
    status, text = handed_in(release(lab.path, tmp_path / "build").read_text())
    assert status == 0
    assert text.count(check.UNSOLVED) == 4


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        (
            "mean",
            "def mean(values):\n    return sum(values) // len(values)",
            "Got 4 of type int, expected float.  [rounds-down]",
        ),
        ("mean", "def mean(values):\n    return total / len(values)", "name 'total' is not defined"),
        ("mean", "def mean(values):\n    return (", "the cell stops: SyntaxError: '(' was never closed in line 2"),
        ("mean", "def average(values):\n    return 0", "the cell defines no mean"),
        ("mean", "import sys\nsys.exit()", "the cell stops: SystemExit"),
        ("mean", "def mean(values):\n    raise NotImplementedError", check.UNSOLVED),
    ],
)
def test_a_mistake_is_named_and_the_others_are_checked(solved, handed_in, name, source, words):
    total = nbformat.v4.new_code_cell("total = 3", id="scratch")
    solved.cells.insert(0, total)  # grading does not run it
    put(solved, name, source)
    status, text = handed_in(solved)
    line = next(line for line in text.splitlines() if line.startswith(name))
    assert words in line
    assert status == (0 if words == check.UNSOLVED else 1)
    assert "clip-pixels" in text


@pytest.mark.parametrize(
    "source",
    [
        "raise ValueError('\\x1b]0;x\\x07\\x9b2J\\u202e')",
        "def mean(values):\n    raise ValueError('\\x1b]0;x\\x07\\x9b2J\\u202e')",
        "def mean(values):\n    return '\\x1b]0;x\\x07\\x9b2J\\u202e'",
    ],
)
def test_nothing_that_is_printed_acts_on_a_terminal(solved, handed_in, source):
    put(solved, "mean", source)
    status, text = handed_in(solved)
    assert status == 1
    assert r"\x1b]0;x\x07\x9b2J\u202e" in text
    assert text.replace("\n", "").isprintable()


def test_a_missing_cell_is_named(solved, handed_in):
    solved.cells = [cell for cell in solved.cells if cell.id != "clip-pixels"]
    status, text = handed_in(solved)
    assert status == 1
    assert "clip-pixels    the cell of this exercise is missing" in text


def test_what_is_no_lab_is_named(handed_in, tmp_path, capsys):
    assert handed_in("{") == (2, "mine.ipynb is no notebook: NotJSONError.\n")
    assert handed_in(nbformat.v4.new_notebook()) == (2, "mine.ipynb has no exercise of a lab.\n")
    assert check.main([str(tmp_path / "nowhere.ipynb")]) == 2
    assert "nowhere.ipynb cannot be read: No such file" in capsys.readouterr().err
