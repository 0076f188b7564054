"""Customers' pages in memory: each answers as the test says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.experience import Look, Mark, Page

Answer = Callable[[datetime], Mark]


@dataclass
class FakeProbes:
    """Every page is fine in 0.3 s unless `put` says otherwise. `asked` lists the looks."""

    asked: list[tuple[str, datetime]] = field(default_factory=list)
    _answers: dict[str, Answer] = field(default_factory=dict)

    def put(self, page: str, answer: Mark | Answer) -> None:
        """Sets what the page answers from now on, or as a function of the instant."""
        self._answers[page] = _always(answer) if isinstance(answer, Mark) else answer

    async def look(self, page: Page, now: datetime) -> Look:
        """What was put in."""
        self.asked.append((page.name, now))
        answer = self._answers.get(page.name)
        mark = Mark.FINE if answer is None else answer(now)
        match mark:
            case Mark.FINE:
                return Look(page.name, now, mark, 0.1, 0.3, 200)
            case Mark.SLOW:
                return Look(page.name, now, mark, 0.1, 4.0, 200, "4.0 s, at most 2 s")
            case Mark.FAILED:
                return Look(page.name, now, mark, 0.1, 0.2, 503, "HTTP 503")
            case _:
                return Look(page.name, now, mark, reason=f"it is {mark}")


def _always(mark: Mark) -> Answer:
    return lambda now: mark
