"""A plan that needs somebody's yes: who may give it, how many are needed, and what silence means."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.campaign import Campaign, CampaignState
from bot.core.house import Guardrails
from bot.core.message import Message
from bot.core.money import Money
from bot.core.verdict import Role
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    ERIK,
    FINN,
    HOUSE,
    MAYA,
    OPS,
    SAM,
    SHOP,
    START,
    Town,
    labels,
)

MINUTE = timedelta(minutes=1)
CHEAP = Money(Guardrails().auto_budget.amount * 0)


@pytest.fixture
def tight(town: Town) -> Town:
    """A house in which any money at all needs finance, and finance is one person."""
    roles = {**HOUSE.roles, FINN: (Role.FINANCE,)}
    town.house(roles=roles, guardrails=replace(Guardrails(), auto_budget=CHEAP))
    return town


async def asked(town: Town) -> Campaign:
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    return await town.campaign()


def question(town: Town) -> Message:
    return town.chat.shown_in(OPS)[0]


async def test_a_confirmed_plan_that_needs_a_yes_is_asked_for_in_the_engineers_channel(
    tight: Town,
) -> None:
    campaign = await asked(tight)

    assert campaign.state is CampaignState.AWAITING_APPROVAL
    assert labels(question(tight)) == ["Approve", "Decline", "Hand it on", "Why?"]
    assert "waiting for approval" in tight.card()
    assert tight.cloud.writes == []


async def test_a_yes_schedules_it_and_tells_the_asker(tight: Town) -> None:
    await asked(tight)
    await tight.click("Approve", by=FINN, channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.SCHEDULED
    assert labels(question(tight)) == []
    assert f"Approved by <@{FINN}>" in question(tight).text
    reply = next(p for p in tight.chat.posts if p.thread_ts)
    assert f"<@{MAYA}> Approved by <@{FINN}>" in reply.message.text
    await tight.run(START)
    assert tight.cloud.floor(SHOP.key) == 55


async def test_a_no_ends_it_and_tells_the_asker(tight: Town) -> None:
    await asked(tight)
    await tight.click("Decline", by=FINN, channel=OPS)
    await tight.run(START)

    assert await tight.state() is CampaignState.REFUSED
    assert "declined" in question(tight).text
    reply = next(p for p in tight.chat.posts if p.thread_ts)
    assert f"Declined by <@{FINN}>" in reply.message.text
    assert tight.cloud.writes == []


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        (SAM, "needs a yes or no from"),
        (ERIK, "needs a yes or no from"),
        (MAYA, "needs a yes or no from"),
    ],
)
async def test_only_who_is_asked_may_decide(tight: Town, who: str, answer: str) -> None:
    await asked(tight)
    await tight.click("Approve", by=who, channel=OPS)
    await tight.click("Decline", by=who, channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.AWAITING_APPROVAL
    assert len(tight.whispers()) == 2
    assert all(answer in whisper for whisper in tight.whispers())


async def test_complaint_25_nobody_approves_their_own_wish(tight: Town) -> None:
    tight.house(roles={**HOUSE.roles, MAYA: (Role.ANNOUNCER, Role.FINANCE)})
    await asked(tight)
    await tight.click("Approve", channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.AWAITING_APPROVAL
    assert "your own request" in tight.whispers()[0]


async def test_who_may_approve_may_decline_their_own_wish(tight: Town) -> None:
    tight.house(roles={**HOUSE.roles, MAYA: (Role.ANNOUNCER, Role.FINANCE)})
    await asked(tight)
    await tight.click("Decline", channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.REFUSED


async def test_a_house_may_allow_self_approval(tight: Town) -> None:
    tight.house(
        roles={**HOUSE.roles, MAYA: (Role.ANNOUNCER, Role.FINANCE)},
        guardrails=replace(Guardrails(), auto_budget=CHEAP, self_approval=True),
    )
    await asked(tight)
    await tight.click("Approve", channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.SCHEDULED


async def test_a_double_yes_counts_once(tight: Town) -> None:
    await asked(tight)
    card = question(tight)
    await tight.click("Approve", by=FINN, on=card, channel=OPS)
    await tight.click("Approve", by=FINN, on=card, channel=OPS)
    await tight.click("Decline", by=ADA, on=card, channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.SCHEDULED
    assert len(tight.whispers()) == 2
    assert all(w.startswith(f"Already approved by <@{FINN}>") for w in tight.whispers())


async def test_every_guardrail_needs_its_own_yes(tight: Town) -> None:
    await tight.proposed()
    soon = START - 20 * MINUTE  # short notice: the engineers are asked as well
    await tight.run(soon)
    await tight.click("Confirm and ask")
    await tight.run()
    await tight.click("Approve", by=FINN, channel=OPS)
    await tight.run()
    assert await tight.state() is CampaignState.AWAITING_APPROVAL

    await tight.click("Approve", by=ERIK, channel=OPS)
    await tight.run()
    assert await tight.state() is CampaignState.WARMING
    reply = next(p for p in tight.chat.posts if "Approved by" in p.message.text and p.thread_ts)
    assert f"Approved by <@{FINN}> and <@{ERIK}>" in reply.message.text


async def test_silence_is_a_no(tight: Town) -> None:
    await asked(tight)
    await tight.run(START + MINUTE)

    assert await tight.state() is CampaignState.EXPIRED
    assert labels(question(tight)) == []
    assert tight.cloud.writes == []


async def test_a_late_yes_is_answered(tight: Town) -> None:
    await asked(tight)
    card = question(tight)
    await tight.run(START + MINUTE)
    await tight.click("Approve", by=FINN, on=card, channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.EXPIRED
    assert "expired" in tight.whispers()[0]


async def test_a_yes_to_a_plan_that_was_changed_is_no_yes(tight: Town) -> None:
    campaign = await asked(tight)
    card = question(tight)
    await tight.change(campaign, multiplier="2")
    await tight.run()
    await tight.click("Approve", by=FINN, on=card, channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.PROPOSED
    assert "That plan was replaced" in tight.whispers()[0]
    assert "being changed" in question(tight).text


async def test_a_yes_does_not_help_what_is_forbidden_by_now(tight: Town) -> None:
    await asked(tight)
    closed = replace(Guardrails(), auto_budget=CHEAP, auto_multiplier=1.0, max_multiplier=2.0)
    tight.house(guardrails=closed)
    await tight.click("Approve", by=FINN, channel=OPS)
    await tight.run()

    assert await tight.state() is CampaignState.REFUSED
    assert len(tight.whispers()) == 1
    assert "Confirm and ask" not in labels(tight.chat.shown_in(CAMPAIGNS)[0])
