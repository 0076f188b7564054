"""Shows in Slack what is wanted there: one post of one channel a tick. The only flow that sends messages.

A first send is claimed in its own transaction, so that after a crash the message is looked for by its
mark before it is sent again. Private answers and files cannot be looked for: they are sent again.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.answers import delayed, trouble
from bot.cards.figures import without_figures
from bot.core.message import Message, Post, PostKind, WantedPost
from bot.errors import GiveUp, NotAllowed, NotFound, Refused, SlowDown, TryAgain
from bot.flows.drawing import as_file, content_of
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction
from bot.reach import close_channel, reopen_channel

# A channel that cannot be posted to, and no other left: an engineer must act, so look rarely.
_NOWHERE_TO_SAY_IT = timedelta(minutes=5)
# Short enough that people see the truth soon after an outage; a call in so many seconds hammers nobody.
_LONGEST_PAUSE = timedelta(seconds=15)
_SHORTEST_PAUSE = timedelta(seconds=2)
_SLOW_DOWN = timedelta(seconds=30)
_CAMPAIGN = "campaign/"
_ALERTS = ("incident/", "storm/")
_PLAIN_LIMIT = 3500  # Slack: keep the text under 4,000 characters

log = logging.getLogger("headroom.publish")


async def publish(channel: str, kit: Kit) -> datetime | None:
    """Sends or edits the channel's next post; returns when to look at the channel again."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        post = await tx.posts.next(channel, now)
        if not isinstance(post, Post):
            return post
        if not post.ts:
            await tx.posts.claim(post.id, now)
    try:
        ts = await _send(post, kit)
    except TryAgain as error:
        return await _pause(post, kit, error)
    except Refused as error:
        return await _refused(post, kit, error)
    except GiveUp as error:
        return await _elsewhere(post, kit, error)
    async with kit.store.begin() as tx:
        await tx.posts.shown(post.id, post.wanted_rev, ts, kit.clock.now())
        if ts:
            await reopen_channel(tx, channel, kit, kit.clock.now())
    return kit.clock.now()


async def _send(post: Post, kit: Kit) -> str:
    """Makes it seen and returns the ts ("" for what has none)."""
    wanted = post.wanted
    match wanted.kind:
        case PostKind.MESSAGE:
            return await _show(post, kit)
        case PostKind.EPHEMERAL:
            await _whisper(wanted, kit, _content(post, kit))
        case PostKind.FILE:
            await kit.chat.upload(
                wanted.channel, post.thread_ts, wanted.message.text, content_of(wanted.attachment)
            )
    return ""


async def _show(post: Post, kit: Kit) -> str:
    """Edits the message where it is; else looks for one that a crash left unrecorded; else posts it."""
    channel, mark, content = post.wanted.channel, post.wanted.subject, _content(post, kit)
    since = post.claimed_at
    if post.ts:
        try:
            await kit.chat.update(channel, post.ts, content, mark=mark)
        except NotFound:
            since = post.wanted_at  # somebody deleted it: it is posted anew, once
        else:
            return post.ts
    if since is not None:
        found = await kit.chat.find(channel, mark, since, thread_ts=post.thread_ts)
        if found is not None and found != post.ts:
            await kit.chat.update(channel, found, content, mark=mark)
            return found
    try:
        return await kit.chat.post(channel, content, thread_ts=post.thread_ts, mark=mark)
    except NotFound:
        if not post.thread_ts:
            raise
    return await kit.chat.post(channel, content, mark=mark)  # the thread is gone, not the channel


async def _whisper(wanted: WantedPost, kit: Kit, content: Message) -> None:
    """By the response_url while it lives, else in the channel, else where both are, else directly."""
    if wanted.response_url:
        try:
            return await kit.chat.respond(wanted.response_url, content)
        except GiveUp:
            pass  # used up or too old
    for channel in (wanted.channel, kit.house.default_channel):
        try:
            return await kit.chat.ephemeral(channel, wanted.user, content)
        except (NotAllowed, NotFound):
            continue
    await kit.chat.post(wanted.user, content)
    return None


def _content(post: Post, kit: Kit) -> Message:
    """The message; once Slack has refused it without charts, or only its text. A first showing that is late says so."""
    message = post.wanted.message
    if post.plain:
        return without_figures(message) or Message(message.text[:_PLAIN_LIMIT])
    return message if post.ts else delayed(message, kit.clock.now() - post.wanted_at)


async def _pause(post: Post, kit: Kit, error: TryAgain) -> datetime:
    """Nothing goes to the channel for a while; the claim stays, for the call may have had its effect."""
    now = kit.clock.now()
    waited = max(now - post.wanted_at, _SHORTEST_PAUSE)
    usual = _SLOW_DOWN if isinstance(error, SlowDown) else min(waited, _LONGEST_PAUSE)
    until = now + (error.after or usual)
    async with kit.store.begin() as tx:
        await tx.posts.pause(post.wanted.channel, until)
    return until


