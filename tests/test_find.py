"""`check(function)` finds the exercise by its name."""

import functools

import pytest

from labsupport.checks import check
from labsupport.checks.find import find
from labsupport.checks.protocol import CheckFailed


def soften(logits, temperature):
    return (logits / temperature).softmax(1)


def test_the_name_leads_to_the_cases(capsys):
    check(soften)
    assert capsys.readouterr().out == "soften: all 2 visible cases agree; grading tries more\n"


def test_a_mistake_is_named():
    def soften(logits, temperature):
        return (logits * temperature).softmax(1)

    with pytest.raises(CheckFailed, match=r"\[multiplies"):
        check(soften)


def test_a_decorated_function_is_known_by_the_name_it_is_bound_to(capsys):
    names = {"check": check, "answer": soften, "functools": functools}
    exec("def wrapper(*a):\n    return answer(*a)\nsoften = wrapper\ncheck(soften)", names)
    exec("soften = functools.partial(answer)\ncheck(soften)", names)
    assert capsys.readouterr().out == 2 * "soften: all 2 visible cases agree; grading tries more\n"


def test_a_class_is_found_by_its_name_and_by_that_of_its_file():
    exercises = find("InvertedResidual"), find("inverted_residual")
    assert {(exercise.function, exercise.grade_id) for exercise in exercises} == {
        ("InvertedResidual", "inverted-residual")
    }


def test_other_names_are_refused():
    with pytest.raises(LookupError, match="no exercise 'sum'"):
        check(sum)


@pytest.mark.parametrize("name", ["_reference", "__init__", "nothing_of_the_kind", "../lab00/model_size"])
def test_only_exercises_are_found(name):
    assert find(name) is None
