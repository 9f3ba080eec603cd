import subprocess
import sys

import pytest

from labsupport.claims import (
    CLAIMS_MIME,
    VERDICTS_MIME,
    Claim,
    Interval,
    Ledger,
    common_verdict,
    markdown_table,
    show_claims,
    text_table,
)
from labsupport.measure import Ratio


@pytest.mark.parametrize(
    ("verdict", "source"),
    [
        ("holds", ""),
        ("refuted", ""),
        ("not decided", ""),
        ("holds when the CPU has VNNI", ""),
        ("not measured here", "its paper"),
        ("not measured here (its paper)", ""),
    ],
)
def test_the_five_verdicts(verdict, source):
    ledger = Ledger("00")
    ledger.record("a claim", 1, verdict, basis="live", source=source)
    row = {"claim": "a claim", "measured": "1", "verdict": verdict, "basis": "live", "source": source, "numbers": {}}
    assert ledger.bundle()["claims"] == [row]


@pytest.mark.parametrize(
    "verdict",
    ["", "true", "Holds", "holds if warm", "holds when", "holds when ...", "not measured here", "not measured here ()"],
)
def test_any_other_verdict_is_refused(verdict):
    with pytest.raises(ValueError, match=r"verdict|condition|source"):
        Ledger("00").record("a claim", 1, verdict, basis="live")


def test_a_claim_without_words_is_refused():
    with pytest.raises(ValueError, match="needs words"):
        Ledger("00").record(" ", 1, "holds", basis="live")


def test_running_a_cell_twice_does_not_repeat_the_claim():
    ledger = Ledger("00")
    ledger.record("a claim", 1, "holds", basis="live")
    ledger.record("a claim", 2, "refuted", basis="live")
    assert [entry["measured"] for entry in ledger.bundle()["claims"]] == ["2"]


def test_show_emits_data_table_and_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append((bundle, raw)))
    ledger = Ledger("00", hardware="2 cores")
    ledger.record("int8 is 4x | smaller", "3.2 x", "refuted", basis="live", source="lab 00")
    ledger.show()
    [(bundle, raw)] = shown
    assert raw
    assert bundle[VERDICTS_MIME] == ledger.bundle()
    assert "int8 is 4x \\| smaller | 3.2 x | refuted | live | lab 00" in bundle["text/markdown"]
    assert bundle["text/plain"].splitlines()[0].split() == ["claim", "measured", "verdict", "basis", "source"]
    assert bundle["text/plain"].endswith("Live rows were measured on: 2 cores")


def test_a_basis_is_asked_for():
    with pytest.raises(ValueError, match="live, recorded, published"):
        Ledger("00").record("a claim", 1, "holds", basis="guessed")


@pytest.mark.parametrize(
    ("basis", "lines"), [("live", ["Live", "here"]), ("recorded", ["Recorded", "there"]), ("published", [])]
)
def test_only_machines_that_a_row_rests_on_are_named(monkeypatch, basis, lines):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle["text/plain"]))
    ledger = Ledger("00", hardware="here", recorded_on="there")
    ledger.record("a claim", 1, "holds", basis=basis)
    ledger.show()
    named = [line for line in shown[0].splitlines() if "measured on" in line]
    assert [word for line in named for word in (line.split()[0], line.split()[-1])] == lines


SIZE = Claim("a network is 100 MB", "its weights", at_least=95, at_most=105, unit="MB")
FASTER = Claim("it is 4x faster", "times faster", at_least=4, unit="x", is_time=True)
LOSS = Claim("under 2 points are lost", "points lost", at_most=2, unit="points")


