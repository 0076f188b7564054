"""Drawing a plan as a picture, for where Slack takes no chart of its own; `NoCharts` draws nothing."""

from typing import Protocol

from bot.core.picture import Picture


class Charts(Protocol):
    """Pure work of the processor, some tenths of a second; called off the event loop."""

    def draw(self, picture: Picture, *, dark: bool = False) -> bytes | None:
        """A PNG; None where nothing can be drawn."""
        ...


class NoCharts:
    """For tests and commands that need none."""

    def draw(self, picture: Picture, *, dark: bool = False) -> bytes | None:
        """Nothing."""
        return None
