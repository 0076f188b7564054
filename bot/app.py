"""The only composition root: ports, flows, engine and servers are put together here."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Flag, auto
from functools import partial

import uvicorn
from starlette.routing import Route

from bot.adapters.alert_policies import CloudAlerting
from bot.adapters.calendar_feed import CalendarFeeds
from bot.adapters.charts import PlanCharts
from bot.adapters.clock import clock_called
from bot.adapters.cloud_run import CloudRun
from bot.adapters.data_metrics import CloudDataMetrics
from bot.adapters.google_books import google_books
from bot.adapters.google_certs import GoogleCerts
from bot.adapters.google_channel import GoogleClients
from bot.adapters.marketing_feed import MarketingFeeds
from bot.adapters.monitoring import CloudMonitoring
from bot.adapters.probes import WebProbes
from bot.adapters.shared_reads import SharedReads
from bot.adapters.slack import SlackChat
from bot.adapters.snoozing import CloudSnoozing
from bot.core.house import House
from bot.engine.choice import engine_for
from bot.engine.sole import may_work
from bot.errors import HeadroomError, NotOurs, TryAgain
from bot.flows.advice import advice
from bot.flows.alerts import alerts
from bot.flows.announce import announce
from bot.flows.answer import answer
from bot.flows.approve import approve
from bot.flows.ask_digest import ask_digest
from bot.flows.calendar_feed import calendar_feed
from bot.flows.calendar_link import calendar_link
from bot.flows.channel import channel
from bot.flows.daily import bill, prices, quotas
from bot.flows.digest import digest
from bot.flows.digests import digests
from bot.flows.drafts import drafts
from bot.flows.drive import drive
from bot.flows.escalate import escalate
from bot.flows.explain import explain
from bot.flows.home import home
from bot.flows.imports import imports
from bot.flows.inventory import inventory
from bot.flows.loop import loop
from bot.flows.members import members
from bot.flows.mirror import mirror
from bot.flows.probe import probe
from bot.flows.publish import publish
from bot.flows.reconcile import reconcile
from bot.flows.remind import remind
from bot.flows.respond import respond
from bot.flows.restore import Doors
from bot.flows.review import review
from bot.flows.rules_changed import note_rules
from bot.flows.status import status
from bot.flows.steer import steer
from bot.flows.storm import storm
from bot.flows.sweep import sweep
from bot.flows.switch import switch
from bot.flows.watch import watch
from bot.ports.alerting import Alerting
from bot.ports.clock import Clock
from bot.ports.cloud import Cloud
from bot.ports.jobs import Handler, Job, JobName
from bot.ports.kit import Kit
from bot.settings.environment import Settings
from bot.store.connection import database_url, postgres_dsn, sqlite_file
from bot.store.database import Database
from bot.store.queue import Queue
from handlers.http.alerts import alert_routes
from handlers.http.calendar import calendar_routes
from handlers.http.callers import PushIdentity, PushTokens, WebhookSecrets
from handlers.http.one_write import OneWriteProtocol
from handlers.http.routes import Readiness, web_app
from handlers.http.settle import settle
from handlers.slack.app import SlackSecrets, slack_app

_log = logging.getLogger("headroom")

_Flow = Callable[[str, Kit], Awaitable[datetime | None]]

FLOWS: Mapping[JobName, _Flow] = {
    JobName.ANNOUNCE: announce,
    JobName.APPROVE: approve,
    JobName.ANSWER: answer,
    JobName.STATUS: status,
    JobName.DIGESTS: digests,
    JobName.DIGEST: digest,
    JobName.ASK_DIGEST: ask_digest,
    JobName.DRIVE: drive,
    JobName.RECONCILE: reconcile,
    JobName.LOOP: loop,
    JobName.STEER: steer,
    JobName.REMIND: remind,
    JobName.HOME: home,
    JobName.MEMBERS: members,
    JobName.SWITCH: switch,
    JobName.ALERTS: alerts,
    JobName.ESCALATE: escalate,
    JobName.RESPOND: respond,
    JobName.STORM: storm,
    JobName.EXPLAIN: explain,
    JobName.MIRROR: mirror,
    JobName.CHANNEL: channel,
    JobName.WATCH: watch,
    JobName.PUBLISH: publish,
    JobName.INVENTORY: inventory,
    JobName.BILL: bill,
    JobName.PRICES: prices,
    JobName.QUOTAS: quotas,
    JobName.PROBE: probe,
    JobName.ADVICE: advice,
    JobName.REVIEW: review,
    JobName.IMPORTS: imports,
    JobName.DRAFTS: drafts,
    JobName.CALENDAR: calendar_link,
    JobName.SWEEP: sweep,
}


class Duty(Flag):
    """What a process does."""

    WEB = auto()
    WORK = auto()
    ALL = WEB | WORK


@dataclass(slots=True)
class _Bell:
    """Tells the engine of this process, if it has one, that a job may be due."""

    ring: Callable[[], None] = field(default=lambda: None)

    def __call__(self) -> None:
        self.ring()


@dataclass(frozen=True, slots=True)
class Parts:
    """The ports as they are in production; closed together."""

    kit: Kit
    database: Database
    clock: Clock
    bell: _Bell


@dataclass(frozen=True, slots=True)
class _DatabaseHealth:
    """Readiness from the database: whether it answers, and how far Slack is behind."""

    database: Database
    clock: Clock

    async def readiness(self) -> Readiness:
        """Never raises: an unreachable database is an answer."""
        try:
            async with self.database.begin() as tx:
                behind = await tx.posts.behind()
                waiting = await tx.alerts.waiting(1)
                heard = await tx.alerts.heard_at()
                closed = await tx.reach.closed()
            due = await self.database.next_due()
        except NotOurs:
            return Readiness(database=True)  # a newer version has something to say, and says it
        except HeadroomError:
            return Readiness(database=False)
        now = self.clock.now()
        return Readiness(
            database=True,
            behind=len(behind),
            oldest=now - behind[0].wanted_at if behind else None,
            oldest_alert=now - waiting[0].received_at if waiting else None,
            heard=now - heard if heard else None,
            closed_channels=len(closed),
            oldest_job=max(now - due, timedelta()) if due else None,
        )


async def migrate(url: str) -> None:
    """Brings the database to the newest schema."""
    database = Database(url, on_wake=lambda: None)
    try:
        await database.migrate()
    finally:
        await database.close()


@asynccontextmanager
async def parts(settings: Settings) -> AsyncIterator[Parts]:
    """Opens every adapter; closes them in the end."""
    clock = clock_called(settings.clock)
    bell = _Bell()
    dsn = postgres_dsn(settings.database_url)
    queue = Queue(clock, rehearsal=settings.clock != "system") if dsn else None
    database = Database(settings.database_url, on_wake=bell, queue=queue)
    chat = SlackChat(settings.slack_token, settings.slack_api_url, clock)
    google = GoogleClients(settings.google_endpoint or None, settings.bigquery_endpoint or None)
    books = google_books(google, clock, settings.house)
    calendars = CalendarFeeds(settings.house.fences.feeds, settings.house.zone, clock)
    marketing = MarketingFeeds(settings.house.calendar.imports, settings.house.zone, clock)
    kit = Kit(
        clock=clock,
        store=database,
        chat=chat,
        cloud=SharedReads(CloudRun(google, settings.house.places, settings.house.groups), clock),
        metrics=CloudMonitoring(google),
        house=settings.house,
        seal=settings.seal,
        calendars=calendars,
        snoozing=CloudSnoozing(google, clock),
        charts=PlanCharts(),
        prices=books.prices,
        quotas=books.quotas,
        bills=books.bills,
        probes=WebProbes(settings.house.experience),
        marketing=marketing,
        public_url=settings.public_url,
        data=CloudDataMetrics(google),
    )
    try:
        yield Parts(kit, database, clock, bell)
    finally:
        await chat.close()
        await calendars.close()
        await marketing.close()
        await google.close()
        await database.close()


@dataclass(frozen=True, slots=True)
class AlertingParts:
    """What keeping alert policies as code needs: no Slack, no database."""

    alerting: Alerting
    cloud: Cloud


@asynccontextmanager
async def alerting_parts(house: House, endpoint: str) -> AsyncIterator[AlertingParts]:
    """Opens Google's side alone; closes it in the end."""
    google = GoogleClients(endpoint or None)
    try:
        yield AlertingParts(CloudAlerting(google), CloudRun(google, house.places, house.groups))
    finally:
        await google.close()


