"""Opens the Why? modal of a campaign's plan, and draws the plan in its thread (a modal takes no charts).

Anybody who sees the button may ask. Called by approve.
"""

from bot.cards import rulings
from bot.cards.buttons import ButtonValue
from bot.cards.explanation import why_view
from bot.core.delivery import Delivery
from bot.core.message import Message
from bot.errors import GiveUp, TryAgain
from bot.flows.drawing import want_chart
from bot.ports.kit import Kit


async def open_why(delivery: Delivery, value: ButtonValue, kit: Kit) -> Message | None:
    """None once it is open, else the answer. Explains the plan that the pressed button belonged to."""
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(value.subject)
        stored = await tx.campaigns.plan(value.subject, value.version)
    if campaign is None or stored is None:
        return rulings.gone()
    try:
        await kit.chat.open_view(delivery.trigger_id, why_view(campaign, stored[0]))
    except (TryAgain, GiveUp):
        return rulings.form_did_not_open()
    if value.version == campaign.plan_version:
        async with kit.store.begin() as tx:
            await want_chart(tx, campaign, stored[0], kit.clock.now())
    return None
