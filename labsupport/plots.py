"""The figures of the labs: colour-blind safe, readable in grey, units on the axes, the same look everywhere."""

import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from PIL import Image
from torch import Tensor

from labsupport.measure import Latency, Peaks

DPI = 80
# The colours of Okabe and Ito (https://jfly.uni-koeln.de/color/), ordered so that neighbours also differ in grey.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINE_STYLES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)))
_HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo")
_FONT = 11
_INK = "#333333"


class LabFigure(Figure):
    """A figure that shows itself once, as the last expression of a cell.

    It is unknown to pyplot, which would show it a second time at the end of the cell.
    """

    alt = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """Return the figure as a PNG with a palette of 128 colours, a third of the bytes in the notebook, and its text.

        The text, `alt`, is what a page says in place of the picture; without one it is made of title and axes.
        """
        drawn, small = io.BytesIO(), io.BytesIO()
        self.savefig(drawn, format="png")
        Image.open(drawn).convert("RGB").quantize(128).save(small, format="png", optimize=True)
        return small.getvalue(), {"alt": self.alt or self._labels()}

    def _labels(self) -> str:
        texts = [text for axes in self.axes for text in (axes.get_title("left"), axes.get_ylabel(), axes.get_xlabel())]
        return "; ".join(dict.fromkeys(filter(None, texts)))


@dataclass(frozen=True)
class RooflinePoint:
    """One layer or network on the roofline.

    Attributes:
        name: written beside the point; empty for none.
        flop_per_byte: arithmetic intensity; 2 FLOPs are one MAC.
        gflops: achieved, in 10**9 FLOP per second.
        group: points of a group share colour and marker and one line of the legend.
    """

    name: str
    flop_per_byte: float
    gflops: float
    group: str = ""


