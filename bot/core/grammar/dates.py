"""Calendar dates as people write them: 28 Nov, Nov 28th, 2025-11-28, 28.11.2025, Fri 28th, 28-29 Nov."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core.grammar.calendar import (
    MONTH,
    WEEKDAY,
    dated,
    month_number,
    nth,
    numeric,
    weekday_trouble,
)
from bot.core.grammar.daywords import TIME_BEHIND
from bot.core.grammar.scan import Scan, Span
from bot.core.wording import say_date, say_list

_TO = r"\s*(?:-|to|until|till?|bis|through|thru)\s*"
_LIST = rf"(?:{_TO}|/|\s*(?P<each>and|und|&|\+)\s*)"
_YEAR = r"(?:,?\s*(?P<year>20\d\d)(?!\s*-\s*\d{4}|[\d:]))?"
_NTH = r"(?:st|nd|rd|th|\.)?"
_BEFORE = rf"(?:(?<!\w)(?P<before>{WEEKDAY})\.?,?\s+(?:(?:the|den)\s+)?)?"
_AFTER = rf"(?:,?\s*\(?(?P<after>{WEEKDAY})(?!\w)\)?)?"

_ISO = re.compile(
    rf"{_BEFORE}(?<![\d-])(?P<iso>\d{{4}}[-/.]\d\d?[-/.]\d\d?)(?:t(?=\d)|(?!\w)){_AFTER}"
)
_DAY_RANGE = re.compile(
    rf"(?<![\d:.-])(?P<day>\d\d?){_NTH}(?P<more>(?:,\s*\d\d?{_NTH})*){_LIST}(?P<last>\d\d?){_NTH}\s*"
    rf"(?P<month>{MONTH})(?!\w)\.?{_YEAR}"
)
# 28.-30.11. and 28./29.11; one of the two dots shows that 28-30.11 is no range of times.
_DOTTED_RANGES = [
    re.compile(
        rf"(?<![\d:.-])(?P<day>\d\d?){dot}(?P<more>(?:,\s*\d\d?\.)*){_LIST}(?P<last>\d\d?)\.\s?"
        rf"(?P<month_number>0?[1-9]|1[0-2])(?:\.(?P<short_year>(?:20)?\d\d(?![\d:.]))?){last_dot}(?![\d:])"
    )
    for dot, last_dot in ((r"\.", "?"), ("", ""))
]
_RANGE_AFTER_MONTH = re.compile(
    rf"(?<!\w)(?P<month>{MONTH})\.?\s+(?P<day>\d\d?){_NTH}(?P<more>(?:,\s*\d\d?(?:st|nd|rd|th)?)*){_LIST}"
    rf"(?P<last>\d\d?)(?:st|nd|rd|th)?(?![\d:.]|\s*[ap]\.?m|\s*uhr){_YEAR}"
)
_DAY_MONTH = re.compile(
    rf"{_BEFORE}(?<![\w:])(?P<day>\d\d?){_NTH}\s*(?:of\s+)?(?P<month>{MONTH})(?!\w)\.?{_YEAR}{_AFTER}"
)
_MONTH_DAY = re.compile(
    rf"{_BEFORE}(?<!\w)(?P<month>{MONTH})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?"
    rf"(?![\d:]|\.\d|\s*[ap]\.?m|\s*uhr|\s*-\s*\d){_YEAR}{_AFTER}"
)
_FULL_NUMBERS = re.compile(
    rf"{_BEFORE}(?<![\d./:])(?P<numeric>\d\d?\.\d\d?\.(?:(?:20)?\d\d(?![\d:.]))?"
    rf"|\d\d?(?P<mark>[/-])\d\d?(?P=mark)(?:20)?\d\d)(?![\d/]){_AFTER}"
)
_SHORT_SLASHED = re.compile(rf"{_BEFORE}(?<![\d/:])(?P<numeric>\d\d?/\d\d?)(?![\d/%]){_AFTER}")
_ORDINAL = re.compile(
    rf"(?<!\w)(?P<before>{WEEKDAY})\.?,?\s+(?:the\s+)?(?P<day>\d\d?)"
    r"(?:(?:st|nd|rd|th)(?!\w)|(?=\s+(?:at\s+|from\s+)?\d\d?(?:[:h-]|\s?[ap]m)))"
)
_THE_NTH = re.compile(r"(?<!\w)(?:on\s+)?the\s+(?P<day>\d\d?)(?:st|nd|rd|th)(?!\w)")
_NTH_RANGE = re.compile(
    rf"(?<![\d:.-])(?P<day>\d\d?)(?:st|nd|rd|th)(?P<more>(?:,\s*(?:the\s+)?\d\d?(?:st|nd|rd|th))*){_LIST}"
    r"(?:the\s+)?(?P<last>\d\d?)(?:st|nd|rd|th)(?!\w)"
)
# 20.11 is a date only where it cannot be meant as the time 20:11.
_SHORT_DOTTED = re.compile(
    rf"{_BEFORE}(?<![\d.:])(?P<numeric>\d\d?\.\d\d?)(?![\d.:]|\s*uhr|{_TO}\d|\s*[ap]m){_AFTER}"
)
_CLOCK_DASH = re.compile(r"\d\s?(?:[ap]\.?m\.?|uhr|h)?\s*-\s*\d")
_CLOCK_LEADS = re.compile(rf"(?:\d{_TO}|(?<!\w)(?:at|from|@|ab|um)\s*)$")

_END_LEADS = re.compile(rf"{TIME_BEHIND}[\s\0]*(?:-+>?|to|until|till?|bis)\s*(?:on\s+)?$")
_END_FOLLOWS = re.compile(r"[\s,]*(?:(?:at|@)\s*)?(?:\d|noon|midday|midnight)")

_BOTH_DAYS = ("and", "und")
_BETWEEN = re.compile(r"(?<!\w)(?:between|zwischen)\s+(?:the\s+)?$")

_FAMILIES: Sequence[Sequence[re.Pattern[str]]] = (
    # those that say most go first; a later family is only read where an earlier one finds nothing
    (_ISO, _DAY_RANGE, *_DOTTED_RANGES, _DAY_MONTH, _RANGE_AFTER_MONTH, _MONTH_DAY, _FULL_NUMBERS),
    (_SHORT_SLASHED, _NTH_RANGE, _ORDINAL, _THE_NTH),
    (_SHORT_DOTTED,),
)


@dataclass(frozen=True, slots=True)
class DatesSaid:
    """The day of the start, the day of the end where one was said, and what to ask.

    `at` is where it stood. `stamped` means that each end has a date of its own ("28 Nov 22:00 until
    29 Nov 02:00"), so that it is one window and not one on each day; `each` that the words rather mean
    one on each day ("28 and 29 Nov").
    """

    day: date | None = None
    until: date | None = None
    at: Span | None = None
    question: str = ""
    stamped: bool = False
    each: bool = False


def take_dates(scan: Scan, today: date) -> DatesSaid:
    """The calendar dates said, taken out of `scan`."""
    for family in _FAMILIES:
        found: list[DatesSaid] = []
        for pattern in family:
            found += _take(scan, pattern, today)
        if found:
            return _closing(_one_or_span(sorted(found, key=_place), scan), scan)
    return DatesSaid()


def _closing(dates: DatesSaid, scan: Scan) -> DatesSaid:
    """In "Friday 22:00 to Sat 29 Nov 02:00" the only date is that of the end."""
    start, end = _place(dates)
    leads, follows = _END_LEADS.search(scan.left[:start]), _END_FOLLOWS.match(scan.left, end)
    if dates.until is None and leads and follows:
        return replace(dates, day=None, until=dates.day, stamped=True)
    return dates


def _take(scan: Scan, pattern: re.Pattern[str], today: date) -> list[DatesSaid]:
    found = []
    for match in scan.find(pattern):
        if pattern is _SHORT_DOTTED and _CLOCK_LEADS.search(scan.left[: match.start("numeric")]):
            continue
        reading = _read(match, today)
        if reading is not None:
            scan.take(match.span())
            found.append(reading)
    return found


def _read(match: re.Match[str], today: date) -> DatesSaid | None:
    """None where the digits are no date after all (24/7, 18.30)."""
    said = match.groupdict()
    reading: date | str | None
    if said.get("last"):
        return _day_range(match, today)
    if said.get("iso"):
        year, month, day = (int(part) for part in re.split(r"[-/.]", said["iso"]))
        reading = dated(day, month, year, today)
    elif said.get("numeric"):
        reading = numeric(said["numeric"], today)
    elif said.get("month"):
        year_said = int(said["year"]) if said["year"] else None
        reading = dated(int(said["day"]), month_number(said["month"]), year_said, today)
    else:
        reading = nth(int(said["day"]), today)
    if reading is None or isinstance(reading, str):
        return None if reading is None else DatesSaid(at=match.span(), question=reading)
    weekday = said.get("before") or said.get("after")
    trouble = weekday_trouble(reading, weekday, today) if weekday else ""
    return DatesSaid(reading, at=match.span(), question=trouble)


def _day_range(match: re.Match[str], today: date) -> DatesSaid | None:
    said = match.groupdict()
    each = bool(said["each"] or said["more"])
    if match.re is _RANGE_AFTER_MONTH and each and int(said["last"]) <= int(said["day"]):
        return None  # "Nov 28 and 2 mailings"
    first = _in_month(int(said["day"]), said, today)
    last = _in_month(int(said["last"]), said, first if isinstance(first, date) else today)
    for day in (first, last):
        if isinstance(day, str):
            return DatesSaid(at=match.span(), question=day)
    assert isinstance(first, date) and isinstance(last, date)
    return DatesSaid(first, last, match.span(), each=each)


def _in_month(day: int, said: Mapping[str, str | None], today: date) -> date | str:
    """A day of the month that the words name, or of the coming one."""
    month, digits = said.get("month"), said.get("month_number")
    if not month and not digits:
        return nth(day, today)
    year = said.get("year") or said.get("short_year")
    number = month_number(month) if month else int(digits or 0)
    return dated(day, number, int(year) % 100 + 2000 if year else None, today)


def _one_or_span(found: list[DatesSaid], scan: Scan) -> DatesSaid:
    """One date, the two ends of a span, or a question."""
    first = found[0]
    unclear = next((reading for reading in found if reading.question), None)
    if unclear is not None or len(found) == 1:
        return unclear or first
    ranged = any(reading.until for reading in found)
    tie = _tie(scan, found) if len(found) == 2 and not ranged else ""
    if tie:
        each = tie in _BOTH_DAYS
        stamped = not each and _stamped(scan, found)
        return DatesSaid(first.day, found[1].day, first.at, stamped=stamped, each=each)
    days = [day for day in dict.fromkeys(reading.day for reading in found) if day]
    if len(days) == 1 and not ranged:
        return first
    said = say_list([say_date(day) for day in days])
    return DatesSaid(at=first.at, question=f"I found more than one date: {said}. Which one is it?")


def _tie(scan: Scan, found: list[DatesSaid]) -> str:
    """What makes two dates the ends of a span ("" if nothing does): "and" only where nothing else does."""
    start, end = _place(found[0])[1], _place(found[1])[0]
    between = _CLOCK_DASH.sub("", scan.left[start:end])
    ties = re.findall(r"-|\b(?:to|until|till?|bis|through|thru|ends?|ending|and|und)\b", between)
    closed = [tie for tie in ties if tie not in _BOTH_DAYS]
    if ties and not closed and _BETWEEN.search(scan.left[: _place(found[0])[0]]):
        return "between"
    return next(iter(closed or ties), "")


def _stamped(scan: Scan, found: list[DatesSaid]) -> bool:
    """Whether a time stands between the two dates."""
    between = scan.left[_place(found[0])[1] : _place(found[1])[0]]
    return bool(re.search(r"\d|noon|midday|midnight", between))


def _place(reading: DatesSaid) -> Span:
    return reading.at or (0, 0)
