"""Times of day as people write them: 18:00-22:00, 6pm to 10pm, 18-22 Uhr, at noon, from 18 until 22."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.core.grammar.scan import Scan

DAY = 24 * 60  # minutes
LONGEST_NIGHT = 12 * 60  # minutes; an end that is before the start by more is asked about

_ABOUT = r"(?:(?:at|about|around|approximately|approx\.?|circa|ca\.?|etwa|ungefähr)\s+)"
_TIE = (
    r"[\s\0,]*(?:-+>?|\b(?P<tie>to|until|till?|bis|through|thru|and|ends?|ending)\b:?)[\s\0,]*"
    rf"(?:{_ABOUT}|\0+\s*)?"
)
_WORDS = {"noon": 12 * 60, "midday": 12 * 60, "midnight": DAY}


def _clock(mark: str) -> str:
    return (
        rf"(?:(?P<hour{mark}>\d\d?)(?:(?P<dot{mark}>[:.h])(?P<minute{mark}>[0-5]\d)(?::[0-5]\d)?)?"
        rf"\s*(?P<half{mark}>[ap]\.?m\b\.?)?(?P<uhr{mark}>\s*(?:uhr|hrs|o'clock)\b|h\b)?"
        rf"(?P<offset{mark}>z\b|\+\d\d:\d\d\b|\[[+-]\d\d:\d\d\])?|(?P<word{mark}>noon|midday|midnight))(?!\w|\s?(?:%|percent|prozent)|[.,:]\d)"
    )


_FROM = r"(?<![\w.:/+#€$£%&-])"
_RANGE = re.compile(rf"{_FROM}{_clock('1')}{_TIE}{_clock('2')}")
_FOUR_DIGITS = re.compile(
    r"(?<![\w.:/+#-])(?P<h1>[01]\d|2[0-4])(?P<m1>[0-5]\d)\s*(?:-|to|until|till)\s*"
    r"(?P<h2>[01]\d|2[0-4])(?P<m2>[0-5]\d)(?P<unit>\s*(?:h|hrs|hours)\b)?(?!\w)"
)
_SURE = re.compile(rf"{_FROM}(?:\d\d?:[0-5]\d|\d\d?\s?[ap]\.?m)(?![\w:])")
_MORE_THAN_ONE = "I found more than one time. When does it start, and when does it end?"
_SINGLE = re.compile(
    rf"(?:(?P<end>(?<!\w)(?:until|till?|to|bis|ends?|ending|finish(?:es|ing)?):?\s*{_ABOUT}?)"
    r"|(?P<start>(?:(?<!\w)(?:at|from|starts?|starting|begins?|beginning|ab|um):?|@)\s*(?:at\s+|from\s+)?))?"
    rf"{_FROM}{_clock('1')}"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: minutes after midnight (24:00 is 1440), and the UTC offset where one was said."""

    minute: int
    offset: timedelta | None = None

    def __str__(self) -> str:
        return f"{self.minute // 60 % 24:02}:{self.minute % 60:02}"


@dataclass(frozen=True, slots=True)
class _Said:
    """A time as typed: `hour` may still be on a 12-hour clock; `plain` rules that out."""

    hour: int
    minute: int = 0
    half: str = ""
    plain: bool = False
    offset: timedelta | None = None

    @property
    def options(self) -> tuple[int, ...]:
        """The minutes of the day that it can mean."""
        twelve = self.hour % 12 * 60 + self.minute
        if self.half:
            return (twelve + (12 * 60 if self.half == "pm" else 0),)
        if self.hour == 0 or self.hour > 12:
            return (self.hour * 60 + self.minute,)
        return (twelve, twelve + 12 * 60)

    @property
    def literal(self) -> int:
        """The minute of the day on a 24-hour clock."""
        return self.hour * 60 + self.minute


@dataclass(frozen=True, slots=True)
class ClocksSaid:
    """Start and end as far as they were said and are clear, and what to ask; `at` where they stood."""

    start: Clock | None = None
    end: Clock | None = None
    at: int | None = None
    start_question: str = ""
    end_question: str = ""