def figure(
    x_label: str, y_label: str, *, title: str = "", width: float = 7, height: float = 4, alt: str = ""
) -> tuple[Figure, Axes]:
    """Make an empty figure in the style of the labs, for a plot that only one lab needs.

    Args:
        x_label: with its unit.
        y_label: with its unit.
        title: above the axes.
        width: inches.
        height: inches.
        alt: one sentence that says what the figure shows, for those who cannot see it.
    """
    made = LabFigure(figsize=(width, height), dpi=DPI, layout="constrained")
    made.alt = alt
    axes = made.add_subplot()
    axes.set_xlabel(x_label, fontsize=_FONT)
    axes.set_ylabel(y_label, fontsize=_FONT)
    if title:
        axes.set_title(title, fontsize=_FONT + 1, loc="left")
    axes.tick_params(labelsize=_FONT - 1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    return made, axes


def roofline(peaks: Peaks, points: Sequence[RooflinePoint], *, title: str = "") -> Figure:
    """Draw the machine's roofs, fp32 and int8, and where layers stand under them.

    Left of a roof's corner, the ridge, memory limits; right of it arithmetic does. The ridge of fp32 is marked.

    Args:
        peaks: from `measure.peaks`, at the number of threads of the points.
        points: measured layers.
        title: above the axes; the number of threads when empty.

    Raises:
        ValueError: a point has no positive intensity or speed, which a logarithmic axis cannot show.
    """
    for point in points:
        if not (point.flop_per_byte > 0 and point.gflops > 0):
            raise ValueError(f"{point} cannot be drawn: leave out layers without arithmetic (0 MACs).")
    plural = "s" if peaks.threads > 1 else ""
    made, axes = figure(
        "arithmetic intensity (FLOP per byte)",
        "speed (GFLOP/s)",
        title=title or f"Roofline of this machine, {peaks.threads} thread{plural}",
        width=8,
        height=5,
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    corner = peaks.int8_gops / peaks.bandwidth_gb_s
    intensities = [point.flop_per_byte for point in points]
    low, high = min([0.25, *intensities]) / 1.5, max([4 * corner, *intensities]) * 1.5
    axes.set_xlim(low, high)
    _draw_roof(axes, peaks.bandwidth_gb_s, peaks.int8_gops, f"int8  {peaks.int8_gops:.0f} GOP/s", "--", low, high)
    _draw_roof(axes, peaks.bandwidth_gb_s, peaks.fp32_gflops, f"fp32  {peaks.fp32_gflops:.0f} GFLOP/s", "-", low, high)
    ridge = peaks.fp32_gflops / peaks.bandwidth_gb_s
    axes.axvline(ridge, color=_INK, linewidth=1, linestyle=(0, (1, 2)))
    axes.annotate(
        f" ridge  {ridge:.0f} FLOP per byte",
        (ridge, 0.02),
        xycoords=("data", "axes fraction"),
        fontsize=_FONT - 1,
        color=_INK,
    )
    start = low * 1.3
    memory = axes.annotate(
        f"memory  {peaks.bandwidth_gb_s:.0f} GB/s",
        (start, peaks.bandwidth_gb_s * start),
        xytext=(-3, 5),
        textcoords="offset points",
        fontsize=_FONT - 1,
        color=_INK,
        rotation=_slope_degrees(axes, made),
        rotation_mode="anchor",
        zorder=6,
    )
    memory.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white")])
    groups = list(dict.fromkeys(point.group for point in points))
    for index, group in enumerate(groups):
        members = [point for point in points if point.group == group]
        axes.scatter(
            [point.flop_per_byte for point in members],
            [point.gflops for point in members],
            s=48,
            color=COLOURS[index % len(COLOURS)],
            marker=MARKERS[index % len(MARKERS)],
            edgecolor="white",
            linewidth=0.7,
            label=group,
            zorder=3 + 1 / len(members),  # a small group stays visible on a large one
        )
    for point in points:
        # Neighbouring groups write on different sides of their points.
        above = groups.index(point.group) % 2 == 0
        text = axes.annotate(
            point.name,
            (point.flop_per_byte, point.gflops),
            xytext=(0, 7 if above else -7),
            textcoords="offset points",
            fontsize=_FONT - 1,
            color="black",
            ha="center",
            va="bottom" if above else "top",
            zorder=5,
        )
        text.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white")])
    if any(groups):
        axes.legend(fontsize=_FONT - 1, loc="lower right")
    _plain_ticks(axes)
    return made


def latency_samples(latency: Latency, *, title: str = "") -> Figure:
    """Draw every sample of every candidate as a dot, and its median and 90th percentile as lines with their values.

    Args:
        latency: from `measure.latency`. The axis is logarithmic when the samples span more than a factor of 10.
        title: above the axes; the number of threads when empty.
    """
    names = list(latency.samples_ms)
    plural = "s" if latency.threads > 1 else ""
    made, axes = figure(
        "milliseconds a call (line: median, dotted: p90)",
        "",
        title=title or f"{len(latency.samples_ms[names[0]])} calls each, {latency.threads} thread{plural}",
        width=8,
        height=1.4 + 0.9 * len(names),
    )
    everything = np.concatenate([latency.samples_ms[name] for name in names])
    if everything.max() > 10 * everything.min():
        axes.set_xscale("log")
    jitter, labels = np.random.default_rng(0), []
    for row, name in enumerate(names):
        samples = latency.samples_ms[name]
        colour, marker = COLOURS[row % len(COLOURS)], MARKERS[row % len(MARKERS)]
        heights = row + jitter.uniform(-0.16, 0.16, len(samples))
        axes.scatter(samples, heights, s=16, color=colour, marker=marker, alpha=0.6, linewidth=0)
        median, p90 = latency.median_ms(name), latency.p90_ms(name)
        axes.vlines(median, row - 0.3, row + 0.3, color="black", linewidth=2)
        axes.vlines(p90, row - 0.3, row + 0.3, color="black", linewidth=1.5, linestyle=":")
        labels.append(f"{name}\nmedian {median:.3g} ms\np90 {p90:.3g} ms")
    axes.set_yticks(range(len(names)), labels, fontsize=_FONT - 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.08)
    _plain_ticks(axes)
    return made


def picture(pixels: Tensor, *, title: str = "", alt: str = "") -> Figure:
    """Show one image.

    Args:
        pixels: uint8 (3, height, width), or (1, height, width) for a grey one.
        title, alt: as in `figure`.
    """
    made = LabFigure(figsize=(2.2, 2.4), dpi=DPI, layout="constrained")
    made.alt = alt or f"A picture of {pixels.shape[1]} by {pixels.shape[2]} pixels."
    axes = made.add_subplot()
    axes.imshow(pixels.permute(1, 2, 0).numpy(), cmap="gray" if len(pixels) == 1 else None)
    axes.set_title(title, fontsize=_FONT, loc="left")
    axes.set_axis_off()
    return made


def channel_groups(channels: int, groups: Sequence[int], *, alt: str = "") -> Figure:
    """Draw which input channels each output channel of a convolution reads, a panel for each number of groups.

    Args:
        channels: of the input and of the output.
        groups: numbers that divide `channels`.
        alt: as in `figure`.

    Raises:
        ValueError: a number of groups does not divide the channels.
    """
    if any(channels % number for number in groups):
        raise ValueError(f"{channels} channels cannot be dealt out to {list(groups)} groups.")
    made = LabFigure(figsize=(2.4 * len(groups), 2.6), dpi=DPI, layout="constrained")
    made.alt = alt
    for axes, number in zip(made.subplots(1, len(groups), squeeze=False)[0], groups, strict=True):
        in_group = channels // number
        for output in range(channels):
            first = output // in_group * in_group
            style = LINE_STYLES[output // in_group % 2]
            colour = COLOURS[output // in_group % len(COLOURS)]
            for given in range(first, first + in_group):
                axes.plot([0, 1], [given, output], color=colour, linestyle=style, linewidth=1.2)
        for place in (0, 1):
            axes.scatter([place] * channels, range(channels), s=90, color="white", edgecolor=_INK, zorder=3)
        depthwise = "\n(depthwise)" if number == channels else ""
        axes.set_title(f"{number} group{'s' * (number > 1)}{depthwise}", fontsize=_FONT)
        axes.set_xticks([0, 1], ["input\nchannels", "output\nchannels"], fontsize=_FONT - 1)
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.margins(0.15)
        axes.invert_yaxis()
    return made


def graph(nodes: Sequence[onnx.NodeProto], *, title: str = "", alt: str = "") -> Figure:
    """Draw the nodes of an ONNX graph as boxes, each to the right of those that it waits for.

    Args:
        nodes: in the order of the file; an arrow starts at a node of these alone.
        title, alt: as in `figure`.

    Raises:
        ValueError: there are no nodes.
    """
    if not nodes:
        raise ValueError("There is nothing to draw: the graph has no nodes.")
    depth: dict[str, int] = {}
    filled: Counter[int] = Counter()
    place: dict[str, tuple[int, int]] = {}
    for node in nodes:
        column = 1 + max((depth.get(name, 0) for name in node.input), default=0)
        for name in node.output:
            depth[name], place[name] = column, (column, -filled[column])
        filled[column] += 1
    rows = max(filled.values())
    made, axes = figure("", "", title=title, width=max(4, 0.95 * max(depth.values())), height=0.6 + 0.6 * rows, alt=alt)
    half = {name: 6 + 2.6 * len(node.op_type) for node in nodes for name in node.output}  # arrows end at a box's edge
    for node in nodes:
        end = node.output[0]
        axes.annotate(
            node.op_type, place[end], ha="center", va="center", fontsize=9, bbox={"boxstyle": "round", "fc": "#D9ECF7"}
        )
        for name in node.input:
            if name in place:
                arrow = {"arrowstyle": "->", "color": _INK, "shrinkA": half[name], "shrinkB": half[end]}
                axes.annotate("", place[end], place[name], arrowprops=arrow, zorder=0)
    axes.set_xlim(0.5, max(depth.values()) + 0.5)
    axes.set_ylim(0.5 - rows, 0.5)
    axes.set_axis_off()
    return made


def bars(table: pd.DataFrame | pd.Series, x_label: str, *, title: str = "", decimals: int = 2, alt: str = "") -> Figure:
    """Draw horizontal bars with their values written at the end.

    Args:
        table: a group of bars for each row, a bar for each column. All share one unit.
        x_label: with the unit.
        title: above the axes.
        decimals: of the written values.
        alt: as in `figure`.

    Raises:
        ValueError: the table is empty.
    """
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    if frame.empty:
        raise ValueError("There is nothing to draw: the table is empty.")
    count = len(frame.columns)
    made, axes = figure(x_label, "", title=title, width=8, height=1.2 + len(frame) * (0.25 + 0.3 * count), alt=alt)
    thickness = 0.8 / count
    for index, column in enumerate(frame.columns):
        places = np.arange(len(frame)) + (index - (count - 1) / 2) * thickness
        drawn = axes.barh(
            places,
            frame[column],
            height=thickness * 0.9,
            color=COLOURS[index % len(COLOURS)],
            hatch=_HATCHES[index % len(_HATCHES)],
            edgecolor="white",
            linewidth=0,
            label=str(column),
        )
        axes.bar_label(drawn, fmt=f"%.{decimals}f", padding=4, fontsize=_FONT - 1, color=_INK)
    axes.set_yticks(range(len(frame)), [str(name) for name in frame.index], fontsize=_FONT)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    if count > 1:
        axes.legend(fontsize=_FONT - 1, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return made


def _draw_roof(axes: Axes, bandwidth: float, ceiling: float, label: str, style: str, low: float, high: float) -> None:
    corner = ceiling / bandwidth
    axes.plot([low, corner, high], [bandwidth * low, ceiling, ceiling], color="black", linestyle=style, linewidth=1.6)
    axes.annotate(
        label,
        (high, ceiling),
        xytext=(-4, 4),
        textcoords="offset points",
        fontsize=_FONT - 1,
        color=_INK,
        ha="right",
        va="bottom",
    )


def _slope_degrees(axes: Axes, made: Figure) -> float:
    """Return the angle on the page of a line along which both logarithms grow alike."""
    made.draw_without_rendering()
    (x0, y0), (x1, y1) = axes.transData.transform([(1, 1), (10, 10)])
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def _plain_ticks(axes: Axes) -> None:
    """Write 0.1, 1, 10 and not powers of ten."""
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
