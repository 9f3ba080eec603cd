"""Answers from files, judged one by one."""

import json
import subprocess
import sys

import pytest
from sample_course import FIXTURE_ROOT

from course import CourseError, judge
from labsupport import PROJECT_DIR

RIGHT = "def mean(values: list[float]) -> float:\n    return sum(values) / len(values)\n"
STOPS = "import os\n\n\ndef mean(values):\n    print('not JSON')\n    os._exit(0)\n"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Judge sources in one call and return what came of each."""
    monkeypatch.setattr(judge, "SECONDS", 2)

    def ask(*sources):
        files = [tmp_path / f"{number}.py" for number in range(len(sources))]
        for file, source in zip(files, sources, strict=True):
            file.write_bytes(source if isinstance(source, bytes) else source.encode())
        return list(judge.judged("mean", files, FIXTURE_ROOT))

    return ask


def test_a_right_answer_is_accepted(ask):
    [found] = ask(RIGHT)
    assert (found.accepted, found.fell, found.slug, found.hint) == (True, "", "", "")


def test_one_file_never_touches_the_next(ask):
    endless = "def mean(values):\n    while True:\n        pass\n"
    patched = "import builtins\nbuiltins.sum = max\n" + RIGHT
    found = ask(endless, STOPS, patched, RIGHT)
    assert [answer.slug for answer in found[:2]] == ["no-result", "no-result"]
    assert "longer than 2 s" in found[0].hint
    assert not found[2].accepted
    assert found[3].accepted


@pytest.mark.parametrize(
    ("source", "slug", "hint"),
    [
        ("def mean(values):\n    raise NotImplementedError\n", "not-solved", "not solved"),
        ("raise NotImplementedError\n", "not-solved", "not solved"),
        ("def mean(values:\n", "cell-stops", "SyntaxError"),
        ("1 / 0\n", "cell-stops", "ZeroDivisionError"),
        ("average = 3\n", "defines-no-function", "defines no mean"),
        (b"\xff\xfe", "cell-stops", "UTF-8"),
        ("def mean(values):\n    return values.total\n", "raises-attribute-error", "stopped with AttributeError"),
    ],
)
def test_what_is_no_answer_says_why(ask, source, slug, hint):
    [found] = ask(source)
    assert (found.accepted, found.fell, found.slug) == (False, "visible", slug)
    assert hint in found.hint


def test_a_mistake_that_only_a_hidden_case_sees_says_so(ask):
    lab = judge.lab_of("mean", FIXTURE_ROOT)
    from course.exercises import read

    wrong = read(lab, FIXTURE_ROOT).wrong_answers["mean"]
    found = dict(zip(wrong, ask(*wrong.values()), strict=True))
    assert {slug.partition(",")[0] for slug in wrong} == {answer.slug for answer in found.values()}
    assert {"visible", "hidden"} >= {answer.fell for answer in found.values()}


def test_an_unknown_exercise_names_similar_ones():
    with pytest.raises(CourseError, match=r"no lab has an exercise 'model_sizes'; similar: model_size"):
        judge.lab_of("model_sizes")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"none\.py: No such file"):
        list(judge.judged("mean", [tmp_path / "none.py"], FIXTURE_ROOT))


def test_the_command_prints_one_json_line_a_file_and_nothing_else(tmp_path):
    solved = tmp_path / "answer.py"
    solved.write_text(STOPS.replace("mean(values)", "model_size(*arguments)"))
    command = [sys.executable, "-m", "course", "judge", "--exercise", "model_size", str(solved), str(solved)]
    finished = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    lines = finished.stdout.splitlines()
    assert len(lines) == 2
    assert set(json.loads(lines[0])) == {"file", "exercise", "accepted", "fell", "slug", "hint"}
    assert json.loads(lines[0])["file"] == str(solved)


def test_the_lab_of_a_class_is_found_by_the_name_of_the_class():
    assert judge.lab_of("InvertedResidual") == judge.lab_of("inverted_residual") == "07"
