"""What people wrote in words: what a machine says of it, and who reads it."""

import csv
from collections import Counter
from dataclasses import replace

import pytest
from grading_kit import assignment, cell, job, result, solved
from sample_lab import ledger

from course import CourseError
from course.grading.grade import grade_one
from course.grading.jobs import QuestionResult, Result, Status
from course.grading.texts import PEERS, Reading, examine, settle

WORDS = "The last batch is smaller, because the number of values is no multiple of the size of a batch"


@pytest.mark.parametrize(
    ("text", "outputs", "complete", "says"),
    [
        (f"{WORDS}: 84.2 points.", '{"value": 84.23}', True, "Complete: 1 of its 1 numbers stand"),
        (f"{WORDS}: 84.2 and 17.", "84.23", True, "Complete: 1 of its 2 numbers"),
        (f"{WORDS}: 84.3 points.", "84.23", False, "no number of it stands in the notebook's own results"),
        (f"{WORDS}.", "84.23", False, "no number of it"),
        ("It is 84.2.", "84.2", False, "it has 3 words, fewer than 15"),
        ("Yes.", "", False, "it has 1 words, fewer than 15 and no number"),
        (f"{WORDS}: in 2 of 3 cases.", "2 3", False, "no number of it"),
        (f"{WORDS}: 1.5.2 and x12 and 12x", "1.5 12", False, "no number of it"),
    ],
)
def test_a_text_is_examined(text, outputs, complete, says):
    found = examine(text, outputs, is_report=False)
    assert found[0] is complete
    assert says in found[1]


def test_a_report_needs_no_words_but_a_number():
    assert examine("narrow\nwide\n3.1 ms, 4.2 ms\nnarrow", "3.14 4.2", is_report=True)[0]
    assert not examine("narrow\nwide\nfaster\nnarrow", "3.14 4.2", is_report=True)[0]


def test_a_flood_of_numbers_is_cut():
    assert examine("1.5 " * 200_000, "2.5 " * 200_000, is_report=False)[0] is False


def test_an_answer_is_examined_beside_its_own_ledger():
    notebook = solved()
    cell(notebook, "mean-check").setdefault("outputs", []).append(
        {"output_type": "display_data", "metadata": {}, "data": ledger().mime_bundle()}
    )
    cell(notebook, "why-remainder")["source"] = f"{WORDS}, as the table says: 8 bits and 4 bytes, that is 32 bits."
    graded = grade_one(job(notebook, replace(assignment(), sandbox=False)))
    [question] = graded.questions
    assert question.points is None
    assert (question.complete, question.says) == (
        True,
        "Complete: 1 of its 1 numbers stand in the notebook's own results.",
    )


def student(name, complete, **changes):
    made = result(name, **changes)
    says = "Complete: so." if complete else "Not complete: so."
    return replace(made, questions=tuple(replace(part, complete=complete, says=says) for part in made.questions))


CLASS = [student("ada", True), student("bo", False), student("cy", True), student("di", True), student("ed", False)]
OTHERS = [
    Result("fay", "", "", Status.MISSING, "no submission"),
    Result("gus", "gus.ipynb", "", Status.FAILED, "it is empty"),
    replace(CLASS[0], student="hal", questions=(QuestionResult("why-remainder", 2.0, "", False, 0.0),)),
]


def points(results):
    return {one.student: [part.points for part in one.questions] for one in results}


def test_everybody_waits_for_a_person(tmp_path):
    assert settle([*CLASS, *OTHERS], Reading(), tmp_path) == ([*CLASS, *OTHERS], [])


def test_complete_answers_get_their_points(tmp_path):
    results, said = settle([*CLASS, *OTHERS], Reading("complete"), tmp_path)
    assert points(results) == {
        "ada": [2.0],
        "bo": [0.0],
        "cy": [2.0],
        "di": [2.0],
        "ed": [0.0],
        "fay": [],
        "gus": [],
        "hal": [0.0],
    }
    assert said == ["answers of 5 students have points by completeness alone"]
    assert results[1].questions[0].comment == "Not complete: so."
    assert results[0].status == Status.GRADED
    assert [one.status for one in results[5:]] == [Status.MISSING, Status.FAILED, Status.GRADED]