@pytest.mark.parametrize(
    ("claim", "measured", "verdict"),
    [
        (SIZE, 102.2, "holds"),
        (SIZE, 94.9, "refuted"),
        (SIZE, 110, "refuted"),
        (SIZE, Interval(100, 94, 104), "not decided"),
        (SIZE, Interval(100, 96, 106), "not decided"),
        (SIZE, Interval(100, 90, 110), "not decided"),
        (SIZE, Interval(100, 96, 104), "holds"),
        (SIZE, Interval(90, 85, 94), "refuted"),
        (LOSS, 2, "holds"),
        (LOSS, Interval(1.5, 0.9, 2.1), "not decided"),
        (LOSS, Interval(2.5, 2.1, 2.9), "refuted"),
        (LOSS, Interval(-0.5, -1, 0), "holds"),
        (FASTER, Ratio(4.5, 4.3, 4.7), "holds"),
        (FASTER, Ratio(4.5, 4.1, 4.7), "not decided"),
        (FASTER, Ratio(3.9, 3.85, 3.95), "not decided"),
        (FASTER, Ratio(3.5, 3.4, 3.6), "refuted"),
        (FASTER, Ratio(4.0, 3.4, 4.6), "not decided"),
    ],
)
def test_the_whole_interval_decides(claim, measured, verdict):
    assert claim.verdict(measured) == verdict


def test_a_rule_says_its_limit():
    assert SIZE.rule == "its weights: 95 to 105 MB"
    assert FASTER.rule == "times faster: at least 4x"
    assert LOSS.rule == "points lost: at most 2 points"


@pytest.mark.parametrize(("limits", "words"), [({}, "no limit"), ({"at_least": 2, "at_most": 1}, "empty range")])
def test_a_claim_needs_a_limit(limits, words):
    with pytest.raises(ValueError, match=words):
        Claim("a claim", "a number", **limits)


@pytest.mark.parametrize(
    ("verdicts", "common"),
    [
        ({"a": "holds", "b": "holds"}, "holds"),
        ({"a": "refuted", "b": "refuted"}, "refuted"),
        ({"it is ResNet-18": "holds", "b": "refuted", "c": "not decided"}, "holds when it is ResNet-18"),
        ({"a": "holds", "b": "holds", "c": "refuted"}, "holds when a or b"),
        ({"a": "refuted", "b": "not decided"}, "not decided"),
    ],
)
def test_several_networks_share_a_verdict_only_where_all_agree(verdicts, common):
    assert common_verdict(verdicts) == common


def test_a_decided_row_keeps_its_numbers():
    ledger = Ledger("00")
    assert ledger.decide(LOSS, Interval(1.5, 0.9, 2.1), basis="recorded", scope="ResNet-8, 3 seeds") == "not decided"
    measured = {"it is large": Ratio(4.5, 4.3, 4.7), "it is small": Ratio(1.6, 1.5, 1.7)}
    ledger.decide(FASTER, measured, basis="live", scope="batch 1")
    first, second = ledger.bundle()["claims"]
    assert first["measured"] == "points lost: 1.5 points (0.9 to 2.1)"
    assert first["source"] == "ResNet-8, 3 seeds"
    assert first["numbers"][""] == {
        "value": 1.5,
        "low": 0.9,
        "high": 2.1,
        "at_least": None,
        "at_most": 2,
        "unit": "points",
    }
    assert second["verdict"] == "holds when it is large"
    assert second["measured"] == "times faster: it is large: 4.5x (4.3 to 4.7); it is small: 1.6x (1.5 to 1.7)"
    with pytest.raises(ValueError, match="its scope"):
        ledger.decide(LOSS, 1, basis="live", scope=" ")


def test_the_claims_under_test_are_shown(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    show_claims(SIZE, LOSS)
    assert [claim["text"] for claim in shown[0][CLAIMS_MIME]] == [SIZE.text, LOSS.text]
    assert "| under 2 points are lost | points lost: at most 2 points |" in shown[0]["text/markdown"]


def test_text_table_wraps_long_cells_and_keeps_columns():
    lines = text_table(("claim", "verdict"), [("word " * 20, "holds")], column_width=20).splitlines()
    assert max(map(len, lines)) <= 20 + 2 + 7
    assert [line.split()[-1] for line in lines if "holds" in line] == ["holds"]
    assert sum(line.count("word") for line in lines) == 20


def test_markdown_table_keeps_a_row_on_a_line():
    assert markdown_table(("a", "b"), [("x\ny", "|")]).splitlines() == ["| a | b |", "| :-- | :-- |", "| x y | \\| |"]


def test_claims_do_not_import_torch():
    code = "import sys, labsupport.claims; sys.exit('torch' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
