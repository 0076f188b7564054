"""Words into an Announcement, or a Draft with open questions; called by the flow that announces.

Nothing is guessed silently: what is missing, contradictory or ambiguous becomes a question. The only
defaults are the house's zone and the kind "other", and both are shown. Each part of the grammar, in
bot.core.grammar, takes what it understands out of the text; what is left is the name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Draft, Field, Question
from bot.core.grammar.amounts import amount_text
from bot.core.grammar.calendar import YEARS
from bot.core.grammar.clocktimes import DAY, Clock, read_clock
from bot.core.grammar.groupnames import (
    GroupsSaid,
    also_named,
    choices,
    read_groups,
    take_bare,
    take_hashed,
)
from bot.core.grammar.kinds import kind_named, kinds_in, only_a_kind, says_other
from bot.core.grammar.moments import Settled, TimeSaid, as_text, closing, local, settle
from bot.core.grammar.names import clean_name, left_over, take_quoted
from bot.core.grammar.scan import Scan, escape_slack, read_slack
from bot.core.grammar.timephrase import take_time
from bot.core.grammar.uplifts import UpliftSaid, read_uplift, take_uplift, take_word
from bot.core.grammar.zones import ZoneSaid, ZoneUnclear, read_zone, take_zone
from bot.core.house import House
from bot.core.wording import say_date, say_day, say_list

_MISSING = {
    Field.NAME: "What is the campaign called?",
    Field.DATE: "On which day is it? For example: Fri 28 Nov.",
    Field.START: "When does it start? For example 18:00.",
    Field.END: "When does it end? For example 22:00.",
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """All parts as far as they are clear, with the questions about the others."""

    name: str
    kind: CampaignKind | None
    time: Settled
    zone: ZoneSaid | ZoneUnclear
    uplift: UpliftSaid
    groups: GroupsSaid
    questions: tuple[Question, ...]


def understand(text: str, *, now: datetime, house: House) -> Announcement | Draft:
    """The announcement that `text` (as Slack escapes it) makes, if it is complete and clear; else a Draft.

    Never raises on any text. `now` is aware UTC; the window of an Announcement starts after it.
    """
    scan = Scan(read_slack(text))
    quoted = take_quoted(scan)
    groups = take_hashed(scan, house)
    zone = take_zone(scan, house, now)
    uplift = take_uplift(scan, house)
    clear_zone = zone if isinstance(zone, ZoneSaid) else _fallback_zone(house, now)
    phrase = take_time(scan, local(now, clear_zone.name).date())
    if uplift == UpliftSaid():
        uplift = take_word(scan, house, after=phrase.at)
    if groups == GroupsSaid():
        groups = take_bare(scan, house, after=phrase.at)
    else:
        groups = also_named(scan, house, groups, after=phrase.at)
    left = left_over(scan)
    kinds = _kinds(left, quoted)
    time = settle(phrase.said, clear_zone, now)
    name = quoted or _named(left, time)
    reading = _Reading(
        name=name or _proposal(kinds, time),
        kind=kinds[0] if len(kinds) == 1 else None,
        time=time,
        zone=zone,
        uplift=uplift,
        groups=groups,
        questions=(*_kind_questions(kinds), *phrase.questions, *_name_questions(name)),
    )
    return _answer(reading, house)


def from_form(values: Mapping[str, str], *, now: datetime, house: House) -> Announcement | Draft:
    """The same from the form's fields: keys are Field values, absent ones are empty.

    `date` and `until`, the last day, are `YYYY-MM-DD`; `start` and `end` are `HH:MM`; `groups` are comma
    separated. Without `until` an end before the start is on the next day; an end at 00:00 closes its day.
    """
    zone = read_zone(values.get(Field.ZONE, ""), house, now)
    clear_zone = zone if isinstance(zone, ZoneSaid) else _fallback_zone(house, now)
    said, questions = _form_time(values)
    kind = kind_named(values.get(Field.KIND, "")) if values.get(Field.KIND) else CampaignKind.OTHER
    words = [word.strip() for word in values.get(Field.GROUPS, "").split(",")]
    name = clean_name(values.get(Field.NAME, ""))
    if kind is None:
        asked = f"Which kind is it: {say_list([kind.value for kind in CampaignKind], last='or')}?"
        questions.append(Question(Field.KIND, asked))
    reading = _Reading(
        name=name,
        kind=kind,
        time=settle(said, clear_zone, now),
        zone=zone,
        uplift=read_uplift(values.get(Field.MULTIPLIER, ""), house),
        groups=read_groups([word for word in words if word], house),
        questions=(*questions, *_name_questions(name)),
    )
    return _answer(reading, house)


def canonical(announcement: Announcement) -> str:
    """One line, escaped for Slack, that `understand` reads as exactly this announcement.

    Seconds are not said; a clock that comes twice carries its UTC offset.
    """
    said = announcement
    start, end = (_stamp(instant, said.zone) for instant in (said.window.start, said.window.end))
    name = said.name.replace('"', '""')
    groups = " ".join(f"#{group}" for group in said.groups)
    line = f'"{name}" {said.kind} {start} to {end} {said.zone} {_uplift(said)} {groups}'
    return escape_slack(line)


def draft_of(announcement: Announcement) -> Draft:
    """The form's content for a complete announcement; `from_form` reads it back as the same."""
    zone = announcement.zone
    start, end = (local(at, zone) for at in (announcement.window.start, announcement.window.end))
    until, clock = closing(end)
    texts = as_text(TimeSaid(start.date(), until, Clock(start.hour * 60 + start.minute), clock))
    return Draft(
        name=announcement.name,
        kind=announcement.kind.value,
        date=texts.date,
        start=texts.start,
        end=texts.end,
        until=texts.until,
        zone=zone,
        multiplier=_uplift(announcement).removeprefix("x"),
        groups=announcement.groups,
    )


