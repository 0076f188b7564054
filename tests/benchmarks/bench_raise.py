"""Raising a whole region of 1,000 services at 60 writes a minute: how long against what the quota itself takes.

The flows, SQLite, the write budget and the product's Google adapter over gRPC to the sandbox, whose
quotas count on a clock that jumps from job to job. `ratio` is the time from the plan's first raise to
the last write over the ceil(1000 / 60) - 1 minutes that the quota takes; any refusal by a quota, and any
service that is not warm at the start, makes it infinite.
"""

import asyncio
import math
import time
from datetime import datetime

from bot.cards.buttons import Action, ButtonValue, seal
from bot.sandbox.google.town import GoogleTown
from tests.benchmarks.fleet_load import MINUTE, PER_REGION, CountedQuota, scenario, town_on
from tests.benchmarks.outcome import Outcome
from tests.flows.town import MAYA, SEAL, START, Town

WRITES = 60
GOAL = 1.05


def run(count: int = PER_REGION) -> Outcome:
    """One fleet-wide raise."""
    return asyncio.run(_run(count))


async def _run(count: int) -> Outcome:
    began = time.perf_counter()
    async with town_on(scenario(count, writes=WRITES)) as (town, google):
        raise_at = await _raised(town)
        cold = await _cold(town)
    seconds = time.perf_counter() - began
    return _outcome(google, count, raise_at, cold=cold, seconds=seconds)


def _outcome(
    google: GoogleTown, count: int, raise_at: datetime, *, cold: int, seconds: float
) -> Outcome:
    writes, reads = google.gate.writes, google.gate.reads
    assert isinstance(writes, CountedQuota) and isinstance(reads, CountedQuota)
    changes = [change for change in google.registry.changes if not change.same]
    last = max(change.at for change in changes)
    needed = (math.ceil(count / WRITES) - 1) * MINUTE
    took, refused = last - raise_at, writes.refused + reads.refused
    right = len(changes) == count and last < START and not refused and not cold
    numbers = {
        "writes": len(google.registry.changes),
        "took_s": took.total_seconds(),
        "quota_s": needed.total_seconds(),
        "refused_writes": writes.refused,
        "refused_reads": reads.refused,
        "cold_at_start": cold,
        "requests": dict(google.gate.calls),
    }
    table = [
        f"{len(changes)} of {count} services raised in {took} (the quota needs {needed})",
        f"refused by the quotas: {writes.refused} writes, {reads.refused} reads;"
        f" not proven warm: {cold}; last write {START - last} before the start",
        f"requests: {numbers['requests']}; {seconds:.0f} s of real time",
    ]
    return Outcome("raise", took / needed if right else math.inf, GOAL, table, numbers)


async def _raised(town: Town) -> datetime:
    """The campaign is announced, confirmed and warmed; when its plan began to raise."""
    campaign = await town.proposed()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    value = seal(ButtonValue(Action.CONFIRM, campaign.id, campaign.plan_version), SEAL)
    await town.press(Action.CONFIRM, value, by=MAYA)
    await town.run(stored[0].raise_at)
    await town.run(START - MINUTE)
    return stored[0].raise_at


async def _cold(town: Town) -> int:
    """Services that are not proven a minute before the start."""
    async with town.database.begin() as tx:
        return sum(holding.proven_at is None for holding in await tx.capacity.holdings())
