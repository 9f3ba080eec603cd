"""Text of others that is shown: nothing in it acts, nothing else changes."""

import re
import unicodedata

import pytest

from labsupport import shown
from labsupport.checks.protocol import MAX_HINT, Case, CheckFailed, collect, require_keys, show

HOSTILE = "a\x1b]0;title\x07\x1b[2Jb\x9b31m\x7f\x00\r\u202egpj.\u2066x\u2069\u2028\u2029\t\n\ud800"
ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_every_character_that_acts_is_spelt_out():
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029):
        assert shown.line(chr(code)) == repr(chr(code))[1:-1], hex(code)
        if chr(code) not in "\t\n\u2028\u2029":
            assert shown.lines(chr(code)) == repr(chr(code))[1:-1], hex(code)


def test_a_line_is_one_line():
    assert shown.line("a\nb\tc\r\nd") == r"a\nb\tc\r\nd"
    assert len(shown.line(HOSTILE).splitlines()) == 1


def test_lines_keep_line_ends_and_tabs():
    assert shown.lines("if x:\r\n\ty = 1\n") == "if x:\n\ty = 1\n"
    assert shown.lines("a\rb") == r"a\rb"


@pytest.mark.parametrize("text", ["Zoë Ångström 李", "שלום", "مرحبا", "👩‍🔬", "naïve — “x”", r"\x1b", " ", ""])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_other_text_stays_and_nothing_is_spelt_out_twice(text, form):
    text = unicodedata.normalize(form, text)
    assert shown.line(text) == shown.lines(text) == text
    assert shown.line(shown.line(HOSTILE)) == shown.line(HOSTILE)


def evil(values):
    raise ValueError(HOSTILE)


class Evil:
    def __repr__(self):
        return HOSTILE


def wrong_keys():
    require_keys({HOSTILE: 1}, "a")


@pytest.mark.parametrize(
    "fail",
    [
        lambda: collect(Case("one", lambda: (1,)), evil, "f"),
        lambda: collect(Case("one", lambda: (1,)), lambda x: type("\x1b[2J", (), {})(), "f"),
        wrong_keys,
    ],
)
def test_no_hint_acts_on_a_terminal(fail):
    with pytest.raises(CheckFailed) as failure:
        fail()
    for text in (failure.value.hint, str(failure.value), *failure.value._render_traceback_(), *failure.value.args):
        assert not ACTS.search(text)
        assert "\\x1b" in text or text == failure.value.mistake


def test_a_hint_has_an_end():
    assert len(CheckFailed("slug", "\x1b" * 10**6).hint) == MAX_HINT


@pytest.mark.parametrize("value", [HOSTILE, Evil(), [HOSTILE], {HOSTILE: 1}, (Evil(), HOSTILE)])
def test_no_value_that_is_shown_acts_on_a_terminal(value):
    assert not ACTS.search(show(value))
