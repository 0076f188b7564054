"""The database as the flows see it: one transaction per decision, small repositories inside it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.core.alert import Notification
from bot.core.campaign import Approval, Campaign, Delegation
from bot.core.claims import Claim
from bot.core.delivery import Delivery
from bot.core.fleet import WorkloadKey
from bot.core.holding import Holding, LedgerEntry
from bot.core.message import Post, WantedPost
from bot.core.plan import Plan
from bot.core.trail import AuditRow as AuditRow
from bot.core.trail import Link, Query
from bot.core.verdict import Verdict
from bot.core.write_budget import Bid
from bot.ports.alerts import Alerts
from bot.ports.applications import Applications
from bot.ports.budgets import Budgets
from bot.ports.digests import DigestBook
from bot.ports.experience import ExperienceBook
from bot.ports.jobs import Job
from bot.ports.lessons import Lessons
from bot.ports.marketing import CalendarBook
from bot.ports.oversight import OversightBook
from bot.ports.settlements import Settlements
from bot.ports.snapshots import Snapshots
from bot.ports.storms import Reach, Storms


class Campaigns(Protocol):
    """Campaigns with their plans and approvals."""

    async def add(self, campaign: Campaign) -> bool:
        """Stores a new campaign; False (and nothing changed) if its id is known already."""
        ...

    async def get(self, campaign_id: str) -> Campaign | None: ...

    async def save(self, campaign: Campaign) -> Campaign:
        """Stores it and returns it with its version grown; Stale if `version` is not the stored one."""
        ...

    async def open(self) -> Sequence[Campaign]:
        """All that are not final, by start."""
        ...

    async def recent(self, limit: int) -> Sequence[Campaign]:
        """The newest by announcement, final ones included."""
        ...

    async def add_plan(self, plan: Plan, verdict: Verdict) -> None:
        """Idempotent on (campaign, version)."""
        ...

    async def plan(self, campaign_id: str, version: int) -> tuple[Plan, Verdict] | None: ...

    async def add_approval(self, approval: Approval) -> bool:
        """False if that person has decided on that plan version already."""
        ...

    async def approvals(self, campaign_id: str, plan_version: int) -> Sequence[Approval]: ...

    async def take_back(self, campaign_id: str, plan_version: int, by: str) -> bool:
        """Forgets that person's yes; False if there was none."""
        ...

    async def delegate(self, delegation: Delegation) -> None:
        """Replaces whom the giver named before."""
        ...

    async def delegations(self, campaign_id: str, plan_version: int) -> Sequence[Delegation]: ...


class Capacity(Protocol):
    """Claims, holdings and the ledger of writes."""

    async def put_claims(self, campaign_id: str, claims: Sequence[Claim]) -> None:
        """Replaces all claims of the campaign."""
        ...

    async def claims_on(self, key: WorkloadKey) -> Sequence[Claim]: ...

    async def claims_of(self, campaign_id: str) -> Sequence[Claim]: ...

    async def holding(self, key: WorkloadKey) -> Holding | None: ...

    async def holdings(self) -> Sequence[Holding]: ...

    async def save_holding(self, holding: Holding) -> Holding:
        """Inserts (version 0) or updates; returns it with its version grown; Stale on a wrong version."""
        ...

    async def intend(self, entry: LedgerEntry) -> int:
        """Stores the intent and returns its id."""
        ...

    async def settle(self, entry: LedgerEntry) -> None:
        """Stores the outcome of the entry with that id."""
        ...

    async def ledger(self, key: WorkloadKey, limit: int = 100) -> Sequence[LedgerEntry]:
        """Newest first."""
        ...

    async def take_write(
        self, lane: str, now: datetime, per_minute: int, *, bid: Bid | None = None
    ) -> datetime | None:
        """Takes one write from the budget of `lane` (`project/region`); else when to come back.

        Without `bid` first come, first served; with it the most urgent of those that wait.
        """
        ...


