"""Calendar arithmetic behind the words: months, weekdays, dates with and without a year."""

import re
from datetime import date, timedelta

from bot.core.wording import say_date, say_day, say_month

MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz?|apr(?:il)?|may|mai|june?|juni|july?|juli"
    r"|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)"
)
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
)
_MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7},
    **{"aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12},
}
_WEEKDAYS = {
    **{"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6},
    **{"die": 1, "mit": 2, "don": 3, "fre": 4, "sam": 5, "son": 6},
}
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEARS = range(2000, 2200)  # far enough; beyond are slips of the finger
_LONG_AGO = timedelta(days=183)  # a day without a year, further back than this, means next year's


def month_number(word: str) -> int:
    """1 to 12 for a lower-case word that MONTH matches."""
    return _MONTHS[word[:3]]


def weekday_number(word: str) -> int:
    """Monday is 0, for a lower-case word that WEEKDAY matches."""
    return _WEEKDAYS[word[:3]]


def dated(day: int, month: int, year: int | None, today: date) -> date | str:
    """The date, or what to ask.

    Without a year it is the one still ahead; a day that has only just passed is left in the past, to
    be asked about. 29 Feb is the next year's where this one has none.
    """
    if year is not None and year not in YEARS:
        return f"I cannot plan for the year {year}. Which day is it?"
    chosen = _date(year or today.year, month, day)
    if chosen is None and year is None:
        chosen = _date(today.year + 1, month, day)
    if chosen is None:
        in_year = f" in {year or today.year}" if (day, month) == (29, 2) else ""
        named = say_month(month) if 1 <= month <= 12 else f"(month {month})"
        return f"There is no {day} {named}{in_year}. Which day is it?"
    if year is None and today - chosen > _LONG_AGO:
        return (
            _date(today.year + 1, month, day)
            or f"There is no 29 Feb in {today.year + 1}. Which day is it?"
        )
    return chosen


def nth(day: int, today: date) -> date | str:
    """The next such day of a month, this month's or the next one's."""
    this = _date(today.year, today.month, day)
    if this is not None and this >= today:
        return this
    later = _date(today.year + today.month // 12, today.month % 12 + 1, day)
    return later or f"Which month is day {day} in?"


def numeric(text: str, today: date) -> date | str | None:
    """A date of numbers: dots put the day first, slashes and dashes may not say; None if it is no date."""
    first, second, *rest = (int(part) for part in re.split(r"[./-]", text) if part)
    year = rest[0] + (2000 if rest[0] < 100 else 0) if rest else None
    if not (0 < first < 32 and 0 < second < 32) or (first > 12 and second > 12):
        return None if year is None else f"There is no date {text}. Which day is it?"
    if "." in text:
        return None if year is None and second > 12 else dated(first, second, year, today)
    if first > 12 or first == second:
        return None if (first, second, year) == (24, 7, None) else dated(first, second, year, today)
    if second > 12:
        return dated(second, first, year, today)
    options = [dated(first, second, year, today), dated(second, first, year, today)]
    said = " or ".join(say_date(option) for option in options if isinstance(option, date))
    return f"Does {text} mean {said}?"


def weekday_trouble(day: date, weekday: str, today: date) -> str:
    """What to ask when the weekday said is not that of the day ("" if it is)."""
    wanted = weekday_number(weekday)
    if day.weekday() == wanted:
        return ""
    near = day + timedelta((wanted - day.weekday() + 3) % 7 - 3)
    ahead = [option for option in sorted((near, day)) if option >= today]
    said = " or ".join(say_day(option) for option in ahead)
    guess = f" Did you mean {said}?" if said else " Which day is it?"
    return f"{say_date(day)} {day.year} is a {_LONG_DAYS[day.weekday()]}.{guess}"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
