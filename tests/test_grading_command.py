"""From a folder to grades: what is graded again, what is kept, what is written; and the commands themselves."""

import argparse
import csv
import errno
import functools
import re
from dataclasses import replace

import pytest
from grading_kit import assignment, cell, packed, released, solved
from nbgrader import api
from sample_course import FIXTURE_ROOT

from course import CourseError, cli
from course.grading import command, grade
from course.grading.changes import text as changes_text
from course.grading.command import grade_folder
from course.grading.jobs import Outcome, Status
from course.grading.roster import Person
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
        people = [Person(name) for name in options.pop("students", ())]
        self.last = grade_folder(self.folder, task, self.target, run=watched, people=people, **options)
        return sorted(done), {result.student: result for result in self.last.results}

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
    done, results = room.grade(students=["Ada", "bo", "Zoë"])
    assert done == ["ada", "bo", "cy"]
    assert {name: result.status for name, result in results.items()} == {
        "ada": Status.GRADED,
        "bo": Status.GRADED,
        "cy": Status.FAILED,
        "di": Status.MISSING,
        "Zoë": Status.MISSING,
    }
    assert {name: line["total"] for name, line in room.table().items()} == {
        "ada": "8",
        "bo": "0",
        "cy": "",
        "di": "",
        "Zoë": "",
    }
    assert {path.name for path in room.target.iterdir()} == {
        "results",
        "grades.csv",
        "feedback",
        "formgrader",
        "lecture.html",
    }
    assert {path.name for path in (room.target / "feedback").iterdir()} == {"ada.html", "bo.html", "cy.html"}


def test_nothing_that_is_written_holds_control_characters(room):
    acts = "\x1b]0;x\x07\x9b2J\u202e\0"
    notebook = solved(mean=f'def mean(values):\n\traise ValueError("{acts[:-1]}")  # {acts}\r\n')
    cell(notebook, "why-remainder")["source"] = f"Because {acts}"
    room.put(f"ada{acts[:-1]}", packed(notebook))
    room.put("bo", acts.encode())
    done, results = room.grade(students=[r"cy\x1b]0;x\x07\x9b2J\u202e\x00"])
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


@pytest.mark.parametrize("late", ["Mona Cole_4001406_assignsubmission_file_x", "mona cole", "Cole, Mona"])
@pytest.mark.parametrize("listed", [["Mona Cole"], []])
def test_who_hands_in_late_has_one_row(room, late, listed):
    assert room.grade(students=["Mona Cole", "Bo"])[1].keys() == {"Mona Cole", "Bo"}
    room.put(late, packed(solved()))
    _, results = room.grade(students=[*listed, "Bo"] if listed else [])
    assert len(results) == 2
    assert results["Bo"].status == Status.MISSING
    assert [result.points for result in results.values() if result.status == Status.GRADED] == [8]


def test_who_leaves_the_list_leaves_the_table(room):
    room.grade(students=["Ada", "Bo"])
    assert room.grade(students=["Ada"])[1].keys() == {"Ada"}


def test_another_name_of_the_same_person_replaces_the_earlier_row(room):
    room.put("anna", packed(solved()))
    room.grade()
    (room.folder / "anna.ipynb").rename(room.folder / "Anna_12345_assignsubmission_file_lab.ipynb")
    _, results = room.grade(students=["Anna"])
    assert results.keys() == {"Anna_12345"}
    assert [path.stem for path in (room.target / "feedback").iterdir()] == ["Anna_12345"]


def test_two_files_of_one_person_are_refused_before_anything_is_graded(room):
    room.put("Anna Berg_12345_assignsubmission_file_lab", packed(solved()))
    room.put("Berg, Anna", untouched())
    with pytest.raises(
        CourseError, match="Anna Berg_12345, Berg, Anna: by the class list these are submissions of one"
    ):
        room.grade(students=["Anna Berg"])
    assert not (room.target / "grades.csv").exists()


def test_a_student_can_be_taken_out(room):
    for name in ("ada", "bo"):
        room.put(name, packed(solved()))
    room.grade()
    with pytest.raises(CourseError, match=r"bo cannot be taken out: the folder .* still has a submission"):
        room.grade(without=["bo"])
    (room.folder / "bo.ipynb").unlink()
    with pytest.raises(CourseError, match=r"cy cannot be taken out: grades\.csv has no such student"):
        room.grade(without=["cy"])
    assert room.grade(without=["bo"])[1].keys() == {"ada"}
    assert "bo" not in (room.target / "grades.csv").read_text()
    assert not [path for path in room.target.rglob("*") if path.is_file() and path.stem == "bo"]
    with api.Gradebook(f"sqlite:///{room.target / 'formgrader' / 'gradebook.db'}") as book:
        assert [submission.student_id for submission in book.assignment_submissions("90")] == ["ada"]


def test_a_regrade_says_whose_points_changed_and_why(room, task):
    for name in ("ada", "bo"):
        room.put(name, packed(solved()))
    room.grade()
    assert room.last.changes == []
    room.put("ada", untouched())
    room.grade()
    assert [str(change) for change in room.last.changes] == [
        "ada: 8 to 0 points, another file (mean: passed, now unsolved; clip-pixels: passed, now unsolved; "
        "split-batches: passed, now unsolved; batch-means: passed, now unsolved)"
    ]
    store = Store(room.target / "results")
    earlier = store.load("bo")
    first = replace(earlier.exercises[0], points=0.0, outcome=Outcome.MISTAKE, mistake="starts-at-one")
    store.save(replace(earlier, exercises=(first, *earlier.exercises[1:])))
    room.grade(task=replace(task, version="a mended judge"))
    assert [str(change) for change in room.last.changes] == [
        "bo: 7 to 8 points, other cases or rules of grading (mean: starts-at-one, now passed)"
    ]
    assert changes_text(room.last.changes).startswith("graded again with other points: 1\n  bo: 7 to 8")
    room.grade()
    assert room.last.changes == []


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


def test_a_full_disk_loses_nothing_and_nothing_is_graded_twice(room, monkeypatch):
    for number in range(6):
        room.put(f"s{number}", untouched())
    save, kept = Store.save, []

    def full_once(self, result):
        if len(kept) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        kept.append(result.student)
        save(self, result)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", full_once)
        with pytest.raises(CourseError, match=r"No space left.*start again to go on"):
            room.grade()
    done, results = room.grade()
    assert sorted(kept + done) == sorted(results) == [f"s{number}" for number in range(6)]


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
    assert f"grades and feedback: {target}; for the next lecture: lecture.html" in said
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
    assert "none.txt cannot be read as a class list" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--to", "moodle"], "give its export as --students FILE"), (["--reviews", "peers.csv"], "say --texts peers")],
)
def test_options_that_need_another_one_say_so(small_lab, room, capsys, options, words):
    assert cli.main(["grade", str(room.folder), "--lab", "90", "--no-sandbox", *options]) == 2
    assert words in capsys.readouterr().err


def test_the_options_are_those_of_the_manual():
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    arguments = parser.parse_args(["folder", "--lab", "00", "--workers", "2", "--cluster", "tcp://x:1", "--db", "y"])
    assert (arguments.workers, arguments.cluster, arguments.db, arguments.no_sandbox) == (2, "tcp://x:1", "y", False)
