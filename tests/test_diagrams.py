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


TWO = {
    "bottleneck": diagrams.Block((64, 16, 64), ("1x1", "1x1"), "+"),
    "separable": diagrams.Block((8, 8), ("3x3",)),
}


def test_of_a_block_every_layer_and_every_number_of_channels_is_written():
    drawn = diagrams.blocks(TWO, title="Two blocks", alt="Two rows.")
    assert set(texts(drawn)) == {"bottleneck", "separable", "64", "16", "8", "1x1", "3x3", "+"}
    assert drawn._repr_png_()[1] == {"alt": "Two rows."}


def test_bars_are_as_high_as_the_block_has_channels():
    drawn = diagrams.blocks(TWO)
    wide, narrow, _ = (bar.get_height() for bar in drawn.axes[0].patches[:3])
    assert wide == pytest.approx(4 * narrow)


def test_a_block_with_a_number_too_few_is_refused():
    with pytest.raises(ValueError, match="2 layers have 3 numbers of channels"):
        diagrams.Block((8, 8), ("3x3", "1x1"))
    with pytest.raises(ValueError, match="at least one block"):
        diagrams.blocks({})


STREAM = [("stem", "writes"), ("first", "reads"), ("second", "writes")]


def test_of_a_stream_every_layer_and_lane_is_drawn():
    drawn = diagrams.stream(STREAM, lanes=3, gone=1, title="A stream", alt="Three lanes.")
    assert set(texts(drawn)) == {"stem", "first", "second", "0", "1", "2", "+"}
    dashed = [line for line in drawn.axes[0].lines if line.get_linestyle() != "-"]
    assert len(drawn.axes[0].lines) == 3
    assert len(dashed) == 1
    assert drawn._repr_png_()[1] == {"alt": "Three lanes."}


def test_writers_stand_above_and_readers_below():
    heights = {text.get_text(): text.get_position()[1] for text in diagrams.stream(STREAM).axes[0].texts}
    assert heights["stem"] == heights["second"] > 0 > heights["first"]


@pytest.mark.parametrize(
    ("layers", "words"), [([], "begins with"), (STREAM[1:], "begins with"), ([*STREAM, ("x", "sees")], '"sees"')]
)
def test_a_stream_that_cannot_be_drawn_is_refused(layers, words):
    with pytest.raises(ValueError, match=words):
        diagrams.stream(layers)