def test_a_sample_is_read_by_a_person_and_the_same_seed_draws_the_same(tmp_path):
    results, said = settle(CLASS, Reading("sample", sample=2, seed=3), tmp_path)
    waiting = [one.student for one in results if one.status == Status.NEEDS_MANUAL]
    assert len(waiting) == 2
    assert said == [f"a person reads the answers of 2 of 5 students: {', '.join(waiting)}"]
    assert settle(list(reversed(CLASS)), Reading("sample", 2, 3), tmp_path)[1] == said
    draws = {tuple(settle(CLASS, Reading("sample", 2, seed), tmp_path)[1]) for seed in range(9)}
    assert len(draws) > 3
    assert settle(CLASS, Reading("sample", sample=99), tmp_path)[0] == CLASS


@pytest.fixture
def handed_out(tmp_path):
    settle(CLASS, Reading("peers", seed=1), tmp_path)
    with (tmp_path / PEERS).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def filled(tmp_path, rows, delimiter=","):
    path = tmp_path / "filled.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return Reading("peers", reviews=path)


def test_each_reads_two_others_and_nobody_is_named(handed_out, tmp_path):
    assert len(handed_out) == 10
    key = dict(line.split(",") for line in (tmp_path / "peers_key.csv").read_text().splitlines()[1:])
    for row in handed_out:
        assert key[row["answer"]] != row["reviewer"]
        assert row["text"] == "Because."
    for place in ("reviewer", "answer"):
        assert set(Counter(row[place] for row in handed_out).values()) == {2}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_what_peers_gave_comes_back(handed_out, tmp_path, delimiter):
    for number, row in enumerate(handed_out):
        row["points"], row["comment"] = ("1,5" if delimiter == ";" else "1.5", "fine") if number else ("", "")
    results, said = settle(CLASS, filled(tmp_path, handed_out, delimiter), tmp_path)
    assert said == ["peers have read all answers of 5 of 5 students"]
    assert {tuple(value) for value in points(results).values()} == {(1.5,)}
    comments = sorted(one.questions[0].comment for one in results)
    assert comments == ["fine", *["fine\nfine"] * 4]


def test_whom_nobody_read_waits_on(handed_out, tmp_path):
    for row in handed_out:
        row["points"] = "2" if row["answer"] == handed_out[0]["answer"] else ""
    results, said = settle(CLASS, filled(tmp_path, handed_out), tmp_path)
    assert said == ["peers have read all answers of 1 of 5 students"]
    assert sorted(map(str, points(results).values())) == ["[2.0]", *["[None]"] * 4]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("points", "3", "is no number from 0 to 2"),
        ("points", "-1", "is no number from 0 to 2"),
        ("points", "good", "is no number from 0 to 2"),
        ("answer", "A099", "was not handed out"),
        ("reviewer", "zoe", "was not handed out"),
    ],
)
def test_a_table_that_does_not_fit_names_its_row(handed_out, tmp_path, field, value, words):
    handed_out[3][field] = value
    with pytest.raises(CourseError, match=rf"row 5: .*{words}"):
        settle(CLASS, filled(tmp_path, handed_out), tmp_path)


def test_a_table_of_another_form_is_refused(handed_out, tmp_path):
    for row in handed_out:
        del row["points"]
    with pytest.raises(CourseError, match="has no column points"):
        settle(CLASS, filled(tmp_path, handed_out), tmp_path)
    with pytest.raises(CourseError, match="cannot be read"):
        settle(CLASS, Reading("peers", reviews=tmp_path / "none.csv"), tmp_path)


def test_two_are_too_few_for_peers(tmp_path):
    with pytest.raises(CourseError, match="more than 2 students with answers; there are 2"):
        settle(CLASS[:2], Reading("peers"), tmp_path)
