"""Grading one submission, without bubblewrap; what the sandbox adds is tested in test_grading_sandbox.py."""

import json
import pickle
from dataclasses import replace

import pytest
from grading_kit import LIMITS, assignment, cell, job, packed, released, solved
from nbformat.v4 import writes_json

from course import CourseError
from course.grading import grade
from course.grading.grade import grade_one
from course.grading.jobs import Outcome, Result, Status
from course.grading.released import parse

UNPRINTABLE = "type('E', (Exception,), {'__str__': lambda self: {}['x']})"
MEAN = "def mean(values):\n    return sum(values) / len(values)"


@pytest.fixture
def task():
    return replace(assignment(), sandbox=False)


@pytest.fixture
def graded(task):
    return lambda notebook: grade_one(job(notebook, task))


def outcomes(result):
    return {part.grade_id: part.outcome for part in result.exercises}


def test_solved_earns_everything(graded):
    result = graded(solved())
    assert set(outcomes(result).values()) == {Outcome.PASSED}
    assert (result.points, result.status, result.reason, result.notes) == (8, Status.GRADED, "", ())
    assert Result.from_json(result.to_json()) == result


def test_untouched_earns_nothing_and_starts_no_process(graded, monkeypatch):
    monkeypatch.setattr(grade, "Sandbox", None)
    result = graded(released())
    assert set(outcomes(result).values()) == {Outcome.UNSOLVED}
    assert (result.points, result.status) == (0, Status.GRADED)
    [question] = result.questions
    assert (question.answered, question.points) == (False, 0)


def test_an_answer_to_a_question_waits_for_a_person(graded):
    notebook = solved()
    cell(notebook, "why-remainder")["source"] = "Because the last one is smaller."
    result = graded(notebook)
    [question] = result.questions
    assert result.status == Status.NEEDS_MANUAL
    assert (question.text, question.points, question.maximum) == ("Because the last one is smaller.", None, 2)


def test_a_mistake_has_its_slug_hint_and_source(graded):
    source = "def mean(values):\n    return float(sum(values))"
    [mean, *_] = graded(solved(mean=source)).exercises
    assert (mean.points, mean.outcome, mean.mistake, mean.source) == (0, Outcome.MISTAKE, "forgets-count", source)
    assert mean.hint.startswith("20 is the sum")


def test_a_hidden_mistake_says_the_kind_of_case_and_no_value(graded):
    source = "def clip_pixels(pixels):\n    return np.clip(pixels.astype(np.int16), 0, PIXEL_MAX).astype(np.uint8)"
    clip = graded(solved(clip_pixels=source)).exercises[1]
    assert (clip.points, clip.outcome, clip.mistake) == (0, Outcome.HIDDEN_MISTAKE, "wraps-large")
    assert "does not: 'values beyond sixteen bits'. Think of" in clip.hint


def test_an_exercise_sees_earlier_ones_and_no_later_one(graded):
    found = outcomes(graded(solved(mean="def mean(values):\n    return batch_means(values, len(values))[0]")))
    assert found["mean"] == Outcome.MISTAKE
    assert found["split-batches"] == Outcome.PASSED
    broken = outcomes(graded(solved(mean="def mean(values):\n    return 1 / 0")))
    assert (broken["mean"], broken["batch-means"]) == (Outcome.MISTAKE, Outcome.MISTAKE)


