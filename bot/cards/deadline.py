"""Until when a request for a yes waits, and under which subject it is asked. For the cards and flows of approvals."""

from datetime import datetime

from bot.cards.view import CampaignView
from bot.core.campaign import CampaignState
from bot.core.consent import RAISED


def deadline(view: CampaignView) -> datetime:
    """Until when a yes can be given: the start; for a change of what is under way what it would change."""
    window = view.campaign.announcement.window
    return window.start if view.before is None or is_move(view) else window.end


def is_move(view: CampaignView) -> bool:
    """Whether it is of a change that begins at another time than what is under way."""
    if view.before is None or view.plan is None:
        return False
    return view.plan.window.start != view.before.window.start


def waits(view: CampaignView, now: datetime) -> bool:
    """Whether it can still be decided on: silence until the deadline is a no, and so is one person's.

    A change that its asker took back waits no more, nor one of a plan that another change has replaced.
    """
    if now >= deadline(view) or view.withdrawn_by or view.overtaken_as:
        return False
    if view.before is None:
        return view.campaign.state is CampaignState.AWAITING_APPROVAL
    return view.campaign.state in RAISED and all(one.approved for one in view.approvals)


def question_of(view: CampaignView) -> str:
    """The subject of the question in the approvers' channels."""
    campaign = view.campaign
    if view.before is not None:
        return change_subject(campaign.id, campaign.plan_version)
    return f"approval/{campaign.id}/{campaign.plan_version}"


def change_subject(campaign_id: str, version: int) -> str:
    """The same for a change, by the version of the plan that it wants."""
    return f"change/{campaign_id}/{version}"
