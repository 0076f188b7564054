"""Gathers what a decision must know into frozen values, and shows a campaign as it stands; called by the flows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.approval import approval_card
from bot.cards.campaign import CampaignView, campaign_card
from bot.cards.deadline import question_of
from bot.cards.form import CALLBACK_ID, read_form_metadata
from bot.cards.view import approval_channels
from bot.core.announcement import draft_of as draft_of
from bot.core.announcement import from_form, understand
from bot.core.campaign import Announcement, Campaign, CampaignState
from bot.core.command import parse_command
from bot.core.delivery import Delivery
from bot.core.draft import Draft
from bot.core.evidence import (
    RECENT_METRICS,
    WorkloadEvidence,
    recent_window,
    usual_step,
    weeks_back,
)
from bot.core.experience import PageSummary
from bot.core.fleet import Workload, WorkloadKey
from bot.core.holding import Holding
from bot.core.house import House
from bot.core.message import Message, PostKind, WantedPost
from bot.core.report import Report
from bot.core.series import Metric, Series
from bot.core.standing import Standing
from bot.core.verdict import Role
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.ports.jobs import EVERYBODY, Job, JobName, followers
from bot.ports.kit import Kit
from bot.ports.store import Transaction
from bot.surroundings import keep_books, summaries

_RECENT_STEP = timedelta(minutes=5)
_COALESCE = timedelta(seconds=1)  # several changes in a row are one for Home tabs

Measured = dict[WorkloadKey, dict[Metric, Series]]


@dataclass(frozen=True, slots=True)
class Roles:
    """What a person may do; `certain` is false while Slack does not answer about a user group."""

    held: frozenset[Role]
    certain: bool


async def roles_of(kit: Kit, user: str) -> frozenset[Role]:
    """The roles of a person; fails closed: what Slack does not tell, nobody has."""
    return (await look_up_roles(kit, user)).held


async def look_up_roles(kit: Kit, user: str) -> Roles:
    """The same, and whether asking again later could find more.

    A user group may hold guests and people of other organisations: it gives a role to full members
    only. Others have one when an administrator lists their user id.
    """
    listed = frozenset(kit.house.roles.get(user, ()))
    if not kit.house.role_groups:
        return Roles(listed, certain=True)
    by_group = await _roles_by_group(kit, user)
    if by_group.held <= listed:
        return Roles(listed, by_group.certain)
    try:
        full = await kit.chat.standing(user) is Standing.MEMBER
    except TryAgain:
        return Roles(listed, certain=False)
    except GiveUp:  # Slack does not know them, or does not tell us
        full = False
    return Roles(listed | by_group.held if full else listed, by_group.certain)


async def _roles_by_group(kit: Kit, user: str) -> Roles:
    held, certain = set[Role](), True
    async with kit.store.begin() as tx:
        changed = await tx.oversight.groups_changed()
    for group, roles in kit.house.role_groups.items():
        try:
            members = await kit.chat.members(group, changed.get(group))
        except TryAgain:
            certain = False
        except GiveUp:
            continue  # no such group, or a workspace without groups: the configured list is all there is
        else:
            held |= set(roles) if user in members else set()
    return Roles(frozenset(held), certain)


async def gather_evidence(kit: Kit, campaign: Campaign) -> tuple[WorkloadEvidence, ...]:
    """All workloads of the campaign's groups with what was measured of them.

    One discovery, then a number of metric requests that does not grow with the workloads. The
    baseline and the maximum of a workload held for another campaign are what it goes back to, not
    what is set now.
    Raises what the Cloud and Metrics ports raise.
    """
    now = kit.clock.now()
    names = _group_names(campaign.announcement, kit.house)
    found = [one for one in await kit.cloud.discover() if names & set(one.groups)]
    if not found:
        return ()
    async with kit.store.begin() as tx:
        held = {h.key: h for h in await tx.capacity.holdings() if h.restored_at is None}
    keys = [one.key for one in found]
    window, zone = campaign.announcement.window, campaign.announcement.zone
    weeks = weeks_back(window, zone, weeks=kit.house.weeks_of_history, now=now)
    step = usual_step(window, len(keys))
    earlier = [kit.metrics.series(Metric.REQUESTS, keys, week, step) for week in weeks]
    usual = await asyncio.gather(*earlier)
    recent = await measure(kit, RECENT_METRICS, keys, recent_window(now), step=_RECENT_STEP)
    return tuple(
        WorkloadEvidence(
            workload=_without_what_is_lent(one, held.get(one.key)),
            baseline=held[one.key].baseline if one.key in held else one.scaling.floor,
            usual=tuple(week[one.key] for week in usual if one.key in week),
            recent=recent.get(one.key, {}),
        )
        for one in found
    )


def _without_what_is_lent(workload: Workload, holding: Holding | None) -> Workload:
    """A maximum that was raised for another campaign goes back with that one's capacity."""
    if holding is None or holding.written_ceiling is None:
        return workload
    own = replace(workload.scaling, ceiling=holding.baseline_ceiling or 0)
    return replace(workload, scaling=own)


