"""Days without a date: today, tonight, tomorrow, Friday, next Friday, in 2 days; and the part of the day."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.grammar.calendar import WEEKDAY, weekday_number
from bot.core.grammar.daywords import (
    ANY_DAY,
    LONG_WEEKDAY,
    NO_NAME,
    WORD_ENDS,
    before_time,
    beside_time,
)
from bot.core.grammar.scan import Scan, Span
from bot.core.wording import say_day, say_list

_WD = rf"(?P<weekday>{WEEKDAY}){WORD_ENDS}"
_PART = rf"(?:\s+(?P<part>morning|afternoon|evening|night){WORD_ENDS})?"
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_COUNTED = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})\s+(?P<unit>day|week)s?"

ONE_AT_A_TIME = (
    "I plan one window at a time. Which day comes first? Announce the others one by one."
)
WHICH_DAY = "Which day is it? For example: Fri 28 Nov."

_NEXT_WEEK = r"(?:next week|(?:in der\s+)?(?:nächsten?|kommenden?) woche)"
_IN_THE_PART = re.compile(r"(?<!\w)in the\s+(?P<part>morning|afternoon|evening)(?!\w)")

Day = Callable[[re.Match[str], date], date | str]


@dataclass(frozen=True, slots=True)
class SpokenDay:
    """The day, the half of it that bare hours belong to ("am", "pm", ""), and what to ask."""

    day: date | None = None
    half: str = ""
    at: Span | None = None
    question: str = ""


def take_spoken(scan: Scan, today: date) -> SpokenDay:
    """The day said without a date, taken out of `scan`; several different ones are asked about."""
    found = [reading for pattern, day in _SPOKEN for reading in _take(scan, pattern, (day, today))]
    for match in scan.find(_IN_THE_PART):
        found.append(SpokenDay(half=_half(match), at=match.span()))
        scan.take(match.span())
    return _sum(found)


def is_meant(scan: Scan, days: re.Match[str]) -> bool:
    """Whether days are those of the window; they may be a part of the name, and the day said elsewhere."""
    start, end = days.span()
    said = [day for pattern in (ANY_DAY, *_SPOKEN_PATTERNS) for day in scan.find(pattern)]
    elsewhere = [day for day in said if day.end() <= start or end <= day.start()]
    behind = beside_time(scan, days) and NO_NAME.match(scan.left, end)
    return not elsewhere or bool(behind) or before_time(scan, days)


def take_weekday(scan: Scan, today: date) -> SpokenDay:
    """A weekday that stands alone, taken out: beside a time in preference, else if it is the only one."""
    every = [match for match in scan.find(re.compile(rf"(?<![\w-]){_WD}{_PART}"))]
    beside = [match for match in every if beside_time(scan, match)]
    whole = [match for match in every if re.fullmatch(LONG_WEEKDAY, match["weekday"])]
    chosen = beside or whole
    for match in chosen[:1] if beside else chosen:
        scan.take(match.span())
    return _sum([SpokenDay(_coming(m, today), _half(m), m.span()) for m in chosen])


def stray_weekdays(scan: Scan) -> list[str]:
    """Whole weekdays that stand in what is left, in lower case."""
    return [match[0] for match in scan.find(re.compile(rf"(?<![\w-]){LONG_WEEKDAY}{WORD_ENDS}"))]


def _take(scan: Scan, pattern: re.Pattern[str], rule: tuple[Day, date]) -> list[SpokenDay]:
    read, today = rule
    found = []
    for match in scan.find(pattern):
        day = read(match, today)
        scan.take(match.span())
        if isinstance(day, str):
            found.append(SpokenDay(at=match.span(), question=day))
        else:
            found.append(SpokenDay(day, _half(match), match.span()))
    return found


def _sum(found: list[SpokenDay]) -> SpokenDay:
    days = [day for day in dict.fromkeys(reading.day for reading in found) if day]
    first = min((reading.at for reading in found if reading.at), default=None)
    half = next((reading.half for reading in found if reading.half), "")
    question = next((reading.question for reading in found if reading.question), "")
    if len(days) > 1 and not question:
        said = say_list([say_day(day) for day in days])
        question = f"I found more than one day: {said}. Which one is it?"
    return SpokenDay(days[0] if len(days) == 1 else None, half, first, question)


def _half(match: re.Match[str]) -> str:
    if match[0].startswith("tonight"):
        return "pm"
    part = match.groupdict().get("part")
    return "" if part is None else ("am" if part == "morning" else "pm")


def _days_ahead(days: int) -> Day:
    return lambda match, today: today + timedelta(days)


def _ask(question: str) -> Day:
    return lambda match, today: question


def _in_days(match: re.Match[str], today: date) -> date:
    count = match["count"]
    number = int(count) if count.isdigit() else _NUMBERS[count]
    return today + timedelta(number * (7 if match["unit"] == "week" else 1))


def _in_next_week(match: re.Match[str], today: date) -> date:
    monday = today + timedelta(7 - today.weekday())
    return monday + timedelta(weekday_number(match["weekday"]))


def _last(match: re.Match[str], today: date) -> date:
    return today - timedelta((today.weekday() - weekday_number(match["weekday"]) - 1) % 7 + 1)


def _coming(match: re.Match[str], today: date) -> date:
    return today + timedelta((weekday_number(match["weekday"]) - today.weekday()) % 7)


def _next_german(match: re.Match[str], today: date) -> date:
    """The coming one, which is never today."""
    return today + timedelta((weekday_number(match["weekday"]) - today.weekday() - 1) % 7 + 1)


def _next(match: re.Match[str], today: date) -> date | str:
    """Some mean the coming one, some next week's; only where both are the same day is it clear."""
    ahead = (weekday_number(match["weekday"]) - today.weekday() - 1) % 7 + 1
    coming = today + timedelta(ahead)
    if ahead >= 7 - today.weekday():
        return coming
    return f"Does “next {match['weekday'].title()}” mean {say_day(coming)} or {say_day(coming + timedelta(7))}?"


