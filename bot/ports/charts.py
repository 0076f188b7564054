"""Drawing plans and charts as pictures, for where Slack takes no chart of its own; `NoCharts` draws nothing."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.figure import Figure
from bot.core.picture import Picture


class Charts(Protocol):
    """Pure work of the processor, some tenths of a second; called off the event loop."""

    def draw(self, picture: Picture, *, dark: bool = False) -> bytes | None:
        """A plan as a PNG; None where nothing can be drawn."""
        ...

    def draw_figures(self, figures: Sequence[Figure], *, dark: bool = False) -> bytes | None:
        """Charts below each other in one PNG; None where nothing can be drawn."""
        ...


class NoCharts:
    """For tests and commands that need none."""

    def draw(self, picture: Picture, *, dark: bool = False) -> bytes | None:
        """Nothing."""
        return None

    def draw_figures(self, figures: Sequence[Figure], *, dark: bool = False) -> bytes | None:
        """Nothing."""
        return None
