"""Reminds approvers in the thread, then asks named people and administrators directly. The key is a campaign id.

The same for its plan and for every change of it that waits. Also lets those direct messages follow how
the request stands, and closes questions that nobody can answer any more. Doing it again says nothing
again, so the sweep may wake it at any time. Nothing here decides: silence stays a no, and only what
people said is counted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.deadline import deadline, question_of
from bot.cards.nudging import nudge, reminder, settled_nudge
from bot.cards.view import CampaignView, approval_channels
from bot.core.campaign import Campaign
from bot.core.message import WantedPost
from bot.core.verdict import Effect, Role
from bot.errors import GiveUp, TryAgain
from bot.facts import view_of
from bot.flows.asking import changes_of, is_open, show_request
from bot.flows.counting import count_again
from bot.ports.kit import Kit
from bot.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class _Request:
    """A request for approval of `campaign`, at an instant; `near` are those who are asked directly."""

    campaign: Campaign
    view: CampaignView
    near: Sequence[str]
    now: datetime

    @property
    def name(self) -> str:
        return f"{self.view.campaign.id}/{self.view.campaign.plan_version}"


async def remind(key: str, kit: Kit) -> datetime | None:
    """Says what is due; returns when the next reminder is."""
    now = kit.clock.now()
    admins = await _admins(kit)
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(key)
        if campaign is None:
            return None
        views = [await view_of(tx, campaign, kit), *await changes_of(tx, campaign, kit)]
        due = [
            await _look(tx, _Request(campaign, view, _near(view, admins), now), kit)
            for view in views
        ]
    due += [await count_again(view, kit) for view in views if is_open(view, campaign, now)]
    return min((at for at in due if at is not None), default=None)


async def _look(tx: Transaction, request: _Request, kit: Kit) -> datetime | None:
    view, now = request.view, request.now
    asked = view.campaign.asked_at
    if asked is None or not is_open(view, request.campaign, now):
        await _close(tx, request, kit)
        return None
    remind_at, escalate_at = kit.house.oversight.reminders(asked, deadline(view))
    if now >= remind_at:
        await _remind(tx, request, kit)
    if now >= escalate_at:
        await _escalate(tx, request, kit)
    return min(at for at in (remind_at, escalate_at, deadline(view)) if at > now)


async def _remind(tx: Transaction, request: _Request, kit: Kit) -> None:
    """Once in each channel where it was asked, under the question."""
    for channel in approval_channels(request.view.verdict, kit.house):
        subject = f"reminder/{request.name}"
        if await tx.posts.get(channel, subject) is None:
            said = WantedPost(
                channel=channel,
                subject=subject,
                message=reminder(request.view),
                thread_of=question_of(request.view),
                lane=2,
            )
            await tx.posts.want(said, request.now)


async def _escalate(tx: Transaction, request: _Request, kit: Kit) -> None:
    """Once to each of those who could decide and have not."""
    for user in request.near:
        subject = f"nudge/{request.name}"
        if await tx.posts.get(user, subject) is None:
            said = WantedPost(user, subject, nudge(request.view, kit.house.engineers), lane=2)
            await tx.posts.want(said, request.now)


async def _close(tx: Transaction, request: _Request, kit: Kit) -> None:
    """Who was asked directly reads there that it is settled, and so does the channel where nobody decided."""
    view = request.view
    if view.before is not None and all(one.approved for one in view.approvals):
        await show_request(tx, request.campaign, view.campaign.plan_version, kit, request.now)
    subject = f"nudge/{request.name}"
    for user in await tx.posts.places(subject, request.near):
        await tx.posts.want(WantedPost(user, subject, settled_nudge(request.view)), request.now)


def _near(view: CampaignView, admins: Sequence[str]) -> list[str]:
    """Named people, who was handed a right, and administrators; not those whose wish it is."""
    asked = () if view.verdict is None else view.verdict.with_effect(Effect.NEEDS_APPROVAL)
    named = [user for finding in asked for user in finding.people]
    handed = [one.taker for one in view.handed]
    owners = {view.campaign.announcer, view.campaign.confirmed_by}
    return [user for user in dict.fromkeys([*named, *handed, *admins]) if user not in owners]


async def _admins(kit: Kit) -> list[str]:
    """Everybody who is known to be one; a group that Slack does not tell adds nobody."""
    found = {user for user, roles in kit.house.roles.items() if Role.ADMIN in roles}
    for group, roles in kit.house.role_groups.items():
        if Role.ADMIN in roles:
            try:
                found |= await kit.chat.members(group)
            except (TryAgain, GiveUp):
                continue
    return sorted(found)
