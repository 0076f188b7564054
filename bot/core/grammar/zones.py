"""Time zones as people write them: IANA names, abbreviations, UTC offsets, "Berlin time"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.core.grammar.calendar import MONTH, WEEKDAY
from bot.core.grammar.places import AREAS, SEVERAL, only_behind_clocks, places, whose_time
from bot.core.grammar.scan import TAKEN, Scan, Span
from bot.core.house import House

# Abbreviations with one common meaning; read as the zone, which must really use them on that day.
_ABBREVIATIONS = {
    **dict.fromkeys(("CET", "CEST", "MEZ", "MESZ"), "Europe/Berlin"),
    **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
    **dict.fromkeys(("EST", "EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("CDT", "CT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT", "MT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    **dict.fromkeys(("NZST", "NZDT"), "Pacific/Auckland"),
    "MSK": "Europe/Moscow",
    "TRT": "Europe/Istanbul",
    "BRT": "America/Sao_Paulo",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore",
    "SAST": "Africa/Johannesburg",
    "UTC": "UTC",
    "GMT": "Etc/GMT",
}
_AMBIGUOUS = {
    "IST": "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin",
    "CST": "America/Chicago, Asia/Shanghai or America/Havana",
    "BST": "Europe/London or Asia/Dhaka",
    "AST": "America/Halifax or Asia/Riyadh",
    "GST": "Asia/Dubai or Atlantic/South_Georgia",
    "SST": "Pacific/Pago_Pago or Asia/Singapore",
}
_LOCAL = {"MEZ": "CET", "MESZ": "CEST"}  # the German words for the same
_SEASONLESS = frozenset(
    {"ET", "CT", "MT", "PT", "SGT", "TRT", "BRT", "UTC", "GMT"}
)  # never compared with tzname()
_ODD_OFFSETS = {"+5:30": "Asia/Kolkata", "+5:45": "Asia/Kathmandu", "+9:30": "Australia/Darwin"}

_UPPER = [word for word in (*_ABBREVIATIONS, *_AMBIGUOUS) if len(word) > 2]
_ANYWHERE = "|".join(word for word in _UPPER if word != "WEST")
_OFFSET = re.compile(r"(?<![\w/])(?:utc|gmt)\s?([+-])\s?(\d{1,2})(?::?(\d\d))?(?![\w:])")
_IANA = re.compile(r"(?<![\w/])([a-z_]+(?:/[a-z0-9_+-]*[a-z0-9_]){1,2})(?![\w/])")
_SHOUTED = re.compile(rf"(?<![\w-])(?:{_ANYWHERE})(?![\w-])")
_AFTER_TIME = re.compile(
    r"(?:[:.]\d\d|-\s?\d\d?|\d\s?[ap]\.?m\.?|\d\s?uhr)\s?\(?"
    rf"(?P<zone>{'|'.join((*_ABBREVIATIONS, *_AMBIGUOUS)).lower()})(?![\w-])"
)
_SHOUTED_AFTER_TIME = re.compile(r"[:.]\d\d(?:\s?[AaPp][Mm])?\s(?P<zone>[A-Z]{3,4})(?![\w-])")
# Right behind a clock; more words behind it would make it the beginning of a name ("London Fashion push").
_CLOCK = r"(?:(?<=\d):\d\d|\d\s?-\s?\d\d?|\d\s?[ap]\.?m\.?|\d\s?uhr)"
_NO_NAME = (
    rf"(?=\s*(?:$|[{TAKEN},;.|)-]|x\s?\d|\d[\d.,]*\s?(?:x|times|%|k?\s?rps)(?!\w)|\d\d?\.?\s*{MONTH}|{WEEKDAY}(?!\w)"
    r"|(?:to|until|till?|bis|on|for|with|about|triple|double|expect\w*)(?!\w)))"
)
_BEHIND_CLOCK = re.compile(r"(?:\d|\d\s?[ap]\.?m\.?|\d\s?uhr|hours?)[\s,(]*$")
_CLOCK_OFFSET = re.compile(
    rf"{_CLOCK}\s*\(?(?P<offset>(?P<sign>[+-])(?P<hours>0\d|1[0-4])(?P<minutes>00|15|30|45))(?!\w){_NO_NAME}"
)
_UNKNOWN_TIME = re.compile(
    r"(?:\d|[AaPp][Mm]|Uhr)\s\(?(?P<place>(?!Uhr |Local |Prime |Our |Happy )[A-Z]\w+(?: [A-Z]\w+)? time)(?!\w)"
)
_PLACE_TIME = re.compile(r"(?<!\w)([a-z_]+(?: [a-z_]+)?) time(?!\w)")
_NO_RANGE_YET = re.compile(r"(?:\d|[ap]m|uhr)\s*$")
_RANGE = re.compile(
    r"\d\s*(?:[ap]m|uhr)?\s*(?:-|to|until|till?|bis)\s*\d[\d:.]*\s*(?:[ap]m|uhr)?\s*$"
)


@dataclass(frozen=True, slots=True)
class ZoneSaid:
    """A zone: its IANA `name`, the text `said`, and the `abbreviation` that must be true on the day."""

    name: str
    said: str
    abbreviation: str = ""


@dataclass(frozen=True, slots=True)
class ZoneUnclear:
    """What to ask about a zone."""

    said: str
    question: str


def take_zone(scan: Scan, house: House, now: datetime) -> ZoneSaid | ZoneUnclear:
    """The zone said, taken out of `scan`; the house's zone if none is said."""
    words = _take_words(scan)
    found = [read_zone(word, house, now) for word in words]
    for unclear in found:
        if isinstance(unclear, ZoneUnclear):
            return unclear
    zones = {zone.name: zone for zone in found if isinstance(zone, ZoneSaid)}
    if not zones:
        return read_zone(house.zone, house, now)
    return _same(list(zones.values()))