@pytest.mark.parametrize(
    ("source", "mistake", "hint"),
    [
        ("def mean(values:", "cell-stops", "SyntaxError: '(' was never closed in line 1"),
        ("def mean(values):\n\0", "cell-stops", "null bytes"),
        ("mean = 3", "defines-no-function", "defines no mean"),
        ("import nothing_of_this_name\n" + MEAN, "cell-stops", "No module named"),
        ("%timeit 1\n!ls\n" + MEAN, "", ""),
        (MEAN + "\nraise ValueError", "", ""),
        ("raise ValueError('no')\n" + MEAN, "cell-stops", "ValueError: no"),
        ("import sys\nsys.exit(0)\n" + MEAN, "cell-stops", "SystemExit: 0"),
        ("import os\nos._exit(0)\n" + MEAN, "ends-the-process", "ended the Python process"),
        ("import os\nos.abort()\n" + MEAN, "ends-the-process", "crashed the Python process"),
        ("while True: pass", "takes-too-long", "The cell mean was stopped after 1 s"),
        ("def mean(values):\n    while True: pass", "takes-too-long", "Case 'whole numbers': mean was stopped"),
        ("def mean(values):\n    import time\n    time.sleep(99)", "takes-too-long", "8 s of waiting"),
        ("def mean(values):\n    return [0] * 10**9", "raises-memory-error", "MemoryError"),
        ("def mean(values):\n    return np.zeros(10**9)", "raises-", "Unable to allocate"),
        ("def mean(values):\n    return np.zeros(3 * 10**6)", "returns-too-much", "at most 16000000"),
        ("def mean(values):\n    import os\n    os.fork()", "raises-permission-error", "Operation not permitted"),
        ("def mean(values):\n    raise KeyboardInterrupt", "stops-the-check", "KeyboardInterrupt"),
        ("def mean(values):\n    raise NotImplementedError", "", ""),
        (f"def mean(values):\n    raise {UNPRINTABLE}", "stops-the-check", "KeyError"),
        ("def mean(values):\n    return 'x' * 10**5 + '\\ud800'", "rounds-down", "Got 'xxx"),
    ],
)
def test_how_an_answer_can_end(graded, source, mistake, hint):
    limits = replace(LIMITS, wall_seconds=3.0) if "sleep" in source else LIMITS
    hint = hint.replace("8 s of", "3 s of")
    result = grade_one(job(solved(mean=source), replace(assignment(), sandbox=False, limits=limits)))
    mean, clip, split, _ = result.exercises
    assert mean.mistake.startswith(mistake)
    assert bool(mean.mistake) == bool(mistake)
    assert hint in mean.hint
    assert clip.outcome == split.outcome == Outcome.PASSED


def test_cells_that_never_end_cost_their_time_once(graded, monkeypatch):
    found = graded(solved(mean="while True: pass", split_batches="while True: pass")).exercises
    assert [part.mistake for part in found] == ["takes-too-long", "", "takes-too-long", "raises-name-error"]


@pytest.mark.parametrize("blamed", [0, 1, 2, 3, 99, "x", None])
def test_a_cell_that_blames_another_pays_itself(graded, blamed):
    forge = f"""
import json, os
for number in range(3, 99):
    try:
        os.write(number, json.dumps(dict(size=0, kind="piece", number={blamed!r})).encode() + b"\\n")
    except OSError:
        pass
os._exit(0)
"""
    mean, clip, split, _ = graded(solved(clip_pixels=forge)).exercises
    assert clip.mistake == "ends-the-process"
    assert (mean.outcome, split.outcome) == (Outcome.PASSED, Outcome.PASSED)


def test_the_time_of_a_submission_is_limited(task):
    limits = replace(LIMITS, total_seconds=-1.0)
    result = grade_one(job(solved(), replace(task, limits=limits)))
    assert {part.mistake for part in result.exercises} == {"takes-too-long"}
    assert result.status == Status.GRADED


def test_what_a_process_prints_or_reads_goes_nowhere(graded, capfd):
    noise = "print('x' * 10**7)\nimport os, sys\nos.write(2, b'y')\nassert sys.stdin.read() == ''\n"
    assert graded(solved(mean=noise + MEAN)).exercises[0].outcome == Outcome.PASSED
    assert capfd.readouterr() == ("", "")


def test_a_file_that_cannot_be_graded_is_failed(graded, task):
    assert graded(b"{").status == Status.FAILED
    problem = replace(job(b"", task), problem="it is a symbolic link", notes=("Left out: x.",))
    result = grade_one(problem)
    assert (result.status, result.reason, result.notes) == (Status.FAILED, "it is a symbolic link", ("Left out: x.",))
    assert (result.exercises, result.questions, result.try_again) == ((), (), False)


def test_a_sandbox_that_does_not_start_is_no_zero(task, monkeypatch):
    monkeypatch.setattr("course.grading.sandbox.START", "import sys; sys.exit('no such thing')")
    result = grade_one(job(solved(), task))
    assert (result.status, result.try_again) == (Status.FAILED, True)
    assert "no such thing" in result.reason


def test_a_sandbox_that_hangs_is_no_zero(task, monkeypatch):
    monkeypatch.setattr("course.grading.sandbox.START", "import time; time.sleep(99)")
    result = grade_one(job(solved(), replace(task, limits=replace(LIMITS, start_seconds=0.5))))
    assert (result.status, result.try_again) == (Status.FAILED, True)