async def measure(
    kit: Kit,
    metrics: Sequence[Metric],
    keys: Sequence[WorkloadKey],
    window: Window,
    *,
    step: timedelta,
) -> Measured:
    """Several metrics of several workloads, one request for each metric; what is missing is absent."""
    answers = await asyncio.gather(*(kit.metrics.series(m, keys, window, step) for m in metrics))
    measured: Measured = {}
    for metric, answer in zip(metrics, answers, strict=True):
        for key, series in answer.items():
            measured.setdefault(key, {})[metric] = series
    return measured


def understood(delivery: Delivery, house: House, now: datetime) -> Announcement | Draft:
    """What a command or a form says, however it came."""
    if delivery.action == CALLBACK_ID or delivery.values:
        return from_form(delivery.values, now=now, house=house)
    rest = parse_command(delivery.command, delivery.text).rest
    return understand(rest, now=now, house=house)


def answer_to(delivery: Delivery, message: Message, house: House) -> WantedPost:
    """A private answer to who sent the delivery, where they are."""
    _, channel = read_form_metadata(delivery.metadata)
    there = delivery.channel or channel or house.default_channel
    # On the Home tab nothing can be whispered, and in a direct conversation nothing need be.
    direct = there == delivery.user or (there.startswith("D") and not delivery.response_url)
    return WantedPost(
        channel=there,
        subject=f"answer/{delivery.identity}",
        message=message,
        kind=PostKind.MESSAGE if direct else PostKind.EPHEMERAL,
        user=delivery.user,
        response_url=delivery.response_url,
        lane=0,
    )


async def view_of(
    tx: Transaction, campaign: Campaign, kit: Kit, *, report: Report | None = None
) -> CampaignView:
    """A campaign with all that its cards show."""
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    plan, verdict = stored or (None, None)
    keys = {workload.key for workload in plan.workloads} if plan else set()
    # What was held for an earlier campaign says nothing about this one before it is over itself.
    past = campaign.state is CampaignState.RESTORING or campaign.state.final
    known = [h for h in await tx.capacity.holdings() if h.key in keys]
    holdings = tuple(h for h in known if past or h.restored_at is None)
    approvals = await tx.campaigns.approvals(campaign.id, campaign.plan_version)
    handed = await tx.campaigns.delegations(campaign.id, campaign.plan_version)
    pauses = tuple(await tx.oversight.pauses())
    return CampaignView(
        campaign,
        plan,
        verdict,
        holdings,
        tuple(approvals),
        kit.seal,
        report,
        handed=tuple(handed),
        pauses=pauses,
        pages=await _pages_of(tx, campaign, kit),
    )


async def _pages_of(tx: Transaction, campaign: Campaign, kit: Kit) -> tuple[PageSummary, ...]:
    """What customers have felt of it since its start, while it is live."""
    now, window = kit.clock.now(), campaign.announcement.window
    if campaign.state is not CampaignState.LIVE or now <= window.start:
        return ()
    return await summaries(tx, campaign.announcement.groups, Window(window.start, now), kit)


async def show(
    tx: Transaction, campaign: Campaign, kit: Kit, now: datetime, *, report: Report | None = None
) -> CampaignView:
    """Says how the campaign's message, and the approvers' one if there is any, must look now.

    Every change of a campaign comes by here, so the team's books are kept here too.
    """
    view = await view_of(tx, campaign, kit, report=report)
    await keep_books(tx, campaign, view.plan, kit.house, report)
    said = campaign_post(view, kit, now)
    there = await tx.posts.get(said.channel, said.subject)
    if there is not None:
        said = replace(said, response_url=there.wanted.response_url)
    if await tx.posts.want(said, now):
        await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now + _COALESCE)
    for asked in approval_posts(view, kit, now):
        if await tx.posts.get(asked.channel, asked.subject) is None:
            continue
        if await tx.posts.want(asked, now):
            for job in followers(campaign.id):
                await tx.jobs.wake(job, now)
    return view


def campaign_post(view: CampaignView, kit: Kit, now: datetime) -> WantedPost:
    """The one message of a campaign as it must look now."""
    return WantedPost(
        channel=view.campaign.channel,
        subject=f"campaign/{view.campaign.id}",
        message=campaign_card(view, house=kit.house, now=now),
        user=view.campaign.announcer,
    )


def approval_posts(view: CampaignView, kit: Kit, now: datetime) -> tuple[WantedPost, ...]:
    """The question to the approvers about the campaign's present plan, or the record of its answer."""
    return tuple(
        WantedPost(
            channel=channel,
            subject=question_of(view),
            message=approval_card(view, house=kit.house, now=now),
            lane=2,
        )
        for channel in approval_channels(view.verdict, kit.house)
    )


def _group_names(announcement: Announcement, house: House) -> set[str]:
    groups = [(house.group(name), name) for name in announcement.groups]
    return {group.name if group else name for group, name in groups}
