"""Whether the way of alerts works: do notifications still come, does Slack take what is said? The key is "all".

Headroom's own trouble is told outside Slack too: one log line a round, fit for a log-based metric.
"""

import logging
from datetime import datetime, timedelta

from bot.cards.alerts import silence_card
from bot.core.message import Message, WantedPost
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction
from bot.reach import try_channel

_EVERY = timedelta(minutes=2)
_LATE = timedelta(minutes=2)
_ABOUT = "alerts/silence"

log = logging.getLogger("headroom.watch")


async def watch(key: str, kit: Kit) -> datetime | None:
    """Looks every two minutes."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        heard = await tx.alerts.heard_at()
        waiting = await tx.alerts.waiting(1)
        behind = await tx.posts.behind()
        silent = await _silence(tx, heard, kit, now)
        for channel in await tx.reach.try_again(now):
            await try_channel(tx, channel, kit, now)
        if waiting:
            await tx.jobs.wake(Job(JobName.ALERTS, "all"), now)
    late = now - behind[0].wanted_at if behind else timedelta(0)
    stuck = now - waiting[0].received_at if waiting else timedelta(0)
    level = logging.WARNING if silent or max(late, stuck) > _LATE else logging.INFO
    log.log(
        level,
        "metric posts_behind=%d oldest_post_seconds=%d oldest_alert_seconds=%d silent=%d",
        len(behind),
        late.total_seconds(),
        stuck.total_seconds(),
        silent,
    )
    return now + _EVERY


async def _silence(tx: Transaction, heard: datetime | None, kit: Kit, now: datetime) -> bool:
    """Raises the alarm once a silence, and takes it back when something comes; whether it is silent."""
    allowed = kit.house.alerts.heartbeat
    if allowed is None:
        return False
    told = await tx.audit.about(_ABOUT)
    if not told:
        await tx.audit.add(AuditRow(now, "headroom", "listening", _ABOUT))
        return False
    last = told[-1]
    since = heard or told[0].at
    alarmed = last.act == "silent"
    if now - since <= allowed:
        if alarmed:
            card = silence_card(None, allowed, house=kit.house, back_at=since)
            await tx.posts.want(_post(last.detail, card, kit), now)
            await tx.audit.add(AuditRow(now, "headroom", "heard again", _ABOUT, last.detail))
        return False
    if not alarmed:
        subject = f"{_ABOUT}/{since:%Y-%m-%dT%H:%M}"
        card = silence_card(heard, allowed, house=kit.house)
        await tx.posts.want(_post(subject, card, kit), now)
        await tx.audit.add(AuditRow(now, "headroom", "silent", _ABOUT, subject))
    return True


def _post(subject: str, card: Message, kit: Kit) -> WantedPost:
    return WantedPost(kit.house.engineers, subject, card, lane=0)
