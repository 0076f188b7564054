"""Which sections a digest has, in which order, and who gets which; called by the digest flow and the preview."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Audience, Section

Contributor = Callable[[DigestFacts, datetime], Section | None]

# The order is that of the message; one line a section.
CONTRIBUTORS: tuple[Contributor, ...] = ()


def compose(
    facts: DigestFacts,
    now: datetime,
    audience: Audience,
    contributors: Sequence[Contributor] = CONTRIBUTORS,
) -> tuple[Section, ...]:
    """The sections that have something to say and are meant for that audience."""
    made = (contribute(facts, now) for contribute in contributors)
    return tuple(one for one in made if one is not None and audience in one.audiences)
