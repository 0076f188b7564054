"""The engine port: wake job X with key K at T, at least once, one at a time per key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

Handler = Callable[[str], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True, order=True)
class Job:
    """A job's identity: `name` picks the handler, `key` is its only argument (an id, never state)."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class TakenJob:
    """A job leased to a worker; `rev` tells whether it was woken again meanwhile.

    `owner` is the worker that holds the lease: a worker that lost it cannot finish the job any more.
    """

    job: Job
    rev: int
    attempts: int
    owner: str = ""


class Jobs(Protocol):
    """Runs jobs. A handler returns when it wants to be woken again (None: not by itself).

    TryAgain is retried after its `after` or an exponential back-off (1 s to 5 min); GiveUp and unknown
    exceptions are logged with a reference and retried only by the next wake or the sweep (unknown
    exceptions: with back-off). A wake during a run makes it run once more.
    """

    def register(self, name: str, handler: Handler) -> None:
        """Binds a job name; before `run`."""
        ...

    def nudge(self) -> None:
        """Says that a job may be due now (called after a commit that woke one)."""
        ...

    async def run(self) -> None:
        """Works until cancelled; finishes what it has begun before it ends."""
        ...


class JobShelf(Protocol):
    """The durable job table as the embedded engine sees it; each method is its own transaction."""

    async def wake(self, job: Job, at: datetime) -> None:
        """Upsert: due at the earlier of `at` and what stands; bumps the job's rev."""
        ...

    async def take(
        self, now: datetime, *, owner: str, until: datetime, limit: int
    ) -> list[TakenJob]:
        """Leases up to `limit` due jobs that nobody holds (or whose lease has passed), earliest first."""
        ...

    async def extend(self, owner: str, until: datetime) -> None:
        """Prolongs all leases of `owner`."""
        ...

    async def finish(self, taken: TakenJob, *, again_at: datetime | None, error: str = "") -> None:
        """Gives the lease back: gone unless `again_at` is set or the job was woken while it ran.

        `error` set means failed: `attempts` grows; otherwise it is reset.
        """
        ...

    async def release(self, owner: str | None) -> None:
        """Ends the leases of `owner` (None: of everybody; a sole worker's start)."""
        ...

    async def rouse(self, now: datetime) -> None:
        """Makes every waiting job due: the clock was set back, and their due times mean nothing."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest free job is due."""
        ...


# The one task that Procrastinate knows; the queue says which handler is meant.
TASK = "headroom.run"


class JobQueue(Protocol):
    """Procrastinate's queue as the distributed engine sees it, beside Procrastinate's own worker.

    A TakenJob's `rev` is here the number of the row, and `owner` that of the worker which holds it.
    """

    async def wake(self, job: Job, at: datetime) -> None:
        """Due at the earlier of `at` and what stands."""
        ...

    async def finish(self, taken: TakenJob, *, again_at: datetime | None, error: str = "") -> bool:
        """As JobShelf.finish; does nothing if another worker has taken the job over meanwhile.

        True if the job was woken while it ran: it waits, and can be fetched now.
        """
        ...

    async def ripen(self, now: datetime) -> datetime | None:
        """Lets the jobs go that are due at `now`; returns when the next one is."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest job is due that waits or was begun by a worker that is dead, to the second."""
        ...

    async def rouse(self, now: datetime) -> None:
        """Makes every waiting job due: the clock was set back, and their due times mean nothing."""
        ...

    async def return_lost(self, silence: timedelta) -> int:
        """Makes the jobs of workers without a heartbeat for `silence` (real time) wait again; how many."""
        ...


class JobName(StrEnum):
    """The jobs there are; the comment says what the key is."""

    ANNOUNCE = "announce"  # delivery identity: a campaign typed or sent by the form
    APPROVE = "approve"  # delivery identity: a button pressed
    REMIND = (
        "remind"  # campaign id: remind the approvers, then ask further, and keep Home tabs true
    )
    HOME = "home"  # Slack user id: show on their Home tab what waits for them
    MEMBERS = "members"  # delivery identity: the members of a Slack user group have changed
    SWITCH = "switch"  # delivery identity: pause or resume
    ANSWER = "answer"  # delivery identity: alerts, help and what is not understood
    STATUS = "status"  # delivery identity: how things stand
    DRIVE = "drive"  # campaign id: one tick of a campaign
    RECONCILE = "reconcile"  # workload key: one tick of a workload
    LOOP = "loop"  # campaign id: while it is live, compare its demand with the plan
    STEER = "steer"  # delivery identity: a button about capacity that is held
    ALERTS = "alerts"  # "all": sort the alerts that have come in into incidents
    ESCALATE = "escalate"  # incident id: page whoever must be, wake what slept, believe what calmed
    RESPOND = "respond"  # delivery identity: a button or the form of an incident
    STORM = "storm"  # storm id: show it, and end it when it is calm
    EXPLAIN = "explain"  # incident id: say which live campaign may explain it
    MIRROR = "mirror"  # incident id: let Cloud Monitoring be silent about it as well
    CHANNEL = "channel"  # delivery identity: a channel was archived, left, renamed, or is back
    WATCH = "watch"  # "all": whether notifications still come, and whether Slack takes what we say
    PUBLISH = "publish"  # Slack channel id: show what is wanted there
    DIGESTS = "digests"  # "all": which digests are due
    DIGEST = "digest"  # channel/cadence: send that digest
    ASK_DIGEST = "ask-digest"  # delivery identity: preview, subscribe, mute
    INVENTORY = "inventory"  # "all": look at all workloads, and keep what has changed
    QUOTAS = "quotas"  # "all": read Google's regional quotas, where that is configured
    BILL = "bill"  # "all": read Google's bill, where that is configured, and settle with it
    PRICES = "prices"  # "all": read Google's price catalogue, where that is configured
    ADVICE = "advice"  # delivery identity: what could be cheaper, and its buttons
    REVIEW = "review"  # "all": look at the fleet for advice once a day
    PROBE = "probe"  # "all": look at the customers' pages that are due
    IMPORTS = "imports"  # "all": read marketing's calendars, and follow them with drafts
    DRAFTS = "drafts"  # delivery identity: a button of such a draft
    CALENDAR = "calendar"  # delivery identity: a link to the calendar of campaigns
    SWEEP = "sweep"  # "all": wake whatever the tables say should be awake


EVERYBODY = "all"
"""The key of the job that lets every Home tab be looked at."""


def followers(campaign_id: str) -> tuple[Job, ...]:
    """What follows a change of a request for approval: reminders, direct messages and Home tabs."""
    return Job(JobName.REMIND, campaign_id), Job(JobName.HOME, EVERYBODY)
