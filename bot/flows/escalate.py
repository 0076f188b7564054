"""Time passing over one incident: pages, reminders, snoozes that end, calm. The key is the incident's id.

Reads the incident as it is now, inside the transaction that pages: an acknowledgement before it means no
page, one during it makes the save stale, and the flow looks again.
"""

from datetime import datetime

from bot.core.escalation import settle
from bot.incidents import keep, page_whoever_is_due, show
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit


async def escalate(key: str, kit: Kit) -> datetime | None:
    """Pages whoever is due and returns when to look again."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        incident = await tx.alerts.get(key)
        if incident is None:
            return None
        others = await tx.alerts.open() if incident.inhibited_by else ()
        changed = settle(incident, others, kit.house.alerts, now)
        if changed is not None:
            incident = await keep(tx, changed, kit, now)
        else:
            await show(tx, incident, kit, now)
        if not incident.open:
            for symptom in await tx.alerts.inhibited_by(incident.id):
                await tx.jobs.wake(Job(JobName.ESCALATE, symptom.id), now)
        _, again = await page_whoever_is_due(tx, incident, kit, now)
    return again
