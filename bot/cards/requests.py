"""What is answered around a request for approval: handed on, taken back, asked again; and to people from outside.

Called by the flows that judge clicks and commands.
"""

from datetime import datetime

from bot.cards.blocks import button, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.rulings import not_yours
from bot.cards.text import said
from bot.cards.view import name_of
from bot.cards.wording import mention, moment
from bot.core.campaign import Campaign
from bot.core.message import Block, Message
from bot.core.verdict import Finding

FROM_OUTSIDE = (
    "Thank you for asking. You belong to another organisation, and only people of this one can ask me "
    "for capacity, so nothing was changed. Please ask your contact here to announce it for you."
)


def withdraw_button(campaign_id: str, version: int, key: bytes) -> Block:
    """Nobody is asked any more about that version of the plan; `key` signs it."""
    value = seal(ButtonValue(Action.WITHDRAW, campaign_id, version), key)
    return button("Withdraw the request", action_id=Action.WITHDRAW, value=value)


def from_outside() -> Message:
    """Whoever belongs to another organisation has no role here unless an administrator lists them."""
    return _said(FROM_OUTSIDE)


def not_yours_to_withdraw(campaign: Campaign, asker: str) -> Message:
    """A change that waits is its asker's, and that of who may steer the campaign."""
    others = "an administrator"
    if asker != campaign.announcer:
        others = f"{mention(asker)}, who asked for this change, or an administrator"
    return not_yours(campaign, "withdraw", others)


def counted_later(campaign: Campaign, until: datetime) -> Message:
    """Privately: it may have been the last yes, and only Slack can tell."""
    by = moment(until, campaign.announcement.zone)
    return _said(
        "Your yes is noted, you need not press again. Slack does not tell at the moment who is in which "
        "user group, so I can't count everybody's yes. I count them as soon as it does, until "
        f"{by}; nothing is changed before."
    )


def nothing_to_take_back() -> Message:
    """Only one's own yes can be taken back."""
    return _said("You have not said yes to this plan, so there is nothing to take back.")


def not_to_them() -> Message:
    """A right goes to somebody else, and never to or from those whose wish it is."""
    return _said(
        "That right can't be handed to them: choose somebody else who did not ask for this themselves."
    )


def handed_on(taker: str) -> Message:
    """To the giver."""
    return _said(
        f"{mention(taker)} can now decide in your place, and was told. Your own word counts too."
    )


def handed_to_you(campaign: Campaign, giver: str, channel: str) -> Message:
    """To the taker."""
    return _said(
        f"{mention(giver)} asks you to decide in their place on {name_of(campaign)}: "
        f"it waits on my Home tab and in <#{channel}>."
    )


def asked_again(campaign: Campaign, findings: list[Finding]) -> Message:
    """Everybody had said yes, but a guardrail asks for more by now."""
    asker = mention(campaign.confirmed_by or campaign.announcer)
    why = " ".join(said(finding.reason, 300) for finding in findings)
    return _said(f"{asker} Everybody said yes, but it has to be asked again: {why}")


def _said(text: str) -> Message:
    return message(text, [section(text)])
