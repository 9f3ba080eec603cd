import pytest

from labsupport.facts import fact


@pytest.fixture(params=["", "0", "1"])
def strict(request, monkeypatch):
    monkeypatch.setenv("LABS_STRICT", request.param)
    return request.param == "1"


@pytest.mark.parametrize("depends_on", [None, "time", "processor"])
def test_what_is_true_is_said(strict, depends_on, capsys):
    fact(3 > 2, "three is more", depends_on)
    assert capsys.readouterr().out == "three is more\n"


def test_what_is_not_true_raises_only_for_the_course_itself(strict, capsys):
    if strict:
        with pytest.raises(AssertionError, match="not so any more: three is less"):
            fact(3 < 2, "three is less")
    else:
        fact(3 < 2, "three is less")
        assert capsys.readouterr().out == "not on this machine: three is less\n"


@pytest.mark.parametrize("depends_on", ["time", "processor"])
def test_another_processor_never_stops_anybody(strict, depends_on, capsys):
    fact(False, "int8 is faster", depends_on)
    assert capsys.readouterr().out == "not on this machine: int8 is faster\n"


def test_it_depends_on_two_things_only():
    with pytest.raises(ValueError, match="time, processor"):
        fact(True, "a sentence", "the weather")
