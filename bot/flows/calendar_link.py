"""`/headroom calendar`: a person's own link to the calendar of campaigns, shown to them alone. The key is the delivery's identity.

The link is shown in a modal, which nobody keeps: neither we nor Slack's search. What we keep is its digest.
"""

from datetime import datetime

from bot.cards.answers import mistake
from bot.cards.calendar import link_view
from bot.core.calendar_token import digest_of, token_of
from bot.core.command import parse_command
from bot.core.delivery import Delivery
from bot.core.trail import AuditRow
from bot.errors import GiveUp, TryAgain
from bot.facts import answer_to, look_up_roles
from bot.flows.outside import turned_away
from bot.ports.kit import Kit

_NO_ROLE = (
    "The calendar of campaigns is for people with a role in Headroom. Ask an administrator for one."
)
_NO_URL = "I don't know my own address, so I cannot make a link: an administrator must set HEADROOM_PUBLIC_URL."
_NOT_OPENED = "I show the link in a window of your own, and Slack did not let me open it. Please type `/headroom calendar` again."
_ENDED = "Your link to the calendar has ended; whoever has it reads nothing any more. `/headroom calendar` makes a new one."
_UNKNOWN = "I know `/headroom calendar`, `/headroom calendar new` (a new link, the old one ends) and `/headroom calendar off`."
_WORDS = {"": "show", "new": "new", "reset": "new", "off": "off", "revoke": "off", "stop": "off"}


async def calendar_link(key: str, kit: Kit) -> datetime | None:
    """Shows the link that the person has, or makes one; `new` and `off` end the old one at once."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    wish = _WORDS.get(parse_command(delivery.command, delivery.text).rest.strip().casefold())
    said = _UNKNOWN if wish is None else await _do(delivery, wish, kit)
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(key, now) and said:
            await tx.posts.want(answer_to(delivery, mistake(said), kit.house), now)
    return None


async def _do(delivery: Delivery, wish: str, kit: Kit) -> str:
    """What to tell the person; "" where the window tells it."""
    if wish == "off":
        await _end(delivery, kit)
        return _ENDED
    if not (await look_up_roles(kit, delivery.user)).held:
        return _NO_ROLE
    if not kit.public_url:
        return _NO_URL
    number = await _number(delivery, kit, anew=wish == "new")
    link = f"{kit.public_url.rstrip('/')}/calendar/{token_of(delivery.user, number, kit.seal)}.ics"
    try:
        await kit.chat.open_view(delivery.trigger_id, link_view(link))
    except (TryAgain, GiveUp):
        return _NOT_OPENED
    return ""


async def _number(delivery: Delivery, kit: Kit, *, anew: bool) -> int:
    """Of the link in force, made where there is none."""
    now, user = kit.clock.now(), delivery.user
    async with kit.store.begin() as tx:
        number, _ = await tx.calendar.link(user)
        # Of another HEADROOM_SECRET is another token: the link that we would show reads nothing.
        shown = digest_of(token_of(user, number, kit.seal))
        if not anew and await tx.calendar.owner_of(shown) == user:
            return number
        digest = digest_of(token_of(user, number + 1, kit.seal))
        await tx.calendar.put_link(user, number + 1, digest, now)
        row = AuditRow(now, user, "made a calendar link", f"calendar/{user}", "", via=delivery.via)
        await tx.audit.add(row)
    return number + 1


async def _end(delivery: Delivery, kit: Kit) -> None:
    now, user = kit.clock.now(), delivery.user
    async with kit.store.begin() as tx:
        number, valid = await tx.calendar.link(user)
        if valid:
            await tx.calendar.put_link(user, number, "", now)
            subject = f"calendar/{user}"
            await tx.audit.add(
                AuditRow(now, user, "ended the calendar link", subject, "", via=delivery.via)
            )
