import subprocess
import sys

import pytest

from labsupport.claims import VERDICTS_MIME, Ledger, compare, markdown_table, predict, text_table


class Unprintable:
    def __str__(self):
        raise RuntimeError("no text")

    def __format__(self, spec):
        raise RuntimeError("no text")


class OneElement:
    def item(self):
        return 0.123456


def test_the_guess_stands_beside_the_measurement(capsys):
    predict("bytes of the file", 116_000)
    compare("bytes of the file", 113_500, "B")
    assert capsys.readouterr().out.splitlines() == [
        "noted: bytes of the file: 116000",
        "bytes of the file: you predicted: 116000 B, measured: 113500 B",
    ]


@pytest.mark.parametrize("no_guess", [..., None])
def test_no_guess_leaves_the_measurement_alone(capsys, no_guess):
    predict("time", 4)
    predict("time", no_guess)
    capsys.readouterr()
    compare("time", 1.23456, "ms")
    assert capsys.readouterr().out == "time: measured: 1.235 ms\n"


@pytest.mark.parametrize("guess", [..., None, Unprintable(), [], float("nan"), object, "about 3"])
def test_predict_and_compare_never_raise(guess):
    predict("anything", guess)
    compare("anything", 1)


def test_a_tensor_of_one_element_prints_as_a_number(capsys):
    compare("loss", OneElement())
    assert capsys.readouterr().out == "loss: measured: 0.1235\n"


def test_predictions_are_written_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    predict("size", 3)
    compare("size", 4)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("verdict", "source"),
    [
        ("holds", ""),
        ("refuted", ""),
        ("holds when the CPU has VNNI", ""),
        ("not measured here", "its paper"),
        ("not measured here (its paper)", ""),
    ],
)
def test_the_four_verdicts(verdict, source):
    ledger = Ledger("00")
    ledger.record("a claim", 1, verdict, source)
    assert ledger.bundle()["claims"] == [{"claim": "a claim", "measured": "1", "verdict": verdict, "source": source}]


@pytest.mark.parametrize(
    "verdict",
    ["", "true", "Holds", "holds if warm", "holds when", "holds when ...", "not measured here", "not measured here ()"],
)
def test_any_other_verdict_is_refused(verdict):
    with pytest.raises(ValueError, match=r"verdict|condition|source"):
        Ledger("00").record("a claim", 1, verdict)


def test_a_claim_without_words_is_refused():
    with pytest.raises(ValueError, match="needs words"):
        Ledger("00").record(" ", 1, "holds")


def test_running_a_cell_twice_does_not_repeat_the_claim():
    ledger = Ledger("00")
    ledger.record("a claim", 1, "holds")
    ledger.record("a claim", 2, "refuted")
    assert [entry["measured"] for entry in ledger.bundle()["claims"]] == ["2"]


def test_show_emits_data_table_and_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append((bundle, raw)))
    ledger = Ledger("00", hardware="2 cores")
    ledger.record("int8 is 4x | smaller", "3.2 x", "refuted", "lab 00")
    ledger.show()
    [(bundle, raw)] = shown
    assert raw
    assert bundle[VERDICTS_MIME] == ledger.bundle()
    assert "int8 is 4x \\| smaller | 3.2 x | refuted | lab 00" in bundle["text/markdown"]
    assert bundle["text/plain"].splitlines()[0].split() == ["claim", "measured", "verdict", "source"]
    assert bundle["text/plain"].endswith("Measured on: 2 cores")


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