def take_clocks(scan: Scan, half: str) -> ClocksSaid:
    """The times said, taken out of `scan`; `half` ("am", "pm", "") is where bare hours belong."""
    ranges = _ranges(scan)
    if len(ranges) > 1:
        for match, _ in ranges:
            scan.take(match.span())
        said = " and ".join(scan.said[m.start() : m.end()].strip() for m, _ in ranges)
        question = (
            f"I found more than one time: {said}. I plan one window at a time. Which one is it?"
        )
        return ClocksSaid(at=ranges[0][0].start(), start_question=question)
    if ranges:
        match, ends = ranges[0]
        scan.take(match.span())
        if scan.find(_SURE):
            return ClocksSaid(at=match.start(), start_question=_MORE_THAN_ONE)
        return _pair(ends[0], ends[1], half, match.start())
    return _singles(scan, half)


def read_clock(text: str) -> Clock | None:
    """A time alone, `18:00` or `6pm`; None if it is none or could mean two times."""
    match = re.fullmatch(_clock("1"), text.strip().lower())
    said = _said(match, "1") if match else None
    if said is None:
        return None
    if said.half or said.plain:
        return Clock(said.options[0] if said.half else said.literal, said.offset)
    return None


def _ranges(scan: Scan) -> list[tuple[re.Match[str], tuple[_Said, _Said]]]:
    """Ranges with a sure sign of being times; bare numbers ("6-10") only where there are none."""
    four = [(match, _four_digits(match)) for match in scan.find(_FOUR_DIGITS)]
    found = [(match, ends) for match, ends in four if ends]
    if found:
        return found
    sure: list[tuple[re.Match[str], tuple[_Said, _Said]]] = []
    bare: list[tuple[re.Match[str], tuple[_Said, _Said]]] = []
    for match in scan.find(_RANGE):
        first, second = _said(match, "1"), _said(match, "2")
        if first is None or second is None or not _tied(scan, match):
            continue
        signs = first.half or second.half or match["dot1"] or match["dot2"] or match["uhr2"]
        known = signs or match["word1"] or match["word2"]
        (sure if known else bare).append((match, (first, second)))
    return sure or bare


def _tied(scan: Scan, match: re.Match[str]) -> bool:
    """ "and" ties two times only after "between"."""
    if match["tie"] != "and":
        return True
    return bool(re.search(r"between[\s\0]*$", scan.left[: match.start()]))


def _four_digits(match: re.Match[str]) -> tuple[_Said, _Said] | None:
    """`1800-2200`; but two years in a row are no times."""
    if match["h1"] == match["h2"] == "20" and not match["unit"]:
        return None
    first, second = (_Said(int(match[f"h{i}"]), int(match[f"m{i}"]), plain=True) for i in (1, 2))
    return first, second


