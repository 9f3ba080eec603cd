"""Which file is whose, and which of several counts."""

import os
import zipfile

import pytest
from grading_kit import packed, solved

from course import CourseError
from course.grading import submissions
from course.grading.submissions import find

STEM = "90_small_lists"
IDS = {"mean", "mean-check"}
LAB = packed(solved())
OTHER = packed({"cells": []})


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def put(folder, name, content=LAB, changed=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if changed is not None:
        os.utime(path, (changed, changed))
    return path


def put_zip(folder, name, members):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def found(folder):
    return {student: load() for student, load in find(folder, STEM, IDS).items()}


def only(folder):
    [submission] = found(folder).values()
    return submission


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("Anna Berg_12345_assignsubmission_file_/90_small_lists.ipynb", "Anna Berg_12345"),
        ("Anna Berg_12345_assignsubmission_file/90_small_lists.ipynb", "Anna Berg_12345"),
        ("berganna_12345_67890_90_small_lists.ipynb", "berganna_12345"),
        ("berganna_LATE_12345_67890_90_small_lists-3.ipynb", "berganna_12345"),
        ("anna/90_small_lists.ipynb", "anna"),
        ("anna/work/final/renamed.ipynb", "anna"),
        ("anna.ipynb", "anna"),
        ("anna-2.ipynb", "anna-2"),
        ("anna_90_small_lists-2.ipynb", "anna"),
        ("anna.ipynb.json", "anna"),
        ("Copy of anna_90_small_lists.ipynb", "anna"),
        ("anna_90_small_lists copy 2.ipynb", "anna"),
        ("anna_90_small_lists.ipynb", "anna"),
        ("90_small_lists - anna (2).ipynb", "anna"),
        ("90_small_lists.ipynb", "90_small_lists"),
        ("Zoe\u0308 Nu\u0301n\u0303ez.ipynb", "Zoë Núñez"),
        ("王小明/90_small_lists.ipynb", "王小明"),
        ("anna.ipynb.txt", "anna"),
    ],
)
def test_the_student_is_read_off_the_name(folder, path, student):
    put(folder, path)
    assert list(found(folder)) == [student]


def test_bytes_that_are_no_text_become_question_marks(folder):
    put(folder, os.fsdecode(b"anna\xff.ipynb"))
    submission = only(folder)
    assert (submission.student, submission.file) == ("anna?", "anna?.ipynb")
    assert submission.content == LAB


def test_control_characters_in_names_are_spelt_out(folder):
    put(folder, "anna\x1b[2J\u202e\n/b\x07.ipynb", changed=1)
    put(folder, "anna\x1b[2J\u202e\n/c\u2028.ipynb", changed=2)
    put_zip(folder, "bo.zip", {"d\x1b.pdf": b""})
    results = found(folder)
    assert list(results) == [r"anna\x1b[2J\u202e\n", "bo"]
    anna = results[r"anna\x1b[2J\u202e\n"]
    assert (anna.content, anna.file) == (LAB, r"anna\x1b[2J\u202e\n/c\u2028.ipynb")
    assert anna.notes[0].endswith(r"left out: anna\x1b[2J\u202e\n/b\x07.ipynb.")
    assert results["bo"].problem == r"no notebook was handed in, but bo.zip/d\x1b.pdf"


def test_two_students_of_one_name_stay_two(folder):
    put(folder, "Anna Berg_1_assignsubmission_file_/a.ipynb")
    put(folder, "Anna Berg_2_assignsubmission_file_/a.ipynb")
    assert list(found(folder)) == ["Anna Berg_1", "Anna Berg_2"]


def test_no_file_is_opened_before_its_turn(folder, monkeypatch):
    put(folder, "anna.ipynb")
    put(folder, "bo.ipynb")
    calls = find(folder, STEM, IDS)
    (folder / "bo.ipynb").unlink()
    assert calls["anna"]().content == LAB
    assert "No such file" in calls["bo"]().problem


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({"anna/a.ipynb": (LAB, 1), "anna/b.ipynb": (LAB, 2)}, "anna/b.ipynb"),
        ({"anna/a.ipynb": (LAB, 2), "anna/b.ipynb": (LAB, 1)}, "anna/a.ipynb"),
        ({"anna/a.ipynb": (LAB, 1), "anna/b.ipynb": (OTHER, 2)}, "anna/a.ipynb"),
        ({"anna/a.ipynb": (LAB, 1), "anna/b.ipynb": (b"{", 2)}, "anna/a.ipynb"),
        ({"anna/90_small_lists.ipynb": (LAB, 1), "anna/b.ipynb": (LAB, 2)}, "anna/90_small_lists.ipynb"),
        ({"anna.ipynb": (LAB, 2), "anna (1).ipynb": (LAB, 1)}, "anna (1).ipynb"),
        ({"anna.ipynb": (LAB, 1), "anna/a.ipynb": (LAB, 2)}, "anna/a.ipynb"),
        ({"a_1_10_x.ipynb": (LAB, 1), "a_LATE_1_11_x.ipynb": (LAB, 1)}, "a_LATE_1_11_x.ipynb"),
        ({"a_1_10_x-9.ipynb": (LAB, 1), "a_1_10_x-10.ipynb": (LAB, 1)}, "a_1_10_x-10.ipynb"),
    ],
)
def test_of_two_files_one_counts_and_the_other_is_named(folder, files, counts):
    for name, (content, changed) in files.items():
        put(folder, name, content, changed)
    put(folder, f"zoe/{STEM}.ipynb")
    submission = next(one for student, one in found(folder).items() if student != "zoe")
    [other] = files.keys() - {counts}
    assert submission.file == counts
    assert submission.content == LAB
    assert submission.notes == (f"Of 2 files {counts} counts; left out: {other}.",)