async def _refused(post: Post, kit: Kit, error: Refused) -> datetime:
    """The content does not please Slack: once more without charts, then as plain text; then the engineers hear.

    An alert that nobody has seen goes the way of a closed channel instead.
    """
    now = kit.clock.now()
    wanted = post.wanted
    drawn = None if post.plain else await as_file(post, kit)
    async with kit.store.begin() as tx:
        if drawn is not None:
            await tx.posts.want(drawn, now)
        if not post.plain and wanted.kind is not PostKind.FILE:
            await tx.posts.failed(post.id, error.reason, now, plain=True)
            return now
        if without_figures(wanted.message) is not None and await _is_newest(tx, post):
            await tx.posts.want(replace(wanted, message=Message(wanted.message.text)), now)
            return now
        if not _is_unheard_alert(post):
            await tx.posts.failed(post.id, error.reason, None)
            await _tell_engineers(tx, post, kit, error.reason)
            return now
    return await _elsewhere(post, kit, error)


def _is_unheard_alert(post: Post) -> bool:
    """Where even plain text is refused, it is the channel that does not take it: alerts are said in another."""
    wanted = post.wanted
    is_alert = wanted.kind is PostKind.MESSAGE and wanted.subject.startswith(_ALERTS)
    return is_alert and not post.ts


async def _is_newest(tx: Transaction, post: Post) -> bool:
    stored = await tx.posts.get(post.wanted.channel, post.wanted.subject)
    return stored is not None and stored.wanted_rev == post.wanted_rev


async def _elsewhere(post: Post, kit: Kit, error: GiveUp) -> datetime:
    """The channel is closed to Headroom: the same is said in the next best one, and the person told."""
    now, wanted = kit.clock.now(), post.wanted
    there = _next_best(wanted.channel, kit)
    async with kit.store.begin() as tx:
        await tx.audit.add(
            AuditRow(now, "headroom", "cannot post", wanted.channel, f"{wanted.subject}: {error}")
        )
        if wanted.subject.startswith(_ALERTS):
            await _close(tx, post, kit, error)
            return now
        lasting = wanted.kind is not PostKind.MESSAGE or there is not None
        again_at = None if lasting else now + _NOWHERE_TO_SAY_IT
        await tx.posts.failed(post.id, error.reason, again_at)
        if wanted.kind is not PostKind.MESSAGE or there is None:
            await _tell_engineers(tx, post, kit, error.reason)
            return now
        await tx.posts.want(replace(wanted, channel=there), now)
        await _move_campaign(tx, wanted, there, now)
        for notice in _moved(wanted, there):
            await tx.posts.want(notice, now)
    return now


async def _close(tx: Transaction, post: Post, kit: Kit, error: GiveUp) -> None:
    """Alerts move to the fallback as a whole, now and from now on."""
    now, channel = kit.clock.now(), post.wanted.channel
    await tx.posts.failed(post.id, error.reason, None)
    kind, name = post.wanted.subject.split("/")[:2]
    job = JobName.STORM if kind == "storm" else JobName.ESCALATE
    await tx.jobs.wake(Job(job, name), now)
    await close_channel(tx, channel, error.reason, kit, now)


def _next_best(channel: str, kit: Kit) -> str | None:
    homes = [kit.house.default_channel, kit.house.engineers]
    later = homes[homes.index(channel) + 1 :] if channel in homes else homes
    return next((home for home in later if home != channel), None)


async def _move_campaign(tx: Transaction, wanted: WantedPost, there: str, now: datetime) -> None:
    """From now on the campaign is shown where it can be; its replies follow it."""
    subject = wanted.thread_of or wanted.subject
    campaign = await tx.campaigns.get(subject.removeprefix(_CAMPAIGN))
    if campaign is None or campaign.channel != wanted.channel:
        return
    await tx.campaigns.save(replace(campaign, channel=there))
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)


def _moved(wanted: WantedPost, there: str) -> Sequence[WantedPost]:
    """Where the asker finds the campaign; only a response_url still reaches them in that channel."""
    if not (wanted.user and wanted.response_url):
        return ()
    said = f"I cannot post in this channel, so you find it in <#{there}>. Invite me with /invite."
    return (
        WantedPost(
            channel=wanted.channel,
            subject=f"moved/{wanted.subject}",
            message=Message(said),
            kind=PostKind.EPHEMERAL,
            user=wanted.user,
            response_url=wanted.response_url,
            lane=0,
        ),
    )


async def _tell_engineers(tx: Transaction, post: Post, kit: Kit, reason: str) -> None:
    """A message that Slack refuses even as plain text; never a notice about a notice."""
    wanted = post.wanted
    if wanted.channel == kit.house.engineers:
        return
    said = f"Slack does not take a message ({wanted.subject}): {reason}"
    notice = WantedPost(kit.house.engineers, f"unsaid/{wanted.subject}", trouble(said), lane=5)
    await tx.posts.want(notice, kit.clock.now())
