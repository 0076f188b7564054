"""What external vendors may read: facts cut to their groups before anything is written, and a net behind it.

The cut builds a new value from what is allowed, so a fact that is added later is not shown to them
until somebody decides so here. The net takes out what people themselves wrote (a campaign's name may
name anything): a sentence or row with a forbidden word is left out, never repaired.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.digest.facts import DigestFacts, Undertaking
from bot.core.digest.section import Evidence, Section
from bot.core.fences import Fences
from bot.core.figure import Amount, Cell, Figure, Table
from bot.core.house import Group, House
from bot.core.series import Metric
from bot.core.sources import Fleet

_MONEY = re.compile(r"[$€£¥]|\b(?:USD|EUR|GBP|CHF)\b", re.IGNORECASE)
_PERSON = re.compile(r"<@|\b[UW][A-Z0-9]{5,}\b")
_PRICED = frozenset({Metric.BILLABLE, Metric.ACTIVE})
_SILENT = "a source did not answer"


def cut_for_vendors(facts: DigestFacts, groups: Sequence[str]) -> DigestFacts:
    """Only the workloads and campaigns of these groups, without costs, people, alerts and shared limits."""
    allowed = frozenset(groups)
    return DigestFacts(
        house=_house(facts.house, allowed),
        cadence=facts.cadence,
        span=facts.span,
        zone=facts.zone,
        fleet=_fleet(facts.fleet, allowed),
        campaigns=tuple(
            _undertaking(one, allowed)
            for one in facts.campaigns
            if allowed & _named(one, facts.house)
        ),
    )


def cut_to_groups(facts: DigestFacts, groups: Sequence[str]) -> DigestFacts:
    """For a channel of our own that wants to hear of these groups only; nothing is hidden, it is just less."""
    if not groups:
        return facts
    wanted = frozenset(groups)
    keys = [one.key for one in facts.fleet.workloads if wanted & set(one.groups)]
    mine = tuple(one for one in facts.campaigns if wanted & _named(one, facts.house))
    ids = {one.campaign.id for one in mine}
    return replace(
        facts,
        fleet=facts.fleet.of(keys),
        earlier=tuple(one.of(keys) for one in facts.earlier),
        campaigns=mine,
        settled=tuple(one for one in facts.settled if one.campaign_id in ids),
        pages=tuple(one for one in facts.pages if wanted & set(one.groups)),
        objectives=tuple(one for one in facts.objectives if one.objective.group in wanted),
        pipelines=tuple(one for one in facts.pipelines if wanted & set(one.pipeline.groups)),
        advice=None if facts.advice is None else facts.advice.only(wanted),
    )


def forbidden_words(facts: DigestFacts, groups: Sequence[str]) -> frozenset[str]:
    """What a vendor's channel must never show: projects, people, channels, other groups and their workloads."""
    allowed = frozenset(groups)
    house = facts.house
    mine = [one for one in facts.fleet.workloads if allowed & set(one.groups)]
    own = {one.key.name for one in mine} | _words(g for g in house.groups if g.name in allowed)
    others = _words(group for group in house.groups if group.name not in allowed)
    others |= {name for one in facts.fleet.workloads for name in one.groups if name not in allowed}
    others |= {one.key.name for one in facts.fleet.workloads if not allowed & set(one.groups)}
    secret = {one.key.project for one in facts.fleet.workloads}
    secret |= {place.project for place in house.places}
    secret |= {one.title for one in house.fences.dependencies} | set(house.roles)
    secret |= {team.title for team in house.fences.teams} | set(house.role_groups)
    for one in facts.campaigns:
        secret |= {one.campaign.announcer, one.campaign.confirmed_by, one.campaign.cancelled_by}
    kept = {word.casefold() for word in own}
    found = secret | {word for word in others if word.casefold() not in kept}
    return frozenset(word.casefold() for word in found if word.strip())


def netted(sections: Iterable[Section], words: frozenset[str]) -> tuple[Section, ...]:
    """The sections without any sentence, row or line that has a forbidden word, or money, or a person."""
    pattern = _pattern(words)
    return tuple(_clean(one, pattern) for one in sections if not _leaks(one.title, pattern))


def _clean(section: Section, pattern: re.Pattern[str] | None) -> Section:
    return replace(
        section,
        sentences=tuple(one for one in section.sentences if not _leaks(one, pattern)),
        advice=tuple(one for one in section.advice if not _leaks(one, pattern)),
        table=_table(section.table, pattern),
        chart=_chart(section.chart, pattern),
        evidence=_evidence(section.evidence),
    )


def _table(table: Table | None, pattern: re.Pattern[str] | None) -> Table | None:
    if table is None or any(_leaks(text, pattern) for text in (table.caption, *table.columns)):
        return None
    rows = tuple(row for row in table.rows if not any(_leaks(_text(cell), pattern) for cell in row))
    return replace(table, rows=rows) if rows else None


def _chart(chart: Figure | None, pattern: re.Pattern[str] | None) -> Figure | None:
    texts = [] if chart is None else [chart.title, chart.unit, *chart.labels, *chart.lines]
    return None if any(_leaks(text, pattern) for text in texts) else chart


def _evidence(evidence: Evidence) -> Evidence:
    """Why a source was silent is our own affair."""
    return replace(evidence, silent=(_SILENT,) if evidence.silent else ())


def _leaks(text: str, pattern: re.Pattern[str] | None) -> bool:
    if _MONEY.search(text) or _PERSON.search(text):
        return True
    return pattern is not None and pattern.search(text.casefold()) is not None


def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    """Whole words: a group `web` does not forbid `webinar`, nor a workload `web-api` of the vendor's own."""
    if not words:
        return None
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(
        r"(?<![\w-])(?:" + "|".join(re.escape(word) for word in longest_first) + r")(?![\w-])"
    )


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Amount) else cell


def _house(house: House, allowed: frozenset[str]) -> House:
    return House(
        company=house.company,
        zone=house.zone,
        places=(),
        groups=tuple(group for group in house.groups if group.name in allowed),
        engineers="",
        default_channel="",
        roles={},
        fences=Fences(),
    )


def _fleet(fleet: Fleet, allowed: frozenset[str]) -> Fleet:
    part = fleet.of(one.key for one in fleet.workloads if allowed & set(one.groups))
    workloads = tuple(
        replace(one, groups=tuple(name for name in one.groups if name in allowed))
        for one in part.workloads
    )
    measured = {metric: one for metric, one in part.measured.items() if metric not in _PRICED}
    silent = {_SILENT: ""} if part.silent else {}
    return replace(part, workloads=workloads, measured=measured, silent=silent)


def _undertaking(one: Undertaking, allowed: frozenset[str]) -> Undertaking:
    asked = one.campaign.announcement
    groups = tuple(name for name in asked.groups if name in allowed)
    campaign = replace(
        one.campaign,
        announcement=replace(asked, groups=groups),
        channel="",
        announcer="",
        confirmed_by="",
        cancelled_by="",
        trouble="",
        note="",
    )
    return Undertaking(campaign, None)


def _named(one: Undertaking, house: House) -> frozenset[str]:
    names = one.campaign.announcement.groups
    known = [(house.group(name), name) for name in names]
    return frozenset(group.name if group is not None else name for group, name in known)


def _words(groups: Iterable[Group]) -> set[str]:
    return {word for one in groups for word in (one.name, one.title, *one.aliases)}