def _answer(reading: _Reading, house: House) -> Announcement | Draft:
    """Complete only where nothing is left to ask."""
    questions = _questions(reading, house)
    said, window, kind = reading.zone, reading.time.window, reading.kind
    times = reading.uplift.times
    if not questions and window and kind and times is not None and isinstance(said, ZoneSaid):
        groups, demand = reading.groups.names, reading.uplift.demand
        return Announcement(reading.name, kind, window, said.name, times, groups, demand)
    return Draft(
        name=reading.name,
        kind=kind.value if kind else "",
        date=reading.time.date,
        start=reading.time.start,
        end=reading.time.end,
        until=reading.time.until,
        zone=said.said,
        multiplier=reading.uplift.text,
        groups=reading.groups.names,
        questions=questions,
    )


def _questions(reading: _Reading, house: House) -> tuple[Question, ...]:
    """All that must be asked, in the order of the form's fields."""
    asked = list(reading.questions)
    if isinstance(reading.zone, ZoneUnclear):
        asked.append(Question(Field.ZONE, reading.zone.question))
    else:
        fields = {question.field for question in asked}
        if Field.UNTIL in fields:  # without its day the end cannot be judged
            fields.add(Field.END)
        asked += [question for question in reading.time.questions if question.field not in fields]
    if reading.uplift.question:
        asked.append(Question(Field.MULTIPLIER, reading.uplift.question))
    asked += [Question(Field.GROUPS, text) for text in reading.groups.questions]
    if not reading.groups.names and not reading.groups.questions:
        asked.append(Question(Field.GROUPS, f"What should be warmed: {choices(house)}?"))
    asked += _missing_time(reading.time, {question.field for question in asked})
    order = list(Field)
    return tuple(sorted(dict.fromkeys(asked), key=lambda question: order.index(question.field)))


