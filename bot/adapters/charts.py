"""Draws a plan as a PNG with matplotlib: for phones, light and dark backgrounds, and colour-blind people.

Its imports of matplotlib happen only when something is drawn.
"""

import io
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.adapters.figure_charts import draw_figures
from bot.adapters.paper import DARK, DPI, LIGHT, WIDTH, Paper, plain
from bot.core.figure import Figure
from bot.core.picture import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (WIDTH, WIDTH)  # square: a phone shows it at its full width
_TIMES = 6
_APART = tuple(
    timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 180, 240, 360, 720, 1440)
)
_ROOM = 1.3  # a maximum further away than this times the highest floor is told, not drawn


class PlanCharts:
    """Implements bot.ports.charts.Charts."""

    def draw(self, picture: Picture, *, dark: bool = False) -> bytes | None:
        """Demand with its band above, warm instances and the maximum below, on one time axis."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        paper = DARK if dark else LIGHT
        figure = Figure(figsize=_SIZE, dpi=DPI, facecolor=paper.back)
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.15, 1))
        for axes in (above, below):
            plain(axes, paper)
        _demand(above, picture, paper)
        _instances(below, picture, paper)
        _times(below, picture)
        figure.suptitle(
            picture.title,
            x=0.03,
            y=0.97,
            ha="left",
            fontsize=16,
            fontweight="bold",
            color=paper.ink,
        )
        figure.subplots_adjust(left=0.13, right=0.97, top=0.87, bottom=0.08, hspace=0.3)
        out = io.BytesIO()
        figure.savefig(out, format="png", facecolor=paper.back)
        return out.getvalue()

    def draw_figures(self, figures: Sequence[Figure], *, dark: bool = False) -> bytes | None:
        """Charts as cards have them, one below the other."""
        return draw_figures(figures, DARK if dark else LIGHT) if figures else None


def _demand(axes: "Axes", picture: Picture, paper: Paper) -> None:
    demand, at = picture.demand, _local(picture, picture.instants())
    axes.fill_between(at, demand.low, demand.high, color=paper.line, alpha=0.25, linewidth=0)
    axes.plot(at, demand.expected, color=paper.line, linewidth=2.6)
    axes.plot(at, demand.usual, color=paper.faint, linewidth=2.0, linestyle=(0, (4, 2)))
    axes.set_ylim(0, max(demand.high) * 1.12)
    axes.set_title("Requests per second", loc="left", fontsize=12, color=paper.faint)
    middle = len(at) // 2
    _name(axes, at[middle], demand.expected[middle], f"expected {max(demand.expected):,.0f}", paper)
    _name(axes, at[middle], demand.usual[middle], f"usual {max(demand.usual):,.0f}", paper)
    _name(axes, at[middle], demand.high[middle], f"at most {max(demand.high):,.0f}", paper)


def _instances(axes: "Axes", picture: Picture, paper: Paper) -> None:
    first, last = _span(picture)
    at = [first, *(edge.at for edge in picture.warm), last]
    held = [picture.baseline, *(edge.instances for edge in picture.warm), picture.baseline]
    local = _local(picture, at)
    axes.step(local, held, where="post", color=paper.held, linewidth=2.6)
    axes.fill_between(local, held, step="post", color=paper.held, alpha=0.2, linewidth=0)
    most = max(held)
    near = picture.ceiling <= most * _ROOM
    middle = local[0] + (local[-1] - local[0]) / 2
    axes.set_ylim(0, (picture.ceiling if near else most) * 1.25)
    workloads = "1 workload" if picture.workloads == 1 else f"{picture.workloads} workloads"
    maximum = "" if near else f", maximum {picture.ceiling:,}"
    axes.set_title(
        f"Instances kept warm ({workloads}{maximum})", loc="left", fontsize=12, color=paper.faint
    )
    if near:
        axes.axhline(picture.ceiling, color=paper.ink, linewidth=1.6, linestyle=":")
        _name(axes, middle, picture.ceiling, f"maximum {picture.ceiling:,}", paper)
    for edge, moment in zip(picture.warm[:-1], local[1:], strict=False):
        axes.annotate(
            f"{edge.instances:,}",
            (moment, edge.instances),
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=12,
            fontweight="bold",
            color=paper.held,
        )
    axes.axhline(picture.baseline, color=paper.faint, linewidth=1.6, linestyle=(0, (4, 2)))
    _name(axes, middle, picture.baseline, f"without Headroom {picture.baseline:,}", paper)


def _name(axes: "Axes", at: datetime, value: float, text: str, paper: Paper) -> None:
    """A line's own name just above it."""
    axes.annotate(
        text,
        (at, value),
        xytext=(0, 5),
        textcoords="offset points",
        ha="center",
        fontsize=12,
        color=paper.ink,
    )


def _times(axes: "Axes", picture: Picture) -> None:
    """At most six round times of the campaign's own zone."""
    first, last = _local(picture, _span(picture))
    apart = next(
        (step for step in _APART if (last - first) / step < _TIMES), (last - first) / _TIMES
    )
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    count = math.ceil((last - midnight) / apart)
    shown: list[Any] = [
        at for at in (midnight + place * apart for place in range(count)) if at > first
    ]
    days = picture.window.duration >= timedelta(days=1)
    labels = [f"{at:%H:%M}\n{at.day} {at:%b}" if days else f"{at:%H:%M}" for at in shown]
    axes.set_xticks(shown, labels)
    axes.set_xlim(first, last)


def _span(picture: Picture) -> list[datetime]:
    """From a little before the raise until a little after the give-back."""
    first = min(picture.raise_at, picture.window.start)
    last = max(picture.give_back_at, picture.window.end)
    room = (last - first) / 25
    return [first - room, last + room]


def _local(picture: Picture, instants: list[datetime]) -> list[Any]:
    zone = ZoneInfo(picture.zone)
    return [instant.astimezone(zone) for instant in instants]
