"""The plan as a chart under the campaign's message: Slack's own, or a picture where it is refused. For why, drive and publish."""

import asyncio
import base64
import re
from datetime import datetime

from bot.cards.figures import figures_in
from bot.cards.plan_chart import plan_chart
from bot.core.campaign import Campaign
from bot.core.message import Message, Post, PostKind, WantedPost
from bot.core.picture import Picture, picture_of
from bot.core.plan import Plan
from bot.ports.kit import Kit
from bot.ports.store import Transaction

SUBJECT = "plan-chart/"
PNG = "data:image/png;base64,"


async def want_chart(tx: Transaction, campaign: Campaign, plan: Plan, now: datetime) -> None:
    """A reply in the campaign's thread; nothing where nothing is raised."""
    picture = _picture(campaign, plan)
    if picture is None:
        return
    post = WantedPost(
        channel=campaign.channel,
        subject=f"{SUBJECT}{campaign.id}",
        message=plan_chart(picture),
        thread_of=f"campaign/{campaign.id}",
        lane=7,
    )
    await tx.posts.want(post, now)


async def redraw(tx: Transaction, campaign: Campaign, plan: Plan, now: datetime) -> None:
    """The chart follows a new plan once somebody has asked for it."""
    if await tx.posts.get(campaign.channel, f"{SUBJECT}{campaign.id}") is not None:
        await want_chart(tx, campaign, plan, now)


async def as_file(post: Post, kit: Kit) -> WantedPost | None:
    """A message's charts as an upload in its thread, for where Slack does not take its own chart block.

    None if there are none, or nobody could see them: a private answer has no thread.
    """
    wanted = post.wanted
    if wanted.kind is not PostKind.MESSAGE or not kit.house.slack.files:
        return None
    if wanted.subject.startswith(SUBJECT):
        return await _plan_as_file(wanted, kit)
    figures = figures_in(wanted.message)
    drawn = await asyncio.to_thread(kit.charts.draw_figures, figures) if figures else None
    if drawn is None:
        return None
    return _file(wanted, f"picture/{wanted.subject}", _file_name(figures[0].title), drawn)


async def _plan_as_file(wanted: WantedPost, kit: Kit) -> WantedPost | None:
    """The plan's picture tells more than its charts: when capacity is raised, and what is usual."""
    campaign_id = wanted.subject.removeprefix(SUBJECT)
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(campaign_id)
        stored = campaign and await tx.campaigns.plan(campaign_id, campaign.plan_version)
    picture = _picture(campaign, stored[0]) if campaign and stored else None
    drawn = await asyncio.to_thread(kit.charts.draw, picture) if picture else None
    if campaign is None or drawn is None:
        return None
    subject = f"plan-picture/{campaign_id}/{campaign.plan_version}"
    return _file(wanted, subject, f"{campaign_id}-plan.png", drawn)


def _file(beside: WantedPost, subject: str, name: str, content: bytes) -> WantedPost:
    return WantedPost(
        channel=beside.channel,
        subject=subject,
        message=Message(name),
        kind=PostKind.FILE,
        thread_of=beside.thread_of or beside.subject,
        attachment=PNG + base64.b64encode(content).decode(),
        lane=7,
    )


def _file_name(title: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    return f"{'-'.join(words) or 'chart'}.png"


def content_of(attachment: str) -> str | bytes:
    """What is uploaded: text as it is, a picture as its bytes."""
    if not attachment.startswith(PNG):
        return attachment
    return base64.b64decode(attachment.removeprefix(PNG))


def _picture(campaign: Campaign, plan: Plan) -> Picture | None:
    announcement = campaign.announcement
    return picture_of(plan, f"{announcement.name}: the plan", announcement.zone)
