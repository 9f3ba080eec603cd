"""Grades and feedback back into platforms: their table is filled in and nothing else in it changes."""

import csv
import re
import zipfile
from dataclasses import replace

import pytest
from grading_kit import result

from course import CourseError
from course.grading import platforms, roster
from course.grading.jobs import Result, Status
from course.grading.platforms import Lab
from course.grading.store import file_name

LAB = Lab("00", "00_measure_first", 10.0)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission),Last modified (grade)\n"
    'Participant 11,Anna_Maria Berg,anna@uni.example,Submitted for grading,-,{maximum},"Monday, 30 November 2026",-\n'
    "Participant 12,=1+1,bo@uni.example,Submitted for grading,7.00,{maximum},,-\n"
    "Participant 13,Cy,cy@uni.example,No submission,-,{maximum},,-\n"
)
CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"Lab 00: Measure first (501)","Lab 01 (502)",Final Score\n'
    "    Points Possible,,,,,{maximum},18,(read only)\n"
    '"Berg, Anna",11,s11,anna,Group A,,5,50\n'
    '"=1+1, -x",12,s12,bo,Group A,7,6,60\n'
    'Cy,13,s13,cy,Group B,,,"1,5"\n'
    '"Student, Test",99,,,Group A,,,\n'
)


def graded(student, file, **changes):
    made = replace(result(student, status=Status.GRADED), file=file)
    questions = tuple(replace(part, points=1.5) for part in made.questions)
    return replace(made, questions=questions, **changes)


def waiting(student, file):
    return replace(result(student), file=file)