def test_a_notebook_under_another_extension_is_taken(folder):
    put(folder, "anna/lab.ipynb.json")
    put(folder, "anna/notes.txt", b"hello")
    assert only(folder).file == "anna/lab.ipynb.json"


def test_no_file_is_missing_and_no_notebook_is_a_problem(folder):
    (folder / "anna").mkdir()
    put(folder, "bo/essay.pdf")
    put(folder, "cy.docx")
    put_zip(folder, "di.zip", {"a.pdf": b""})
    put_zip(folder, "ed.zip", {})
    results = found(folder)
    assert (results["anna"].file, results["anna"].problem) == ("", "")
    assert {name: s.problem for name, s in results.items() if name != "anna"} == {
        "bo": "no notebook was handed in, but bo/essay.pdf",
        "cy": "no notebook was handed in, but cy.docx",
        "di": "no notebook was handed in, but di.zip/a.pdf",
        "ed": "no notebook was handed in, but ed.zip",
    }


def test_what_programs_leave_behind_is_no_student(folder):
    for name in (".DS_Store", "Thumbs.db", "grades.csv", "__MACOSX/x.ipynb", ".git/x", "index.html"):
        put(folder, name)
    put(folder, "anna/.ipynb_checkpoints/a-checkpoint.ipynb", changed=9)
    put(folder, "anna/a.ipynb", changed=1)
    submission = only(folder)
    assert (submission.file, submission.notes) == ("anna/a.ipynb", ())


def test_a_zip_file_is_read_in_memory(folder):
    put_zip(folder, "anna.zip", {"deep/../../x/90_small_lists.ipynb": LAB, "__MACOSX/._x.ipynb": b"", "d/": b""})
    put_zip(folder, "bo/bo.zip", {"/etc/b.ipynb": LAB, "C:\\other.pdf": b""})
    results = found(folder)
    assert results["anna"].content == results["bo"].content == LAB
    assert results["anna"].file == "anna.zip/deep/../../x/90_small_lists.ipynb"
    assert sorted(path.name for path in folder.rglob("*")) == ["anna.zip", "bo", "bo.zip"]


def test_a_symbolic_link_is_not_followed(folder, tmp_path_factory):
    elsewhere = put(tmp_path_factory.mktemp("elsewhere"), "secret.ipynb")
    (folder / "anna").mkdir()
    (folder / "anna" / "a.ipynb").symlink_to(elsewhere)
    (folder / "bo").symlink_to(elsewhere.parent)
    link = zipfile.ZipInfo("c.ipynb")
    link.external_attr = 0o120777 << 16
    put_zip(folder, "cy.zip", {link: str(elsewhere)})
    results = found(folder)
    assert [results[name].content for name in ("anna", "cy")] == [b"", b""]
    assert "symbolic link" in results["anna"].problem
    assert "symbolic link" in results["cy"].problem
    assert results["bo"].content == b""
    assert results["bo"].problem


def test_what_is_no_ordinary_file_is_not_opened(folder):
    os.mkfifo(folder / "anna.ipynb")
    assert only(folder).problem == "it is no ordinary file"


def test_large_files_and_damaged_or_swollen_zips_are_not_read(folder, monkeypatch):
    monkeypatch.setattr(submissions, "MAX_BYTES", 2_000_000)
    monkeypatch.setattr(submissions, "MAX_UNPACKED", 5_000_000)
    monkeypatch.setattr(submissions, "MAX_NOTEBOOKS", 3)
    put(folder, "a.ipynb", b" " * 2_600_000)
    put(folder, "b.zip", b"PK\x03\x04 no")
    put_zip(folder, "c.zip", {f"{n}.ipynb": b" " * 1_900_000 for n in range(3)})
    put_zip(folder, "d.zip", {f"{n}.ipynb": b"" for n in range(4)})
    path = put_zip(folder, "e.zip", {"e.ipynb": b"abc" * 20})
    path.write_bytes(path.read_bytes().replace(b"abc" * 20, b"abd" * 20))
    put_zip(folder, "f.zip", {"data.bin": b" " * 6_000_000, "f.ipynb": LAB, "g.ipynb": b" " * 2_600_000})
    results = found(folder)
    assert results["f"].content == LAB
    problems = {name: submission.problem for name, submission in results.items()}
    assert problems["a"] == "it has 3 MB, more than 2 MB"
    assert problems["b"] == "the zip file is damaged"
    assert problems["c"] == problems["d"] == "the zip file holds too many notebooks"
    assert "cannot be unpacked" in problems["e"]