_SPOKEN: Sequence[tuple[re.Pattern[str], Day]] = tuple(
    (re.compile(rf"(?<![\w-]){pattern}"), day)
    for pattern, day in (
        (
            rf"(?:every|each)\s+(?:{WEEKDAY}|day|week|weekend){WORD_ENDS}",
            _ask(ONE_AT_A_TIME),
        ),
        (rf"in\s+{_COUNTED}(?:'?\s+time)?{WORD_ENDS}", _in_days),
        (rf"{_COUNTED}\s+from\s+(?:now|today){WORD_ENDS}", _in_days),
        (rf"(?:the\s+)?day after tomorrow{_PART}{WORD_ENDS}", _days_ahead(2)),
        (rf"(?:tomorrow|tmrw|tmr){_PART}{WORD_ENDS}", _days_ahead(1)),
        (rf"(?:today|heute){_PART}{WORD_ENDS}", _days_ahead(0)),
        (rf"tonight{WORD_ENDS}", _days_ahead(0)),
        (rf"this\s+(?P<part>morning|afternoon|evening){WORD_ENDS}", _days_ahead(0)),
        (rf"yesterday{WORD_ENDS}", _days_ahead(-1)),
        (rf"{_NEXT_WEEK}\s+(?:(?:on|am)\s+)?{_WD}", _in_next_week),
        (rf"(?:(?:on|am)\s+)?{_WD}\s+{_NEXT_WEEK}{WORD_ENDS}", _in_next_week),
        (
            rf"(?:next week(?:end)?|(?:this|the) weekend){WORD_ENDS}",
            _ask(WHICH_DAY),
        ),
        (rf"last\s+{_WD}", _last),
        (rf"(?:am\s+)?(?:nächsten|kommenden)\s+{_WD}", _next_german),
        (rf"(?:on\s+)?next\s+{_WD}{_PART}", _next),
        (rf"(?:(?:on|this|coming|am)\s+)+{_WD}{_PART}", _coming),
    )
)
_SPOKEN_PATTERNS = tuple(pattern for pattern, _ in _SPOKEN)
