"""The lines of grades.csv."""

import csv
import io
from dataclasses import replace

from grading_kit import POINTS, result

from course.grading.export import grades_csv
from course.grading.jobs import Outcome, Result, Status

MAXIMA = {**POINTS, "why-remainder": 2.0}


def lines(*results):
    return list(csv.DictReader(io.StringIO(grades_csv(results, MAXIMA))))


def test_a_line_has_the_points_of_each_part():
    made = result()
    wrong = replace(made.exercises[0], points=0.0, outcome=Outcome.UNSOLVED)
    late = replace(made.exercises[1], points=0.0, outcome=Outcome.MISTAKE, mistake="takes-too-long")
    graded = replace(made, exercises=(wrong, late, *made.exercises[2:]), status=Status.GRADED)
    graded = replace(graded, questions=(replace(made.questions[0], points=1.5),), notes=("One.", "Two."))
    [line] = lines(graded)
    assert line == {
        "student": "ada",
        "mean": "0",
        "clip-pixels": "0",
        "split-batches": "2",
        "batch-means": "3",
        "why-remainder": "1.5",
        "total": "6.5",
        "maximum": "10",
        "status": "graded",
        "reason": "",
        "mistakes": "mean: unsolved; clip-pixels: takes-too-long",
        "file": "ada.ipynb",
        "notes": "One. Two.",
    }


def test_what_nobody_knows_is_empty_and_never_zero():
    waiting, failed, missing = lines(
        result(),
        Result("bo", "bo.ipynb", "", Status.FAILED, "the file is empty"),
        Result("cy", "", "", Status.MISSING, "no submission"),
    )
    assert (waiting["why-remainder"], waiting["total"], waiting["status"]) == ("", "8", "needs_manual")
    for line in (failed, missing):
        assert {line[name] for name in (*MAXIMA, "total")} == {""}
        assert line["maximum"] == "10"
    assert failed["reason"] == "the file is empty"


def test_text_is_harmless_in_a_spreadsheet():
    [line] = lines(result("=HYPERLINK(1)", notes=("+1\n-2\x00",), reason="@x", file='a"b,c\ud800.ipynb'))
    assert line["student"] == "'=HYPERLINK(1)"
    assert line["notes"] == r"'+1\n-2\x00"
    assert line["reason"] == "'@x"
    assert line["file"] == 'a"b,c?.ipynb'
