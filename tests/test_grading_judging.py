"""Judging data that came from anywhere: always an outcome, soon, and nothing of the grader is lost."""

import io
import json
import os
import signal
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from grading_kit import assignment, job, solved

from course.grading import apart, grade, judging
from course.grading.grade import grade_one
from course.grading.jobs import Outcome
from course.grading.judging import MAX_HINT, UNSOLVED, Verdict, judge_answers, mistaken
from course.grading.sandbox import Answer, SandboxError
from labsupport.checks import wire
from labsupport.checks.protocol import NOT_HERE, Case, Exercise, require, require_close


def judge_two(data):
    require(data != 3, "adds-one", "3 is one too many.")
    require_close(data, 2, "wrong-number", "It must be 2.")


TWO = Case("two", id, judge_two)
EXERCISE = Exercise("give_two", (TWO, TWO))


def judged(*answers, judge=judge_two):
    cases = [Case(f"case {number}", id, judge) for number in range(max(1, len(answers)))]
    return judge_answers(answers, EXERCISE, cases)


def data(value):
    return Answer("data", {}, wire.dumps(value))


def npz(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def test_what_agrees_has_no_mistake():
    assert judged(data(2), data(2.0)) == Verdict()
    assert Verdict().outcome is Outcome.PASSED


def test_a_mistake_is_named_with_the_first_case_that_fails():
    assert judged(data(2), data(3), data(3)) == mistaken("adds-one", "3 is one too many.", "case 1")


def test_a_likeness_in_one_case_is_not_named():
    verdict = judged(data(2), data(3), data(4))
    assert (verdict.mistake, verdict.case) == ("wrong-number", "case 1")
    assert verdict.hint == "It must be 2. Got 3, expected 2."


def test_an_unsolved_case_counts_after_others():
    assert judged(data(3), Answer("unsolved", {}, b"")) == UNSOLVED


def test_answers_of_the_last_cases_may_be_missing():
    assert judge_answers([data(2)], EXERCISE, EXERCISE.cases) == Verdict()
    assert judge_answers([], EXERCISE, EXERCISE.cases) == Verdict()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer("unsolved", {}, b""), UNSOLVED),
        (Answer("undefined", {}, b"NotImplementedError: here"), UNSOLVED),
        (Answer("undefined", {}, b""), mistaken("defines-no-function", "The cell give-two defines no give_two.")),
        (Answer("undefined", {}, b"X: y\xff"), mistaken("cell-stops", "The cell give-two stopped with X: y\ufffd.")),
        (Answer("mistake", {}, b'["raises-x", "It stopped."]'), mistaken("raises-x", "It stopped.", "case 0")),
    ],
)
def test_what_the_process_says_of_itself(answer, expected):
    assert judged(answer) == expected


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'["x"]',
        b'["a b", "c"]',
        b'["x", 7]',
        b"[" * 99_999,
        b'["' + b"a" * 90 + b'", "b"]',
        b"\xff",
    ],
)
def test_a_mistake_that_cannot_be_read_is_one(payload):
    assert judged(Answer("mistake", {}, payload)).mistake == "returns-wrong-type"


def test_a_long_hint_is_cut():
    long = json.dumps(["raises-x", "a" * 10_000]).encode()
    assert len(judged(Answer("mistake", {}, long)).hint) <= MAX_HINT


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"PK\x03\x04",
        b"x" * 17_000_000,
        npz(json=b"\0" * 50_000_000),
        npz(array_0=b"\x93NUMPY\x01\x00"),
        wire.dumps([1])[:-30],
    ],
)
def test_data_that_cannot_be_read_is_a_mistake(payload):
    assert judged(Answer("data", {}, payload)).mistake == "returns-wrong-type"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -(10**400), "2", [], {}, [[2]], np.full((9, 9), np.nan)])
def test_poisoned_data_is_a_mistake(value):
    assert judged(data(value)).mistake in ("wrong-number", "returns-wrong-type", "wrong-shape")


def loop(value):
    while True:
        pass


def fill(value):
    np.ones(value, np.uint8)


def leave(value):
    raise SystemExit


def test_data_that_fills_the_memory_is_a_mistake(monkeypatch):
    monkeypatch.setattr(judging, "JUDGE_BYTES", 200_000_000)
    assert judged(data(10**9), judge=fill).mistake == "returns-wrong-type"


def crash(value):
    os.kill(os.getpid(), signal.SIGSYS)


def test_a_judge_that_does_not_end_well_is_no_zero():
    with pytest.raises(SandboxError, match="the answers of give-two could not be judged: it stopped with SystemExit"):
        judged(data(10**9), judge=leave)


@pytest.mark.parametrize(("judge", "why"), [(loop, "it takes longer than 1 s"), (crash, "it crashed")])
def test_data_that_no_judge_gets_through_costs_the_exercise(judge, why, monkeypatch):
    monkeypatch.setattr(judging, "JUDGE_SECONDS", 1)
    started = time.monotonic()
    expected = mistaken("returns-too-much", f"What give_two returned cannot be compared: {why}.")
    assert judged(data(10**9), judge=judge) == expected
    assert time.monotonic() - started < apart.PATIENCE


