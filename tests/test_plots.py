import io
import itertools
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from IPython.core.formatters import PNGFormatter
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from onnx import helper
from PIL import Image

from labsupport import plots
from labsupport.measure import Latency, Peaks

PEAKS = Peaks(threads=1, torch_fp32_gflops=80, ort_fp32_gflops=100, bf16_gflops=200, int8_gops=400, bandwidth_gb_s=20)
POINTS = [
    plots.RooflinePoint("conv", 50.0, 60.0, "TinyCNN"),
    plots.RooflinePoint("linear", 0.5, 7.0, "TinyCNN"),
    plots.RooflinePoint("", 30.0, 40.0, "ResNet-50"),
]
TIMED = Latency({"eager": [4.0, 5.0, 4.2, 9.0], "compiled": [2.0, 2.1, 2.2, 2.0]}, threads=2)
TABLE = pd.DataFrame({"parameters": [1.0, 3.25], "latency": [1.0, 2.0]}, index=["TinyCNN", "ResNet-50"])
FIGURES = {
    "roofline": lambda: plots.roofline(PEAKS, POINTS),
    "latency_samples": lambda: plots.latency_samples(TIMED),
    "bars": lambda: plots.bars(TABLE, "times TinyCNN"),
    "figure": lambda: plots.figure("epoch", "accuracy (%)", title="Training")[0],
}


def texts(figure):
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_shown_once_at_80_dpi_and_the_same_each_time(make):
    figure = make()
    png, metadata = PNGFormatter()(figure)
    assert metadata["alt"]
    assert Image.open(io.BytesIO(png)).width == figure.get_figwidth() * 80
    assert plt.get_fignums() == []
    assert PNGFormatter()(make())[0] == png


def test_colours_and_their_neighbours_differ_in_grey():
    grey = [float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114))) for colour in plots.COLOURS]
    assert min(abs(one - other) for one, other in itertools.pairwise(grey)) > 0.1
    for series in (plots.COLOURS, plots.MARKERS, plots.LINE_STYLES, plots._HATCHES):
        assert len(set(series)) == len(plots.COLOURS)


def test_axes_of_a_figure_are_labelled():
    figure, axes = plots.figure("epoch", "accuracy (%)", title="Training")
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")) == ("epoch", "accuracy (%)", "Training")
    assert figure.axes == [axes]


def test_roofs_stand_at_the_peaks():
    axes = plots.roofline(PEAKS, POINTS).axes[0]
    int8, fp32 = (line.get_xydata() for line in axes.lines if len(line.get_xydata()) == 3)
    assert (fp32[1].tolist(), int8[1].tolist()) == ([5.0, 100.0], [20.0, 400.0])
    assert fp32[0, 1] == pytest.approx(20 * fp32[0, 0])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlim()[0] < 0.5
    assert axes.get_xlim()[1] > 50


def test_roofline_names_points_groups_and_units():
    figure = plots.roofline(PEAKS, POINTS)
    written = texts(figure)
    expected = {"conv", "linear", "TinyCNN", "ResNet-50", "memory  20 GB/s", "fp32  100 GFLOP/s", "int8  400 GOP/s"}
    assert expected <= set(written)
    assert {"arithmetic intensity (FLOP per byte)", "speed (GFLOP/s)"} <= set(written)
    points = [group.get_offsets().tolist() for group in figure.axes[0].collections]
    assert points == [[[50.0, 60.0], [0.5, 7.0]], [[30.0, 40.0]]]


def test_roofline_without_groups_has_no_legend():
    assert plots.roofline(PEAKS, [plots.RooflinePoint("a", 1.0, 1.0)]).axes[0].get_legend() is None
    assert plots.roofline(PEAKS, []).axes[0].get_legend() is None


@pytest.mark.parametrize("bad", [plots.RooflinePoint("pool", 0.0, 1.0), plots.RooflinePoint("pool", 1.0, float("nan"))])
def test_a_point_without_arithmetic_is_refused(bad):
    with pytest.raises(ValueError, match=r"pool.*0 MACs"):
        plots.roofline(PEAKS, [*POINTS, bad])


