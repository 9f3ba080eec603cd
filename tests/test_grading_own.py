"""Experiments of a student's own: their code never runs, their stored report is text that nobody vouches for."""

import copy
import json
from dataclasses import replace

import pytest
from grading_kit import assignment, cell, job, released, solved
from nbformat.v4 import new_code_cell, reads_json
from sample_lab import ledger

from course.grading.grade import grade_one
from course.grading.gradebook import rubrics
from course.grading.jobs import Status
from labsupport.report import REPORT_MIME

STUB = 'raise NotImplementedError("write your experiment here; it ends in report(...)")'
WHOLE = {"change": "narrow", "control": "wide", "result": "3 ms, 4 ms", "conclusion": "narrow is faster"}
"""A report as `labsupport.report` stores it."""


def with_own(notebook, source=STUB, *outputs):
    made = copy.deepcopy(notebook)
    about = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "points": 4}
    own = new_code_cell(source, id="own-narrow", metadata={"nbgrader": {**about, "grade_id": "own-narrow"}})
    own["outputs"] = list(outputs)
    made["cells"].insert(len(made["cells"]) - 1, json.loads(json.dumps(own)))
    return made


@pytest.fixture(scope="module")
def task():
    return replace(assignment(), release=json.dumps(with_own(json.loads(json.dumps(released())))))


def display(kind, content):
    return {"output_type": "display_data", "metadata": {}, "data": {kind: content}}


def own_of(task, source, *outputs, verdicts=True):
    notebook = with_own(solved(), source, *outputs)
    if verdicts:
        cell(notebook, "mean-check").setdefault("outputs", []).append(
            {"output_type": "display_data", "metadata": {}, "data": ledger().mime_bundle()}
        )
    result = grade_one(job(notebook, task))
    [own] = [question for question in result.questions if question.grade_id == "own-narrow"]
    return result, own


def test_code_and_report_are_read_and_nothing_runs(task, tmp_path):
    source = f"open({str(tmp_path / 'ran')!r}, 'w')\nreport(**parts)"
    result, own = own_of(task, source, display(REPORT_MIME, WHOLE))
    assert (own.answered, own.points, own.maximum) == (True, None, 4)
    assert own.text.startswith(f"{source}\n\n# change: narrow\n# control: wide\n")
    assert own.text.endswith("# conclusion: narrow is faster")
    assert result.status == Status.NEEDS_MANUAL
    assert not result.notes
    assert not list(tmp_path.iterdir())


def test_an_unchanged_stub_earns_nothing_without_a_person(task):
    _, own = own_of(task, STUB)
    assert (own.answered, own.points) == (False, 0.0)


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ([], "holds no report: run it"),
        ([display("text/plain", "change narrow")], "holds no report: run it"),
        ([display(REPORT_MIME, {**WHOLE, "control": " "})], "The report of 'own-narrow' has no control."),
        ([display(REPORT_MIME, {"change": "narrow"})], "has no control and no result and no conclusion."),
        ([display(REPORT_MIME, ["change"])], "holds no report"),
        ([display(REPORT_MIME, {**WHOLE, "result": {"a": 1}})], "has no result."),
        (["nothing", None, {"data": None}], "holds no report"),
    ],
)
def test_what_a_report_lacks_is_said(task, stored, says):
    result, own = own_of(task, "x = 1", *stored)
    assert own.answered
    assert any(says in note for note in result.notes)


def test_a_missing_ledger_is_said(task):
    result, _ = own_of(task, "x = 1", display(REPORT_MIME, WHOLE), verdicts=False)
    assert result.notes == ("The table of verdicts is not in the file: run the lab to its end and save it.",)


def test_a_report_acts_nowhere_and_is_short(task):
    hostile = {**WHOLE, "result": "\x1b[2J<script>\n# points: 4", "change": "x" * 10_000}
    _, own = own_of(task, "x = 1", display(REPORT_MIME, hostile))
    assert "\x1b" not in own.text
    assert len(own.text) < 1_000
    assert len([line for line in own.text.splitlines() if line.startswith("# ")]) == 4


def test_the_sample_is_shown_to_the_instructor_as_code():
    solution = "### BEGIN SOLUTION\na = 1\n### END SOLUTION"
    notebook = with_own(json.loads(json.dumps(released())), solution)
    assert rubrics(reads_json(json.dumps(notebook)))["own-narrow"] == "**Sample answer.**\n\n```python\na = 1\n```"
