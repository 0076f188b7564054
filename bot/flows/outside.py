"""People of other organisations in shared channels: answered politely, and nothing is done. Used by all flows
that somebody's command or click wakes.
"""

from bot.cards.requests import from_outside
from bot.core.delivery import Delivery
from bot.core.trail import AuditRow
from bot.facts import answer_to
from bot.ports.kit import Kit

_DOOR = "door"  # the subject of rows about people who were not let in


async def turned_away(delivery: Delivery, kit: Kit) -> bool:
    """Whether they may not be here: only an administrator's list of user ids lets them in."""
    if not delivery.outside or delivery.user in kit.house.roles:
        return False
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now):
            await tx.posts.want(answer_to(delivery, from_outside(), kit.house), now)
            asked = delivery.command or delivery.action
            await tx.audit.add(
                AuditRow(now, delivery.user, "turned away", _DOOR, asked, via=delivery.via)
            )
    return True