def read_zone(text: str, house: House, now: datetime) -> ZoneSaid | ZoneUnclear:
    """The zone called `text`; empty means the house's zone.

    An abbreviation that the house's own zone uses means the house's zone.
    """
    said = text.strip() or house.zone
    known = iana(said)
    abbreviated = said.upper() in _ABBREVIATIONS or said.upper() in _AMBIGUOUS
    if known and (not abbreviated or known == iana(house.zone)):
        return ZoneSaid(known, known)
    if abbreviated:
        return _abbreviated(said, house, now)
    offset = _OFFSET.fullmatch(said.casefold())
    if offset:
        return _by_offset(said, offset)
    key = _place_key(said)
    if key in SEVERAL:
        return _unclear(said, SEVERAL[key])
    place = whose_time().get(key)
    return ZoneSaid(place, place) if place else ZoneUnclear(said, _unknown(said))


def iana(name: str) -> str | None:
    """The IANA name spelt `name`, upper or lower case; None if there is none."""
    return _known_zones().get(name.strip().casefold())


@cache
def _known_zones() -> Mapping[str, str]:
    """Spellings in lower case to IANA names; files of the system that are no zones are left out."""
    return {name.casefold(): name for name in sorted(available_timezones()) if _is_zone(name)}


def _is_zone(name: str) -> bool:
    return name not in {"localtime", "Factory", "posixrules"}


def _place_key(said: str) -> str:
    return " ".join(said.casefold().removesuffix(" time").replace("_", " ").split())


def _take_words(scan: Scan) -> list[str]:
    """Everything that looks like a zone, as typed."""
    words = _take_offsets(scan)
    for match in scan.find(_IANA):
        if _looks_like_iana(match[1]):
            words.append(scan.said[match.start(1) : match.end(1)])
            scan.take(match.span(1))
    words += _take_short(scan)
    for match in scan.find(_PLACE_TIME):
        for place in (match[1], match[1].split(" ")[-1]):
            if place in whose_time() or place in SEVERAL:
                start = match.end() - len(place) - len(" time")
                words += _take_whose_time(scan, (start, match.end()), place)
                break
    return [*words, *_take_behind_clock(scan)]


def _take_offsets(scan: Scan) -> list[str]:
    """`UTC+2`; but in `08:00 UTC-10:00` the second time is an end, not an offset."""
    words = []
    for match in scan.find(_OFFSET):
        before = scan.left[: match.start()]
        if match[1] == "-" and _NO_RANGE_YET.search(before) and not _RANGE.search(before):
            words.append(match[0][:3])
            scan.take((match.start(), match.start() + 3))
            continue
        words.append(scan.said[match.start() : match.end()])
        scan.take(match.span())
    return words


def _take_short(scan: Scan) -> list[str]:
    """Abbreviations: in capitals anywhere, in any case after a time, unknown ones after a time."""
    words = []
    for match in _SHOUTED.finditer(scan.said):
        if scan.left[match.start()] != "\0":
            words.append(match[0])
            scan.take(match.span())
    for match in scan.find(_AFTER_TIME):
        words.append(match["zone"].upper())
        scan.take(match.span("zone"))
    for match in _SHOUTED_AFTER_TIME.finditer(scan.said):
        untouched = scan.left[match.start("zone")] != "\0"
        if untouched and get_close_matches(match["zone"], _UPPER, n=1, cutoff=0.7):
            words.append(match["zone"])
            scan.take(match.span("zone"))
    return words


def _take_whose_time(scan: Scan, span: Span, place: str) -> list[str]:
    start, end = span
    if only_behind_clocks(place) and not _BEHIND_CLOCK.search(scan.left[:start]):
        return []
    scan.take(span)
    return [scan.said[start : start + len(place)]]


