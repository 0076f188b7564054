"""`headroom digest preview`: what a digest would say now, on the terminal or as JSON; nothing is posted."""

import argparse
import json
from datetime import datetime, time
from typing import Any

from pydantic import TypeAdapter

from bot import app
from bot.cards.sections import section_text
from bot.cli.plan import surrounding_environment
from bot.core.digest.composing import compose
from bot.core.digest.schedule import Due, Subscription, last_due, span_of
from bot.core.digest.section import Audience, Cadence, Section
from bot.core.house import House
from bot.errors import AskedWrong
from bot.felt import gather_everything
from bot.settings.environment import read_settings


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds for whom, which, and how to print it."""
    parser.add_argument("act", choices=["preview"], help="what to do")
    names = [one.value for one in Audience]
    parser.add_argument("--audience", choices=names, default="engineers", help="for whom")
    parser.add_argument("--weekly", action="store_true", help="the last seven days, not yesterday")
    parser.add_argument("--groups", default="", help="only these groups, with commas between")
    parser.add_argument("--zone", default="", help="whose days (default: that of headroom.yaml)")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


async def run(arguments: argparse.Namespace) -> int:
    """Reads the configured places, or the sandbox that is running here."""
    settings = read_settings(surrounding_environment())
    one = _subscription(arguments, settings.house)
    async with app.parts(settings) as parts:
        now = parts.kit.clock.now()
        due = last_due(one, now)
        facts = await gather_everything(parts.kit, one, span_of(one, due))
    sections = compose(facts, now, one.audience, groups=one.groups)
    print(_json(one, due, sections) if arguments.json else _text(one, due, sections, now))
    return 0


def _subscription(arguments: argparse.Namespace, house: House) -> Subscription:
    names = [name.strip() for name in str(arguments.groups).split(",") if name.strip()]
    groups = [house.group(name) for name in names]
    unknown = [name for name, group in zip(names, groups, strict=True) if group is None]
    if unknown:
        known = ", ".join(group.name for group in house.groups)
        raise AskedWrong(f"There is no group {', '.join(unknown)}. There is: {known}.")
    audience = Audience(arguments.audience)
    if audience is Audience.VENDORS and not names:
        raise AskedWrong("Vendors see only the groups that are named: add --groups.")
    cadence = Cadence.WEEKLY if arguments.weekly else Cadence.DAILY
    zone = arguments.zone or house.zone
    weekday = 0
    named = tuple(group.name for group in groups if group is not None)
    return Subscription("preview", cadence, audience, zone, time(0), weekday, named)


def _text(one: Subscription, due: Due, sections: tuple[Section, ...], now: datetime) -> str:
    head = f"{one.cadence.capitalize()} digest for {one.audience}, up to {due.covers} ({one.zone})"
    said = [section_text(section, one.zone, now) for section in sections]
    return "\n\n".join([head, *(said or ["There is nothing to tell."])])


def _json(one: Subscription, due: Due, sections: tuple[Section, ...]) -> str:
    body: dict[str, Any] = {
        "cadence": one.cadence.value,
        "audience": one.audience.value,
        "covers": due.covers.isoformat(),
        "zone": one.zone,
        "sections": TypeAdapter(tuple[Section, ...]).dump_python(sections, mode="json"),
    }
    return json.dumps(body, indent=2, ensure_ascii=False)
