"""The calendar of campaigns for whoever has a link to it. Asked by the HTTP route; changes nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.ics import calendar_of, touched_at
from bot.core.calendar_token import digest_of
from bot.errors import TryAgain
from bot.facts import look_up_roles
from bot.ports.kit import Kit

_MOST = 500
_PAST = timedelta(days=60)
_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Feed:
    """The calendar; `tag` changes exactly when `body` does."""

    body: bytes
    tag: str
    modified: datetime


async def calendar_feed(token: str, kit: Kit) -> Feed | None:
    """None for a link that is not in force, or whose owner may not look any more.

    Raises TryAgain while Slack does not say whether they may.
    """
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        owner = await tx.calendar.owner_of(digest_of(token))
    if not owner:
        return None
    roles = await look_up_roles(kit, owner)
    if not roles.held:
        if not roles.certain:
            raise TryAgain("Slack does not say who is in which user group", _PATIENCE)
        return None
    async with kit.store.begin() as tx:
        found = await tx.campaigns.recent(_MOST)
    shown = [one for one in found if one.announcement.window.end > now - _PAST]
    body = calendar_of(shown, kit.house)
    modified = max((touched_at(one) for one in shown), default=now.replace(microsecond=0))
    return Feed(body, hashlib.sha256(body).hexdigest()[:32], modified)
