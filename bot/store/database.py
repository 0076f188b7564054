"""The store: one database, SQLite or PostgreSQL. Built by bot.app; flows see bot.ports.store.Store."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.alert import Notification
from bot.core.delivery import Delivery
from bot.errors import GiveUp
from bot.ports.alerts import Alerts
from bot.ports.budgets import Budgets
from bot.ports.jobs import Job, JobName, JobQueue, JobShelf
from bot.ports.store import Audit, Campaigns, Capacity, Inbox, Posts, Transaction, Wakes
from bot.ports.storms import Reach, Storms
from bot.store.alerts import AlertRows, add_notifications
from bot.store.audit import AuditRows
from bot.store.budgets import BudgetRows
from bot.store.campaigns import CampaignRows
from bot.store.capacity import CapacityRows
from bot.store.connection import Connections, database_url, sqlite_file
from bot.store.inbox import InboxRows, add_deliveries
from bot.store.intake import Intake
from bot.store.jobs import JobTable, JobWakes, WakeAll, wake_all
from bot.store.migrate import too_old, upgrade
from bot.store.posts import PostRows
from bot.store.queue import Queue, QueueDesk
from bot.store.queue_schema import bring_up, no_queue
from bot.store.storms import ReachRows, StormRows

_SORT_ALERTS = Job(JobName.ALERTS, "all")


class _Transaction:
    """All repositories over one connection."""

    def __init__(self, connection: AsyncConnection, wake_all: WakeAll) -> None:
        self.wakes = JobWakes(connection, wake_all)
        self.jobs: Wakes = self.wakes
        self.campaigns: Campaigns = CampaignRows(connection)
        self.capacity: Capacity = CapacityRows(connection)
        self.posts: Posts = PostRows(connection, self.wakes)
        self.audit: Audit = AuditRows(connection)
        self.budgets: Budgets = BudgetRows(connection)
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
        self._connections = Connections(self._url)
        self._intake = Intake(self._keep)
        self._alerts = Intake(self._keep_alerts)
        self.shelf: JobShelf = JobTable(self._connections.write, self._connections.read, on_wake)
        self.desk: JobQueue | None = (
            None if queue is None else QueueDesk(self._connections.write, queue)
        )

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One transaction; keep it short, on SQLite it is the only one that writes."""
        async with self._connections.write() as connection:
            transaction = _Transaction(connection, self._wake_all)
            yield transaction
            await transaction.wakes.flush()
        if transaction.wakes.woke:
            self._on_wake()

    async def accept(self, delivery: Delivery, job: Job) -> bool:
        """Stores the delivery and wakes `job`, durably, before it returns; False for a duplicate."""
        return await self._intake.accept(delivery, job)

    async def accept_alert(self, notification: Notification) -> bool:
        """Stores the notification and wakes ALERTS "all", durably; False for a duplicate."""
        return await self._alerts.accept(notification, _SORT_ALERTS)

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
        await self._connections.engine.dispose()

    async def _keep(self, arrivals: Sequence[tuple[Delivery, Job]]) -> frozenset[str]:
        async with self._connections.write() as connection:
            new = await add_deliveries(connection, [delivery for delivery, _ in arrivals])
            wakes = [
                (job, delivery.received_at)
                for delivery, job in arrivals
                if delivery.identity in new
            ]
            if wakes:
                await self._wake_all(connection, wakes)
        if wakes:
            self._on_wake()
        return new

    async def _keep_alerts(self, arrivals: Sequence[tuple[Notification, Job]]) -> frozenset[str]:
        async with self._connections.write() as connection:
            new = await add_notifications(
                connection, [notification for notification, _ in arrivals]
            )
            if new:
                await self._wake_all(connection, [(_SORT_ALERTS, arrivals[0][0].received_at)])
        if new:
            self._on_wake()
        return new