def _said(match: re.Match[str], mark: str) -> _Said | None:
    """None where the digits cannot be a time."""
    word = match[f"word{mark}"]
    if word:
        return _Said(_WORDS[word] // 60, plain=True)
    digits, half = match[f"hour{mark}"], (match[f"half{mark}"] or "").replace(".", "")
    hour, minute = int(digits), int(match[f"minute{mark}"] or 0)
    if hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        return None
    shown = match[f"dot{mark}"] or match[f"uhr{mark}"] or hour > 12 or digits.startswith("0")
    return _Said(hour, minute, half, bool(shown), _offset(match[f"offset{mark}"]))


def _offset(text: str | None) -> timedelta | None:
    """`+01:00`, `Z`, or in brackets `[-04:00]`: a bare minus would be a range."""
    if not text:
        return None
    if text == "z":
        return timedelta(0)
    sign, hours, minutes = re.sub(r"[\[\]]", "", text)[0], *re.findall(r"\d\d", text)
    return (-1 if sign == "-" else 1) * timedelta(hours=int(hours), minutes=int(minutes))


def _pair(first: _Said, second: _Said, half: str, at: int) -> ClocksSaid:
    """Both ends of a range; each helps to understand the other."""
    start = _start(first, second, half)
    if start is None:
        options = [f"{Clock(a)}–{Clock(_next(second.options, a))}" for a in first.options]
        return ClocksSaid(at=at, start_question=f"Do you mean {' or '.join(options)}?")
    if start == DAY:
        return ClocksSaid(at=at, end=Clock(second.literal), start_question=_MIDNIGHT)
    end = _next(second.options, start) if first.half or second.half or half else second.literal
    return ClocksSaid(Clock(start, first.offset), Clock(end, second.offset), at)


_MIDNIGHT = "Which midnight? Write 00:00 with the day that begins then."


def _start(first: _Said, second: _Said, half: str) -> int | None:
    """The minute of the day, or None where morning and evening are both possible."""
    if first.half:
        return first.options[0]
    if len(first.options) == 1:
        return first.literal
    if second.half:
        return _before(first.options, second.options[0], second.half)
    twelve_hour_night = half == "pm" and not second.hour > 12 and first.hour < 12
    if twelve_hour_night and not (first.plain and first.hour == 0):
        return first.options[1]
    if first.plain or second.plain or half == "am":
        return first.literal
    return None


def _before(options: tuple[int, ...], end: int, half: str) -> int:
    """9-11am is the morning, 6-10pm the evening, 11-2pm begins before noon, 10-2am before midnight."""
    same = options[1] if half == "pm" else options[0]
    other = options[0] if half == "pm" else options[1]
    return same if same < end else other


def _next(options: tuple[int, ...], start: int) -> int:
    """The first of `options` after `start`, round the clock."""
    return min(options, key=lambda option: (option - start - 1) % DAY)


def _singles(scan: Scan, half: str) -> ClocksSaid:
    """Times that stand alone: with a word before them, or sure signs of being times."""
    starts: list[tuple[re.Match[str], _Said]] = []
    ends: list[tuple[re.Match[str], _Said]] = []
    for match in scan.find(_SINGLE):
        said = _said(match, "1")
        led = match["start"] or match["end"]
        hour_word = match["uhr1"] and match["uhr1"] != "h"  # a lone "2h" is a length
        sure = match["half1"] or match["word1"] or match["dot1"] in {":", "h"} or hour_word
        if said is None or not (led or sure):
            continue
        scan.take(match.span())
        (ends if match["end"] else starts).append((match, said))
    every = sorted(match.start() for match, _ in (*starts, *ends))
    if len(starts) > 1 or len(ends) > 1:
        return ClocksSaid(at=every[0], start_question=_MORE_THAN_ONE)
    if starts and ends:
        return _pair(starts[0][1], ends[0][1], half, every[0])
    if starts:
        return _alone(starts[0][1], half, every[0])
    return _end_alone(ends[0][1], half, every[0]) if ends else ClocksSaid()


def _alone(said: _Said, half: str, at: int) -> ClocksSaid:
    minute = _minute(said, half)
    if minute == DAY:
        return ClocksSaid(at=at, start_question=_MIDNIGHT)
    if minute is None:
        return ClocksSaid(at=at, start_question=_which(said))
    return ClocksSaid(Clock(minute, said.offset), at=at)


def _end_alone(said: _Said, half: str, at: int) -> ClocksSaid:
    minute = _minute(said, half)
    if minute is None:
        return ClocksSaid(at=at, end_question=_which(said))
    return ClocksSaid(end=Clock(minute, said.offset), at=at)


def _minute(said: _Said, half: str) -> int | None:
    if said.half or len(said.options) == 1:
        return said.options[0]
    if half == "pm" and said.hour < 12 and not (said.plain and said.hour == 0):
        return said.options[1]
    return said.literal if said.plain or half == "am" else None


def _which(said: _Said) -> str:
    options = " or ".join(str(Clock(option)) for option in said.options)
    return f"Do you mean {options}?"
