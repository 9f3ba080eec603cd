"""From a folder to grades: what is graded again, what is kept, what is written; and the commands themselves."""

import argparse
import csv
import functools
import re
from dataclasses import replace

import pytest
from grading_kit import assignment, cell, packed, released, solved
from nbgrader import api
from sample_course import FIXTURE_ROOT

from course import cli
from course.grading import command, grade
from course.grading.command import grade_folder
from course.grading.jobs import Status
from course.grading.store import Store

alembic_version = functools.cache(api.get_alembic_version)


@pytest.fixture(autouse=True)
def ask_alembic_once(monkeypatch):
    monkeypatch.setattr(api, "get_alembic_version", alembic_version)


@pytest.fixture
def task():
    return replace(assignment(), sandbox=False)


class Classroom:
    """A folder of submissions; `grade` says for which students a job was carried out."""

    def __init__(self, home, task):
        self.folder, self.target, self.task = home / "in", home / "out", task
        self.folder.mkdir()

    def put(self, name, content):
        (self.folder / f"{name}.ipynb").write_bytes(content)

    def grade(self, run=map, **options):
        done = []

        def watched(jobs):
            for result in run(grade.grade_one, jobs):
                done.append(result.student)
                yield result

        task = options.pop("task", self.task)
        results = grade_folder(self.folder, task, self.target, run=watched, **options)
        return sorted(done), {result.student: result for result in results}

    def table(self):
        with (self.target / "grades.csv").open(newline="", encoding="utf-8") as stream:
            return {line["student"]: line for line in csv.DictReader(stream)}


@pytest.fixture
def room(tmp_path, task):
    return Classroom(tmp_path, task)


def untouched():
    return packed(released())


def test_everything_is_written(room):
    room.put("ada", packed(solved()))
    room.put("bo", untouched())
    room.put("cy", b"{")
    (room.folder / "di").mkdir()
    done, results = room.grade(students=["Ada", "bo", "Zoe\u0308", " ", ""])
    assert done == ["ada", "bo", "cy"]
    assert {name: result.status for name, result in results.items()} == {
        "ada": Status.GRADED,
        "bo": Status.GRADED,
        "cy": Status.FAILED,
        "di": Status.MISSING,
        "Ada": Status.MISSING,
        "Zoë": Status.MISSING,
    }
    assert {name: line["total"] for name, line in room.table().items()} == {
        "ada": "8",
        "bo": "0",
        "cy": "",
        "di": "",
        "Ada": "",
        "Zoë": "",
    }
    assert {path.name for path in room.target.iterdir()} == {"results", "grades.csv", "feedback", "formgrader"}
    assert {path.name for path in (room.target / "feedback").iterdir()} == {"ada.html", "bo.html", "cy.html"}


def test_nothing_that_is_written_holds_control_characters(room):
    acts = "\x1b]0;x\x07\x9b2J\u202e\0"
    notebook = solved(mean=f'def mean(values):\n\traise ValueError("{acts[:-1]}")  # {acts}\r\n')
    cell(notebook, "why-remainder")["source"] = f"Because {acts}"
    room.put(f"ada{acts[:-1]}", packed(notebook))
    room.put("bo", acts.encode())
    done, results = room.grade(students=[f"cy{acts}"])
    ada = r"ada\x1b]0;x\x07\x9b2J\u202e"
    assert done == [ada, "bo"]
    assert set(results) == {ada, "bo", r"cy\x1b]0;x\x07\x9b2J\u202e\x00"}
    assert r"\x1b]0;x" in results[ada].exercises[0].source
    written = [path for path in room.target.rglob("*") if path.suffix in (".csv", ".html", ".json", ".ipynb")]
    assert {path.suffix for path in written} == {".csv", ".html", ".json", ".ipynb"}
    for path in (*written, *room.target.rglob("*")):
        assert re.sub(r"[\n\t]", "", str(path)).isprintable()
    for path in written:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", path.read_text(encoding="utf-8")), path
        assert r"\u001b" not in path.read_text(encoding="utf-8")
    assert room.grade()[0] == []


def test_a_list_may_leave_out_the_number_of_the_lms(room):
    room.put("Ada Berg_12_34_x", untouched())
    assert set(room.grade(students=["Ada Berg"])[1]) == {"Ada Berg_12"}


def test_only_what_changed_is_graded_again(room, task):
    for name in ("ada", "bo", "cy"):
        room.put(name, untouched())
    (room.folder / "di").mkdir()
    assert room.grade()[0] == ["ada", "bo", "cy"]
    before = (room.target / "grades.csv").stat().st_mtime_ns
    assert room.grade()[0] == []
    assert (room.target / "grades.csv").stat().st_mtime_ns == before
    room.put("bo", packed(solved()))
    room.put("di/late", packed(solved()))
    done, results = room.grade()
    assert done == ["bo", "di"]
    assert (results["bo"].points, results["di"].points) == (8, 8)
    assert room.grade(task=replace(task, version="another"))[0] == ["ada", "bo", "cy", "di"]


def test_a_stopped_run_goes_on(room):
    for name in ("ada", "bo", "cy"):
        room.put(name, untouched())

    def stopped(function, jobs):
        for number, job in enumerate(jobs):
            if number == 2:
                raise KeyboardInterrupt
            yield function(job)

    with pytest.raises(KeyboardInterrupt):
        room.grade(run=stopped)
    done, results = room.grade()
    assert done == ["cy"]
    assert set(results) == {"ada", "bo", "cy"}


