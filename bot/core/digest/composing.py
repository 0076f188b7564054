"""Which sections a digest has, in which order, and who gets which; called by the digest flow and the preview."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.digest.advice import advice_section
from bot.core.digest.bottlenecks import bottlenecks
from bot.core.digest.campaigns import campaigns
from bot.core.digest.capacity import capacity
from bot.core.digest.cost import cost
from bot.core.digest.data import data_section
from bot.core.digest.errors import errors
from bot.core.digest.experience import experience_section
from bot.core.digest.facts import DigestFacts
from bot.core.digest.noise import alert_noise
from bot.core.digest.redaction import cut_for_vendors, cut_to_groups, forbidden_words, netted
from bot.core.digest.section import Audience, Section
from bot.core.digest.settling import TITLE, settlement

Contributor = Callable[[DigestFacts, datetime], Section | None]

# The order is that of the message; one line a section.
CONTRIBUTORS: tuple[Contributor, ...] = (
    campaigns,
    capacity,
    experience_section,
    errors,
    bottlenecks,
    data_section,
    cost,
    settlement,
    advice_section,
    alert_noise,
)

_MONEY_FIRST = ("Cost", TITLE)


def compose(
    facts: DigestFacts,
    now: datetime,
    audience: Audience,
    *,
    groups: Sequence[str] = (),
    contributors: Sequence[Contributor] = CONTRIBUTORS,
) -> tuple[Section, ...]:
    """The sections that have something to say and are meant for that audience, about `groups` only (empty:
    all of them; vendors then get nothing).
    """
    vendors = audience is Audience.VENDORS
    cut = cut_for_vendors(facts, groups) if vendors else cut_to_groups(facts, groups)
    made = (contribute(cut, now) for contribute in contributors)
    shown = [one for one in made if one is not None and audience in one.audiences]
    if audience is Audience.FINANCE:
        shown.sort(key=lambda one: one.title not in _MONEY_FIRST)
    found = tuple(_for(audience, one) for one in shown)
    return netted(found, forbidden_words(facts, groups)) if vendors else found


def _for(audience: Audience, section: Section) -> Section:
    """Without the table for who does not get it."""
    return section if audience in section.detail_for else replace(section, table=None)
