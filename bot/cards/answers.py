"""Private answers to one person: a mistake explained, help, the offer of the form, trouble. Called by the flows."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from bot.cards.blocks import actions, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.text import paragraph, rows, said
from bot.cards.wording import duration
from bot.core.house import House
from bot.core.message import Message
from bot.core.verdict import Role

_EXAMPLE = "/campaign Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"

_LATE = timedelta(minutes=2)
_MOST_BLOCKS = 50


def mistake(text: str) -> Message:
    """What was wrong with what somebody asked, in the words of the error."""
    shown = paragraph(text)
    return message(shown, [section(shown)])


def trouble(text: str) -> Message:
    """Something outside failed; what was asked is kept."""
    shown = f":warning: {paragraph(text)}"
    return message(shown, [section(shown)])


def delayed(said_late: Message, by: timedelta) -> Message:
    """A message that waited, for Slack or for Headroom itself, says so; what came in time is as it was."""
    if by < _LATE or not said_late.blocks or len(said_late.blocks) >= _MOST_BLOCKS:
        return said_late
    small = context(f":hourglass: This is {duration(by)} late: I could not post it sooner.")
    return replace(said_late, blocks=(*said_late.blocks, small))


def form_offer(text: str, delivery_identity: str, *, seal: bytes) -> Message:
    """What is still open, and a button to the form with everything understood filled in."""
    shown = paragraph(text)
    value = _sealed(delivery_identity, seal)
    opener = button("Open the form", action_id=Action.OPEN_FORM, value=value, style="primary")
    fallback = f"{shown}\nIf you see no button here, type the line again with what is missing."
    return message(fallback, [section(shown), actions(opener)])


def help_card(house: House, roles: Collection[Role] = ()) -> Message:
    """What somebody with `roles` can type here, with one example that works."""
    groups = [f"• `#{said(group.name, 40)}` {said(group.title, 60)}" for group in house.groups]
    what = (
        "*Announce a campaign*: name, day and time, zone, how much more than usual, for what.\n"
        f"`{_EXAMPLE}`\n"
        "I answer with a plan, its price and why it is allowed. Nothing changes before you confirm. "
        "`/campaign` alone opens the form."
    )
    others = (
        "`/headroom status [#group, campaign or workload]` how things stand, and what it costs\n"
        "`/headroom extend Black Friday 30m`, and `shorten`, `move`, `end`: also while it is live\n"
        "`/headroom alerts` open incidents, and which alerts were worth it\n"
        "`/headroom advice` what could be cheaper or safer\n"
        "`/headroom digest` what this channel is told daily or weekly\n"
        "`/headroom policy` what is allowed at once, and what needs a yes\n`/headroom calendar` all campaigns in your own calendar\n"
        "`/headroom help` this"
    )
    known = f"*What you can name*\n{rows(groups, most=20)}" if groups else ""
    hold = (
        "*Administrators*\n"
        "`/headroom pause [#group or workload] [for 2 h] [because …]` lower nothing, take on nothing new; "
        "what was promised is still raised\n"
        "`/headroom resume [#group or workload]` ends that pause"
    )
    parts = [what, others, *([hold] if Role.ADMIN in roles else []), *([known] if known else [])]
    blocks = [header("What I do"), *(section(part) for part in parts)]
    blocks.append(context(f"Problems? Ask in <#{house.engineers}>."))
    return message("\n".join(["What I do", *parts]), blocks)


def _sealed(delivery_identity: str, key: bytes) -> str:
    return seal(ButtonValue(Action.OPEN_FORM, delivery_identity), key)
