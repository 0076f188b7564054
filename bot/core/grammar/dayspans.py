"""Two days around one pair of times: Friday to Sunday, Sat and Sun, tomorrow until Sunday, 28 Nov to Sunday."""

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.core.grammar.calendar import WEEKDAY, weekday_number
from bot.core.grammar.dates import DatesSaid
from bot.core.grammar.daywords import DAY_WORD, TIME_AHEAD, TOMORROW, WORD_ENDS
from bot.core.grammar.scan import HIDDEN, Scan
from bot.core.grammar.spoken import WHICH_DAY, is_meant

_ON = r"(?:(?:on|this|coming|am)\s+)*"
_PART = r"(?:\s+(?:morning|afternoon|evening|night)(?!\w))?"
_LAST = rf"{_ON}(?P<last>{TOMORROW}|{WEEKDAY}){_PART}{WORD_ENDS}"
_WORD_TO = r"\s+(?:to|until|till?|bis|through|thru)\s+"
_TIE = rf"(?:\s*-+\s*|{_WORD_TO}|(?P<each>,?\s*(?:(?:and|und)\s|[&+])\s*))"

_SPAN = re.compile(
    rf"(?<![\w-])(?P<vague>(?:next|last|every|each)\s+)?{_ON}(?P<first>{DAY_WORD})\.?{_PART}"
    rf"(?P<more>(?:,\s*{WEEKDAY}{_PART}(?!\w))*)(?:{_TIE}|/){_LAST}"
)
# Behind "Sun" a time or nothing may stand, else it begins a name ("Fri 28 Nov - Sun cream push").
_AFTER_DATE = re.compile(rf"{_TIE}{_LAST}(?={TIME_AHEAD}|\s*(?:\0|[^\w\s]|$))")
_AFTER_NAMED_DAY = re.compile(rf"{HIDDEN}{_WORD_TO}{_LAST}(?={TIME_AHEAD})")


def take_day_span(scan: Scan, dates: DatesSaid, today: date) -> DatesSaid:
    """`dates` with the day that is tied to them, or two days without dates, taken out of `scan`."""
    if dates.question or dates.until:
        return dates
    if dates.day and dates.at:
        tied = _AFTER_DATE.match(scan.left, dates.at[1])
        if tied is None:
            return dates
        scan.take(tied.span())
        return replace(dates, until=_after(tied["last"], dates.day, today), each=bool(tied["each"]))
    named = _AFTER_NAMED_DAY.search(scan.left)
    if named:  # "Black Friday to Sunday": only people know which day the first is
        scan.take(named.span("last"))
        return DatesSaid(at=named.span("last"), question=WHICH_DAY)
    return next(
        (_read(scan, span, today) for span in scan.find(_SPAN) if is_meant(scan, span)), dates
    )


def _read(scan: Scan, span: re.Match[str], today: date) -> DatesSaid:
    scan.take(span.span())
    if span["vague"]:
        return DatesSaid(at=span.span(), question=WHICH_DAY)
    first = _after(span["first"], today - timedelta(1), today)
    until = _after(span["last"], first, today)
    return DatesSaid(first, until, span.span(), each=bool(span["each"] or span["more"]))


def _after(word: str, day: date, today: date) -> date:
    """The first day behind `day` that `word` can mean; today and tomorrow are what they are."""
    if re.fullmatch(TOMORROW, word):
        return today + timedelta(1)
    if not re.fullmatch(WEEKDAY, word):
        return today
    return day + timedelta((weekday_number(word) - day.weekday() - 1) % 7 + 1)