def _missing_time(time: Settled, asked: set[Field]) -> list[Question]:
    """An unclear start leaves the end unclear too; that is asked once."""
    missing = [
        field
        for field, text in (
            (Field.DATE, time.date),
            (Field.START, time.start),
            (Field.END, time.end),
        )
        if not text and field not in asked and not (field is Field.END and Field.START in asked)
    ]
    return [Question(field, _MISSING[field]) for field in missing]


def _fallback_zone(house: House, now: datetime) -> ZoneSaid:
    here = read_zone("", house, now)
    return here if isinstance(here, ZoneSaid) else ZoneSaid("UTC", "UTC")


def _kinds(left: str, quoted: str) -> tuple[CampaignKind, ...]:
    """Words beside a quoted name go before words in it; no word at all is "other"."""
    beside, within = Scan(left).left, Scan(quoted).left
    if quoted and says_other(beside):
        return (CampaignKind.OTHER,)
    return kinds_in(beside) or kinds_in(within) or (CampaignKind.OTHER,)


def _kind_questions(kinds: tuple[CampaignKind, ...]) -> list[Question]:
    if len(kinds) == 1:
        return []
    return [Question(Field.KIND, f"Is it {say_list([str(kind) for kind in kinds], last='or')}?")]


def _named(left: str, time: Settled) -> str:
    """What is left is the name; a mere "push" gets its day, so that campaigns can be told apart."""
    if not only_a_kind(left) or not time.date:
        return left
    return f"{left[:1].upper()}{left[1:]} on {say_date(date.fromisoformat(time.date))}"


def _proposal(kinds: tuple[CampaignKind, ...], time: Settled) -> str:
    if not time.date:
        return ""
    kind = kinds[0].value if len(kinds) == 1 and kinds[0] is not CampaignKind.OTHER else "campaign"
    return f"{kind[:1].upper()}{kind[1:]} on {say_date(date.fromisoformat(time.date))}"


def _name_questions(name: str) -> list[Question]:
    return [] if name else [Question(Field.NAME, _MISSING[Field.NAME])]


def _form_time(values: Mapping[str, str]) -> tuple[TimeSaid, list[Question]]:
    questions: list[Question] = []
    day = _form_day(values.get(Field.DATE, ""), Field.DATE, questions)
    start = _form_clock(values.get(Field.START, ""), Field.START, questions)
    end = _form_clock(values.get(Field.END, ""), Field.END, questions)
    until = _form_day(values.get(Field.UNTIL, ""), Field.UNTIL, questions)
    if end is not None and end.minute == 0:
        end = Clock(DAY, end.offset)
    if day and until and until < day:
        asked = f"The last day, {say_day(until)}, is before the first, {say_day(day)}."
        questions.append(Question(Field.UNTIL, f"{asked} Which day is the last?"))
    # The first day as the last says no more than none: a night still ends on the day after.
    return TimeSaid(day, until if until != day else None, start, end), questions


def _form_day(text: str, field: Field, questions: list[Question]) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = date.min
    if day.year in YEARS:
        return day
    asked = f"I do not understand the day “{text.strip()}”. Write it like 2025-11-28."
    questions.append(Question(field, asked))
    return None


def _form_clock(text: str, field: Field, questions: list[Question]) -> Clock | None:
    clock = read_clock(text) if text.strip() else None
    if clock is None and text.strip():
        questions.append(
            Question(field, f"I do not understand the time “{text}”. Write it like 18:00.")
        )
    return clock


def _stamp(instant: datetime, zone: str) -> str:
    """`2025-11-28 18:00`, with the UTC offset in brackets where the clock shows that time twice."""
    here = instant.astimezone(ZoneInfo(zone))
    twice = here.utcoffset() != here.replace(fold=1 - here.fold).utcoffset()
    offset = here.isoformat()[-6:]
    return f"{here:%Y-%m-%d %H:%M}" + (f"[{offset}]" if twice else "")


def _uplift(announcement: Announcement) -> str:
    if announcement.demand is not None:
        return amount_text(announcement.demand)
    return f"x{repr(announcement.multiplier).removesuffix('.0')}"
