"""Regional quotas as read from Google, and how they join those of headroom.yaml; kept in the store, used for the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.limits import Quota, Resource


@dataclass(frozen=True, slots=True)
class QuotaBook:
    """Asked last at `asked_at`, and read at `read_at` (None: never yet); `trouble` is why not the last time."""

    asked_at: datetime
    read_at: datetime | None = None
    quotas: tuple[Quota, ...] = ()
    trouble: str = ""


def joined(configured: Sequence[Quota], book: QuotaBook | None) -> tuple[Quota, ...]:
    """What headroom.yaml says comes before what Google says of the same resource in the same region."""
    known = {_place(quota) for quota in configured}
    read = book.quotas if book is not None else ()
    return (*configured, *(quota for quota in read if _place(quota) not in known))


def _place(quota: Quota) -> tuple[str, str, Resource]:
    return (quota.project, quota.region, quota.resource)