class Posts(Protocol):
    """Slack messages as projections."""

    async def want(self, post: WantedPost, now: datetime) -> bool:
        """Says what should be seen; True if that differs from what was wanted before."""
        ...

    async def next(self, channel: str, now: datetime) -> Post | datetime | None:
        """The post to send now; or when to look again; or None when the channel is up to date.

        Lowest lane first, then oldest. Replies wait for their parent's ts. Pacing is in here: one call
        per second and channel, later after `pause`.
        """
        ...

    async def claim(self, post_id: int, now: datetime) -> None:
        """Notes that a first send begins, and occupies the channel's next second."""
        ...

    async def shown(self, post_id: int, rev: int, ts: str, now: datetime) -> None:
        """Records what is in Slack now; clears claim and trouble."""
        ...

    async def failed(
        self, post_id: int, trouble: str, again_at: datetime | None, *, plain: bool = False
    ) -> None:
        """Records a refusal: try again at `again_at` (None: never), as plain text if asked.

        Other content is tried at once again, and with its blocks. A claim stands until `shown`.
        """
        ...

    async def pause(self, channel: str, until: datetime) -> None:
        """Nothing may be sent to the channel before `until` (Retry-After)."""
        ...

    async def get(self, channel: str, subject: str) -> Post | None: ...

    async def places(self, subject: str, channels: Sequence[str]) -> Sequence[str]:
        """Those of the channels that have a post of that subject."""
        ...

    async def again(self, channel: str, subject: str, now: datetime) -> None:
        """A message that was given up is due once more."""
        ...

    async def withdraw(self, channel: str, thread_of: str, *, begins: str = "") -> Sequence[Post]:
        """Takes back the replies under that post which nobody has seen; returns them, oldest first.

        With `begins` only those whose subject begins so.

        One whose sending has begun (`claimed_at`) may be in Slack: it stays, to be wanted otherwise.
        """
        ...

    async def behind(self) -> Sequence[Post]:
        """All posts whose wanted content is not shown, oldest first (queue length and age).

        Without those given up by `failed`: nothing will be tried for them until they are wanted anew.
        """
        ...


class Audit(Protocol):
    """Append-only, and each row vouches for the one before it (core.trail)."""

    async def add(self, row: AuditRow) -> None:
        """Appends one line; people are kept as ids only."""
        ...

    async def about(self, subject: str) -> Sequence[AuditRow]:
        """Oldest first."""
        ...

    async def search(self, query: Query) -> Sequence[Link]:
        """The newest that fit, oldest of them first."""
        ...

    async def chain(self) -> Sequence[Link]:
        """All rows, oldest first."""
        ...

    async def prune(self, before: datetime, now: datetime) -> int:
        """Takes away the rows before `before`; an anchor row vouches for them. Returns how many."""
        ...


class Inbox(Protocol):
    """Deliveries already accepted."""

    async def get(self, identity: str) -> Delivery | None: ...

    async def handled(self, identity: str, now: datetime) -> bool:
        """Marks the delivery done; False if it was done before (then its effect must not be repeated)."""
        ...

    async def unhandled(self, since: datetime, until: datetime) -> Sequence[Job]:
        """The jobs of deliveries that came between these instants and are not done yet."""
        ...


class Wakes(Protocol):
    """Asking to be woken, inside the transaction."""

    async def wake(self, job: Job, at: datetime) -> None: ...


class Transaction(Protocol):
    """Everything inside commits together or not at all; the engine is nudged after a commit that woke a job."""

    campaigns: Campaigns
    capacity: Capacity
    posts: Posts
    audit: Audit
    budgets: Budgets
    digests: DigestBook
    oversight: OversightBook
    calendar: CalendarBook
    lessons: Lessons
    snapshots: Snapshots
    experience: ExperienceBook
    applications: Applications
    settlements: Settlements
    storms: Storms
    reach: Reach
    inbox: Inbox
    jobs: Wakes
    alerts: Alerts


class Store(Protocol):
    """May raise TryAgain when the database cannot be reached."""

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """One transaction: commits at the end of the block, rolls back on an exception."""
        ...

    async def accept(self, delivery: Delivery, job: Job) -> bool:
        """Stores the delivery and wakes `job`, durably, before it returns (group commit).

        False if that identity was accepted before: nothing is done, and nothing is lost.
        """
        ...

    async def accept_alert(self, notification: Notification) -> bool:
        """Stores the notification and wakes the job ALERTS "all", durably, before it returns.

        False if that identity was accepted before.
        """
        ...
