"""Says in an incident which live campaign may explain it, and how demand compares with its plan. The key is the incident's id."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.campaign import Campaign, CampaignState
from bot.core.fleet import WorkloadKey
from bot.core.incident import Incident
from bot.core.plan import Plan
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.incidents import show
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_AGAIN = timedelta(minutes=5)
_RECENT = timedelta(minutes=10)
_STEP = timedelta(minutes=1)
_LIVE = frozenset({CampaignState.WARMING, CampaignState.LIVE})


async def explain(key: str, kit: Kit) -> datetime | None:
    """While both last, looks again every five minutes; the message changes only with the sentence."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        incident = await tx.alerts.get(key)
        if incident is None or not incident.open or incident.spoken_at is None:
            return None
        found = await _campaign(tx, incident)
    if found is None:
        return None
    sentence = await _sentence(found[0], found[1], kit, now)
    url = await _address(found[0], kit) or incident.context_url
    async with kit.store.begin() as tx:
        incident = await tx.alerts.get(key)
        if incident is None or not incident.open:
            return None
        if (incident.context, incident.context_url) != (sentence, url):
            told = replace(incident, context=sentence, context_url=url)
            saved = await tx.alerts.save(told)
            await show(tx, saved, kit, now)
            # A save makes others' decisions stale; whoever pages looks again.
            await tx.jobs.wake(Job(JobName.ESCALATE, incident.id), now)
    return now + _AGAIN


async def _campaign(tx: Transaction, incident: Incident) -> tuple[Campaign, Plan] | None:
    """The campaign that is live on the incident's workload group, or on its workload."""
    for campaign in await tx.campaigns.open():
        if campaign.state not in _LIVE:
            continue
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
        if stored is None:
            continue
        plan = stored[0]
        group = incident.subject.facets.get("group")
        theirs = any(incident.concerns(one.key) for one in plan.workloads)
        if group in campaign.announcement.groups or theirs:
            return campaign, plan
    return None


async def _address(campaign: Campaign, kit: Kit) -> str:
    """Where the campaign's message is; "" while Slack does not say."""
    async with kit.store.begin() as tx:
        post = await tx.posts.get(campaign.channel, f"campaign/{campaign.id}")
    if post is None or not post.ts:
        return ""
    try:
        return await kit.chat.permalink(campaign.channel, post.ts)
    except (TryAgain, GiveUp):
        return ""


async def _sentence(campaign: Campaign, plan: Plan, kit: Kit, now: datetime) -> str:
    window = campaign.announcement.window
    word = "live" if window.contains(now) else "about to start"
    first = f"{campaign.announcement.name} is {word}"
    ratio = await _against_plan(plan, kit, now) if window.contains(now) else None
    return f"{first}; demand {ratio:.1f} × plan." if ratio is not None else f"{first}."


async def _against_plan(plan: Plan, kit: Kit, now: datetime) -> float | None:
    """Measured demand over what the plan expected at its peak; None if either is unknown."""
    expected = {one.key: one.expected.expected for one in plan.workloads}
    expected = {key: rps for key, rps in expected.items() if rps > 0}
    if not expected:
        return None
    window = Window(now - _RECENT, now)
    try:
        measured = await kit.metrics.series(Metric.REQUESTS, list(expected), window, _STEP)
    except (TryAgain, GiveUp):
        return None
    latest: dict[WorkloadKey, float] = {}
    for key, series in measured.items():
        point = series.latest()
        if point is not None:
            latest[key] = point[1]
    planned = sum(expected[key] for key in latest if key in expected)
    ratio = sum(latest.values()) / planned if planned else math.nan
    return ratio if math.isfinite(ratio) else None
