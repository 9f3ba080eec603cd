"""The page for the next lecture: counts, hints, minutes, and answers that are alike."""

import re
from dataclasses import replace

import pytest
from grading_kit import packed, release, released, result, solved
from nbformat.v4 import new_code_cell, writes_json

from course.grading import alike, lecture
from course.grading.alike import form, pairs
from course.grading.jobs import Outcome
from course.grading.released import parse
from course.grading.repair import repair

LONG = """\
def mean(values):
    total = 0
    for value in values:
        total += value
    return total / len(values)"""
COPY = """\
def mean(numbers: list) -> float:
    "Mine."
    s = 0  # sum
    for x in numbers:
        s += x
    return s / len(numbers)
"""
OTHER = LONG.replace("for value in values", "for at in range(len(values))").replace("+= value", "+= values[at]")


def answered(student, source, mistake="", minutes=0.0, hint="", outcome=Outcome.MISTAKE):
    made = result(student, minutes=minutes)
    first = replace(made.exercises[0], source=source)
    if mistake:
        first = replace(first, points=0.0, outcome=outcome, mistake=mistake, hint=hint)
    rest = tuple(replace(part, outcome=Outcome.UNSOLVED, points=0.0) for part in made.exercises[1:])
    return replace(made, exercises=(first, *rest))


def test_renamed_and_formatted_answers_have_one_form():
    assert form(LONG) == form(COPY) != form(OTHER)


@pytest.mark.parametrize(
    "source", ["", "def f(): return 1", "def (", "x" * 50_000, "(" * 500 + ")" * 500, "\0", "-" * 19_000 + "1"]
)
def test_what_says_little_or_nothing_has_no_form(source):
    assert form(source) == ""


def test_names_that_an_answer_does_not_bind_stay():
    assert form(LONG.replace("len", "size")) != form(LONG)
    assert form(LONG.replace("0", "1")) != form(LONG)


def classmates(count):
    return [answered(f"s{n:02}", LONG.replace("total = 0", f"total = 0; unlike = {n}")) for n in range(count)]


def test_two_who_share_what_nobody_else_has_are_named():
    [pair] = pairs([*classmates(30), answered("ada", LONG), answered("bo", COPY)], {})
    assert pair.students == ("ada", "bo")
    assert pair.equal == (("mean", 2, 32),)
    assert pair.bits == 4.0


def test_a_form_that_many_have_or_the_author_has_says_nothing():
    half = [answered(f"t{n}", LONG) for n in range(20)]
    assert pairs([*classmates(20), *half], {}) == []
    two = [*classmates(30), answered("ada", LONG), answered("bo", COPY)]
    assert pairs(two, {"mean": [COPY]}) == []


def test_unsolved_answers_are_not_compared():
    stubs = [answered(name, LONG, "x", outcome=Outcome.UNSOLVED) for name in ("ada", "bo")]
    assert pairs([*classmates(30), *stubs], {}) == []


def test_the_page_says_what_went_wrong_how_often_and_how_long_it_took():
    hint = "Divide by the number <of values>."
    results = [
        answered("ada", LONG, "divides-by-two", 90.0, hint),
        answered("bo", OTHER, "divides-by-two", 110.0, hint),
        answered("cy", COPY, "empty-list", 0.0, "A hidden case.", Outcome.HIDDEN_MISTAKE),
        answered("di", LONG, minutes=130.0),
    ]
    page = lecture.page(results, "Lab 90: <lists>", 100, {})
    text = re.sub(r"<[^>]+>", "", page[page.index("<main>") :])
    assert "Minutes, as 3 students give them: 110 in the middle, half of them between 90 and 130" in text
    assert "the authors count 100" in text
    assert "mean: 3 of 4 missed it, 0 of them left it unsolved" in text
    assert "2 of 4: divides by two" in text
    assert "1 of 4: empty list, seen by hidden cases alone" in text
    assert page.count("Divide by the number &lt;of values&gt;.") == 1
    assert "<lists>" not in page
    assert page.index("mean") > page.index("clip-pixels")  # the most missed first


def test_pairs_stand_on_the_page_with_what_they_do_not_mean():
    page = lecture.page([*classmates(30), answered("<ada>", LONG), answered("bo", COPY)], "Lab 90", 100, {})
    assert "<td>&lt;ada&gt;</td><td>bo</td>" in page
    assert "mean (2 of 32 answers)" in page
    assert "read the answers before you think anything of it" in page


def test_a_class_of_nobody():
    page = lecture.page([], "Lab 90", 100, {})
    assert "No student says how many minutes the lab took; its authors count 100." in page
    assert "Nobody has points yet." in page
    assert alike.pairs([], {}) == []


@pytest.mark.parametrize(
    ("source", "minutes"),
    [
        ("taken = 95\npredict('minutes', taken)", 95.0),
        ("taken = 120.5  # with a break", 120.5),
        ("taken = ...", 0.0),
        ("taken = 10**9", 0.0),
        ("taken = 999999", 0.0),
        ("print('taken = 5')", 0.0),
    ],
)
def test_the_minutes_that_a_student_gives_are_read(source, minutes):
    given, notebook = released(), solved()
    given.cells.append(new_code_cell("taken = ...", id="minutes-taken"))
    notebook["cells"].append({**given.cells[-1], "source": source})
    assert repair(packed(notebook), parse(writes_json(given)), {"mean": "mean"}, {}).minutes == minutes


def test_notebooks_without_that_cell_say_nothing():
    assert repair(packed(solved()), release(), {"mean": "mean"}, {}).minutes == 0.0
