"""Private answers to a click that changes nothing, and the reply that tells the asker how it was settled.

Called by the approve and announce flows.
"""

from datetime import datetime

from bot.cards.blocks import message, section
from bot.cards.text import said
from bot.cards.view import name_of
from bot.cards.wording import listing, mention, moment
from bot.core.campaign import Campaign, CampaignState
from bot.core.message import Message
from bot.core.verdict import Finding

_STATES = {
    CampaignState.PLANNING: "The plan is still being worked out; its message shows it in a moment.",
    CampaignState.PROPOSED: "It is proposed and waits for the announcer.",
    CampaignState.AWAITING_APPROVAL: "It waits for approval.",
    CampaignState.SCHEDULED: "It is scheduled.",
    CampaignState.WARMING: "It is being warmed already.",
    CampaignState.LIVE: "It is live.",
    CampaignState.RESTORING: "It is over, and the capacity is being given back.",
    CampaignState.DONE: "It is over, and everything was given back.",
    CampaignState.CANCELLED: "It was cancelled.",
    CampaignState.REFUSED: "It was not allowed. You can change it and try again.",
    CampaignState.EXPIRED: "It expired: nobody settled it before its start.",
}


def gone() -> Message:
    """The campaign is not known."""
    return _said("I don't know that campaign any more, so nothing was done.")


def stands(campaign: Campaign) -> Message:
    """How it stands, so that the click makes no sense now."""
    if campaign.state is CampaignState.CANCELLED and campaign.cancelled_at is not None:
        return already("cancelled", campaign.cancelled_by, campaign.cancelled_at, campaign)
    return _said(f"{_STATES[campaign.state]} Nothing was changed by your click.")


def already(act: str, by: str, at: datetime, campaign: Campaign) -> Message:
    """`Already confirmed by Maya at 16:42.`"""
    when = moment(at, campaign.announcement.zone, only_time=True)
    return _said(f"Already {act} by {mention(by)} at {when}.")


def replaced() -> Message:
    """The button belonged to an older plan."""
    return _said(
        "That plan was replaced. The campaign's message shows the current one: please decide on that."
    )


def not_yours(campaign: Campaign, act: str, others: str = "an administrator") -> Message:
    """Who could do it instead."""
    who = mention(campaign.announcer)
    return _said(f"Only {who}, who announced it, or {others} can {act} this. Nothing was changed.")


def not_an_approver(asked: str) -> Message:
    """Whose yes is needed."""
    return _said(f"This needs a yes or no from {asked}. Your click changed nothing.")


def own_wish() -> Message:
    """No self-approval."""
    return _said("Somebody else has to approve this: it is your own request.")


def too_late_to_change(campaign: Campaign) -> Message:
    """Only what is not raised yet can be changed."""
    state = _STATES[campaign.state]
    return _said(f"{state} It can't be changed any more; you can stop it and announce it again.")


def form_did_not_open() -> Message:
    """A trigger lives for three seconds."""
    return _said("Slack did not open the form in time. Please press the button once more.")


def refused_now(findings: list[Finding]) -> Message:
    """It was allowed before, and is not any more."""
    why = " ".join(said(finding.reason, 300) for finding in findings)
    return _said(f"I can't do this now. {why} Nothing was changed.")


def settled_reply(campaign: Campaign, by: list[str], *, approved: bool) -> Message:
    """To the asker, in the campaign's thread."""
    asker = mention(campaign.confirmed_by or campaign.announcer)
    who = listing([mention(user) for user in by])
    if approved:
        return _said(f"{asker} Approved by {who}: {name_of(campaign)} is scheduled.")
    return _said(
        f"{asker} Declined by {who}. Nothing was changed; you can change it and ask again."
    )


def stopped(campaign: Campaign, findings: list[Finding], *, asker: bool) -> Message:
    """Just before raising it was judged again, and is not allowed any more."""
    who = f"{mention(campaign.announcer)} " if asker else ":warning: "
    why = " ".join(said(finding.reason, 300) for finding in findings)
    return _said(
        f"{who}I stopped {name_of(campaign)} before warming anything: it is not allowed any more. {why}"
    )


def _said(text: str) -> Message:
    return message(text, [section(text)])
