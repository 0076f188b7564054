"""Reads the fleet for status and digests: a number of requests that does not grow with the workloads.

Nothing here raises for a source that is silent: the answer says what did not come, and why.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.budgeting import TeamSpend, month_of
from bot.core.campaign import Campaign
from bot.core.digest.facts import DigestFacts, Undertaking
from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience
from bot.core.fences import Team
from bot.core.fleet import Workload, WorkloadKey
from bot.core.house import House
from bot.core.local_days import coarse_step, earlier_span, step_for
from bot.core.money import ZERO
from bot.core.noise import Night, noise_of
from bot.core.series import Metric, Series
from bot.core.sources import Fleet, filled
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.ports.kit import Kit
from bot.ports.store import Transaction

STATUS_METRICS = (
    Metric.REQUESTS,
    Metric.ERRORS,
    Metric.LATENCY_P95,
    Metric.INSTANCES,
    Metric.AT_ONCE,
    Metric.CPU,
    Metric.PENDING,
)
SPENDING_METRICS = (Metric.BILLABLE, Metric.ACTIVE)
DIGEST_METRICS = (*STATUS_METRICS, *SPENDING_METRICS)

WORKLOADS = "the workloads"
_NAMES: Mapping[Metric, str] = {
    Metric.REQUESTS: "requests",
    Metric.ERRORS: "errors",
    Metric.LATENCY_P95: "response times",
    Metric.INSTANCES: "instances",
    Metric.ACTIVE: "busy instances",
    Metric.AT_ONCE: "requests at once",
    Metric.CPU: "CPU",
    Metric.PENDING: "waiting requests",
    Metric.RECOMMENDED: "recommended instances",
    Metric.BILLABLE: "billable time",
}
_DIGEST_PATIENCE = timedelta(seconds=60)
_WEEKS = 4  # earlier weeks that costs are compared with
_RECENT = 300  # campaigns
_LATE = "it did not answer in time"


@dataclass(frozen=True, slots=True)
class Seen:
    """The workloads as listed at `at`; `trouble` is why they were not listed just now ("" they were)."""

    workloads: tuple[Workload, ...]
    at: datetime
    trouble: str = ""

    def of_groups(self, names: Sequence[str]) -> "Seen":
        """Only those that are in one of the groups."""
        wanted = set(names)
        kept = tuple(one for one in self.workloads if wanted & set(one.groups))
        return Seen(kept, self.at, self.trouble)


@dataclass(frozen=True, slots=True)
class Question:
    """Which metrics over which span in which steps; a source that needs longer than `patience` is silent."""

    metrics: tuple[Metric, ...]
    span: Window
    step: timedelta
    patience: timedelta


async def see(kit: Kit, patience: timedelta) -> Seen:
    """All workloads, as Cloud Run lists them now; else as they were seen last."""
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return Seen(tuple(await kit.cloud.discover()), kit.clock.now())
    except (TryAgain, GiveUp) as error:
        trouble = error.reason
    except TimeoutError:
        trouble = _LATE
    async with kit.store.begin() as tx:
        known = await tx.snapshots.inventory()
    if known is None:
        return Seen((), kit.clock.now(), trouble)
    return Seen(known.workloads, known.at, trouble)


async def look(kit: Kit, seen: Seen, asked: Question) -> Fleet:
    """Every metric at once, each in one request for a project and kind, however many workloads."""
    keys = [one.key for one in seen.workloads]
    answers = await asyncio.gather(*(_ask(kit, metric, keys, asked) for metric in asked.metrics))
    silent = {WORKLOADS: seen.trouble} if seen.trouble else {}
    measured: dict[Metric, Mapping[WorkloadKey, Series]] = {}
    for metric, answer in zip(asked.metrics, answers, strict=True):
        if isinstance(answer, str):
            silent[_NAMES[metric]] = answer
        else:
            measured[metric] = answer
    return filled(Fleet(asked.span, seen.workloads, seen.at, kit.clock.now(), measured, silent))


async def _ask(
    kit: Kit, metric: Metric, keys: Sequence[WorkloadKey], asked: Question
) -> Mapping[WorkloadKey, Series] | str:
    if not keys:
        return {}
    try:
        async with asyncio.timeout(asked.patience.total_seconds()):
            return await kit.metrics.series(metric, keys, asked.span, asked.step)
    except (TryAgain, GiveUp) as error:
        return error.reason
    except TimeoutError:
        return _LATE


async def gather_digest(kit: Kit, subscription: Subscription, span: Window) -> DigestFacts:
    """Everything that a digest of that span may tell; what is silent is named in its fleets.

    The same number of requests for any number of workloads: one a metric for the span, two for each
    of the earlier weeks.
    """
    seen = await see(kit, _DIGEST_PATIENCE)
    priced = subscription.audience is not Audience.VENDORS
    metrics = DIGEST_METRICS if priced else STATUS_METRICS
    asked = [Question(metrics, span, step_for(span), _DIGEST_PATIENCE)]
    for weeks in range(1, _WEEKS + 1) if priced else ():
        before = earlier_span(span, weeks, subscription.zone)
        asked.append(Question(SPENDING_METRICS, before, coarse_step(before), _DIGEST_PATIENCE))
    # All at once: a source that is silent costs its patience once.
    fleet, *earlier = await asyncio.gather(*(look(kit, seen, one) for one in asked))
    async with kit.store.begin() as tx:
        recent = {one.id: one for one in await tx.campaigns.recent(_RECENT)}
        recent |= {one.id: one for one in await tx.campaigns.open()}
        undertakings = [await _undertaking(tx, one) for one in recent.values()]
        past = await tx.alerts.past(span)
        settled = await tx.settlements.newest(_RECENT) if priced else ()
        bill = await tx.snapshots.bill() if priced and kit.house.billing else None
        spends = [await _spend(tx, team, span, kit.house) for team in kit.house.fences.teams]
    return DigestFacts(
        house=kit.house,
        cadence=subscription.cadence,
        span=span,
        zone=subscription.zone,
        fleet=fleet,
        earlier=tuple(earlier),
        campaigns=tuple(undertakings),
        noise=noise_of(past, span, Night(kit.house.zone)),
        spends=tuple(spends),
        settled=tuple(settled),
        bill=bill,
    )


async def _undertaking(tx: Transaction, campaign: Campaign) -> Undertaking:
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    return Undertaking(campaign, stored[0] if stored else None)


async def _spend(tx: Transaction, team: Team, span: Window, house: House) -> TeamSpend:
    month = month_of(span.end - timedelta(seconds=1), house.zone)
    lines = await tx.budgets.taken(team.name, month, without="")
    total = sum((line.amount for line in lines), start=ZERO)
    return TeamSpend(team, month, total, len(lines))