@asynccontextmanager
async def restoring_parts(house: House, endpoint: str, clock: str) -> AsyncIterator[Doors]:
    """Google's side and a clock, as restoring needs them: no Slack, no database."""
    google = GoogleClients(endpoint or None)
    try:
        cloud = CloudRun(google, house.places, house.groups)
        metrics, data = CloudMonitoring(google), CloudDataMetrics(google)
        yield Doors(cloud, metrics, clock_called(clock), house, data)
    finally:
        await google.close()


async def run(settings: Settings, duty: Duty) -> None:
    """Serves and works until SIGTERM or SIGINT; what was begun is finished first.

    SQLite has room for one process, so there a web process works too. Raises GiveUp when another one
    runs, when a worker alone is asked for, and when the schema is too old.
    """
    distributed = postgres_dsn(settings.database_url) is not None
    file = sqlite_file(database_url(settings.database_url))
    with may_work(file, distributed=distributed, alone=duty is Duty.WORK), _ungrouped():
        await _run(settings, duty if distributed else Duty.ALL)


@contextmanager
def _ungrouped() -> Iterator[None]:
    """A failure that is fit for a person comes out by itself, not in the group of a TaskGroup."""
    try:
        yield
    except BaseExceptionGroup as group:
        ours = [error for error in group.exceptions if isinstance(error, HeadroomError)]
        if not ours:
            raise
        raise ours[0] from group


