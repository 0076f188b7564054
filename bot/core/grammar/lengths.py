"""Spans as people write them: for 2 hours, 90 minutes long; and starts that count from now: in 2 hours."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.core.grammar.scan import Scan

_COUNTS = {
    **{
        "a": 1.0,
        "an": 1.0,
        "one": 1.0,
        "two": 2.0,
        "three": 3.0,
        "four": 4.0,
        "five": 5.0,
        "six": 6.0,
    },
    **{"seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "twelve": 12.0},
    **{"half a": 0.5, "half an": 0.5, "a quarter of an": 0.25},
}
_LONGEST = 100_000.0  # hours; beyond every limit, and still a timedelta
_COUNT = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_HOURS = rf"(?P<hours>{_COUNT})[\s-]*(?:hours?|hrs?|h|stunden?)(?![a-z])"
_MINUTES = r"(?P<minutes>\d+)[\s-]*(?:minutes?|mins?|m)(?![a-z])"
_ONLY_MINUTES = r"(?P<only>\d+)[\s-]*(?:minutes?|mins?)(?![a-z])"  # "2m visitors" are millions
_SPAN = rf"(?:{_HOURS}(?:(?:\s*|\s+and\s+){_MINUTES}|\s+and (?P<half>a half))?|{_ONLY_MINUTES})"
_SHORT = r"(?P<h>\d+)h(?P<m>[0-5]\d)(?!\w)"
_DAYS = rf"(?P<days>{_COUNT})[\s-]*days?(?![a-z])"

_FOR = re.compile(
    rf"(?<!\w)(?:for|lasting|lasts?|during)\s+(?:about\s+)?(?:{_SHORT}|{_SPAN}|{_DAYS})(?:\s+long)?"
)
_LONG = re.compile(rf"(?<![\w.:/-])(?:{_SPAN}|{_DAYS})\s+long(?!\w)")
_BARE = re.compile(rf"(?<![\w.:/+-]){_SPAN}")
# What makes a bare span that of something else: "warm up 30 min before", "reminder after 1 hour".
_ELSE_BEFORE = re.compile(
    r"(?<!\w)(?:after|within|every|each|nach|innerhalb von|alle|(?:link|code|coupon|voucher)s?(?:\s+(?:is|are))? valid"
    r"|send(?:-?out|ing)? takes)\s+(?:(?:the|about|first|next)\s+)*$"
)
_ELSE_AFTER = re.compile(
    r"\s+(?:before|earlier|prior|ahead|in advance|apart|after(?![\s-]+(?:work|hours|dark|school))|afterwards|later|ago|vorher|davor|danach|später"
    r"|delivery|shipping|dispatch|lieferung|versand|guarantee|warranty)(?!\w)"
)
_AHEAD = re.compile(
    rf"(?<!\w)(?:starting\s+|starts\s+)?in\s+(?:about\s+)?{_SPAN}(?:'?s?'?\s+time)?(?!\w)"
)
_FROM_NOW = re.compile(
    rf"(?<![\w.,:/-])(?:starting\s+|starts\s+)?(?:about\s+)?{_SPAN}\s+from\s+now(?!\w)"
)
_UNITS = "h hr hrs hour hours min mins minute minutes day days week weeks month months so".split()
_UNCOUNTED = "".join(rf"(?<!\b{unit}\s)" for unit in _UNITS)  # not "2-3 hours from now"
_NOW = re.compile(
    rf"(?<!\w)(?:(?:starting|{_UNCOUNTED}from|right|starts)\s+now(?!\w)|now(?=\s+(?:for|until|till?)(?!\w)))"
)
_ALL_DAY = re.compile(r"(?<!\w)(?:all|the whole|whole) day(?: long)?(?!\w)")


@dataclass(frozen=True, slots=True)
class LengthsSaid:
    """How long it lasts, how far ahead it starts (0: now), whether it is a whole day; `at` where it stood."""

    length: timedelta | None = None
    ahead: timedelta | None = None
    all_day: bool = False
    at: int | None = None
    question: str = ""


def take_lengths(scan: Scan) -> LengthsSaid:
    """The spans that a word introduces, taken out of `scan` before the times are read."""
    ahead = [*_take(scan, _AHEAD), *_take(scan, _FROM_NOW)]
    ahead += [(at, timedelta(0)) for at, _ in _take_plain(scan, _NOW)]
    lengths = [*_take(scan, _FOR), *_take(scan, _LONG)]
    whole = _take_plain(scan, _ALL_DAY)
    places = [at for at, _ in (*ahead, *lengths, *whole)]
    question = "I found more than one length. How long does it last?" if len(lengths) > 1 else ""
    return LengthsSaid(
        length=lengths[0][1] if lengths and not question else None,
        ahead=ahead[0][1] if ahead else None,
        all_day=bool(whole),
        at=min(places, default=None),
        question=question,
    )


def take_bare_length(scan: Scan) -> timedelta | None:
    """A span that nothing introduces ("2h", "90 min"), taken out; only asked for when no end is known."""
    found = [span for span in scan.find(_BARE) if not _is_of_something_else(scan, span)]
    if len(found) != 1:
        return None
    scan.take(found[0].span())
    return _length(found[0])


def _is_of_something_else(scan: Scan, span: re.Match[str]) -> bool:
    before = _ELSE_BEFORE.search(scan.left[: span.start()])
    return bool(before or _ELSE_AFTER.match(scan.left, span.end()))


def _take(scan: Scan, pattern: re.Pattern[str]) -> list[tuple[int, timedelta]]:
    return [(match.start(), _length(match)) for match in _taken(scan, pattern)]


def _take_plain(scan: Scan, pattern: re.Pattern[str]) -> list[tuple[int, None]]:
    return [(match.start(), None) for match in _taken(scan, pattern)]


def _taken(scan: Scan, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    found = scan.find(pattern)
    for match in found:
        scan.take(match.span())
    return found


def _length(match: re.Match[str]) -> timedelta:
    said = match.groupdict()
    hours = 24 * _number(said.get("days")) + _number(said.get("hours")) + _number(said.get("h"))
    minutes = _number(said.get("minutes")) + _number(said.get("only")) + _number(said.get("m"))
    hours += minutes / 60 + (0.5 if said.get("half") else 0)
    return timedelta(minutes=round(min(hours, _LONGEST) * 60))


def _number(text: str | None) -> float:
    if not text:
        return 0.0
    return _COUNTS[text] if text in _COUNTS else float(text.replace(",", "."))
