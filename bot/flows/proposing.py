"""A plan with what the guardrails say of it and the ways out; for the drive flow and the command line."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.campaign import Announcement, Campaign, CampaignState
from bot.core.case import Case, Facts
from bot.core.cost_learning import learn_costs
from bot.core.evidence import NO_BACKGROUND, Background, Neighbour, WorkloadEvidence
from bot.core.plan import Plan
from bot.core.planner import make_plan
from bot.core.settlement import RECENT, correction, likely
from bot.core.verdict import Effect, Role, Verdict
from bot.core.way_out import Search, starts_to_try, ways_out
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.facts import gather_evidence
from bot.ports.kit import Kit
from bot.surroundings import facts_of, look_outside
from policies import judge

Evidence = Sequence[WorkloadEvidence]
# Older ones hardly weigh: half after half a year.
_LESSONS = 500


@dataclass(frozen=True, slots=True)
class Basis:
    """What one campaign is planned from."""

    campaign: Campaign
    evidence: Evidence
    roles: frozenset[Role]
    now: datetime
    background: Background = NO_BACKGROUND


async def propose(basis: Basis, kit: Kit) -> tuple[Plan, Verdict]:
    """The plan and its verdict; where it does not simply pass, with the nearest plans that do.

    Raises what the store raises. A way out with another start is left out where it cannot be measured.
    """
    facts = await facts_now(basis.campaign, kit)
    basis = replace(basis, background=await _background(basis.campaign, kit))
    plan = _plan(basis, basis.campaign.announcement, basis.evidence, kit)
    plan = await _with_correction(plan, kit)
    case = Case(basis.campaign, plan, basis.roles, kit.house, basis.now, facts)
    verdict = judge(case)
    if verdict.effect is Effect.ALLOW:
        return plan, verdict
    return plan, await _with_ways_out(basis, case, verdict, kit)


async def _with_correction(plan: Plan, kit: Kit) -> Plan:
    """Says what it is likely to cost, where earlier estimates were off."""
    async with kit.store.begin() as tx:
        learnt = correction(await tx.settlements.newest(RECENT))
    said = likely(plan, learnt)
    return replace(plan, warnings=(*plan.warnings, said)) if said else plan


async def _background(campaign: Campaign, kit: Kit) -> Background:
    """What finished campaigns brought and cost, and the claims of those to come."""
    async with kit.store.begin() as tx:
        others = [one for one in await tx.campaigns.open() if one.id != campaign.id]
        claims = [tuple(await tx.capacity.claims_of(one.id)) for one in others]
        past = tuple(await tx.lessons.newest(_LESSONS))
        book = await tx.snapshots.prices() if kit.house.catalog_prices else None
        costs = learn_costs(await tx.settlements.newest(RECENT))
    neighbours = [
        Neighbour(one.announcement.name, held)
        for one, held in zip(others, claims, strict=True)
        if held
    ]
    return Background(past=past, others=tuple(neighbours), prices=book, costs=costs)


async def facts_now(campaign: Campaign, kit: Kit) -> Facts:
    """The facts around the campaign, in a transaction of their own."""
    outside = await look_outside(kit)
    async with kit.store.begin() as tx:
        return await facts_of(tx, campaign, outside, kit.house)


async def _with_ways_out(basis: Basis, case: Case, verdict: Verdict, kit: Kit) -> Verdict:
    starts = await asyncio.to_thread(starts_to_try, case, verdict, judge)
    found = await asyncio.gather(*(_measured(basis.campaign, start, kit) for start in starts))
    evidence = {start: one for start, one in zip(starts, found, strict=True) if one}
    titles = {group.name: group.title for group in kit.house.groups}

    def plan(announcement: Announcement) -> Plan:
        measured = evidence.get(announcement.window, basis.evidence)
        return _plan(basis, announcement, measured, kit)

    search = Search(case, verdict, plan, judge, tuple(evidence), titles)
    return replace(verdict, ways_out=await asyncio.to_thread(ways_out, search))


async def _measured(campaign: Campaign, window: Window, kit: Kit) -> Evidence:
    moved = replace(campaign, announcement=replace(campaign.announcement, window=window))
    try:
        return await gather_evidence(kit, moved)
    except (TryAgain, GiveUp):
        return ()


def _plan(basis: Basis, announcement: Announcement, evidence: Evidence, kit: Kit) -> Plan:
    """The plan for what is asked, from the workloads of its groups only."""
    campaign = replace(basis.campaign, announcement=announcement, state=CampaignState.PLANNING)
    names = set(announcement.groups)
    concerned = [one for one in evidence if names & set(one.workload.groups)]
    return make_plan(
        campaign,
        concerned or evidence,
        house=kit.house,
        now=basis.now,
        background=basis.background,
    )
