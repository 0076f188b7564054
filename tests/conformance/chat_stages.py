"""Where the Chat suite plays: on the fake, and on the real adapter against the sandbox's Slack."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.slack import SlackChat
from bot.core.message import Message
from bot.core.standing import Standing
from bot.errors import Refused, SlowDown, TryAgain
from bot.ports.chat import Chat
from bot.sandbox.slack.desk import Secrets
from bot.sandbox.slack.records import StoredMessage
from bot.sandbox.slack.scenario import load_people
from bot.sandbox.slack.town import SlackTown
from tests.fakes import FakeChat, FakeClock, Posted

CAMPAIGNS = "C0CAMPAIGN"
GENERAL = "C0GENERAL"  # Headroom was not invited there
MAYA = "U0MAYA"
PRIYA = "U0PRIYA"  # of an agency
MARKETING = "S0MARKETING"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as people see it now."""

    text: str
    blocks: int
    thread_ts: str = ""


class Stage(Protocol):
    """What the suite needs besides the port: a look at the audience's side, and trouble on demand."""

    chat: Chat
    clock: FakeClock

    def shown(self, ts: str) -> Shown:
        """The message in #campaigns."""
        ...

    def count(self) -> int:
        """How many messages are in #campaigns."""
        ...

    def whispered(self) -> list[str]:
        """What only Maya saw, oldest first."""
        ...

    def directly(self) -> list[str]:
        """What Headroom and Maya's direct conversation has, oldest first."""
        ...

    def files(self) -> list[tuple[str, str, str]]:
        """Title, content and thread of what was uploaded to #campaigns."""
        ...

    def views(self) -> list[str]:
        """The callback ids of Maya's open modals."""
        ...

    def chatter(self, count: int) -> None:
        """Others write `count` messages to #campaigns."""
        ...

    async def trigger(self) -> str:
        """A fresh trigger id of Maya's."""
        ...

    async def response_url(self) -> str:
        """A fresh response_url of a command of Maya's."""
        ...

    def slow_down(self, seconds: int) -> None:
        """The next post is answered with a rate limit."""
        ...

    def go_down(self) -> None:
        """Slack is down from now on."""
        ...

    def lose_answer(self) -> None:
        """The next post has its effect, but no answer."""
        ...

    def refuse_blocks(self) -> None:
        """The next post with header blocks is refused."""
        ...


