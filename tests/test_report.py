import pytest

from labsupport.report import REPORT_MIME, report

WHOLE = {
    "change": "one scale a channel",
    "control": "one scale for the layer",
    "result": 0.3,
    "conclusion": "the loss is gone",
}


def test_a_whole_report_is_shown_and_kept(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    report(**WHOLE)
    assert shown[0][REPORT_MIME] == WHOLE | {"result": "0.3"}
    assert shown[0]["text/plain"].splitlines()[2] == "result      0.3"


@pytest.mark.parametrize("part", WHOLE)
@pytest.mark.parametrize("empty", ["", "  \n", None, ...])
def test_an_empty_part_is_named(part, empty):
    with pytest.raises(ValueError, match=f"has no {part}"):
        report(**WHOLE | {part: empty})
