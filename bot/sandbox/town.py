"""The whole town in one process: Slack and the steering routes over HTTP, Google over gRPC, one clock."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.clock import TownClock
from bot.sandbox.diary import Diary
from bot.sandbox.google.identity import PUSHER, Identity
from bot.sandbox.google.met_conditions import MetConditions, Order
from bot.sandbox.google.notifier import Address, Notifier
from bot.sandbox.google.routes import Doors
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.shop import Shop
from bot.sandbox.slack.desk import Secrets
from bot.sandbox.slack.page import page_routes
from bot.sandbox.slack.scenario import load_people
from bot.sandbox.slack.town import SlackTown
from bot.sandbox.slack.town_http import town_routes
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World

SCENARIOS = Path(__file__).parent / "scenarios"


@dataclass(slots=True)
class Town:
    """Slack, Google and the world on loopback; `directory` holds the clock file and the bot's database."""

    directory: Path
    starts_at: datetime | None = None
    rate: float = 1.0
    http_port: int = 0
    bot_port: int = field(default_factory=lambda: free_port())
    clock: TownClock = field(init=False)
    world: World = field(init=False)
    google: GoogleTown = field(init=False)
    slack: SlackTown = field(init=False)
    url: str = field(init=False, default="")
    grpc_port: int = field(init=False, default=0)
    secrets: Secrets = field(init=False)
    notifier: Notifier = field(init=False)
    identity: Identity = field(init=False)
    shop: Shop = field(init=False)
    webhook_token: str = field(default_factory=lambda: secrets.token_hex(16))
    _server: "_Server" = field(init=False)
    _serving: asyncio.Task[None] = field(init=False)

    async def start(self) -> None:
        """Opens both ports and lets time run."""
        scenario = load_scenario()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.clock = TownClock.create(
            self.directory / "clock.json",
            at=self.starts_at or scenario.starts_at,
            rate=self.rate,
        )
        self.world = World(scenario, self.clock)
        self.google = GoogleTown(self.world, self.clock)
        self.shop = Shop(self.world)
        self.secrets = Secrets(
            token="xoxb-" + secrets.token_hex(16), signing_secret=secrets.token_hex(16)
        )
        self.slack = SlackTown(
            load_people(),
            self.clock,
            self.secrets,
            bot_url=f"http://127.0.0.1:{self.bot_port}/slack/events",
        )
        self._connect_alerts()
        await self.world.start()
        self.grpc_port = await self.google.start()
        await self.slack.start()
        await self._open_http()
        await self.notifier.start()

    async def stop(self) -> None:
        """Closes everything."""
        await self.notifier.stop()
        self._server.should_exit = True
        await self.slack.stop()  # ends long polls, which would keep the server waiting
        await self._serving
        await self.google.stop()
        await self.world.stop()

    def bot_environment(self) -> dict[str, str]:
        """What a bot must be configured with to live here: endpoints and credentials, nothing else."""
        return {
            "HEADROOM_CONFIG": str(SCENARIOS / "headroom.yaml"),
            "DATABASE_URL": f"sqlite:///{self.directory / 'headroom.db'}",
            "SLACK_BOT_TOKEN": self.secrets.token,
            "SLACK_SIGNING_SECRET": self.secrets.signing_secret,
            "SLACK_API_URL": f"{self.url}/api/",
            "HEADROOM_SECRET": "sandbox-" + self.secrets.signing_secret,
            "HEADROOM_GOOGLE_ENDPOINT": f"http://127.0.0.1:{self.grpc_port}",
            "HEADROOM_BIGQUERY_ENDPOINT": self.url,
            "HEADROOM_CLOCK": str(self.directory / "clock.json"),
            "HEADROOM_HOST": "127.0.0.1",
            "PORT": str(self.bot_port),
            "HEADROOM_PUBLIC_URL": f"http://127.0.0.1:{self.bot_port}",
            "HEADROOM_PUBSUB_AUDIENCE": self.identity.audience,
            "HEADROOM_PUBSUB_EMAIL": PUSHER,
            "HEADROOM_PUBSUB_CERTS_URL": f"{self.url}/oauth2/v1/certs",
            "HEADROOM_ALERT_TOKENS": self.webhook_token,
            "HEADROOM_SHOP_URL": self.url,
        }

    def _connect_alerts(self) -> None:
        bot = f"http://127.0.0.1:{self.bot_port}/alerts"
        self.identity = Identity(f"{bot}/pubsub")
        address = Address(f"{bot}/pubsub", f"{bot}/webhook", self.webhook_token)
        met = MetConditions(self.clock, self.google.snoozes.silent)
        self.notifier = Notifier(address, self.identity, self.world, met)

    async def _open_http(self) -> None:
        # Named TCP, or asyncio leaves Nagle on and each answer waits for an acknowledgement.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.http_port))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.slack.own_url = self.url
        routes = [
            *self.slack.routes(),
            *town_routes(self.slack),
            *page_routes(),
            *self.shop.routes(),
            *Diary().routes(),
            *self.google.bigquery.routes(),
            *Doors(self.google.registry, self.world, self.google.faults, self._orders()).routes(),
            Route("/oauth2/v1/certs", self._certificates),
            Route("/town/clock", self._clock, methods=["GET", "POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_level="warning", lifespan="off")
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.opened.wait()

    def _orders(self) -> dict[str, Callable[[Order], None]]:
        alerting = {"alert": self.notifier.order, "conditions": self.notifier.conditions}
        jobs = {"job": self._fail_job}
        return {**alerting, **self.shop.orders(), **jobs}

    def _fail_job(self, order: Order) -> None:
        self.google.time_series.data.fail(str(order["name"]), on=bool(order.get("fails", True)))

    async def _certificates(self, _request: Request) -> Response:
        return JSONResponse(self.identity.certificates)

    async def _clock(self, request: Request) -> Response:
        if request.method == "POST":
            body = await request.json()
            if "rate" in body:
                self.clock.set_rate(float(body["rate"]))
            if "jump_to" in body:
                self.clock.jump(datetime.fromisoformat(body["jump_to"]))
        return JSONResponse({"now": self.clock.now().isoformat(), "rate": self.clock.rate})


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the town, and says when its port is open."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.opened = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.opened.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
