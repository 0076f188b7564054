"""What waits for somebody's yes: a campaign's plan, or a change of one that is prepared or live.

A change that waits is a plan of a version above the campaign's, and a row of the record that says who
wants it since when; another row says who took that back. A change that took effect after that row has
replaced the plan it was asked about: put into effect, it would undo the other one. Nothing else is stored. Used by the flows
that ask, remind and decide.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards.change_request import lapsed, question
from bot.cards.deadline import is_move, question_of, waits
from bot.cards.view import CampaignView, approval_channels
from bot.core.campaign import Campaign
from bot.core.message import Message, WantedPost
from bot.core.trail import AuditRow
from bot.core.wish import DONE, Deed
from bot.facts import show, view_of
from bot.ports.jobs import followers
from bot.ports.kit import Kit
from bot.ports.store import Transaction

# The acts on the record.
ASKED = "asked for a change"
WITHDREW = "withdrew a change"
_SETTLED = frozenset({WITHDREW, "declined", *DONE.values()})
_GOES_ON = frozenset({DONE[Deed.EXTEND], DONE[Deed.SHORTEN], DONE[Deed.MOVE]})


async def changes_of(tx: Transaction, campaign: Campaign, kit: Kit) -> list[CampaignView]:
    """Every change of it that was ever asked about, the first one first; `is_open` tells what still waits."""
    rows = await tx.audit.about(f"campaign/{campaign.id}")
    asked = {row.version: row for row in rows if row.act == ASKED}
    taken = {row.version: row.actor for row in rows if row.act == WITHDREW}
    askers = {version: row.actor for version, row in asked.items()}
    present = await tx.campaigns.plan(campaign.id, campaign.plan_version) if asked else None
    found = []
    for version, row in sorted(asked.items()):
        wanted = replace(campaign, plan_version=version, confirmed_by=row.actor, asked_at=row.at)
        view = await view_of(tx, wanted, kit)
        if present is not None and view.plan is not None:
            view = replace(view, before=present[0], withdrawn_by=taken.get(version, ""))
            by = _overtaking(view, rows)
            if by is not None:
                who = askers.get(by.version, by.actor)
                view = replace(view, overtaken_by=who, overtaken_as=by.act)
            found.append(view)
    return found


def _overtaking(view: CampaignView, rows: Sequence[AuditRow]) -> AuditRow | None:
    """The first change that took effect while the one that `view` is of waited."""
    version, later = view.campaign.plan_version, False
    for row in rows:
        own = row.version == version
        if own and row.act in _SETTLED:
            return None
        if later and row.act in _GOES_ON:
            return None if _missed(view, row.at) else row
        later |= own and row.act == ASKED
    return None


def _missed(view: CampaignView, at: datetime) -> bool:
    """Whether it was too late by then to put off the start; of what is live only the end changes."""
    return is_move(view) and at >= view.campaign.announcement.window.start


async def request_of(
    tx: Transaction, campaign: Campaign, version: int, kit: Kit
) -> CampaignView | None:
    """What a yes or no to that version of the plan is about; None for a plan that was replaced.

    A change that was overtaken is there too: it says by what.
    """
    if version == campaign.plan_version:
        return await view_of(tx, campaign, kit)
    view = await _change_of(tx, campaign, version, kit)
    known = view is not None and (version > campaign.plan_version or view.overtaken_as)
    return view if known else None


def thread_post(campaign: Campaign, version: int, message: Message) -> WantedPost:
    """In the campaign's thread: one message for each change, which shows how it was settled."""
    return WantedPost(
        channel=campaign.channel,
        subject=f"changed/{campaign.id}/{version}",
        message=message,
        thread_of=f"campaign/{campaign.id}",
    )


def is_open(view: CampaignView, campaign: Campaign, now: datetime) -> bool:
    """Whether a yes still counts for it as the campaign stands."""
    decided = view.before is not None and view.campaign.plan_version <= campaign.plan_version
    return waits(view, now) and not decided


async def show_request(
    tx: Transaction, campaign: Campaign, version: int, kit: Kit, now: datetime
) -> None:
    """The question about that version as it stands now, where it was asked; who follows it looks again."""
    if version == campaign.plan_version:
        await show(tx, campaign, kit, now)
        return
    rows = await tx.audit.about(f"campaign/{campaign.id}")
    if any(row.version == version and row.act in DONE.values() for row in rows):
        return  # the record of it stands where it was asked
    view = await _change_of(tx, campaign, version, kit)
    if view is None:
        return
    still = is_open(view, campaign, now)
    said = question(view) if still else lapsed(view)
    changed = False
    for channel in approval_channels(view.verdict, kit.house):
        post = WantedPost(channel, question_of(view), said, lane=2)
        changed |= await tx.posts.want(post, now)
    if not still:
        there = thread_post(campaign, version, said)
        await tx.posts.want(there, now)
        if view.overtaken_as:  # nobody reads again what is only edited, and they count on it
            told = replace(there, subject=f"overtaken/{campaign.id}/{version}")
            await tx.posts.want(told, now)
    for job in followers(campaign.id) if changed else ():
        await tx.jobs.wake(job, now)


async def _change_of(
    tx: Transaction, campaign: Campaign, version: int, kit: Kit
) -> CampaignView | None:
    changes = await changes_of(tx, campaign, kit)
    return next((one for one in changes if one.campaign.plan_version == version), None)
