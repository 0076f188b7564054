"""Slack's message text as a person reads it: mentions, links, dates in their zone, emoji; used by rendering.py.

Source: docs.slack.dev/messaging/formatting-message-text.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox.slack.scenario import PeopleScenario, Person

ANGLE = re.compile(r"<([^<>\n]+)>")
SHORTCODE = re.compile(r":([a-z0-9_+\-]+):")
STYLES = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]+?)(?<=\S)\1(?![\w*_~])")
SCHEME = re.compile(r"[a-zA-Z][\w+.-]*:")
TOKEN = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, when; and who is who."""

    person: Person
    now: datetime
    scenario: PeopleScenario


@cache
def emoji() -> dict[str, str]:
    """Shortcode to character, for the ones that apps use."""
    path = Path(__file__).parent / "page" / "emoji.json"
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table


def read_mrkdwn(text: str, reader: Reader) -> str:
    """mrkdwn as plain text."""
    return read_plain(_unstyle(ANGLE.sub(lambda match: _angle(match[1], reader), text)))


def read_plain(text: str) -> str:
    """plain_text: emoji replaced, escapes undone."""
    shown = SHORTCODE.sub(lambda match: emoji().get(match[1], match[0]), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unstyle(text: str) -> str:
    previous = ""
    while previous != text:
        previous, text = text, STYLES.sub(r"\2", text)
    return re.sub(r"```?|`", "", text)


def _angle(inside: str, reader: Reader) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        return _date(target.split("^"), label, reader)
    if target.startswith("@"):
        return f"@{_user_name(target[1:], reader.scenario)}"
    if target.startswith("#"):
        names = {channel.id: channel.name for channel in reader.scenario.channels}
        return f"#{names.get(target[1:], label or target[1:])}"
    if target.startswith("!subteam^"):
        handles = {group.id: group.handle for group in reader.scenario.usergroups}
        return f"@{handles.get(target.split('^')[1], label.lstrip('@'))}"
    if target.startswith("!"):
        return f"@{target[1:]}"
    if not SCHEME.match(target):
        return f"<{inside}>"
    return f"{label} ({target})" if label and label != target else target.removeprefix("mailto:")


def _user_name(user: str, scenario: PeopleScenario) -> str:
    if user == scenario.bot.id:
        return scenario.bot.name
    names = {person.id: person.name for person in scenario.people}
    return names.get(user, user)


def _date(parts: list[str], fallback: str, reader: Reader) -> str:
    """`!date^<seconds>^<format>[^<link>]`; the fallback when the seconds are no number."""
    try:
        moment = datetime.fromtimestamp(int(parts[1]), tz=UTC)
        layout = parts[2]
    except (ValueError, IndexError, OverflowError, OSError):
        return fallback
    return TOKEN.sub(lambda match: date_token(match[1], moment, reader) or match[0], layout)


def date_token(token: str, moment: datetime, reader: Reader) -> str:
    """One `{token}` of a date format in the reader's zone; "" when Slack does not know it."""
    zone = ZoneInfo(reader.person.zone)
    local, today = moment.astimezone(zone), reader.now.astimezone(zone).date()
    name, pretty, _ = token.partition("_pretty")
    if pretty:
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((local.date() - today).days)
        if near:
            return near
    style = DATE_STYLES.get(name)
    if style is not None:
        return style(local)
    if name in {"time", "time_secs"}:
        return _clock_time(local, reader.person, seconds=name == "time_secs")
    return _ago(reader.now - moment) if name == "ago" else ""


def _clock_time(local: datetime, person: Person, *, seconds: bool) -> str:
    tail = f":{local:%S}" if seconds else ""
    if person.clock24:
        return f"{local:%H:%M}{tail}"
    return f"{local:%I:%M}{tail} {local:%p}".lstrip("0")


def _ago(span: timedelta) -> str:
    minutes = round(abs(span.total_seconds()) / 60)
    words = f"{minutes} minutes" if minutes < 90 else f"{round(minutes / 60)} hours"
    return f"in {words}" if span < timedelta(0) else f"{words} ago"


def _ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}th" if day in {11, 12, 13} else f"{day}{ending}"


DATE_STYLES: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda local: f"{local:%Y-%m-%d}",
    "date_slash": lambda local: f"{local:%d/%m/%Y}",
    "date": lambda local: f"{local:%B} {_ordinal(local.day)}, {local.year}",
    "date_short": lambda local: f"{local:%b} {local.day}, {local.year}",
    "date_long": lambda local: f"{local:%A, %B} {_ordinal(local.day)}, {local.year}",
    "date_long_full": lambda local: f"{local:%A, %B} {_ordinal(local.day)}, {local.year}",
}
