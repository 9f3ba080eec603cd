"""Drawings of how numbers flow: boxes in a row, arrows between them, the type of the numbers on each arrow."""

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from labsupport import plots

_FONT = 11


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
