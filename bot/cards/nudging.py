"""What approvers are told who have not answered: in the thread, then directly. Called by the remind flow."""

from bot.cards.blocks import message, section
from bot.cards.change_request import change_of, was_wanted
from bot.cards.deadline import deadline
from bot.cards.proposal import people_asked
from bot.cards.reshaping import wanted
from bot.cards.view import CampaignView, name_of
from bot.cards.wording import mention, moment
from bot.core.message import Message


def reminder(view: CampaignView) -> Message:
    """Under the question, in the channel."""
    return _said(f"Still waiting. {_waits(view)}")


def nudge(view: CampaignView, channel: str) -> Message:
    """To one person."""
    return _said(
        f"*{name_of(view.campaign)}* waits for a decision that you could make. {_waits(view)} "
        f"Decide in <#{channel}> or on my Home tab."
    )


def settled_nudge(view: CampaignView) -> Message:
    """The same message once there is nothing left to decide."""
    if view.before is not None:
        return _said(f"{was_wanted(view)} There is nothing left to decide.")
    return _said(
        f"*{name_of(view.campaign)}*: nothing to decide any more. It is {view.campaign.state}."
    )


def _waits(view: CampaignView) -> str:
    campaign = view.campaign
    zone = campaign.announcement.zone
    asker = mention(campaign.confirmed_by or campaign.announcer)
    since = "" if campaign.asked_at is None else f" since {moment(campaign.asked_at, zone)}"
    until = moment(deadline(view), zone)
    asked = people_asked(view.verdict)
    what = "" if view.before is None else f" on whether it is {wanted(change_of(view))}"
    return f"{asker} has waited{since} for a yes or no from {asked}{what}. Silence until {until} means no."


def _said(text: str) -> Message:
    return message(text, [section(text)])
