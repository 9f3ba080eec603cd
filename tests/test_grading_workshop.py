"""Answers in C: compiled and run in a sandbox of their own, and what hostile C finds there."""

import json
import re
from pathlib import Path

import pytest

from course.grading.jobs import Limits
from course.grading.judging import judge_answers
from course.grading.sandbox import Answer, SandboxError
from course.grading.workshop import Workshop
from labsupport import PROJECT_DIR
from labsupport.checks import wire
from labsupport.checks.protocol import Case, CheckFailed, Data, Exercise, put_cases, require, require_close

GOOD = "int32_t dot(const int8_t *x, int n) { int32_t s = 0; for (int i = 0; i < n; i++) s += x[i] * x[i]; return s; }"


def inputs_numbers(seed: int) -> tuple:
    import numpy as np

    return (np.random.default_rng(seed).integers(-128, 128, 20 + seed, dtype=np.int8),)


def ask(function, numbers) -> Data:
    return function()


def build_and_run(text: Data, numbers: object) -> Data:
    from labsupport.device.call import call_c
    from labsupport.device.errors import DeviceError

    try:
        called = call_c(text, "int32_t dot(const int8_t *x, int n)", {"x": numbers, "n": len(numbers)})
    except DeviceError as error:
        return {"error": str(error)}
    return {"error": "", "value": called.value}


def judge(result: Data, numbers: object) -> None:
    require(not result["error"], "does-not-run", result["error"])
    require_close(
        result["value"], int((numbers.astype(int) ** 2).sum()), "wrong-sum", "Multiply and add up in 32 bits."
    )


CASE = Case("numbers", inputs_numbers, judge, ask, seeds=2, then=build_and_run)
EXERCISE = Exercise("dot_in_c", (CASE,))


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.system)], ids=["bare", "sandboxed"])
def workshop(request):
    with Workshop(["import labsupport.device.call"], Limits(), request.param) as started:
        yield started


def verdict(workshop, text):
    answers = [Answer("data", {}, wire.dumps([text, text]))]
    return judge_answers(workshop.go_on(answers, [CASE], "dot_in_c"), EXERCISE, [CASE])


def test_a_right_answer_in_c_passes(workshop):
    assert verdict(workshop, GOOD).outcome == "passed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("x[i] *", "x[i]"), "It does not compile: line 1"),
        (GOOD.replace("i < n", "i < n + 1"), "reads 1 byte past the end of x"),
        (GOOD.replace("int32_t s = 0;", "int32_t s = 0; while (1) s++;"), "A loop without an end"),
        ("", "holds no function dot"),
    ],
    ids=["no-c", "out-of-bounds", "endless", "empty"],
)
def test_a_wrong_answer_in_c_gets_its_hint(workshop, text, words):
    found = verdict(workshop, text)
    assert found.mistake == "does-not-run"
    assert words in found.hint


@pytest.mark.system
@pytest.mark.parametrize(
    "line", ['#include "{path}"', '__asm__(".incbin \\"{path}\\"");', 'const char q[] = {{\n#embed "{path}"\n}};']
)
@pytest.mark.parametrize("path", ["/etc/passwd", str(PROJECT_DIR / "course" / "hidden" / "lab00" / "model_size.py")])
def test_the_compiler_sees_nothing_that_a_student_does_not(line, path):
    assert Path(path).is_file()
    with Workshop([], Limits(), protected=True) as workshop:
        found = verdict(workshop, f"{line.format(path=path)}\n{GOOD}")
    assert "does not compile" in found.hint
    assert re.search("not found|[Cc]ould not find|No such file|FileNotFound", found.hint), found.hint


def test_a_wrong_value_is_compared(workshop):
    assert (
        verdict(workshop, GOOD.replace("s += x[i]", "s += (int8_t)x[i]").replace("* x[i]", "& x[i]")).mistake
        == "wrong-sum"
    )


@pytest.mark.parametrize("data", [5, ["text"], [GOOD, [1]], {"a": 1}])
def test_what_is_no_text_is_a_wrong_type(workshop, data):
    answers = workshop.go_on([Answer("data", {}, wire.dumps(data))], [CASE], "dot_in_c")
    assert judge_answers(answers, EXERCISE, [CASE]).outcome == "mistake"


def test_what_takes_too_long_to_compile_stops():
    bomb = "\n".join(f"#define A{n + 1} {f'A{n} ' * 10}" for n in range(9))
    with Workshop([], Limits(cpu_seconds=1, wall_seconds=2.0), protected=False) as workshop:
        found = verdict(workshop, f"#define A0 int a;\n{bomb}\nA9\n{GOOD}")
    assert found.mistake in ("takes-too-long", "does-not-run")


def test_other_answers_need_no_workshop(workshop):
    other = Case("plain", None, judge, ask)
    answers = [Answer("data", {}, b"x"), Answer("mistake", {}, json.dumps(["a", "b"]).encode())]
    assert workshop.go_on(answers, [other, CASE], "f") == answers
    assert workshop._sandbox is None


def test_the_notebook_asks_the_same_way():
    put_cases(EXERCISE, lambda: GOOD)
    with pytest.raises(CheckFailed, match="does not compile"):
        put_cases(EXERCISE, lambda: GOOD.replace("return s", "return t"))


def test_a_sandbox_that_does_not_start_is_no_mistake(monkeypatch):
    monkeypatch.setattr("course.grading.sandbox.START", "raise SystemExit('broken')")
    with Workshop([], Limits(), False) as workshop, pytest.raises(SandboxError):
        verdict(workshop, GOOD)
