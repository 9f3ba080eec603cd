"""Reading what anybody may hand in, within time and memory; a file that is too much costs its own student alone."""

import contextlib
import functools
import io
import itertools
import json
import struct
import time
import zipfile
from dataclasses import replace

import pytest
from grading_kit import FUNCTIONS, assignment, cell, packed, release, result, solved

from course.grading import command, reading, submissions
from course.grading.apart import LostError
from course.grading.feedback import page
from course.grading.gradebook import readable
from course.grading.jobs import Status
from course.grading.repair import MAX_ATTACHMENTS, MAX_CELLS, MAX_SOURCE, NotGradableError
from course.grading.submissions import find

OTHERS = {"91": frozenset({"other", "other-check"})}
SECONDS = 10
BYTES = 500_000_000
TOO_MUCH = b'{"cells":[' + b"{}," * 12_000_000 + b"{}]}"  # takes 900 MB, more than a process may have to spare
MANY = {
    **{repr(one): one for one in "a\n\r\t\f [({\\\"'<#%!`$]\0\x1b\u202e\u2028é🙂"},
    "lines": "a\n",
    "Windows lines": "a\r\n",
    "indented lines": "  \n",
    "brackets": "[(",
    "links": "](",
    "pictures": "](data:image/png;base64,",
    "references": "] \n[",
    "tags": "<a",
    "magics": "\n%",
    "imports": "import a\n",
    "statements": "a=1;",
    "minus": "-",
    "not": "not ",
    "lambda": "lambda:",
    "calls": "a()",
    "dicts": "{1:",
    "functions": "def mean(x): return x\n",
    "def": "def ",
    "f-strings": "f'{",
    "backslashes": "\\\n",
    "attachments": "attachment:a",
}


@functools.cache
def lab():
    return release()


@contextlib.contextmanager
def in_time():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SECONDS


def read(content):
    with in_time():
        return reading.read(content, lab(), FUNCTIONS, OTHERS)


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    """Nothing here may take more memory than this, whatever is allowed."""
    monkeypatch.setattr(reading, "READ_BYTES", BYTES)
    monkeypatch.setattr(submissions, "READ_BYTES", BYTES)


def full_of(text):
    """Return a notebook with a text in an answer of each kind, in an own code cell and in an own text cell."""
    notebook = solved(mean=text)
    question = cell(notebook, "why-remainder")
    question["source"] = text
    question["attachments"] = {"a": {"image/png": "QUJD"}}
    notebook["cells"] += [{"cell_type": kind, "source": text, "metadata": {}} for kind in ("code", "markdown")]
    return packed(notebook)


@pytest.mark.parametrize("size", [1_000_000, MAX_SOURCE])
@pytest.mark.parametrize("unit", MANY.values(), ids=MANY)
def test_much_of_one_thing_is_read(unit, size):
    text = (unit * size)[:size]
    answers, pieces = read(full_of(text))
    if size > MAX_SOURCE:
        assert {"mean", "why-remainder"} <= answers.unsolved
        assert "longer than" in " ".join(answers.notes)
        assert "was not looked through for imports" in " ".join(answers.notes)
    else:
        assert answers.sources["mean"] == text
        assert next(piece.source for piece in pieces if piece.cell_id == "mean") == text
        assert answers.texts["why-remainder"].startswith(text[:10].partition("attachment")[0])


@pytest.mark.parametrize("unit", MANY.values(), ids=MANY)
def test_much_of_one_thing_is_shown(unit):
    text = (unit * 1_000_000)[:1_000_000]
    with in_time():
        made = result(text=text, notes=(text,))
        made = replace(made, exercises=(replace(made.exercises[0], source=text, hint=text), *made.exercises[1:]))
    with in_time():
        assert len(readable(text)) >= 900_000
        assert len(page(made, "Lab 90")) > 3_000_000
        assert len(made.to_json()) > 3_000_000


def notebook_of(cells):
    return b'{"cells":[' + b",".join([cells] * 100_000) + b"]}"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: notebook_of(b"{}"), f"has 100000 cells, more than {MAX_CELLS}"),
        (lambda: notebook_of(b"[]"), f"has 100000 cells, more than {MAX_CELLS}"),
        (lambda: notebook_of(b'{"source":""}'), f"has 100000 cells, more than {MAX_CELLS}"),
        (lambda: b'{"cells":[' + b"{}," * 3_300_000 + b"{}]}", "has 3300001 cells"),
        (lambda: b"[" * 10_000_000, "not JSON"),
        (lambda: b'{"cells":' * 1_000_000 + b"1" + b"}" * 1_000_000, "not JSON"),
        (lambda: b'{"cells":[{"metadata":' + b"[" * 900 + b"]" * 900 + b"}]}", "no cell of this lab"),
        (lambda: b'{"cells":[' + b"9" * 1_000_000 + b"]}", "not JSON"),
        (lambda: b"\0" * 10_000_000, "empty"),
        (lambda: b"\xff\xfe" + b"\0" * 10_000_000, "not JSON"),
    ],
    ids=itertools.count(),
)
def test_much_of_nothing_is_refused(make, reason):
    with pytest.raises(NotGradableError, match=reason):
        read(make())


