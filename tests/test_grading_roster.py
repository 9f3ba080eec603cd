"""Class lists as platforms export them, and submissions as platforms name them, drawn from seeds and put together."""

import csv
import io
import random
from pathlib import PurePosixPath

import pytest
from test_grading_people import FORMS, PEOPLE, STEM, anonymous

from course import CourseError
from course.grading import roster
from course.grading.people import owner
from course.grading.roster import Person, join, missing_as, read

SEEDS = range(30)


def split(name):
    """Return first and last name, whichever way it is written."""
    last, comma, first = name.partition(", ")
    if comma:
        return first, last
    first, _, last = name.rpartition(" ")
    return first, last


def login(name, number):
    return ("".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum()) or "x") + str(number)


def moodle_worksheet(draw, name, number):
    return {
        "Identifier": f"Participant {number}",
        "Full name": name,
        "ID number": str(number + 10**7),
        "Email address": f"{login(name, number)}@uni.example",
        "Grade": "-",
    }


def moodle_participants(draw, name, number):
    first, last = split(name)
    return {
        "First name": first,
        "Last name": last,
        "ID number": "",
        "Email address": f"{login(name, number)}@uni.example",
    }


def canvas_gradebook(draw, name, number):
    first, last = split(name)
    return {"Student": f"{last}, {first}" if first else last, "ID": str(number), "SIS Login ID": login(name, number)}


def blackboard_list(draw, name, number):
    first, last = split(name)
    return {"Last Name": last, "First Name": first, "Username": login(name, number), "Student ID": ""}


def brightspace_list(draw, name, number):
    first, last = split(name)
    return {"OrgDefinedId": f"#{number}", "Username": f"#{login(name, number)}", "Last Name": last, "First Name": first}


LISTS = (moodle_worksheet, moodle_participants, canvas_gradebook, blackboard_list, brightspace_list)


def table(rows, delimiter=","):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@pytest.fixture
def listed(tmp_path):
    def made(text, encoding="utf-8-sig"):
        path = tmp_path / "class.csv"
        path.write_bytes(text.encode(encoding))
        return read(path)

    return made


@pytest.mark.parametrize("form", LISTS, ids=lambda form: form.__name__)
def test_everybody_of_a_platforms_list_is_read(form, listed):
    draw = random.Random(0)
    rows = [form(draw, name, 1000 + at) for at, name in enumerate(PEOPLE)]
    for delimiter in ",;\t":
        people = listed(table(rows, delimiter))
        assert len(people) == len(PEOPLE)
        assert [person.row for person in people] == list(range(len(PEOPLE)))
        assert all(person.logins or person.numbers for person in people)


@pytest.mark.parametrize("form", LISTS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("files", [form for form in FORMS if form not in anonymous], ids=lambda form: form.__name__)
def test_files_and_lists_of_all_platforms_fit(form, files, listed):
    """Whatever platform the list is from: a file with the person's number, login or name is that person's."""
    for seed in SEEDS:
        draw = random.Random(seed)
        numbers = draw.sample(range(1000, 10**6), len(PEOPLE))
        people = listed(table([form(draw, name, number) for name, number in zip(PEOPLE, numbers, strict=True)]))
        at = draw.randrange(len(PEOPLE))
        path, student = files(draw, PEOPLE[at], numbers[at])
        assert owner(PurePosixPath(path), STEM).student == student
        joined = join(people, [student])
        assert joined.matches[student][0].row == at, (path, student)
        assert len(joined.without) == len(PEOPLE) - 1


def test_a_list_of_names_alone(listed):
    people = listed("Anna Berg\n\n  Zoe\u0308 Núñez \r\nno control\x1b\n")
    assert [person.name for person in people] == ["Anna Berg", "Zoë Núñez", r"no control\x1b"]


def test_rows_of_nobody_are_left_out(listed):
    text = 'Student,ID,"Lab 00 (5)"\n    Points Possible,,8\n"Berg, Anna",12,\n"Student, Test",99,\n,,\n'
    assert [(person.name, person.row) for person in listed(text)] == [("Berg, Anna", 1)]


@pytest.mark.parametrize(
    ("student", "how"),
    [
        ("Anna Berg_4711", "number"),
        ("4711", "number"),
        ("anna.berg@uni.example", "e-mail"),
        ("anna.berg", "e-mail"),
        ("ANNA BERG", "name"),
        ("berg, anna", "name"),
        ("berganna_99", "name"),
        ("Änna-Berg", "name"),
    ],
)
def test_it_says_how_somebody_was_found(student, how):
    person = Person("Anna Berg", frozenset({"4711"}), frozenset({"anna.berg@uni.example", "anna.berg"}))
    joined = join([person, Person("Bo")], [student])
    assert joined.matches == {student: (person, how)}
    assert str(joined) == f"class list: 1 of 2 people handed in (1 by {how})"


def test_who_is_not_on_the_list_is_named():
    joined = join([Person("Anna Berg")], ["anna", "bo"])
    assert joined.unlisted == ["anna", "bo"]
    assert str(joined).endswith("not on the list: anna, bo")


@pytest.mark.parametrize(
    ("people", "student", "words"),
    [
        (
            [Person("Anna Berg", frozenset({"11"})), Person("Anna Berg", frozenset({"12"}))],
            "anna berg",
            "by name: Anna",
        ),
        (
            [Person("Anna Berg", frozenset({"111"})), Person("Bo", frozenset({"222"}))],
            "Bo_111",
            "by number: Anna Berg; by",
        ),
        ([Person("Anna Berg"), Person("Berg Anna")], "berganna", "by name: Anna Berg, Berg Anna"),
    ],
)
def test_where_one_may_be_two_it_refuses(people, student, words):
    with pytest.raises(CourseError, match=words):
        join(people, [student])


def test_people_of_one_name_are_told_apart_by_number():
    people = [Person("Anna Berg", frozenset({"11"})), Person("Anna Berg", frozenset({"12"}))]
    joined = join(people, ["Anna Berg_12"])
    assert joined.matches["Anna Berg_12"][0] is people[1]
    assert missing_as(joined.without[0], people) == "Anna Berg_11"


@pytest.mark.parametrize(
    ("text", "words"), [("Student,ID\n,\n", "names nobody"), ("Email;Username\n;\n", "names nobody")]
)
def test_a_table_of_nobody_is_refused(listed, text, words):
    with pytest.raises(CourseError, match=words):
        listed(text)


def test_a_list_in_another_encoding_is_refused(listed):
    with pytest.raises(CourseError, match="cannot be read as a class list"):
        listed("Zoë\n", "latin-1")


def test_long_lists_are_cut():
    assert roster.some([str(number) for number in range(12)]).endswith("9, and 2 more")
