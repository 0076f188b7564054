"""The end's own day beside its time: Fri 22:00 to Sat 02:00, until tomorrow 02:00, 8am to 8pm Sunday."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.grammar.calendar import MONTH, WEEKDAY, weekday_number
from bot.core.grammar.dates import DatesSaid
from bot.core.grammar.daywords import LONG_WEEKDAY, NO_NAME, WORD_ENDS
from bot.core.grammar.scan import Scan

_ON = r"(?:(?:on|am)\s+)?"
_PART = r"(?:\s+(?:morning|afternoon|evening|night)(?!\w))?"
_DAY = rf"(?:today|heute|tonight|tomorrow|tmrw|tmr|{WEEKDAY}){_PART}"
_CLOCK = r"(?:\d\d?(?:[:.h]\d\d)?(?:\s?[ap]\.?m\b\.?|\s*(?:uhr|hrs|h)\b)?|noon|midday|midnight)"
_TO = r"(?:\s*-+>?\s*|[\s\0,]+(?P<word>to|until|till?|bis|through|thru)\s+)"

_BEFORE_CLOCK = re.compile(
    rf"(?:\d|\d\s?[ap]\.?m\.?|\d\s?uhr|noon|midday)[\s\0]*(?:-+>?|to|until|till?|bis)\s*(?:on\s+)?"
    rf"(?P<day>tomorrow|the next day|next day|the day after(?! tomorrow)|{WEEKDAY}){WORD_ENDS}"
    rf"(?=,?\s+(?:(?:at|@)\s*)?(?:\d\d?(?:[:.h]\d\d|\s?[ap]m|\s*uhr)?(?!\w)(?!\s*(?:\.|th|st|nd|rd|{MONTH}))|noon|midday|midnight))"
)
_BEHIND_CLOCK = (
    rf"{_TO}(?:at\s+)?{_CLOCK}(?P<each>\s*(?:(?:and|und)\s+(?:again\s+)?|[&+]\s*))?\s*(?P<comma>,\s*)?"
    rf"(?P<closing>{_ON}(?P<day>(?:the\s+)?(?:next|following) day|tomorrow|{WEEKDAY}){WORD_ENDS})"
)
_BEHIND_DATE = re.compile(_BEHIND_CLOCK)
_BEHIND_DAY = re.compile(
    rf"(?<![\w-])(?:{_DAY}\.?[\s\0,]+(?:(?:at|from|ab|um|@)\s*)?{_CLOCK}|{_CLOCK}[\s\0,]+{_ON}{_DAY})"
    rf"{_BEHIND_CLOCK}"
)
_NAMES_A_DAY = re.compile(rf"the\s.*|tomorrow|{LONG_WEEKDAY}")


@dataclass(frozen=True, slots=True)
class ClosingDay:
    """The day of the end, from that of the start; unless `clear`, one window is asked about.

    `each` means that the words rather speak of a window on each day ("18:00-22:00 and Saturday").
    """

    of: Callable[[date], date]
    clear: bool = True
    each: bool = False


def take_closing_day(scan: Scan, today: date) -> ClosingDay | None:
    """The day in "Fri 22:00 to Sat 02:00" or "until tomorrow 02:00", taken out of `scan`."""
    found = _BEFORE_CLOCK.search(scan.left)
    if found is None:
        return None
    scan.take(found.span("day"))
    return ClosingDay(_rule(found["day"], today))


def take_closing_day_behind(scan: Scan, dates: DatesSaid, today: date) -> ClosingDay | None:
    """The day in "8am to 8pm Sunday", taken out of `scan`: only where the start has a day of its own."""
    if dates.until or dates.question:
        return None
    if dates.day and dates.at:
        found = _BEHIND_DATE.search(scan.left, dates.at[1])
    else:
        found = _BEHIND_DAY.search(scan.left)
    if found is None:
        return None
    alone = bool(NO_NAME.match(scan.left, found.end()))
    named = bool(found["word"] or found["each"]) and _NAMES_A_DAY.fullmatch(found["day"])
    if not alone and (found["comma"] or not named):
        return None  # a name: "18:00-22:00 Sunday Special", "18:00 to 22:00 Sun cream"
    scan.take(found.span("closing"))
    each = bool(found["each"])
    clear = alone and not each and bool(found["word"])
    return ClosingDay(_rule(found["day"], today), clear, each)


def _rule(word: str, today: date) -> Callable[[date], date]:
    if word == "tomorrow":
        return lambda start: today + timedelta(1)
    if word.endswith(("day after", "next day", "following day")):
        return lambda start: start + timedelta(1)
    return lambda start: start + timedelta((weekday_number(word) - start.weekday()) % 7)
