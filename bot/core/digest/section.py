"""One part of a digest: what every contributor hands in, whoever reads it and however it is drawn.

A digest is a list of sections, each made by a pure function `…(facts, now) -> Section | None` in the
module that knows its subject (None: nothing to say), and listed once in `composing`. A section says
its answer in plain `sentences` first (no markup: the cards escape it, and Slack never sees what a name
contains), then shows numbers as a `Table` or a chart (`core.figure`), which the cards draw as Slack's
native blocks with a text for where those cannot be. `evidence` says how much of what it rests on was measured and how
old that is: a number with too few points is not in the sentences at all. `audiences` says who may read
it: whoever is not named does not get it, and external vendors are nobody's default. A section for
vendors rests only on facts that were cut to the vendor's groups before, see `redaction`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.figure import Figure, Table


class Audience(StrEnum):
    """Who reads a digest."""

    ENGINEERS = "engineers"
    BUSINESS = "business"
    FINANCE = "finance"
    VENDORS = "vendors"  # people of other companies in a shared channel


class Cadence(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"


OURS = frozenset({Audience.ENGINEERS, Audience.BUSINESS, Audience.FINANCE})
EVERYBODY = frozenset(Audience)
TECHNICAL = frozenset({Audience.ENGINEERS, Audience.VENDORS})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a section rests on: `measured` of `wanted` things (0 of 0: none were needed), called `what`.

    `newest` is the end of the newest of them; `silent` names each source that did not answer, with its
    reason, in words for people.
    """

    measured: int = 0
    wanted: int = 0
    newest: datetime | None = None
    silent: tuple[str, ...] = ()
    what: str = "workloads"

    @property
    def share(self) -> float:
        """How much was measured, 0..1; 1 where nothing had to be."""
        return self.measured / self.wanted if self.wanted else 1.0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.measured >= self.wanted and not self.silent


@dataclass(frozen=True, slots=True)
class Section:
    """`advice` is what somebody could do about it, each a whole sentence. `detail_for` are those of its
    readers who get the table: the others read the sentences.
    """

    title: str
    sentences: tuple[str, ...]
    table: Table | None = None
    chart: Figure | None = None
    evidence: Evidence = field(default_factory=Evidence)
    audiences: frozenset[Audience] = OURS
    advice: tuple[str, ...] = ()
    detail_for: frozenset[Audience] = EVERYBODY
