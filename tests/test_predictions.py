import pytest

from labsupport.predictions import compare, predict


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
