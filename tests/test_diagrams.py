"""The drawings of how numbers flow."""

import pytest

from labsupport import diagrams, plots

STEPS = [("multiply,\nadd up", "int32"), ("shift", "int64"), ("saturate", "uint8")]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()]


def test_every_step_its_type_and_what_enters_from_below_is_written():
    drawn = diagrams.chain(STEPS, [(0, "x uint8, w int8"), (1, "n bits")], title="A layer")
    assert set(texts(drawn)) == {
        "multiply,\nadd up",
        "shift",
        "saturate",
        "int32",
        "int64",
        "uint8",
        "x uint8, w int8",
        "n bits",
    }
    assert drawn.axes[0].get_title("left") == "A layer"


def test_an_arrow_leaves_every_step_and_one_enters_from_each_side():
    drawn = diagrams.chain(STEPS, [(0, "x"), (2, "z")], title="A layer")
    arrows = [text for text in drawn.axes[0].texts if getattr(text, "arrow_patch", None) is not None]
    assert len(arrows) == len(STEPS) + 2


def test_it_is_a_figure_of_the_labs_with_its_text():
    drawn = diagrams.chain(STEPS, title="A layer", alt="Three boxes in a row.")
    assert isinstance(drawn, plots.LabFigure)
    assert drawn._repr_png_()[1] == {"alt": "Three boxes in a row."}


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match="at least one step"):
        diagrams.chain([], title="A layer")
