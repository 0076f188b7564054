"""Measured limits that a plan must stay within: regional quota, dependencies downstream, spend caps.

Filled by bot.facts (what could not be read is absent, never guessed), read by the guardrails.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.money import Money

# A smaller uplift than this is no way out of a limit.
WORTH_SAYING = 1.1


class Resource(StrEnum):
    """What a regional quota counts."""

    VCPU = "vCPU"
    MEMORY_GIB = "GiB of memory"
    INSTANCES = "instances"


@dataclass(frozen=True, slots=True)
class Quota:
    """One regional quota: `used` of `limit`, in units of `resource`; `read_at` None: set by hand."""

    project: str
    region: str
    resource: Resource
    limit: float
    used: float
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something behind the workloads with a capacity of its own: a database, a gateway, a partner.

    `capacity` and `used` (by others, at most) are in `unit`; each instance of a workload of `groups`
    takes `per_instance`, each request/s `per_rps`. `used` None: not known.
    """

    name: str
    title: str
    groups: tuple[str, ...]
    capacity: float
    unit: str = "connections"
    per_instance: float = 0.0
    per_rps: float = 0.0
    used: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """When a budget said how much is spent, and since when it counts."""

    at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class SpendCap:
    """A monthly cap on a project's spending; once enforced, Google pauses the services (5xx).

    `spent` None: not known; `heard` None: it was set by hand. `budget` is the name or id of the billing
    budget that the cap belongs to ("": none is listened to). Source: Cloud Billing budgets, `spendCap` (preview).
    """

    project: str
    limit: Money
    spent: Money | None = None
    enforced: bool = False
    budget: str = ""
    heard: Heard | None = None


def share_of(total: float, limit: float) -> float:
    """How much of a limit is taken; infinite where there is none or a number is not one (fail closed)."""
    share = total / limit if limit > 0 else math.inf
    return math.inf if math.isnan(share) else share
