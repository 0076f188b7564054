"""The sandbox's Slack as one object: built by the town, its routes mounted in the town's web server.

Acts of people take names or ids, channels as `#name`, name or id.
"""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import Route

from bot.sandbox.slack.channels import Channels
from bot.sandbox.slack.courier import Answer, Courier
from bot.sandbox.slack.desk import Desk, Secrets
from bot.sandbox.slack.faults import SlackFaults
from bot.sandbox.slack.limits import Limiter
from bot.sandbox.slack.methods_files import Files
from bot.sandbox.slack.people import Outcome, People
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.scenario import PeopleScenario
from bot.sandbox.slack.sees import Eyes, Seen
from bot.sandbox.slack.targets import Where
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.webapi import WebApi
from bot.sandbox.slack.workspace import SandboxClock, Workspace

BotUrl = str | Callable[[], str]


class SlackTown:
    """Slack, its people and its faults.

    `bot_url` is the bot's request URL (or says it when asked), `own_url` where this Slack is reached
    (response URLs and uploads lead there); both may be set later. `start`/`stop` frame its life.
    """

    def __init__(
        self, scenario: PeopleScenario, clock: SandboxClock, secrets: Secrets, bot_url: BotUrl = ""
    ) -> None:
        self.scenario = scenario
        self.bot_url = bot_url
        self.faults = SlackFaults()
        self.limiter = Limiter()
        self.workspace = Workspace(scenario, clock)
        self._desk = Desk(self.workspace, secrets, self.limiter, self.faults, Triggers())
        self._api = WebApi(self._desk)
        self._urls = ResponseUrls(self._desk, self._api)
        self._files = Files(self._desk)
        self.courier = Courier(self._desk, self._request_url)
        self.people = People(self._desk, self.courier, self._urls)
        self.channels = Channels(self.workspace, self.people.emit)
        self.eyes = Eyes(self.workspace)

    @property
    def own_url(self) -> str:
        """Where this Slack is reached, without a slash at the end."""
        return self._desk.own_url

    @own_url.setter
    def own_url(self, url: str) -> None:
        self._desk.own_url = url.rstrip("/")

    async def start(self) -> None:
        """Nothing runs before the first act; here for symmetry with stop."""

    async def stop(self) -> None:
        """Ends retries, open waits and connections."""
        self._api.stopping.set()
        self.workspace.close()
        await self.courier.stop()

    def routes(self) -> list[Route]:
        """What the bot reaches: the Web API, response URLs, uploads. (`town_routes` adds the people's side.)"""
        return [
            Route("/api/{method}", self._api.endpoint, methods=["GET", "POST"]),
            Route("/hooks/{kind}/{team}/{number}/{key}", self._urls.endpoint, methods=["POST"]),
            Route("/upload/v1/{file_id}/{key}", self._files.receive, methods=["POST", "PUT"]),
            Route("/files/{file_id}/{key}", self._files.download, methods=["GET"]),
        ]

    # -- people --------------------------------------------------------------------------------

    async def say(self, who: str, text: str, channel: str = "", *, thread_ts: str = "") -> Outcome:
        """Types a line (a command when it begins with a slash).

        Without a channel, in the first one; with the app's name, in the direct conversation with it.
        """
        if channel.lstrip("@") == self.scenario.bot.name:
            room = self.workspace.direct(self.scenario.person(who).id)
        else:
            room = self.workspace.room(channel or self.scenario.channels[0].id)
        return await self.people.say(self.scenario.person(who), text, room, thread_ts)

    async def shortcut(self, who: str, name: str, *, channel: str = "", ts: str = "") -> Outcome:
        """Chooses a shortcut by its name: in the menu of message `ts`, else the global one."""
        known = self.scenario.bot.message_shortcuts if ts else self.scenario.bot.shortcuts
        if name not in known:
            raise LookupError(f"there is no shortcut {name!r}; there are {', '.join(known)}")
        message = self.workspace.message(self.workspace.room(channel).id, ts) if ts else None
        return await self.people.shortcut(self.scenario.person(who), known[name], message)

    async def click(
        self, who: str, label: str, *, channel: str = "", ts: str = "", value: Any = None
    ) -> Outcome:
        """Clicks the newest visible button with this label or action id; LookupError if there is none."""
        room = self.workspace.room(channel).id if channel else ""
        where = Where(label, channel=room, ts=ts)
        return await self.people.click(self.scenario.person(who), where, value)

    async def submit(self, who: str, values: Mapping[str, Any]) -> Outcome:
        """Sends off the open modal, `values` by action id; LookupError if none is open."""
        return await self.people.submit(self.scenario.person(who), values)

    async def close_view(self, who: str) -> Outcome:
        """Closes the open modal."""
        return await self.people.close(self.scenario.person(who))

    async def open_home(self, who: str) -> Outcome:
        """Opens the app's Home tab."""
        return await self.people.open_home(self.scenario.person(who))

    async def sees(self, who: str, *, after: int = 0, wait: float = 0.0) -> list[Seen]:
        """What this person saw after `after`, waiting up to `wait` real seconds for the first of it."""
        return await self.eyes.sees(self.scenario.person(who), after=after, wait=wait)

    def deliveries(self) -> list[Answer]:
        """How the bot answered, oldest first."""
        return list(self.courier.history)

    def _request_url(self) -> str:
        return self.bot_url() if callable(self.bot_url) else self.bot_url
