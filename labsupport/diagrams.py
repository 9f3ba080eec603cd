"""Drawings of how numbers flow: boxes with arrows between them, and blocks of layers with their channels as bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from labsupport import plots

_FONT = 11


@dataclass(frozen=True)
class Block:
    """Layers in a row, for `blocks`.

    Attributes:
        channels: of the input, and of what each layer puts out.
        layers: what each does, one fewer than channels; two lines of text fit.
        skip: the sign where the input meets the output again, "+" or "×"; empty where it does not.
    """

    channels: tuple[int, ...]
    layers: tuple[str, ...]
    skip: str = ""

    def __post_init__(self) -> None:
        if len(self.channels) != len(self.layers) + 1:
            raise ValueError(f"{len(self.layers)} layers have {len(self.layers) + 1} numbers of channels: {self}")


def chain(
    steps: Sequence[tuple[str, str]], side: Sequence[tuple[int, str]] = (), *, title: str, alt: str = ""
) -> Figure:
    """Draw steps from left to right.

    Args:
        steps: (what is done, the type of the numbers that leave the step); two lines of text fit into a box.
        side: (number of a step, what comes into it from below), such as the weights.
        title: above the drawing.
        alt: one sentence for those who cannot see it.

    Raises:
        ValueError: there are no steps.
    """
    if not steps:
        raise ValueError("There is nothing to draw: a chain has at least one step.")
    made, axes = plots.figure("", "", title=title, width=1.55 * len(steps), height=2.2, alt=alt)
    axes.set_axis_off()
    axes.set(xlim=(-0.55, len(steps) - 0.1), ylim=(-1.05, 0.75))
    for place, (text, kind) in enumerate(steps):
        box = FancyBboxPatch(
            (place - 0.32, -0.3), 0.64, 0.6, boxstyle="round,pad=0.04", facecolor="#F2F2F2", edgecolor="black"
        )
        axes.add_patch(box)
        axes.text(place, 0, text, ha="center", va="center", fontsize=_FONT)
        axes.text(place + 0.5, 0.42, kind, ha="center", va="bottom", fontsize=_FONT - 1, color=plots.COLOURS[0])
    arrow = {"arrowstyle": "-|>", "color": "black", "linewidth": 1.4}
    for here, there in pairwise(range(len(steps) + 1)):
        axes.annotate(
            "", (there - 0.37, 0) if there < len(steps) else (there - 0.15, 0), (here + 0.37, 0), arrowprops=arrow
        )
    for place, text in side:
        axes.annotate("", (place, -0.36), (place, -0.7), arrowprops=arrow)
        axes.text(place, -0.74, text, ha="center", va="top", fontsize=_FONT - 1)
    return made


def blocks(rows: Mapping[str, Block], *, title: str = "", alt: str = "") -> Figure:
    """Draw blocks of layers below each other: bars as high as an image has channels, an arrow for each layer.

    Args:
        rows: name -> block.
        title: above the drawing.
        alt: one sentence for those who cannot see it.

    Raises:
        ValueError: there are no blocks.
    """
    if not rows:
        raise ValueError("There is nothing to draw: pass at least one block.")
    longest = max(len(block.layers) for block in rows.values())
    most = max(max(block.channels) for block in rows.values())
    made = plots.LabFigure(figsize=(8, 0.3 + 1.55 * len(rows)), dpi=plots.DPI, layout="constrained")
    made.alt = alt
    made.suptitle(title, fontsize=_FONT + 1, x=0.01, ha="left")
    for axes, (name, block) in zip(made.subplots(len(rows), 1, squeeze=False)[:, 0], rows.items(), strict=True):
        axes.set(xlim=(-0.95, longest + 0.4), ylim=(-0.82, 0.85))
        axes.set_axis_off()
        axes.text(-0.93, 0, name, ha="left", va="center", fontsize=_FONT)
        _draw_block(axes, block, [max(0.08, 0.45 * channels / most) for channels in block.channels])
    return made


def stream(
    layers: Sequence[tuple[str, str]], *, lanes: int = 4, gone: int | None = None, title: str = "", alt: str = ""
) -> Figure:
    """Draw channels that layers write to and read from, as lanes from left to right.

    Writers stand above the lanes and add to all of them, readers below.

    Args:
        layers: (name, "writes" or "reads"), in the order of the network; the first one writes.
        lanes: channels that are drawn.
        gone: number of a lane that is pruned, from 0 at the top; drawn dashed.
        title: above the drawing.
        alt: one sentence for those who cannot see it.

    Raises:
        ValueError: the first layer does not write, or a layer does neither.
    """
    if not layers or layers[0][1] != "writes":
        raise ValueError("A stream begins with a layer that writes to it.")
    if wrong := [does for _, does in layers if does not in ("writes", "reads")]:
        raise ValueError(f'A layer "writes" or "reads"; it cannot "{wrong[0]}".')
    made = plots.LabFigure(figsize=(8, 2.9), dpi=plots.DPI, layout="constrained")
    made.alt = alt
    made.suptitle(title, fontsize=_FONT + 1, x=0.01, ha="left")
    axes = made.subplots()
    axes.set(xlim=(-0.7, len(layers) - 0.1), ylim=(-1.15, 1.15))
    axes.set_axis_off()
    heights = [0.3 - 0.6 * lane / max(1, lanes - 1) for lane in range(lanes)]
    for lane, height in enumerate(heights):
        cut = lane == gone
        style = {"color": plots.COLOURS[1], "linestyle": (0, (4, 3))} if cut else {"color": plots.COLOURS[0]}
        axes.plot([0, len(layers) - 0.4], [height, height], linewidth=2.5, **style)
        axes.text(-0.08, height, f"{lane}", ha="right", va="center", fontsize=_FONT - 2)
    line = {"arrowstyle": "-|>", "color": "black", "linewidth": 1.4}
    box = {"boxstyle": "round,pad=0.3", "facecolor": "#F2F2F2", "edgecolor": "black"}
    for place, (name, does) in enumerate(layers):
        side = 1 if does == "writes" else -1
        axes.text(place, 0.92 * side, name, ha="center", va="center", fontsize=_FONT - 1, bbox=box)
        ends = (place, 0.36 * side), (place, 0.74 * side)
        axes.annotate("", *(ends if does == "writes" else ends[::-1]), arrowprops=line)
        if does == "writes" and place:
            axes.text(place + 0.1, 0.55, "+", ha="left", va="center", fontsize=_FONT + 3)
    return made


def _draw_block(axes: Axes, block: Block, halves: Sequence[float]) -> None:
    """Draw the bars, each with half of its height given, the arrows between them, and the skip above."""
    line = {"arrowstyle": "-|>", "color": "black", "linewidth": 1.2}
    for place, (channels, half) in enumerate(zip(block.channels, halves, strict=True)):
        axes.add_patch(Rectangle((place - 0.05, -half), 0.1, 2 * half, facecolor=plots.COLOURS[3], edgecolor="black"))
        axes.text(place, -half - 0.06, f"{channels}", ha="center", va="top", fontsize=_FONT - 1)
    for place, text in enumerate(block.layers):
        axes.annotate("", (place + 0.93, 0), (place + 0.07, 0), arrowprops=line)
        axes.text(place + 0.5, 0.05, text, ha="center", va="bottom", fontsize=_FONT - 2)
    if block.skip:
        last = len(block.layers)
        axes.plot([0, 0, last, last], [halves[0], 0.72, 0.72, halves[-1] + 0.2], color="black", linewidth=1.2)
        circle = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "black"}
        axes.text(last, halves[-1] + 0.16, block.skip, ha="center", va="center", fontsize=_FONT, bbox=circle)
