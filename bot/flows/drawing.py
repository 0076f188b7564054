"""The plan as a chart under the campaign's message: Slack's own, or a picture where it is refused. For why, drive and publish."""

import asyncio
import base64
from datetime import datetime

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
    """The same chart as an upload, for where Slack does not take its own chart block; None if there is none."""
    campaign_id = post.wanted.subject.removeprefix(SUBJECT)
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(campaign_id)
        stored = campaign and await tx.campaigns.plan(campaign_id, campaign.plan_version)
    picture = _picture(campaign, stored[0]) if campaign and stored else None
    drawn = await asyncio.to_thread(kit.charts.draw, picture) if picture else None
    if campaign is None or drawn is None:
        return None
    return WantedPost(
        channel=post.wanted.channel,
        subject=f"plan-picture/{campaign_id}/{campaign.plan_version}",
        message=Message(f"{campaign_id}-plan.png"),
        kind=PostKind.FILE,
        thread_of=f"campaign/{campaign_id}",
        attachment=PNG + base64.b64encode(drawn).decode(),
        lane=7,
    )


def content_of(attachment: str) -> str | bytes:
    """What is uploaded: text as it is, a picture as its bytes."""
    if not attachment.startswith(PNG):
        return attachment
    return base64.b64decode(attachment.removeprefix(PNG))


def _picture(campaign: Campaign, plan: Plan) -> Picture | None:
    announcement = campaign.announcement
    return picture_of(plan, f"{announcement.name}: the plan", announcement.zone)