def test_results_may_come_in_any_order(room):
    for name in ("ada", "bo", "cy"):
        room.put(name, untouched())
    _, results = room.grade(run=lambda function, jobs: reversed([function(job) for job in jobs]))
    assert list(results) == ["ada", "bo", "cy"]


def test_what_the_sandbox_failed_at_is_tried_again(room, monkeypatch):
    room.put("ada", packed(solved()))
    with monkeypatch.context() as broken:
        broken.setattr("course.grading.sandbox.START", "raise SystemExit('broken')")
        _, results = room.grade()
    assert (results["ada"].status, room.table()["ada"]["total"]) == (Status.FAILED, "")
    assert room.grade()[1]["ada"].points == 8


def test_students_of_another_folder_stay(room):
    room.put("ada", packed(solved()))
    room.grade()
    room.folder = room.folder.parent / "late"
    room.folder.mkdir()
    room.put("bo", untouched())
    assert room.grade()[0] == ["bo"]
    assert set(room.table()) == {"ada", "bo"}


def test_a_submission_that_is_gone_keeps_its_result(room):
    (room.folder / "ada").mkdir()
    room.put("ada/a", packed(solved()))
    room.grade()
    (room.folder / "ada" / "a.ipynb").unlink()
    done, results = room.grade()
    assert (done, results["ada"].points) == ([], 8)


def test_points_of_a_person_come_with_the_next_run(room):
    notebook = solved()
    cell(notebook, "why-remainder")["source"] = "The last one is smaller."
    room.put("ada", packed(notebook))
    assert room.grade()[1]["ada"].status == Status.NEEDS_MANUAL
    assert room.table()["ada"]["why-remainder"] == ""
    with api.Gradebook(f"sqlite:///{room.target / 'formgrader' / 'gradebook.db'}") as book:
        found = book.find_grade("why-remainder", "90_small_lists", "90", "ada")
        found.manual_score, found.needs_manual_grade = 1.5, False
        book.db.commit()
    done, results = room.grade()
    assert (done, results["ada"].status) == ([], Status.GRADED)
    assert (room.table()["ada"]["why-remainder"], room.table()["ada"]["total"]) == ("1.5", "9.5")
    assert "9.5 of 10 points" in (room.target / "feedback" / "ada.html").read_text()
    assert next(Store(room.target / "results").all()).questions[0].points is None


def test_the_version_follows_the_cases(tmp_path, monkeypatch):

    first = command.assignment("90", tmp_path, root=FIXTURE_ROOT)
    assert command.assignment("90", tmp_path, root=FIXTURE_ROOT) == first
    monkeypatch.setattr(command, "PROGRAM", tmp_path / "nbgrader" / "90" / "release" / "90" / "90_small_lists.ipynb")
    assert command.assignment("90", tmp_path, root=FIXTURE_ROOT).version != first.version


# The commands.


@pytest.fixture
def small_lab(monkeypatch, tmp_path, task):
    """Let the commands grade the small lab, without a sandbox unless it is asked for."""

    def made(lab, build, *, sandbox):
        return replace(task, sandbox=sandbox)

    monkeypatch.setattr(command, "assignment", made)
    monkeypatch.setattr(command, "BUILD_DIR", tmp_path / "build")
    return tmp_path


def test_grade_says_where_everything_is(small_lab, room, capsys):
    notebook = solved()
    cell(notebook, "why-remainder")["source"] = "The last one is smaller."
    room.put("ada", packed(notebook))
    names = room.folder.parent / "names.txt"
    names.write_text("\ufeffada\nbo\n", encoding="utf-8")
    arguments = ["grade", str(room.folder), "--lab", "90", "--no-sandbox", "--students", str(names)]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    target = small_lab / "build" / "grades" / "90"
    assert "students' code can read and change all that you can" in said
    assert f"grades and feedback: {target}" in said
    assert f"cd {target / 'formgrader'}" in said
    assert (target / "grades.csv").read_text().count("\n") == 3
    assert (target / "summary.png").is_file()


def test_grade_ends_with_a_status_where_something_must_be_tried_again(small_lab, room, monkeypatch):
    room.put("ada", packed(solved()))
    monkeypatch.setattr("course.grading.sandbox.START", "raise SystemExit('broken')")
    assert cli.main(["grade", str(room.folder), "--lab", "90", "--no-sandbox"]) == 1


def test_without_bubblewrap_nothing_runs(small_lab, room, monkeypatch, capsys):
    room.put("ada", packed(solved()))
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert cli.main(["grade", str(room.folder), "--lab", "90"]) == 2
    assert "--no-sandbox" in capsys.readouterr().err


def test_a_list_that_cannot_be_read_is_said(small_lab, room, capsys):
    assert cli.main(["grade", str(room.folder), "--lab", "90", "--no-sandbox", "--students", "none.txt"]) == 2
    assert "none.txt cannot be read as a list of names" in capsys.readouterr().err


def test_the_options_are_those_of_the_manual():
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    arguments = parser.parse_args(["folder", "--lab", "00", "--workers", "2", "--cluster", "tcp://x:1", "--db", "y"])
    assert (arguments.workers, arguments.cluster, arguments.db, arguments.no_sandbox) == (2, "tcp://x:1", "y", False)