def test_a_defect_of_the_grader_is_no_zero_and_stops_nothing(task, monkeypatch):
    monkeypatch.setattr(grade, "run_exercises", lambda *_: 1 / 0)
    result = grade_one(job(solved(), task))
    assert (result.status, result.try_again) == (Status.FAILED, True)
    assert "ZeroDivisionError" in result.reason


def test_a_missing_bubblewrap_is_said_before_anything_runs(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CourseError, match="--no-sandbox"):
        grade_one(job(solved()))


def test_jobs_pickle_and_their_keys_tell_what_matters(task):
    one = job(solved(), task)
    assert pickle.loads(pickle.dumps(one)).key == one.key
    others = [
        job(solved(mean=MEAN), task),
        job(solved()),
        replace(one, file="other.ipynb"),
        replace(one, notes=("x",)),
        replace(one, assignment=replace(task, version="2")),
        replace(one, assignment=replace(task, limits=replace(LIMITS, cpu_seconds=3))),
    ]
    assert len({each.key for each in (one, *others)}) == 7


def test_a_release_knows_its_parts_and_is_parsed_once(task):
    release = parse(task.release)
    assert release.points == {"mean": 1, "clip-pixels": 2, "split-batches": 2, "batch-means": 3, "why-remainder": 2}
    assert list(release.points) == list(release.stubs)
    assert release.exercises.keys() == release.checks.keys() == release.points.keys() - release.questions.keys()
    assert release.given == {"pixel-max": "PIXEL_MAX = 2**8 - 1"}
    assert release.grade_ids == {*release.stubs, *(f"{name}-check" for name in release.checks)}
    assert "raise NotImplementedError" in release.stubs["mean"]
    assert "Write your answer here" in release.stubs["why-remainder"]
    assert parse(pickle.loads(pickle.dumps(task)).release) is release


def test_code_that_a_person_grades_never_runs():
    notebook = released()
    about = {"grade": True, "solution": True, "grade_id": "half-way", "points": 3}
    next(each for each in notebook.cells if each.id == "half-way").metadata["nbgrader"] = about
    release = parse(writes_json(notebook))
    assert "half-way" in release.questions
    assert "half-way" not in release.exercises
    assert "half-way" not in {piece.cell_id for piece in release.pieces(release.exercises)}


def test_only_imports_that_the_answers_name_are_carried_out():
    notebook = released()
    notebook.cells[
        1
    ].source = "from __future__ import annotations\nimport numpy as np, this\nimport os.path\nimport json"
    release = parse(writes_json(notebook))
    answers = {**release.exercises, "mean": "import csv\n" + MEAN}
    more = (("", "import fractions"), ("", "import statistics as values"), ("clip-pixels", "from math import *"))
    first, *others = release.pieces(answers, more)
    assert first.source.splitlines() == [
        "from __future__ import annotations",
        "import numpy as np, this",
        "import statistics as values",
    ]
    before = next(number for number, piece in enumerate(others) if piece.cell_id == "clip-pixels") - 1
    assert (others[before].kind, others[before].source) == ("imports", "from math import *")


def test_results_are_the_same_words_in_every_form(graded):
    result = graded(solved(mean="def mean(values):\n    return 7"))
    again = pickle.loads(pickle.dumps(result))
    assert (again, Result.from_json(again.to_json())) == (result, result)
    assert Result.from_json(result.to_json()).status is Status.GRADED
    assert Result.from_json(result.to_json()).exercises[0].outcome is Outcome.MISTAKE
    assert json.loads(result.to_json())["exercises"][1]["outcome"] == "passed"
    with pytest.raises(ValueError, match="no such status"):
        Result.from_json(replace(result, status="no such status").to_json())


def test_annotations_are_not_evaluated_where_the_lab_says_so(graded):
    notebook = solved(mean=MEAN.replace("mean(values)", "mean(values: Unknown)"))
    assert graded(notebook).exercises[0].mistake == "cell-stops"
    cell(notebook, "imports")["source"] = "from __future__ import annotations\n" + cell(notebook, "imports")["source"]
    assert graded(notebook).exercises[0].outcome == Outcome.PASSED


def test_an_import_that_fails_spoils_nothing_else(graded):
    notebook = solved(mean="import statistics\n" + MEAN)
    cell(notebook, "guess")["source"] = "import nothing_of_this_name as sum"
    assert packed(notebook)
    assert set(outcomes(graded(notebook)).values()) == {Outcome.PASSED}
