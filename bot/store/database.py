"""The store: one database, SQLite or PostgreSQL. Built by bot.app; flows see bot.ports.store.Store."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.alert import Notification
from bot.core.delivery import Delivery
from bot.errors import GiveUp
from bot.ports.alerts import Alerts
from bot.ports.applications import Applications
from bot.ports.budgets import Budgets
from bot.ports.digests import DigestBook
from bot.ports.experience import ExperienceBook
from bot.ports.jobs import Job, JobName, JobQueue, JobShelf
from bot.ports.lessons import Lessons
from bot.ports.marketing import CalendarBook
from bot.ports.oversight import OversightBook
from bot.ports.settlements import Settlements
from bot.ports.snapshots import Snapshots
from bot.ports.store import Audit, Campaigns, Capacity, Inbox, Posts, Transaction, Wakes
from bot.ports.storms import Reach, Storms
from bot.store.alerts import AlertRows, add_notifications
from bot.store.applications import ApplicationRows
from bot.store.audit import AuditRows
from bot.store.budgets import BudgetRows
from bot.store.calendar import CalendarRows
from bot.store.campaigns import CampaignRows
from bot.store.capacity import CapacityRows
from bot.store.connection import Connections, database_url, sqlite_file
from bot.store.digests import DigestRows
from bot.store.experience import ExperienceRows
from bot.store.inbox import InboxRows, add_deliveries
from bot.store.intake import Intake
from bot.store.jobs import JobTable, JobWakes, WakeAll, wake_all, write_wakes
from bot.store.lessons import LessonRows
from bot.store.migrate import too_old, upgrade
from bot.store.oversight import OversightRows
from bot.store.posts import PostRows
from bot.store.queue import Queue, QueueDesk
from bot.store.queue_schema import bring_up, no_queue
from bot.store.settlements import SettlementRows
from bot.store.snapshots import SnapshotRows
from bot.store.storms import ReachRows, StormRows

_SORT_ALERTS = Job(JobName.ALERTS, "all")
_Due = Sequence[tuple[Job, datetime]]


class _Transaction:
    """All repositories over one connection."""

    def __init__(self, connection: AsyncConnection, wake_all: WakeAll) -> None:
        self.wakes = JobWakes(connection, wake_all)
        self.jobs: Wakes = self.wakes
        self.campaigns: Campaigns = CampaignRows(connection)
        self.capacity: Capacity = CapacityRows(connection)
        self.posts: Posts = PostRows(connection, self.wakes)
        self.trail = AuditRows(connection)
        self.audit: Audit = self.trail
        self.budgets: Budgets = BudgetRows(connection)
        self.digests: DigestBook = DigestRows(connection)
        self.oversight: OversightBook = OversightRows(connection)
        self.calendar: CalendarBook = CalendarRows(connection)
        self.lessons: Lessons = LessonRows(connection)
        self.snapshots: Snapshots = SnapshotRows(connection)
        self.experience: ExperienceBook = ExperienceRows(connection)
        self.applications: Applications = ApplicationRows(connection)
        self.settlements: Settlements = SettlementRows(connection)
        self.storms: Storms = StormRows(connection)
        self.reach: Reach = ReachRows(connection)
        self.inbox: Inbox = InboxRows(connection)
        self.alerts: Alerts = AlertRows(connection)


class Database:
    """Implements bot.ports.store.Store, and gives the engine its JobShelf.

    `url` is `sqlite:///file`, `sqlite://` (in memory) or `postgresql://…`; GiveUp for any other.
    `on_wake` is called after each commit that woke a job. With `queue` (PostgreSQL only) jobs are woken
    in Procrastinate's table and worked from `desk`; without, in our own, and worked from `shelf`.
    """

    def __init__(
        self, url: str, *, on_wake: Callable[[], None], queue: Queue | None = None
    ) -> None:
        self._url = database_url(url)
        self._on_wake = on_wake
        self._wake_all: WakeAll = wake_all if queue is None else queue.wake_all
        self._write_wakes = write_wakes if queue is None else queue.write_wakes
        self._connections = Connections(self._url)
        self._intake = Intake(self._keep)
        self._alerts = Intake(self._keep_alerts)
        self.shelf: JobShelf = JobTable(self._connections.commit, self._connections.look, on_wake)
        self.desk: JobQueue | None = (
            None if queue is None else QueueDesk(self._connections.each, queue)
        )

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One transaction; keep it short, on SQLite it is the only one that writes."""
        async with self._connections.write() as connection:
            transaction = _Transaction(connection, self._wake_all)
            yield transaction
            await transaction.wakes.flush()
            await transaction.trail.flush()
        if transaction.wakes.woke:
            self._on_wake()

    async def accept(self, delivery: Delivery, job: Job) -> bool:
        """Stores the delivery and wakes `job`, durably, before it returns; False for a duplicate."""
        return await self._intake.accept(delivery, job)

    async def accept_alert(self, notification: Notification) -> bool:
        """Stores the notification and wakes ALERTS "all", durably; False for a duplicate."""
        return await self._alerts.accept(notification, _SORT_ALERTS)

    async def next_due(self) -> datetime | None:
        """When the earliest job is due that no living worker has taken."""
        return await (self.desk or self.shelf).next_due()

    async def migrate(self) -> None:
        """Brings the schema to this version; safe to call from several processes, and again.

        Creates the folder of a SQLite file if it is missing.
        """
        file = sqlite_file(self._url)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        async with self._connections.write() as connection:
            await connection.run_sync(upgrade)
            if connection.dialect.name == "postgresql":
                await connection.run_sync(bring_up)

    async def check_schema(self) -> None:
        """GiveUp, saying what to do, if the schema is older than this version needs."""
        async with self._connections.read() as connection:
            old = await connection.run_sync(too_old)
            old = old or (self.desk is not None and await connection.run_sync(no_queue))
        if old:
            raise GiveUp("the database is not prepared for this version: run `headroom migrate`")

    async def close(self) -> None:
        """Keeps what has arrived, then closes all connections."""
        await self._intake.close()
        await self._alerts.close()
        await self._connections.close()

    async def _keep(self, arrivals: Sequence[tuple[Delivery, Job]]) -> frozenset[str]:
        return await self._commit(
            lambda connection: add_deliveries(connection, arrivals),
            lambda new: [(job, one.received_at) for one, job in arrivals if one.identity in new],
        )

    async def _keep_alerts(self, arrivals: Sequence[tuple[Notification, Job]]) -> frozenset[str]:
        notifications = [notification for notification, _ in arrivals]
        return await self._commit(
            lambda connection: add_notifications(connection, notifications),
            lambda new: [(_SORT_ALERTS, notifications[0].received_at)] if new else [],
        )

    async def _commit(
        self,
        add: Callable[[Connection], frozenset[str]],
        wakes_of: Callable[[frozenset[str]], _Due],
    ) -> frozenset[str]:
        """Adds rows and wakes what the new ones need, in one transaction."""

        def work(connection: Connection) -> frozenset[str]:
            new = add(connection)
            if wakes_of(new):
                self._write_wakes(connection, wakes_of(new))
            return new

        new = await self._connections.commit(work)
        if new:
            self._on_wake()
        return new
