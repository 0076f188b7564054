"""Who meets in this Slack: people, channels, user groups and the app, read from people.yaml.

Called once when the town is built; nothing here changes afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PEOPLE_FILE = Path(__file__).parent.parent / "scenarios" / "people.yaml"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace; `zone` is an IANA name, used to show them dates.

    `team` is another organisation's workspace where they belong to one ("": ours); `guest`: invited into
    single channels only.
    """

    id: str
    name: str
    real_name: str
    title: str
    zone: str
    team: str = ""
    guest: bool = False

    @property
    def clock24(self) -> bool:
        """Whether this person's Slack shows a 24-hour clock."""
        return not self.zone.startswith("America/")


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A channel as the scenario begins: member ids, and whether the app was invited."""

    id: str
    name: str
    members: tuple[str, ...]
    bot: bool
    archived: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A Slack user group with its member ids."""

    id: str
    handle: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BotApp:
    """The app: who it is, which commands it owns, to which events it is subscribed, what it may do.

    Without `scopes` it may do everything.
    """

    id: str
    bot_id: str
    app_id: str
    name: str
    commands: tuple[str, ...]
    events: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    # Name in the menu to callback id: everywhere, and in the menu of a message.
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    message_shortcuts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeopleScenario:
    """The whole cast."""

    company: str
    team: str
    people: tuple[Person, ...]
    bot: BotApp
    channels: tuple[ChannelSpec, ...]
    usergroups: tuple[UserGroup, ...]

    @property
    def domain(self) -> str:
        """The workspace's domain, from the company's name."""
        return self.company.lower().replace(" ", "-")

    def person(self, who: str) -> Person:
        """The person with this id or name; KeyError if there is none."""
        wanted = who.lstrip("@").casefold()
        for person in self.people:
            if wanted in {person.id.casefold(), person.name.casefold()}:
                return person
        raise KeyError(who)


def load_people(path: Path = PEOPLE_FILE) -> PeopleScenario:
    """Reads people.yaml; KeyError where a member's name is not among the people."""
    return people_from(yaml.safe_load(path.read_text(encoding="utf-8")))


def people_from(data: Mapping[str, Any]) -> PeopleScenario:
    """Builds the cast from the parsed YAML; members are written by name there."""
    people = tuple(Person(**entry) for entry in data["people"])
    ids = {person.name: person.id for person in people}
    app = {"commands": ("/campaign", "/headroom"), "events": (), "scopes": (), **data["bot"]}
    app |= {name: tuple(app[name]) for name in ("commands", "events", "scopes")}
    return PeopleScenario(
        company=data["company"],
        team=data["team"],
        people=people,
        bot=BotApp(**app),
        channels=tuple(
            ChannelSpec(**{**entry, "members": tuple(ids[name] for name in entry["members"])})
            for entry in data["channels"]
        ),
        usergroups=tuple(
            UserGroup(**{**entry, "members": tuple(ids[name] for name in entry["members"])})
            for entry in data["usergroups"]
        ),
    )