class FakeStage:
    """The fake, set up like the sandbox's workspace."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.fake = FakeChat(
            self.clock,
            channels={CAMPAIGNS, GENERAL, MAYA},
            closed={GENERAL},
            groups={MARKETING: frozenset({MAYA})},
            standings={PRIYA: Standing.OUTSIDER},
            shared_channels={CAMPAIGNS},
        )
        self.chat: Chat = self.fake
        self._given = 0

    def shown(self, ts: str) -> Shown:
        posted = self.fake.at(CAMPAIGNS, ts)
        return Shown(posted.message.text, len(posted.message.blocks), posted.thread_ts)

    def count(self) -> int:
        return len(self.fake.shown_in(CAMPAIGNS))

    def whispered(self) -> list[str]:
        said = [m.text for _, user, m in self.fake.ephemerals if user == MAYA]
        return said + [m.text for _, m in self.fake.responses]

    def directly(self) -> list[str]:
        return [message.text for message in self.fake.shown_in(MAYA)]

    def files(self) -> list[tuple[str, str, str]]:
        return [(title, content, ts) for _, ts, title, content in self.fake.uploads]

    def views(self) -> list[str]:
        return [view.callback_id for _, view in self.fake.views]

    def chatter(self, count: int) -> None:
        for number in range(count):
            ts = f"{self.clock.now().timestamp():.0f}.{900000 + number}"
            self.fake.posts.append(Posted(CAMPAIGNS, ts, Message("chatter")))

    async def trigger(self) -> str:
        self._given += 1
        return f"trigger-{self._given}"

    async def response_url(self) -> str:
        self._given += 1
        return f"https://hooks.example/{self._given}"

    def slow_down(self, seconds: int) -> None:
        self.fake.faults.add("post", SlowDown("slower", timedelta(seconds=seconds)))

    def go_down(self) -> None:
        self.fake.faults.add("*", TryAgain("Slack is down"), times=1000)

    def lose_answer(self) -> None:
        self.fake.faults.add("post", TryAgain("no answer"), after_effect=True)

    def refuse_blocks(self) -> None:
        self.fake.faults.add("post", Refused("bad blocks", code="invalid_blocks"))


class SandboxStage:
    """The real adapter and the sandbox's Slack."""

    def __init__(self, town: SlackTown, chat: SlackChat, clock: FakeClock) -> None:
        self.town = town
        self.chat: Chat = chat
        self.clock = clock
        self.heard: list[dict[str, str]] = []

    async def hear(self, request: Request) -> Response:
        """Stands for the bot: takes a command, says nothing."""
        fields = parse_qs((await request.body()).decode())
        self.heard.append({name: values[0] for name, values in fields.items()})
        return Response()

    def shown(self, ts: str) -> Shown:
        message = self.town.workspace.message(CAMPAIGNS, ts)
        thread_ts = message.thread_ts if message.is_reply else ""
        return Shown(message.text, len(message.blocks), thread_ts)

    def count(self) -> int:
        return len(self.town.workspace.in_room(CAMPAIGNS))

    def whispered(self) -> list[str]:
        visible = self.town.workspace.visible_to(MAYA)
        return [message.text for message in visible if message.only_for == MAYA]

    def directly(self) -> list[str]:
        room = self.town.workspace.direct(MAYA)
        return [message.text for message in self.town.workspace.in_room(room.id)]

    def files(self) -> list[tuple[str, str, str]]:
        threads = {
            file["id"]: message.thread_ts
            for message in self.town.workspace.in_room(CAMPAIGNS)
            for file in message.files
        }
        stored = self.town.workspace.files.values()
        return [(f.title, (f.content or b"").decode(), threads[f.id]) for f in stored]

    def views(self) -> list[str]:
        return [str(view.body["callback_id"]) for view in self.town.workspace.stacks[MAYA]]

    def chatter(self, count: int) -> None:
        for _ in range(count):
            ts = self.town.workspace.ts()
            self.town.workspace.post(StoredMessage(CAMPAIGNS, ts, MAYA, "chatter"))

    async def trigger(self) -> str:
        return (await self._command())["trigger_id"]

    async def response_url(self) -> str:
        return (await self._command())["response_url"]

    def slow_down(self, seconds: int) -> None:
        self.town.faults.storm(self.clock.now(), timedelta(seconds=1), retry_after=seconds)

    def go_down(self) -> None:
        self.town.faults.down(self.clock.now(), timedelta(days=1))

    def lose_answer(self) -> None:
        self.town.faults.lose_answers("chat.postMessage")

    def refuse_blocks(self) -> None:
        self.town.faults.refuse_blocks("header")

    async def _command(self) -> dict[str, str]:
        await self.town.say("maya", "/campaign", CAMPAIGNS)
        return self.heard[-1]


@asynccontextmanager
async def sandbox_stage() -> AsyncIterator[SandboxStage]:
    """The sandbox's Slack on a free port, and the adapter on it."""
    clock = FakeClock()
    secrets = Secrets(token="xoxb-not-a-real-token", signing_secret="not-a-real-secret")
    town = SlackTown(load_people(), clock, secrets)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # from now on connections wait, also before the server is up
        town.own_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        town.bot_url = f"{town.own_url}/bot"
        chat = SlackChat(secrets.token, f"{town.own_url}/api", clock)
        stage = SandboxStage(town, chat, clock)
        routes = [*town.routes(), Route("/bot", stage.hear, methods=["POST"])]
        server = _Server(uvicorn.Config(Starlette(routes=routes), log_level="error"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await town.start()
            yield stage
        finally:
            await chat.close()
            await town.stop()
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
