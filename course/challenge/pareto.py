"""The figure of a ranking: accuracy against bytes and against MACs, and the files that no other one beats."""

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.challenge.ranking import Placed, best
from labsupport.challenge import MAX_BYTES, MAX_MACS

# Of Okabe and Ito, as in course.grading.summary: they differ in grey as well, and the marks differ in shape.
_FRONT, _OTHER, _INK = "#0072B2", "#767676", "#333333"
_DPI, _FONT = 100, 10
_NAME_WIDTH, _NAME_HEIGHT = 0.25, 0.07  # shares of the axes


def draw(placed: Sequence[Placed]) -> bytes:
    """Return the figure as PNG."""
    figure = Figure(figsize=(8, 7), dpi=_DPI, layout="constrained")
    above, below = figure.subplots(2, 1)
    _panel(above, placed, "num_bytes", 1000, MAX_BYTES, "file, in 1,000 bytes")
    _panel(below, placed, "macs", 1_000_000, MAX_MACS, "million MACs for one image")
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()


def _panel(axes: Axes, placed: Sequence[Placed], size: str, unit: int, limit: int, label: str) -> None:
    front = best(placed, size)
    others = [one for one in placed if one not in front]
    for marked, colour, marker, face in ((others, _OTHER, "o", "none"), (front, _FRONT, "s", _FRONT)):
        xs, ys = [getattr(one.ran, size) / unit for one in marked], [100 * one.hidden.value for one in marked]
        errors = [
            [100 * (one.hidden.value - one.hidden.low) for one in marked],
            [100 * (one.hidden.high - one.hidden.value) for one in marked],
        ]
        axes.errorbar(
            xs,
            ys,
            errors,
            fmt=marker,
            color=colour,
            markerfacecolor=face,
            markersize=6,
            elinewidth=0.8,
            label="not beaten" if marked is front else "other files",
        )
    axes.step(
        [getattr(one.ran, size) / unit for one in front],
        [100 * one.hidden.value for one in front],
        where="post",
        color=_FRONT,
        linewidth=1.2,
    )
    axes.margins(y=0.12)
    axes.set_xlim(0, 1.05 * limit / unit)
    for one in _with_room([*reversed(front)], size, limit, axes.get_ylim()):
        axes.annotate(
            one.alias,
            (getattr(one.ran, size) / unit, 100 * one.hidden.value),
            xytext=(-6, 6),
            textcoords="offset points",
            fontsize=_FONT - 1,
            color=_INK,
            ha="right",
        )
    axes.axvline(limit / unit, color=_INK, linewidth=1, linestyle="--", label="limit")
    axes.set_xlabel(label, fontsize=_FONT)
    axes.set_ylabel("accuracy (%)", fontsize=_FONT)
    axes.tick_params(labelsize=_FONT - 1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.legend(fontsize=_FONT - 1, loc="lower right", framealpha=1, edgecolor="white")


def _with_room(front: Sequence[Placed], size: str, limit: int, ends: tuple[float, float]) -> list[Placed]:
    """Return the points whose names do not lie on the name of one before."""
    named: list[Placed] = []
    for one in front:
        across = [abs(getattr(one.ran, size) - getattr(other.ran, size)) / limit for other in named]
        up = [100 * abs(one.hidden.value - other.hidden.value) / (ends[1] - ends[0]) for other in named]
        if all(x > _NAME_WIDTH or y > _NAME_HEIGHT for x, y in zip(across, up, strict=True)):
            named.append(one)
    return named
