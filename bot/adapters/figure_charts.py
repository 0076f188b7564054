"""Draws the charts of a message as one PNG, where Slack does not take its own chart block. Called by charts.

Its imports of matplotlib happen only when something is drawn.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.adapters.paper import DPI, WIDTH, Paper, plain
from bot.core.figure import Figure, Shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 3.2  # inches each
_LABELS = 6
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)), (0, (8, 2)), (0, (3, 1)))


def draw_figures(figures: Sequence[Figure], paper: Paper) -> bytes:
    """A PNG with all of them below each other."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    sheet = Sheet(figsize=(WIDTH, _HEIGHT * len(figures)), dpi=DPI, facecolor=paper.back)
    FigureCanvasAgg(sheet)
    for axes, figure in zip(
        sheet.subplots(len(figures), 1, squeeze=False)[:, 0], figures, strict=True
    ):
        _draw(axes, figure, paper)
    sheet.tight_layout(pad=1.2)
    out = io.BytesIO()
    sheet.savefig(out, format="png", facecolor=paper.back)
    return out.getvalue()


def _draw(axes: "Axes", figure: Figure, paper: Paper) -> None:
    plain(axes, paper)
    axes.set_axisbelow(True)
    places = list(range(len(figure.labels)))
    for number, (name, values) in enumerate(figure.lines.items()):
        known = [math.nan if value is None else value for value in values]
        colour = paper.series[number % len(paper.series)]
        style = _Style(number, len(figure.lines), _letters(name), colour)
        _line(axes, figure.shape, known, style)
    every = max(1, math.ceil(len(places) / _LABELS))
    axes.set_xticks(places[::every], [_letters(figure.labels[place]) for place in places[::every]])
    lowest = min(
        (v for values in figure.lines.values() for v in values if v is not None), default=0
    )
    axes.set_ylim(bottom=min(0, lowest))
    axes.set_title(
        _letters(figure.title), loc="left", fontsize=14, fontweight="bold", color=paper.ink, pad=24
    )
    if figure.unit and figure.unit.lower() not in figure.title.lower():
        axes.set_ylabel(_letters(figure.unit), color=paper.faint, fontsize=11)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        frameon=False,
        fontsize=11,
        labelcolor=paper.ink,
        borderpad=0,
    )


@dataclass(frozen=True, slots=True)
class _Style:
    """The look of one line of a chart: the `place`-th of `amount`."""

    place: int
    amount: int
    name: str
    colour: str

    @property
    def dashes(self) -> object:
        """Lines differ by more than their colour."""
        return _DASHES[self.place % len(_DASHES)]


def _line(axes: "Axes", shape: Shape, values: list[float], style: _Style) -> None:
    if shape is Shape.LINE:
        axes.plot(
            values,
            color=style.colour,
            linewidth=2.4,
            linestyle=style.dashes,
            marker="o",
            markersize=4,
            label=style.name,
        )
        return
    width = 0.8 / style.amount
    left = [at - 0.4 + width * (style.place + 0.5) for at in range(len(values))]
    axes.bar(left, values, width=width * 0.92, color=style.colour, label=style.name)


def _letters(text: str) -> str:
    """Somebody's words are never read as mathematics."""
    return text.replace("$", r"\$")
