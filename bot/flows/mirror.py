"""Lets Cloud Monitoring be silent as long as a snooze lasts, where somebody wished so. The key is the incident's id."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.cards.answers import mistake
from bot.core.alert import Alert
from bot.core.incident import Incident, Snooze
from bot.core.message import PostKind, WantedPost
from bot.core.mirroring import closed_there, silences
from bot.errors import GiveUp
from bot.incidents import channels_of, keep
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_MOST_ALERTS = 500


@dataclass(frozen=True, slots=True)
class _Wish:
    """The snooze, and what it is about."""

    incident: Incident
    snooze: Snooze
    alerts: tuple[Alert, ...]


async def mirror(key: str, kit: Kit) -> datetime | None:
    """Tells Cloud Monitoring the end of the snooze; doing it twice changes nothing."""
    now = kit.clock.now()
    wish = await _wished(key, kit)
    if wish is None:
        return None
    wanted = silences(wish.incident, wish.alerts)
    try:
        for one in wanted:
            await kit.snoozing.snooze(one, wish.snooze.until)
    except GiveUp as error:
        await _tell(wish, error, kit, now)
        raise
    named = {one.policy for one in wanted}
    async with kit.store.begin() as tx:
        detail = f"{len(named)} policies until {wish.snooze.until.isoformat()}"
        row = AuditRow(now, "headroom", "snoozed in Cloud Monitoring", f"incident/{key}", detail)
        await tx.audit.add(row)
        closed = {one.source_id for one in wish.alerts if one.policy.name in named}
        await _note(tx, key, closed, kit, now)
    return None


async def _wished(key: str, kit: Kit) -> _Wish | None:
    """None where nobody wishes it (any more)."""
    async with kit.store.begin() as tx:
        incident = await tx.alerts.get(key)
        snooze = None if incident is None else await tx.alerts.snooze(incident.group_key)
        rulings = await tx.alerts.rulings(key, _MOST_ALERTS)
    if incident is None or snooze is None or not snooze.mirrored:
        return None
    return _Wish(
        incident, snooze, tuple(one.read for one in rulings if isinstance(one.read, Alert))
    )


async def _note(
    tx: Transaction, key: str, closed: Collection[str], kit: Kit, now: datetime
) -> None:
    """Cloud Monitoring closes what it is silent about and may not say so: it is known all the same."""
    incident = await tx.alerts.get(key)
    signals = [one for one in await tx.alerts.signals(key, _MOST_ALERTS) if one.source_id in closed]
    known = None if incident is None else closed_there(incident, signals, now)
    if known is not None:
        changed, ended = known
        await tx.alerts.put_signals(ended)
        await keep(tx, changed, kit, now)


async def _tell(wish: _Wish, error: GiveUp, kit: Kit, now: datetime) -> None:
    """Whoever wished it hears that only Headroom is silent."""
    said = f"It is snoozed here, but Cloud Monitoring is not silent: {error}."
    async with kit.store.begin() as tx:
        place, *_ = channels_of(wish.incident, kit.house, await tx.reach.closed())
        subject = f"incident/{wish.incident.id}/mirror/{wish.snooze.at:%Y-%m-%dT%H:%M:%S}"
        answer = WantedPost(
            place, subject, mistake(said), kind=PostKind.EPHEMERAL, user=wish.snooze.by, lane=0
        )
        await tx.posts.want(answer, now)