def test_an_encrypted_zip_is_a_problem(folder):
    path = put_zip(folder, "a.zip", {"a.ipynb": LAB})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "cannot be unpacked" in only(folder).problem


def test_the_folder_must_be_there(folder):
    with pytest.raises(CourseError, match="no folder"):
        find(folder / "none", STEM, IDS)
    with pytest.raises(CourseError, match="unpacked first"):
        find(put_zip(folder, "all.zip", {}), STEM, IDS)


def test_several_files_with_nobodys_name_are_refused(folder):
    for name in (f"{STEM}.ipynb", f"{STEM} (1).ipynb", f"Copy of {STEM}.ipynb"):
        put(folder, name)
    with pytest.raises(CourseError, match=r"90_small_lists \(1\)\.ipynb, .*: these files have nobody's name"):
        find(folder, STEM, IDS)


def test_one_file_with_nobodys_name_beside_others_is_refused(folder):
    put(folder, "anna.ipynb")
    put(folder, f"Kopie von {STEM}.ipynb")
    with pytest.raises(CourseError, match=f"Kopie von {STEM}.ipynb: these files have nobody's name"):
        find(folder, STEM, IDS)


def test_a_classs_folder_inside_of_another_is_refused(folder):
    for student in ("Anna Berg_1", "Ben Cole_2"):
        put(folder, f"Lab 90/{student}_assignsubmission_file_/{STEM}.ipynb")
    with pytest.raises(
        CourseError, match=r"Lab 90/ holds the submissions of 2 students\. Grade the folder .*Lab 90 instead"
    ):
        find(folder, STEM, IDS)


def test_folders_inside_of_a_students_folder_are_the_students(folder):
    put(folder, f"anna/old/{STEM}.ipynb")
    put(folder, f"anna/new/{STEM}.ipynb")
    put(folder, f"bo/{STEM}.ipynb")
    assert list(found(folder)) == ["anna", "bo"]


CLASSES = {
    "files": ["{at}/anna.ipynb", "{at}/bo.ipynb"],
    "folders": ["{at}/anna/lab.ipynb", "{at}/bo/lab.ipynb"],
    "with the lab's name": [f"{{at}}/anna_{STEM}.ipynb", f"{{at}}/{STEM} - bo.ipynb"],
}


@pytest.mark.parametrize("members", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("groups", [["class"], ["monday", "tuesday"]])
@pytest.mark.parametrize("packed", [False, True])
def test_a_class_under_names_that_people_gave_is_refused(folder, members, groups, packed):
    for group in groups:
        names = [member.format(at=group) for member in members]
        if packed:
            put_zip(folder, f"{group}.zip", {name.partition("/")[2]: LAB for name in names})
        else:
            [put(folder, name) for name in names]
    with pytest.raises(CourseError, match=r"holds notebooks under several names: anna, bo\. If these are students, "):
        find(folder, STEM, IDS)


def test_one_student_with_one_notebook_and_other_files_is_one_student(folder):
    put(folder, f"anna/{STEM}.ipynb")
    put(folder, f"anna/{STEM} (1).ipynb")
    put(folder, "anna/picture.png", b"x")
    assert list(found(folder)) == ["anna"]


def test_a_zip_of_a_class_is_refused(folder):
    members = {f"{student}_assignsubmission_file_/{STEM}.ipynb": LAB for student in ("Anna Berg_1", "Ben Cole_2")}
    put_zip(folder, "all.zip", members)
    with pytest.raises(CourseError, match=r"all\.zip is a zip file with the submissions of several students"):
        find(folder, STEM, IDS)


def test_what_lies_beside_is_no_student_and_is_said(folder):
    put(folder, "anna.ipynb")
    for name in ("README.md", "grades.xlsx", "notes.txt", "anna-checkpoint.ipynb", "submission_metadata.yml"):
        put(folder, name)
    assert list(found(folder)) == ["anna"]
    assert submissions.left_beside(folder) == ["README.md", "grades.xlsx", "notes.txt"]


def test_blackboards_texts_beside_attempts_are_no_students(folder):
    for when in ("2026-11-30-10-11-12", "2026-11-30-18-00-00"):
        put(folder, f"Lab 90_sberg_attempt_{when}_{STEM}.ipynb", LAB if when.endswith("00-00") else OTHER)
        put(folder, f"Lab 90_sberg_attempt_{when}.txt", b"Name: S. Berg")
    assert only(folder).file.endswith("18-00-00_90_small_lists.ipynb")
