"""What is said about kill switches: on campaigns' messages, in status, and to the engineers."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.blocks import header, message, section
from bot.cards.text import said
from bot.cards.view import CampaignView
from bot.cards.wording import mention, moment
from bot.core.house import House
from bot.core.message import Message
from bot.core.pausing import Pause, in_force, pauses_over, title_of


def paused_line(view: CampaignView, house: House, now: datetime) -> str:
    """What of this campaign is held by a pause; "" when nothing is, or when it is over."""
    if view.campaign.state.final:
        return ""
    found = pauses_over(view.pauses, view.campaign.announcement.groups, view.plan, now)
    return "\n".join(pause_line(pause, house) for pause in found)


def pause_lines(pauses: Sequence[Pause], house: House, now: datetime) -> str:
    """All that are in force, for status; "" for none."""
    return "\n".join(pause_line(pause, house) for pause in in_force(pauses, now))


def pause_line(pause: Pause, house: House) -> str:
    """Who paused what, until when and why, and what that means."""
    until = f"until {moment(pause.until, house.zone)}" if pause.until else "until it is resumed"
    title = said(title_of(pause.scope, house), 80)
    title = title[:1].upper() + title[1:]
    why = f" Because: {said(pause.why, 200)}." if pause.why else ""
    return (
        f":double_vertical_bar: *{title}* is paused by "
        f"{mention(pause.by)} since {moment(pause.at, house.zone)}, {until}.{why} "
        "What is warm stays warm, what was promised is still raised; nothing is lowered, "
        "and nothing new is taken on."
    )


def pause_card(pause: Pause, house: House, *, resumed_by: str = "") -> Message:
    """The engineers' channel: one message for each pause, changed in place when it ends."""
    title = said(title_of(pause.scope, house), 80)
    if not resumed_by:
        head, text = f"Paused: {title}", pause_line(pause, house)
    else:
        head = f"Resumed: {title}"
        text = f"Resumed by {mention(resumed_by)}. {mention(pause.by)} had paused it. I lower again where it is safe."
    return message(f"{head}\n{text}", [header(head), section(text)])


def answer_card(text: str) -> Message:
    """A private answer to who paused or resumed."""
    return message(text, [section(text)])