def test_what_takes_too_much_is_refused_with_a_reason(monkeypatch):
    monkeypatch.setattr(reading, "READ_BYTES", 20_000_000)
    with pytest.raises(NotGradableError, match=r"^the file cannot be read: it takes more than 20 MB of memory$"):
        read(TOO_MUCH)
    monkeypatch.setattr(reading, "READ_BYTES", BYTES)
    monkeypatch.setattr(reading, "READ_SECONDS", 1)
    monkeypatch.setattr(reading, "repair", lambda *_: next(n for n in itertools.count() if n < 0))
    with pytest.raises(NotGradableError, match=r"^the file cannot be read: it takes longer than 1 s$"):
        read(packed(solved()))


def test_what_is_wrong_with_the_reader_is_not_the_students_fault(monkeypatch):
    monkeypatch.setattr(reading, "repair", lambda *_: 1 / 0)
    with pytest.raises(LostError, match="ZeroDivisionError"):
        read(packed(solved()))


def test_many_pictures_are_left_out():
    notebook = solved()
    question = cell(notebook, "why-remainder")
    question["source"] = "attachment:" * 15_000
    question["attachments"] = {f"{n}": {"image/png": "QUJD"} for n in range(20_000)}
    answers, _ = read(packed(notebook))
    assert answers.texts["why-remainder"] == question["source"]
    assert f"The 20000 pictures of an answer, more than {MAX_ATTACHMENTS}, were left out." in answers.notes


def test_endless_imports_are_refused():
    notebook = solved()
    for first in range(0, 20_000, 1000):
        source = "\n".join(f"import a{n}" for n in range(first, first + 1000))
        notebook["cells"].append({"cell_type": "code", "source": source, "metadata": {}})
    with pytest.raises(NotGradableError, match="import statements have more than"):
        read(packed(notebook))


# Zip files.


def zip_of(members, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
        archive.comment = comment
    return stream.getvalue()


def many_entries(count, name="d/"):
    """Return a zip file whose list of members names one member many times."""
    one = zip_of([(name, b"")])
    at = one.index(b"PK\1\2")
    entry, end = one[at : one.index(b"PK\5\6")], one[-22:]
    counted = min(count, 0xFFFE)
    members = entry * count
    return one[:at] + members + struct.pack("<4s4H2LH", end[:4], 0, 0, counted, counted, len(members), at, 0)


def submission(folder, name, content):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    (folder / "zoe.ipynb").write_bytes(b"{}")  # of one entry that holds many names it could be a class
    with in_time():
        return find(folder, "90_small_lists", lab().grade_ids)["anna"]()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: many_entries(300_000), "the zip file's list of files has 14 MB, more than 5 MB"),
        (lambda: many_entries(60_000), "the zip file holds too many files"),
        (lambda: many_entries(40_000), "no notebook was handed in, but anna.zip"),
        (lambda: many_entries(300, "a.ipynb"), "the zip file holds too many notebooks"),
        (lambda: many_entries(70, "n" * 60_000 + ".ipynb"), ""),
        (lambda: b"PK\5\6" + bytes(1_000_000), "the zip file is damaged"),
        (lambda: b"PK\5\6" * 250_000, "the zip file is damaged"),
        (lambda: zip_of([("a.ipynb", b"[" * 49_000_000)]), ""),
        (lambda: zip_of((f"{n}.ipynb", b"[" * 900_000) for n in range(199)), ""),
        (lambda: zip_of([("a.ipynb", packed(solved()))], b"x" * 65_535), ""),
    ],
    ids=itertools.count(),
)
def test_a_zip_file_is_looked_into_within_limits(tmp_path, make, problem):
    found = submission(tmp_path, "anna.zip", make())
    assert found.problem.startswith(problem)
    assert bool(found.problem) == bool(problem) or "cannot be unpacked" in found.problem
    assert sum(map(len, found.notes)) < 10_000
    assert len(found.file) < 400


def test_files_that_take_too_much_to_choose_from_are_refused_with_a_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "READ_BYTES", 20_000_000)
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "b.ipynb").write_bytes(TOO_MUCH)
    found = submission(tmp_path, "anna/a.ipynb", TOO_MUCH)
    assert (found.file, found.content) == ("anna", b"")
    assert found.problem == "what was handed in cannot be read: it takes more than 20 MB of memory"


# The batch.


def test_the_batch_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "READ_BYTES", 100_000_000)
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in {
        "1.ipynb": TOO_MUCH,
        "2.zip": many_entries(300_000),
        "3.ipynb": full_of("\n" * 1_000_000),
        "4.ipynb": b"[" * 1_000_000,
        "5.ipynb": json.dumps(solved()).encode(),
    }.items():
        (folder / name).write_bytes(content)
    task = replace(assignment(), sandbox=False)
    results = {result.student: result for result in command.grade_folder(folder, task, tmp_path / "out").results}
    assert [results[name].status for name in "12345"] == [
        Status.FAILED,
        Status.FAILED,
        Status.GRADED,
        Status.FAILED,
        Status.GRADED,
    ]
    assert results["1"].reason == "the file cannot be read: it takes more than 100 MB of memory"
    assert not any(result.try_again for result in results.values())
    assert [results[name].points for name in "35"] == [4, 8]  # batch-means needs mean
    table = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    assert table[1].startswith("1,,,,,,,10,failed,the file cannot be read")
