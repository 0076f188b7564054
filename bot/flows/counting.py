"""Yeses counted again whose givers' roles Slack did not tell when the last one was said. Used by remind.

A yes that was said is kept whatever Slack does; it takes effect as soon as Slack tells, in time.
"""

from datetime import datetime, timedelta

from bot.cards.buttons import Action, ButtonValue
from bot.cards.view import CampaignView
from bot.core.consent import unanswered
from bot.core.delivery import Delivery
from bot.core.fingerprint import content_of
from bot.flows import deciding, reshape
from bot.flows.clicking import Click, clicked
from bot.ports.kit import Kit

_ASK_AGAIN = timedelta(seconds=15)
# Where Slack has told, and only a guardrail is in the way: it may be no more by then.
_LOOK_AGAIN = timedelta(minutes=5)


async def count_again(view: CampaignView, kit: Kit) -> datetime | None:
    """Settles the open request that `view` is of where those who said yes are enough.

    Returns when to count again; None where more yeses are needed, whatever Slack tells. Raises TryAgain as clicks do.
    """
    given = [one.by for one in view.approvals if one.approved]
    if not given or view.verdict is None:
        return None
    click = await _as_last_said(view, given[-1], kit)
    yes = [click.voter(user) for user in given]
    own = {view.campaign.announcer, view.campaign.confirmed_by} - {""}
    if unanswered(view.verdict, yes, own):
        return click.now + _ASK_AGAIN if click.in_doubt(view.verdict, yes, own) else None
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(view.campaign.id)
        click.must_fit(campaign)
        if campaign is not None:
            count = deciding.count_again if view.before is None else reshape.count_again
            await count(tx, campaign, click, kit)
    return click.now + _LOOK_AGAIN


async def _as_last_said(view: CampaignView, user: str, kit: Kit) -> Click:
    """The last yes, with what is known of everybody now."""
    action = Action.APPROVE if view.before is None else Action.ALLOW
    content = "" if view.plan is None else content_of(view.plan)
    value = ButtonValue(action, view.campaign.id, view.campaign.plan_version, content)
    said = Delivery(
        identity=f"counted/{view.campaign.id}/{value.version}",
        user=user,
        team="",
        received_at=kit.clock.now(),
        channel=kit.house.engineers,
    )
    return await clicked(said, value, kit)