def _take_behind_clock(scan: Scan) -> list[str]:
    """A place ("6pm-10pm London"), an offset ("22:00 +0200") and whose time it is, known or not."""
    words = []
    for match in scan.find(_place_behind_clock()):
        words.append(scan.said[match.start("place") : match.end("place")])
        scan.take(match.span("place"))
    for match in scan.find(_CLOCK_OFFSET):
        if match["sign"] == "-" and not _RANGE.search(scan.left[: match.start("offset")]):
            continue  # "18:00 -0200" may be the end
        minutes = match["minutes"].replace("00", "")
        words.append(f"UTC{match['sign']}{int(match['hours'])}{minutes and ':'}{minutes}")
        scan.take(match.span("offset"))
    for match in _UNKNOWN_TIME.finditer(scan.said):
        if TAKEN not in scan.left[match.start("place") : match.end("place")]:
            words.append(match["place"])
            scan.take(match.span("place"))
    return words


@cache
def _place_behind_clock() -> re.Pattern[str]:
    longest_first = sorted({*places(), *SEVERAL}, key=len, reverse=True)
    names = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"{_CLOCK}\s\(?(?P<place>{names})(?!\w){_NO_NAME}")


def _looks_like_iana(text: str) -> bool:
    if iana(text) or text.split("/")[0] in AREAS:
        return True
    return bool(get_close_matches(text, _known_zones(), n=1, cutoff=0.85))


def _abbreviated(said: str, house: House, now: datetime) -> ZoneSaid | ZoneUnclear:
    short = _LOCAL.get(said.upper(), said.upper())
    here = iana(house.zone)
    if here and short != "UTC" and short in _names_through_the_year(here, now):
        return ZoneSaid(here, short, short)
    if short in _AMBIGUOUS:
        return _unclear(said, _AMBIGUOUS[short])
    name = _ABBREVIATIONS[short]
    return ZoneSaid(name, short, "" if short in _SEASONLESS else short)


def _unclear(said: str, options: str) -> ZoneUnclear:
    question = f"“{said}” can mean several time zones: {options}. Which one is it?"
    return ZoneUnclear(said, question)


def _names_through_the_year(zone: str, now: datetime) -> set[str | None]:
    """What the zone is called in winter and in summer; a numeric name ("+08") is no abbreviation."""
    return {
        datetime(now.year, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).tzname()
        for month in (1, 7)
    }


def _by_offset(said: str, offset: re.Match[str]) -> ZoneSaid | ZoneUnclear:
    """Whole hours have IANA names, with the sign turned round: UTC+2 is Etc/GMT-2 (tz database, etcetera)."""
    sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
    if minutes:
        near = _ODD_OFFSETS.get(f"{sign}{hours}:{minutes:02}")
        example = near or "Asia/Kolkata"
        question = f"Write the zone of “{said}” by its place, for example {example}."
        return ZoneUnclear(said, question)
    turned = "-" if sign == "+" else "+"
    name = iana(f"Etc/GMT{turned}{hours}") if hours else "UTC"
    label = f"UTC{sign}{hours}" if hours else "UTC"
    return ZoneSaid(name, label) if name else ZoneUnclear(said, _unknown(said))


def _unknown(said: str) -> str:
    key = said.casefold()
    known = {
        **{name.split("/")[-1]: zone for name, zone in _known_zones().items()},
        **_known_zones(),
    }
    near = get_close_matches(key, known, n=1, cutoff=0.7)
    short = get_close_matches(said.upper(), _UPPER, n=1, cutoff=0.7)
    guess = known[near[0]] if near and len(said) > 4 else (short[0] if short else "")
    hint = f"Did you mean {guess}?" if guess else "Write it like Europe/Berlin, CET or UTC+1."
    return f"I do not know the time zone “{said}”. {hint}"


def _same(zones: list[ZoneSaid]) -> ZoneSaid | ZoneUnclear:
    """One zone out of those said; an abbreviation may stand beside the zone that uses it."""
    if len(zones) == 1:
        return zones[0]
    named = [zone for zone in zones if not zone.abbreviation]
    short = [zone for zone in zones if zone.abbreviation]
    if len(named) == 1 and len(short) == 1 and _uses(named[0].name, short[0].abbreviation):
        return ZoneSaid(named[0].name, named[0].said, short[0].abbreviation)
    said = " and ".join(zone.said for zone in zones)
    return ZoneUnclear(zones[0].said, f"I found more than one time zone: {said}. Which one is it?")


def _uses(zone: str, abbreviation: str) -> bool:
    summer = datetime(2025, 7, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).tzname()
    winter = datetime(2025, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).tzname()
    return abbreviation in {summer, winter}