async def _run(settings: Settings, duty: Duty) -> None:
    async with parts(settings) as made, asyncio.TaskGroup() as tasks:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        work = partial(_work, settings, made)
        check = partial(_patiently, made.database.check_schema)
        duties = [tasks.create_task((work if Duty.WORK in duty else check)())]
        if Duty.WEB in duty:
            duties.append(tasks.create_task(_serve(settings, made, stop)))
        await stop.wait()
        for task in duties:
            task.cancel()


async def _patiently(act: Callable[[], Awaitable[None]]) -> None:
    """Does it as soon as the database is there."""
    while True:
        try:
            return await act()
        except TryAgain as error:
            _log.warning("Waiting: %s", error)
            await asyncio.sleep(1)


async def _work(settings: Settings, made: Parts) -> None:
    database, clock = made.database, made.clock

    async def wake_sweep() -> None:
        async with database.begin() as tx:
            await tx.jobs.wake(Job(JobName.SWEEP, "all"), clock.now())

    await _patiently(database.check_schema)
    await _patiently(wake_sweep)
    await _patiently(partial(note_rules, made.kit))
    jobs = engine_for(
        clock, database.shelf, desk=database.desk, dsn=postgres_dsn(settings.database_url)
    )
    for name, flow in FLOWS.items():
        jobs.register(name, _bound(flow, made.kit))
    made.bell.ring = jobs.nudge
    _log.info("Working. This is version %s.", settings.version)
    await jobs.run()


async def _serve(settings: Settings, made: Parts, stop: asyncio.Event) -> None:
    slack = slack_app(
        made.database.accept,
        SlackSecrets(settings.slack_signing_secret, settings.slack_token),
        made.clock,
    )
    server = _Server(
        uvicorn.Config(
            web_app(
                slack,
                _DatabaseHealth(made.database, made.clock),
                _alert_routes(settings, made),
                calendar_routes(partial(calendar_feed, kit=made.kit)),
                version=settings.version,
            ),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            http=OneWriteProtocol,
        )
    )
    settle()
    serving = asyncio.ensure_future(server.serve())
    _log.info("Version %s on %s:%s.", settings.version, settings.host, settings.port)
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        stop.set()


def _alert_routes(settings: Settings, made: Parts) -> list[Route]:
    doors = settings.alert_doors
    tokens = PushTokens(
        PushIdentity(doors.audience, doors.email), GoogleCerts(doors.certs_url).fetch
    )
    secrets = WebhookSecrets(doors.tokens, doors.passwords)
    return alert_routes(made.database.accept_alert, tokens, secrets, made.clock)


def _bound(flow: _Flow, kit: Kit) -> Handler:
    async def handle(key: str) -> datetime | None:
        return await flow(key, kit)

    return handle


class _Server(uvicorn.Server):
    """Leaves the signals to `run`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