def test_latency_shows_every_sample_and_its_statistics():
    figure = plots.latency_samples(TIMED)
    axes = figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["eager\nmedian 4.6 ms\np90 7.8 ms", "compiled\nmedian 2.05 ms\np90 2.17 ms"]
    dots = [group.get_offsets()[:, 0].tolist() for group in axes.collections if hasattr(group, "get_sizes")]
    assert dots == list(TIMED.samples_ms.values())
    assert axes.get_xscale() == "linear"
    assert "4 calls each, 2 threads" in texts(figure)


def test_latency_far_apart_is_drawn_on_a_logarithmic_axis():
    axes = plots.latency_samples(Latency({"a": [1.0], "b": [11.0]})).axes[0]
    assert axes.get_xscale() == "log"
    assert "10" in [label.get_text() for label in axes.get_xticklabels()]


def test_bars_write_their_values():
    figure = plots.bars(TABLE, "times TinyCNN")
    written = texts(figure)
    assert {"1.00", "3.25", "2.00", "parameters", "latency", "TinyCNN", "ResNet-50", "times TinyCNN"} <= set(written)
    widths = [[bar.get_width() for bar in container] for container in figure.axes[0].containers]
    assert widths == [[1.0, 3.25], [1.0, 2.0]]


def test_bars_of_one_series_need_no_legend():
    figure = plots.bars(pd.Series({"weights": 102.44, "process": 281.0}), "MB", decimals=1)
    assert figure.axes[0].get_legend() is None
    assert "102.4" in texts(figure)


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match="table is empty"):
        plots.bars(pd.DataFrame(), "MB")


def test_importing_does_not_choose_a_backend():
    code = "import sys, labsupport.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def connections(made):
    return [len(axes.lines) for axes in made.axes]


def test_groups_are_drawn_with_the_inputs_each_output_reads():
    made = plots.channel_groups(6, (1, 2, 6), alt="lines")
    assert connections(made) == [36, 18, 6]
    assert [axes.get_title() for axes in made.axes] == ["1 group", "2 groups", "6 groups\n(depthwise)"]
    first_half = {(line.get_ydata()[0] // 3, line.get_ydata()[1] // 3) for line in made.axes[1].lines}
    assert first_half == {(0, 0), (1, 1)}
    assert made.alt == "lines"


def test_channels_that_cannot_be_dealt_out_are_refused():
    with pytest.raises(ValueError, match=r"6 channels cannot be dealt out to \[1, 4\] groups"):
        plots.channel_groups(6, (1, 4))


def test_a_graph_is_drawn_from_left_to_right_in_the_order_of_dependence():
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["c"]),
        helper.make_node("Gemm", ["a"], ["d"]),
    ]
    made = plots.graph(nodes, title="branches", alt="four boxes")
    boxes = {text.get_text(): text.xy for text in made.axes[0].texts if text.get_text()}
    assert {name: x for name, (x, _) in boxes.items()} == {"Conv": 1, "Relu": 2, "Add": 3, "Gemm": 2}
    assert len(set(boxes.values())) == 4
    assert sum(not text.get_text() for text in made.axes[0].texts) == 4, "one arrow for each tensor that is read"
    assert made.alt == "four boxes"


def test_a_graph_without_nodes_is_refused():
    with pytest.raises(ValueError, match="no nodes"):
        plots.graph([])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_is_drawn_pixel_by_pixel(channels):
    pixels = torch.randint(0, 256, (channels, 5, 7), dtype=torch.uint8)
    made = plots.picture(pixels, title="small")
    [shown] = made.axes[0].images
    assert shown.get_array().shape[:2] == (5, 7)
    assert made.alt == "A picture of 5 by 7 pixels."


def test_a_figure_says_what_it_shows():
    made, _ = plots.figure("step", "KB", title="Memory", alt="It falls.")
    _, metadata = made._repr_png_()
    assert metadata == {"alt": "It falls."}
    made, _ = plots.figure("step", "KB", title="Memory")
    assert made._repr_png_()[1] == {"alt": "Memory; KB; step"}


def test_the_ridge_is_marked():
    made = plots.roofline(PEAKS, [])
    ridge = PEAKS.fp32_gflops / PEAKS.bandwidth_gb_s
    assert f" ridge  {ridge:.0f} FLOP per byte" in {text.get_text() for text in made.axes[0].texts}