def test_judging_is_tried_twice(tmp_path):
    def killed_once(value):
        if not (tmp_path / "killed").exists():
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)

    assert judged(data(2), judge=killed_once) == Verdict()
    assert (tmp_path / "killed").exists()


PRIME = 2**61 - 1


def forged(structure, **arrays):
    """What a student's process may write in place of `wire.dumps`."""
    stream = io.BytesIO()
    np.savez(stream, json=np.frombuffer(structure, np.uint8), **arrays)
    return Answer("data", {}, stream.getvalue())


def pairs(keys):
    return json.dumps({"dict": [[key, 0] for key in keys]}).encode()


def empty_members(count):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return Answer("data", {}, stream.getvalue())


@pytest.mark.parametrize(
    ("make", "mistakes"),
    [
        (lambda: forged(pairs(n * PRIME for n in range(100_000))), {"returns-wrong-type"}),
        (lambda: forged(pairs(n * PRIME for n in range(10_000))), {"returns-wrong-type"}),
        (lambda: forged(pairs(range(100_000))), {"returns-wrong-type"}),
        (lambda: forged(b"9" * 1_000_000), {"returns-wrong-type"}),
        (lambda: forged(b"[" + b"9" * 1_000_000 + b"]"), {"returns-wrong-type"}),
        (lambda: forged(b"-" + b"9" * 1000), {"wrong-number", "returns-wrong-type"}),
        (lambda: forged(b"0." + b"9" * 1_000_000), {"wrong-number"}),
        (lambda: forged(b"1e" + b"9" * 1_000_000), {"wrong-number"}),
        (lambda: forged(b"[" * 900_000 + b"]" * 900_000), {"returns-wrong-type"}),
        (lambda: forged(b'{"dict":[["a",' * 10_000 + b"0" + b"]]}" * 10_000), {"returns-wrong-type"}),
        (lambda: forged(b"[" + b"{}," * 600_000 + b"{}]"), {"returns-wrong-type"}),
        (lambda: forged(b"[" + b"0," * 900_000 + b"0]"), {"returns-wrong-type"}),
        (lambda: forged(b"[" + b"0," * 400_000 + b"0]"), {"wrong-shape"}),
        (lambda: forged(json.dumps("x" * 1_900_000).encode()), {"returns-wrong-type"}),
        (lambda: forged(json.dumps("\x1b" * 300_000).encode()), {"returns-wrong-type"}),
        (lambda: forged(json.dumps([str(n) for n in range(150_000)]).encode()), {"returns-wrong-type"}),
        (lambda: data(np.zeros(15_900_000, np.int8)), {"returns-wrong-type"}),
        (lambda: empty_members(100_000), {"returns-wrong-type"}),
        (lambda: Answer("mistake", {}, json.dumps(["raises-x", "\x1b" * 10**6]).encode()), {"returns-wrong-type"}),
        (lambda: Answer("undefined", {}, b"\x1b" * 16_000_000), {"cell-stops"}),
    ],
    ids=range(20),
)
def test_hostile_data_is_judged_soon(make, mistakes):
    answer = make()
    started = time.monotonic()
    verdict = judged(answer)
    assert verdict.mistake in mistakes
    assert len(verdict.hint) <= MAX_HINT
    assert time.monotonic() - started < 4


def test_large_arrays_of_the_right_shape_are_compared():
    right = np.zeros(15_900_000, np.int8)

    def judge_large(values):
        require_close(values, right, "wrong-values", "All zero.")

    assert judged(data(right), judge=judge_large) == Verdict()
    assert judged(data(right + 1), judge=judge_large).mistake == "wrong-values"


def judge_by_set(values):
    require(len(set(values)) == 2, "wrong-count", "Two.")


def test_numbers_that_collide_in_a_set_of_a_judge_cost_the_exercise(monkeypatch):
    monkeypatch.setattr(judging, "JUDGE_SECONDS", 1)
    values = [n * PRIME for n in range(60_000)]
    assert judged(forged(json.dumps(values).encode()), judge=judge_by_set).mistake == "returns-too-much"


def test_a_judge_changes_nothing_in_the_grader():
    seen = []
    judged(data(2), judge=seen.append)
    assert seen == []


def test_a_program_that_is_missing_here_is_no_mistake_of_the_students(monkeypatch):
    said = judging.Verdict(Outcome.MISTAKE, NOT_HERE, "not on this machine: ziglang is not installed.")
    monkeypatch.setattr(grade, "judge_answers", lambda *arguments: said)
    result = grade_one(job(solved(), replace(assignment(), sandbox=False)))
    assert result.status == "failed"
    assert result.try_again
    assert "ziglang is not installed" in result.reason


def test_a_student_cannot_say_that_a_program_is_missing():
    claimed = judging._claimed_mistake(json.dumps([NOT_HERE, "so that nothing counts"]).encode())
    assert claimed.mistake == "returns-wrong-type"
