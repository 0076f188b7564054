"""Reads many workloads by one list instead of one get each; made by the composition root around CloudRun.

Cloud Run's read quota is per minute, project and region (reference §A.6: 600 in new projects), and a
fleet that is held is looked at every minute. A list only serves a reader who says since when he has not
looked: so nobody sees an older state than he, or another process, has seen before.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.fleet import (
    AdminProof,
    OperationState,
    ScalingChange,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.ports.clock import Clock
from bot.ports.cloud import Cloud

PAGE = 100
MAX_AGE = timedelta(seconds=20)
# Clocks of two machines differ a little, and a list may lag a moment behind a write.
MARGIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, order=True)
class Shelf:
    """What one list call gives: all workloads of a kind in one region."""

    project: str
    region: str
    kind: WorkloadKind


class ListingCloud(Cloud, Protocol):
    """A Cloud that can list a shelf."""

    async def list_shelf(self, project: str, region: str, kind: WorkloadKind) -> Sequence[Workload]:
        """All workloads of a kind in one region; raises what `discover` raises."""
        ...


@dataclass(slots=True)
class _Known:
    """The last list of a shelf, and the single reads since; `pages` is what a list costs."""

    begun_at: datetime | None = None
    found: Mapping[WorkloadKey, Workload] = field(default_factory=dict)
    reads: deque[datetime] = field(default_factory=deque)
    pages: int = 1
    listing: asyncio.Lock = field(default_factory=asyncio.Lock)


class SharedReads:
    """The Cloud port; only `read` is different."""

    def __init__(self, cloud: ListingCloud, clock: Clock) -> None:
        self._cloud = cloud
        self._clock = clock
        self._shelves: defaultdict[Shelf, _Known] = defaultdict(_Known)

    async def discover(self) -> Sequence[Workload]:
        """As the cloud does."""
        return await self._cloud.discover()

    async def read(self, key: WorkloadKey, *, since: datetime | None = None) -> Workload:
        """From the region's list where `since` allows it and many are read, else by a get of its own."""
        if since is None:
            return await self._cloud.read(key)
        shelf = Shelf(key.project, key.region, key.kind)
        known = self._shelves[shelf]
        if self._fresh(known, key, since) is None and self._pays(known):
            async with known.listing:
                if self._fresh(known, key, since) is None and self._pays(known):
                    await self._list(shelf, known)
        found = self._fresh(known, key, since)
        if found is not None:
            return found
        known.reads.append(self._clock.now())
        return await self._cloud.read(key)

    async def set_scaling(
        self, key: WorkloadKey, change: ScalingChange, token: str, *, dry_run: bool = False
    ) -> OperationState:
        """As the cloud does."""
        return await self._cloud.set_scaling(key, change, token, dry_run=dry_run)

    async def operation(self, name: str) -> OperationState:
        """As the cloud does."""
        return await self._cloud.operation(name)

    async def proof(self, workload: Workload) -> AdminProof:
        """As the cloud does: a proof is never second-hand."""
        return await self._cloud.proof(workload)

    def _fresh(self, known: _Known, key: WorkloadKey, since: datetime) -> Workload | None:
        """What the last list says, if it is younger than `since` and than MAX_AGE."""
        begun_at, now = known.begun_at, self._clock.now()
        if begun_at is None or begun_at <= since + MARGIN or not _lately(begun_at, now):
            return None
        return known.found.get(key)

    def _pays(self, known: _Known) -> bool:
        """Whether a list costs less than the single reads of the last moments do.

        Not right after a list: what is missing there is new or gone, or was looked at just before.
        """
        now = self._clock.now()
        if known.begun_at is not None and _lately(known.begun_at, now):
            return False
        while known.reads and not _lately(known.reads[0], now):
            known.reads.popleft()
        return len(known.reads) > known.pages

    async def _list(self, shelf: Shelf, known: _Known) -> None:
        begun_at = self._clock.now()
        found = await self._cloud.list_shelf(shelf.project, shelf.region, shelf.kind)
        known.found = {workload.key: workload for workload in found}
        known.begun_at = begun_at
        known.pages = max(1, -(-len(found) // PAGE))


def _lately(at: datetime, now: datetime) -> bool:
    """Neither older than MAX_AGE nor in the future, as it is once the clock was set back."""
    return timedelta(0) <= now - at <= MAX_AGE