@pytest.fixture
def returned(tmp_path):
    """Write for a platform; give the sentence, the table's rows and the names in the zip file."""

    def made(platform, export, results, lab=LAB):
        template = tmp_path / "export.csv"
        template.write_text(export, encoding="utf-8-sig")
        for each in results:
            page = tmp_path / "feedback" / f"{file_name(each.student)}.html"
            page.parent.mkdir(exist_ok=True)
            page.write_text(f"<p>{each.student}</p>")
        joined = roster.join(roster.read(template), [each.student for each in results])
        said = platforms.write(platform, template, lab, joined, results, tmp_path)
        with (tmp_path / platform / "grades.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        with zipfile.ZipFile(tmp_path / platform / "feedback.zip") as archive:
            return said, rows, archive.namelist()

    return made


def of_moodle():
    return [
        graded("Anna Maria Berg_11", "Anna Maria Berg_11_assignsubmission_file_/lab.ipynb"),
        waiting("=1+1_12", "=1+1_12_assignsubmission_file_/lab.ipynb"),
        Result("Cy_13", "", "", Status.MISSING, "nothing was handed in"),
    ]


def test_moodles_worksheet_is_filled_in(returned):
    said, rows, pages = returned("moodle", MOODLE.format(maximum="10.00"), of_moodle())
    assert [row[4] for row in rows] == ["Grade", "9.5", "7.00", "-"]
    assert pages == ["Anna Maria Berg_11_assignsubmission_file/00_measure_first.html"]
    assert "grades of 1 people, 1 pages" in said
    assert "left as they were, for they have no final points: =1+1_12, Cy_13" in said


def imported_by_moodle(name):
    """Return the participant that Moodle reads off a file's path, as the documentation of its importer says."""
    for part in name.split("/"):
        pieces = part.split("_", 4)
        if len(pieces) >= 4 and pieces[1].isdigit():
            return pieces[1], pieces[2], pieces[3]
    return None


def test_moodle_knows_the_pages(returned):
    everybody = [graded(f"x_{number}", "x") for number in (11, 12, 13)]
    _, _, pages = returned("moodle", MOODLE.format(maximum="10"), everybody)
    assert sorted(map(imported_by_moodle, pages)) == [(str(n), "assignsubmission", "file") for n in (11, 12, 13)]


def test_canvas_gets_the_column_of_the_lab(returned):
    results = [
        graded("berganna_11", "berganna_LATE_11_9001_lab-2.ipynb"),
        graded("x_12", "handed in by mail.ipynb"),
        Result("cy_13", "cy_13_9003_lab.ipynb", "", Status.FAILED, "it is empty"),
    ]
    said, rows, pages = returned("canvas", CANVAS.format(maximum="10"), results)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 00: Measure first (501)"]
    assert [row[-1] for row in rows] == ["Lab 00: Measure first (501)", "10", "9.5", "9.5", "", ""]
    assert [row[1] for row in rows] == ["ID", "", "11", "12", "13", "99"]
    assert pages == ["berganna_LATE_11_9001_00_measure_first.html"]
    assert re.findall(r"(?<=_)\d+(?=_)", pages[0])[:2] == ["11", "9001"]
    assert "1 have no page in the zip file" in said


@pytest.mark.parametrize("platform", platforms.PLATFORMS)
def test_what_is_written_can_be_read_again_and_changes_nothing_more(platform, returned, tmp_path):
    export = {"canvas": CANVAS.format(maximum="10")}.get(platform, MOODLE.format(maximum="10"))
    results = [graded(f"x_{number}", f"x_{number}_900{number}_lab.ipynb") for number in (11, 12, 13)]
    _, first, pages = returned(platform, export, results)
    again = (tmp_path / platform / "grades.csv").read_text(encoding="utf-8")
    people = {person.name for person in roster.read(tmp_path / "export.csv")}
    assert returned(platform, again, results)[1:] == (first, pages)
    assert {person.name for person in roster.read(tmp_path / "export.csv")} == people
    assert len(pages) == 3


@pytest.mark.parametrize("platform", platforms.PLATFORMS)
def test_a_name_that_is_a_formula_is_inert(platform, returned):
    export = {"canvas": CANVAS.format(maximum="10")}.get(platform, MOODLE.format(maximum="10"))
    _, rows, _ = returned(platform, export, [graded("x_12", "x_12_9_lab.ipynb")])
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=1+1") for cell in cells)
    assert not [cell for cell in cells if re.match("[=+@]|-.", cell)]


def test_any_table_gets_columns_of_its_own(returned):
    export = "Email;Team\nada@x.example;red\nbo@x.example;blue\n"
    _, rows, pages = returned("csv", export, [graded("ada", "a.ipynb")])
    assert rows == [["Email;Team;points;maximum;status"], ["ada@x.example;red;9.5;10;graded"], ["bo@x.example;blue;;;"]]
    assert pages == ["ada.html"]


@pytest.mark.parametrize(
    ("platform", "export", "words"),
    [
        ("moodle", CANVAS.format(maximum="10"), "columns Identifier and Grade"),
        ("canvas", MOODLE.format(maximum="10"), "columns Student, ID"),
        ("moodle", MOODLE.format(maximum="100.00"), "gives 100.00 points for lab 00, the lab has 10"),
        ("canvas", CANVAS.format(maximum="100"), "gives 100 points for lab 00, the lab has 10"),
        (
            "canvas",
            CANVAS.format(maximum="10").replace("Lab 00: Measure first", "Week 1"),
            "Name the assignment 'Lab 00'",
        ),
        ("canvas", CANVAS.format(maximum="10").replace("Lab 01", "Lab 0 again"), "Measure first .501., Lab 0 again"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(platform, export, words, returned):
    with pytest.raises(CourseError, match=words):
        returned(platform, export, [graded("x_11", "x_11_1_lab.ipynb")])


@pytest.mark.parametrize(
    ("heading", "fits"),
    [
        ("Lab 00 (1)", True),
        ("lab 0 (1)", True),
        ("00 first (1)", True),
        ("Exercise: Measure first (1)", True),
        ("Week 2, Lab-00 (1)", True),
        ("Lab 001 (1)", False),
        ("Lab 10 (1)", False),
        ("Slab 00 (1)", False),
        ("2000 (1)", False),
    ],
)
def test_a_labs_column_is_found_by_number_or_title(heading, fits, returned):
    export = f"Student,ID,{heading}\n Points Possible,,10\nAda,11,\n"
    if fits:
        assert returned("canvas", export, [graded("x_11", "x_11_1_l.ipynb")])[1][-1][-1] == "9.5"
    else:
        with pytest.raises(CourseError, match="No single column"):
            returned("canvas", export, [graded("x_11", "x_11_1_l.ipynb")])
