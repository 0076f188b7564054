"""The look that all pictures share: colours, letters, axes. Called by charts and figure_charts.

Colours are those of Okabe and Ito, which colour-blind people can tell apart; every line carries its
name, so that nothing is told by colour alone.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, SKY, ORANGE, VERMILION = "#0072B2", "#56B4E9", "#E69F00", "#D55E00"
GREEN, PURPLE = "#009E73", "#CC79A7"
WIDTH = 6.4  # inches; with DPI a width that a phone shows sharply
DPI = 150


@dataclass(frozen=True, slots=True)
class Paper:
    """The colours of one background; `series` are those of the lines of a chart, in order."""

    back: str
    ink: str
    faint: str
    line: str
    held: str
    series: tuple[str, ...]


LIGHT = Paper(
    "#FFFFFF", "#1D1C1D", "#6B6B6B", BLUE, VERMILION, (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
)
DARK = Paper(
    "#1A1D21", "#F2F2F2", "#A8A8A8", SKY, ORANGE, (SKY, ORANGE, GREEN, PURPLE, VERMILION, BLUE)
)


def plain(axes: "Axes", paper: Paper) -> None:
    """No frame, faint lines across, whole numbers with thousands separated."""
    axes.set_facecolor(paper.back)
    axes.tick_params(colors=paper.faint, labelsize=11, length=0)
    axes.grid(axis="y", color=paper.faint, alpha=0.25, linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(paper.faint)
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.10g}")
    axes.locator_params(axis="y", nbins=4)
