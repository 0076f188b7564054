"""Everything a line says about time, put together: dates, days, clocks and lengths."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.core.draft import Field, Question
from bot.core.grammar.calendar import WEEKDAY, weekday_trouble
from bot.core.grammar.clocktimes import DAY, Clock, ClocksSaid, take_clocks
from bot.core.grammar.closingdays import take_closing_day, take_closing_day_behind
from bot.core.grammar.counts import COUNTED
from bot.core.grammar.dates import DatesSaid, take_dates
from bot.core.grammar.dayspans import take_day_span
from bot.core.grammar.daywords import NAMED_DAYS
from bot.core.grammar.lengths import LengthsSaid, take_bare_length, take_lengths
from bot.core.grammar.moments import TimeSaid
from bot.core.grammar.scan import Scan
from bot.core.grammar.spoken import (
    ONE_AT_A_TIME,
    SpokenDay,
    stray_weekdays,
    take_spoken,
    take_weekday,
)
from bot.core.grammar.spokenclocks import hide_unclear_clocks, write_clocks
from bot.core.grammar.vaguedays import take_vague_day
from bot.core.wording import say_date, say_day

_ODD_TIME = re.compile(r"(?<![\w:.])\d{1,2}:\d{1,2}(?![\w:])")
_REPEATED = re.compile(r"(?<![\w-])(?:daily|weekly|nightly|weekdays|mo-fr|mon-fri)(?![\w-])")
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """What was said of the time, the place where it begins (-1: nowhere), and what to ask."""

    said: TimeSaid
    at: int
    questions: tuple[Question, ...]


def take_time(scan: Scan, today: date) -> TimePhrase:
    """Everything about time, taken out of `scan`; `today` is the date where the speaker is."""
    for named in (*scan.find(NAMED_DAYS), *scan.find(COUNTED)):
        scan.hide(named.span())
    write_clocks(scan)
    unclear_clock = hide_unclear_clocks(scan)
    lengths = take_lengths(scan)
    dates, spoken = _take_days(scan, today, counted=lengths.ahead is not None)
    clocks = _whole_day(take_clocks(scan, spoken.half), lengths)
    if clocks.end is None and lengths.length is None and not lengths.question:
        lengths = replace(lengths, length=take_bare_length(scan))
    clocks = _with_unclear(clocks, lengths, unclear_clock)
    day = dates.day or spoken.day
    said = TimeSaid(day, dates.until, clocks.start, clocks.end, lengths.length, lengths.ahead)
    places = [
        at
        for at in (dates.at and dates.at[0], spoken.at and spoken.at[0], clocks.at, lengths.at)
        if at is not None
    ]
    at = min(places, default=_NOWHERE)
    questions = [
        *_day_questions(scan, (dates, spoken), today),
        *_repeated_questions(scan, at),
        *_clock_questions(scan, clocks, lengths),
        *_span_questions(scan, said, dates),
    ]
    return TimePhrase(said, at, tuple(questions))


def _take_days(scan: Scan, today: date, *, counted: bool) -> tuple[DatesSaid, SpokenDay]:
    """The day of the start as a date or spoken of, and that of the end; `counted`: the start counts from now."""
    closing = take_closing_day(scan, today)
    dates = take_day_span(scan, take_dates(scan, today), today)
    closing = closing or take_closing_day_behind(scan, dates, today)
    dated = bool(dates.day or dates.question)
    spoken = (None if dated else take_vague_day(scan)) or take_spoken(scan, today)
    if not (dated or spoken.day or spoken.question or counted):
        alone = take_weekday(scan, today)
        spoken = replace(alone, half=alone.half or spoken.half)
    day = dates.day or spoken.day
    if closing is None or day is None or dates.until is not None:
        return dates, spoken
    until = closing.of(day)
    if until == day and not closing.clear:
        return dates, spoken
    return replace(dates, until=until, stamped=closing.clear, each=closing.each), spoken


def _whole_day(clocks: ClocksSaid, lengths: LengthsSaid) -> ClocksSaid:
    if not lengths.all_day or clocks != ClocksSaid():
        return clocks
    return ClocksSaid(Clock(0), Clock(DAY), lengths.at)


def _with_unclear(clocks: ClocksSaid, lengths: LengthsSaid, unclear: str) -> ClocksSaid:
    """Where start and end are said without it, "halb 7" is a part of the name."""
    closed = clocks.end is not None or lengths.length is not None
    if not unclear or (clocks.start and closed):
        return clocks
    asked = f"Write “{unclear}” in digits, for example 18:30."
    if clocks.start:
        return replace(clocks, end_question=asked)
    return replace(clocks, start_question=asked)


def _day_questions(scan: Scan, days: tuple[DatesSaid, SpokenDay], today: date) -> list[Question]:
    """Dates, spoken days and weekdays must agree."""
    dates, spoken = days
    asked = [text for text in (dates.question, spoken.question) if text]
    if not asked and dates.day and spoken.day and dates.day != spoken.day:
        asked.append(f"Is it {say_day(dates.day)} or {say_day(spoken.day)}?")
    if not asked and dates.day and not _names_weekday(scan, dates):
        strays = stray_weekdays(scan)
        troubles = [weekday_trouble(dates.day, stray, today) for stray in strays]
        asked += troubles[:1] if all(troubles) else []
    return [Question(Field.DATE, text) for text in asked]


def _repeated_questions(scan: Scan, at: int) -> list[Question]:
    """Behind the times "daily" is meant; before them it is a name ("Daily Deals")."""
    behind = [match for match in scan.find(_REPEATED) if match.start() > at >= 0]
    return [Question(Field.DATE, ONE_AT_A_TIME)] if behind else []


def _names_weekday(scan: Scan, dates: DatesSaid) -> bool:
    start, end = dates.at or (0, 0)
    return bool(re.search(rf"(?<!\w){WEEKDAY}(?!\w)", scan.said[start:end].lower()))


def _clock_questions(scan: Scan, clocks: ClocksSaid, lengths: LengthsSaid) -> list[Question]:
    asked = [
        Question(field, text)
        for field, text in (
            (Field.START, clocks.start_question),
            (Field.END, clocks.end_question or lengths.question),
        )
        if text
    ]
    for odd in scan.find(_ODD_TIME)[:1]:
        text = f"I do not understand the time “{odd[0]}”. Write it like 18:00."
        asked.append(Question(Field.START, text))
    return asked


def _span_questions(scan: Scan, said: TimeSaid, dates: DatesSaid) -> list[Question]:
    """Two days with one pair of clocks may mean every day, or one long window; a night is clear."""
    if said.ahead is not None and (said.start is not None or said.day is not None):
        return [Question(Field.START, "Does it start at a time of day, or so long from now?")]
    if said.until is None or said.day is None or said.start is None:
        return []
    if said.end is None:
        return [Question(Field.DATE, ONE_AT_A_TIME)] if said.length is not None else []
    if dates.stamped and said.end.minute == DAY and "midnight" in scan.said.lower():
        return [Question(Field.END, "Which midnight? Write 24:00 with the day that ends then.")]
    night = said.until == said.day + timedelta(1) and said.end.minute <= said.start.minute
    if dates.stamped or (night and not dates.each) or said.until <= said.day:
        return []
    until = said.until + timedelta(said.end.minute == DAY)
    text = (
        f"Is it one window from {say_date(said.day)} {said.start} to {say_date(until)} {said.end}?"
    )
    return [Question(Field.END, f"{text} Write it like that; each day of its own is a campaign.")]
