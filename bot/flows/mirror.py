"""Lets Cloud Monitoring be silent as long as a snooze lasts, where somebody wished so. The key is the incident's id."""

from datetime import datetime

from bot.core.alert import Alert
from bot.ports.kit import Kit
from bot.ports.store import AuditRow

_MOST_POLICIES = 16


async def mirror(key: str, kit: Kit) -> datetime | None:
    """Tells Cloud Monitoring the end of the snooze; doing it twice changes nothing."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        incident = await tx.alerts.get(key)
        snooze = None if incident is None else await tx.alerts.snooze(incident.group_key)
        rulings = await tx.alerts.rulings(key)
    if incident is None or snooze is None or not snooze.mirrored:
        return None
    policies = [one.read.policy.name for one in rulings if isinstance(one.read, Alert)]
    named = [name for name in dict.fromkeys(policies) if name][:_MOST_POLICIES]
    title = f"Headroom: {incident.subject.title[:60]} [{incident.id}]"
    for policy in named:
        await kit.snoozing.snooze(policy, title, snooze.until)
    async with kit.store.begin() as tx:
        detail = f"{len(named)} policies until {snooze.until.isoformat()}"
        row = AuditRow(now, "headroom", "snoozed in Cloud Monitoring", f"incident/{key}", detail)
        await tx.audit.add(row)
    return None
