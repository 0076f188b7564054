"""What a person says about digests in Slack: `/headroom digest …` in words, as a value; used by the flow that obeys."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from difflib import get_close_matches
from enum import StrEnum

from bot.core.digest.section import Audience, Cadence
from bot.errors import AskedWrong


class Act(StrEnum):
    """What is asked."""

    SHOW = "show"
    PREVIEW = "preview"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True)
class AskedDigest:
    """None where nothing was said of it. `length` is how long to mute."""

    act: Act
    cadence: Cadence | None = None
    clock: time | None = None
    weekday: int | None = None
    audience: Audience | None = None
    length: timedelta | None = None


HOW = (
    "Say `/headroom digest preview`, `/headroom digest subscribe daily at 08:00`, "
    "`/headroom digest subscribe weekly on Mon at 08:00`, `/headroom digest mute [for 2 weeks]`, "
    "`/headroom digest unmute` or `/headroom digest unsubscribe`."
)
_WORDS = {act.value: act for act in Act} | {
    "stop": Act.UNSUBSCRIBE,
    "start": Act.SUBSCRIBE,
    "silence": Act.MUTE,
    "status": Act.SHOW,
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"\b(?:at\s+)?([01]?\d|2[0-3])(?::([0-5]\d)\s*(am|pm)?|\s*(am|pm))\b", re.I)
_DAY = re.compile(rf"\b(?:on\s+)?({'|'.join(_DAYS)})[a-z]*\b", re.I)
_CADENCE = re.compile(r"\b(daily|weekly|every day|every week)\b", re.I)
_AUDIENCE = re.compile(r"\b(?:for\s+)?(engineers?|business|finance|vendors?)\b", re.I)
_LENGTH = re.compile(r"\bfor\s+(\d{1,3})\s*(h|hours?|d|days?|w|weeks?)\b", re.I)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_CADENCES = {
    "daily": Cadence.DAILY,
    "every day": Cadence.DAILY,
    "weekly": Cadence.WEEKLY,
    "every week": Cadence.WEEKLY,
}


def understand_digest(text: str) -> AskedDigest:
    """Raises AskedWrong, with what can be said, for anything that is not understood whole."""
    word, _, rest = text.strip().partition(" ")
    act = _WORDS.get(word.casefold()) if word else Act.SHOW
    if act is None:
        near = get_close_matches(word.casefold(), _WORDS, n=1, cutoff=0.6)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        raise AskedWrong(f"I don't know “{word[:40]}” about digests.{hint} {HOW}")
    length, rest = _taken(_LENGTH, rest)
    cadence, rest = _taken(_CADENCE, rest)
    clock, rest = _taken(_CLOCK, rest)
    audience, rest = _taken(_AUDIENCE, rest)
    day, rest = _taken(_DAY, rest)
    if rest.strip(" ,."):
        raise AskedWrong(f"I don't understand “{rest.strip()[:60]}” here. {HOW}")
    asked = AskedDigest(
        act=act,
        cadence=_CADENCES[cadence[1].casefold()] if cadence else None,
        clock=_time(clock) if clock else None,
        weekday=_DAYS.index(day[1].casefold()) if day else None,
        audience=_audience(audience[1]) if audience else None,
        length=int(length[1]) * _UNITS[length[2][0].lower()] if length else None,
    )
    return _checked(asked)


def _checked(asked: AskedDigest) -> AskedDigest:
    """What fits together; a day of the week says that it is weekly."""
    if asked.act is Act.SUBSCRIBE:
        weekly = asked.weekday is not None
        if weekly and asked.cadence is Cadence.DAILY:
            raise AskedWrong("A daily digest comes every day; leave the day out, or say weekly.")
        if asked.cadence is None and not weekly:
            raise AskedWrong(f"Daily or weekly? {HOW}")
        if asked.cadence is None:
            return AskedDigest(
                asked.act, Cadence.WEEKLY, asked.clock, asked.weekday, asked.audience
            )
    if asked.length is not None and asked.act is not Act.MUTE:
        raise AskedWrong(f"Only a mute has a length. {HOW}")
    if asked.length is not None and not timedelta() < asked.length <= timedelta(days=366):
        raise AskedWrong("A mute lasts between an hour and a year.")
    return asked


def _taken(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    """What is found, and the text without it."""
    found = pattern.search(text)
    return (None, text) if found is None else (found, text[: found.start()] + text[found.end() :])


def _time(found: re.Match[str]) -> time:
    hours, half = int(found[1]), (found[3] or found[4] or "").casefold()
    if half and not 1 <= hours <= 12:
        raise AskedWrong(f"“{found[0].strip()}” is not a time of day. {HOW}")
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return time(hours, int(found[2] or 0))


def _audience(word: str) -> Audience:
    plain = word.casefold()
    if plain.startswith("engineer"):
        return Audience.ENGINEERS
    return Audience.VENDORS if plain.startswith("vendor") else Audience(plain)
