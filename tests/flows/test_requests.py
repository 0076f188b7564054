"""A request for approval among several people: races, rights handed on, and attacks on its buttons."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cards.buttons import Action, ButtonValue, seal, unseal
from bot.core.campaign import CampaignState
from bot.core.house import Guardrails
from bot.core.money import Money
from bot.core.oversight import ApprovalRule, Oversight
from bot.core.trail import first_broken
from bot.core.verdict import Role
from bot.errors import TryAgain
from bot.flows.approve import approve
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    ERIK,
    FINN,
    HOUSE,
    MAYA,
    OPS,
    SAM,
    SEAL,
    START,
    Town,
    buttons,
    everything,
    labels,
)

FAY = "U0FAY"
MINUTE = timedelta(minutes=1)
CHEAP = Money(Guardrails().auto_budget.amount * 0)


@pytest.fixture
async def town_asked(town: Town) -> Town:
    """A request that needs two yeses of finance, where finance is two people."""
    roles = {**HOUSE.roles, FINN: (Role.FINANCE,), FAY: (Role.FINANCE,)}
    two = Oversight(rules={"budget": ApprovalRule(needed=2)})
    town.house(roles=roles, guardrails=replace(Guardrails(), auto_budget=CHEAP), oversight=two)
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    assert await town.state() is CampaignState.AWAITING_APPROVAL
    return town


def sealed(town: Town, label: str = "Approve") -> str:
    shown = [m for m in town.chat.shown_in(OPS) if label in labels(m)][-1]
    return next(str(b["value"]) for b in buttons(shown) if b["text"]["text"] == label)


async def say_yes(town: Town, *people: str) -> None:
    for person in people:
        await town.click("Approve", by=person, channel=OPS)
    await town.run()


async def acts(town: Town) -> list[str]:
    campaign = await town.campaign()
    async with town.database.begin() as tx:
        assert first_broken(await tx.audit.chain()) is None
        return [row.act for row in await tx.audit.about(f"campaign/{campaign.id}")]


async def test_one_of_two_yeses_is_not_enough_and_the_second_settles_it(town_asked: Town) -> None:
    await say_yes(town_asked, FINN)
    assert await town_asked.state() is CampaignState.AWAITING_APPROVAL
    shown = everything(town_asked.chat.shown_in(CAMPAIGNS)[0])
    assert "2 of:" in shown and f"Approved by <@{FINN}>" in shown
    await say_yes(town_asked, FAY)
    assert await town_asked.state() is CampaignState.SCHEDULED


async def press_at_once(town: Town, *presses: tuple[str, str]) -> list[BaseException | None]:
    """Several clicks judged at the same time by as many workers; those that must try again do."""
    keys = [
        (await town.press(unseal(value, SEAL).action, value, by=by, channel=OPS)).identity
        for by, value in presses
    ]
    first = await asyncio.gather(*(approve(k, town.kit) for k in keys), return_exceptions=True)
    await town.run()
    return [one if isinstance(one, BaseException) else None for one in first]


async def test_two_approvers_at_once_settle_it_together(town_asked: Town) -> None:
    value = sealed(town_asked)
    failures = await press_at_once(town_asked, (FINN, value), (FAY, value))
    assert all(f is None or isinstance(f, TryAgain) for f in failures)
    assert await town_asked.state() is CampaignState.SCHEDULED
    assert (await acts(town_asked)).count("approved") == 2


async def test_a_yes_and_a_withdrawal_at_once_leave_one_of_both_worlds(town_asked: Town) -> None:
    await say_yes(town_asked, FINN)
    campaign = await town_asked.campaign()
    value = seal(ButtonValue(Action.WITHDRAW, campaign.id, campaign.plan_version), SEAL)
    await press_at_once(town_asked, (FAY, sealed(town_asked)), (MAYA, value))
    done = await acts(town_asked)
    withdrawn = await town_asked.state() is CampaignState.PROPOSED
    assert withdrawn is ("withdrew" in done)
    assert withdrawn is not (await town_asked.state() is CampaignState.SCHEDULED)


async def test_a_yes_at_the_start_is_too_late_even_before_the_request_has_expired(
    town_asked: Town,
) -> None:
    await say_yes(town_asked, FINN)
    value = sealed(town_asked)
    town_asked.clock.set(START)
    await press_at_once(town_asked, (FAY, value))
    await town_asked.run(START + MINUTE)
    assert await town_asked.state() is CampaignState.EXPIRED
    assert town_asked.cloud.writes == []


async def test_a_yes_counts_for_nothing_when_the_plan_was_replaced_meanwhile(
    town_asked: Town,
) -> None:
    await say_yes(town_asked, FINN)
    value = sealed(town_asked)
    await town_asked.change(await town_asked.campaign(), multiplier="4")
    await town_asked.run()
    await press_at_once(town_asked, (FAY, value))
    assert await town_asked.state() is CampaignState.PROPOSED
    assert any("That plan was replaced" in said for said in town_asked.whispers())


async def test_a_yes_is_bound_to_the_content_of_the_plan(town_asked: Town) -> None:
    value = replace(unseal(sealed(town_asked), SEAL), content="0" * 24)
    for forged in (value, replace(value, content="")):
        await town_asked.press(Action.APPROVE, seal(forged, SEAL), by=FINN, channel=OPS)
        await town_asked.run()
    assert "approved" not in await acts(town_asked)


async def test_a_yes_taken_back_does_not_count(town_asked: Town) -> None:
    await say_yes(town_asked, FINN)
    await town_asked.click("Take my yes back", by=FINN, channel=OPS)
    await town_asked.run()
    await say_yes(town_asked, FAY)
    assert await town_asked.state() is CampaignState.AWAITING_APPROVAL
    await say_yes(town_asked, FINN)
    assert await town_asked.state() is CampaignState.SCHEDULED


async def test_a_withdrawn_request_is_asked_anew_from_the_beginning(town_asked: Town) -> None:
    await say_yes(town_asked, FINN)
    await town_asked.click("Withdraw the request")
    await town_asked.run()
    assert await town_asked.state() is CampaignState.PROPOSED
    await town_asked.click("Confirm and ask")
    await town_asked.run()
    await say_yes(town_asked, FAY)
    assert await town_asked.state() is CampaignState.AWAITING_APPROVAL


async def hand_on(town: Town, *, by: str, to: str) -> None:
    value = sealed(town, "Hand it on")
    await town.press(Action.DELEGATE, value, by=by, channel=OPS)
    await town.run()
    _, view = town.chat.views[-1]
    await town.send_form(
        {"taker": to}, metadata=view.body["private_metadata"], by=by, form=view.callback_id
    )
    await town.run()


async def test_a_right_handed_on_counts_once_for_both(town_asked: Town) -> None:
    await hand_on(town_asked, by=FINN, to=SAM)
    assert f"<@{SAM}> decides for <@{FINN}>" in town_asked.chat.shown_in(OPS)[0].text
    assert "asks you to decide" in town_asked.chat.shown_in(SAM)[0].text
    await say_yes(town_asked, SAM, FINN)
    assert await town_asked.state() is CampaignState.AWAITING_APPROVAL
    await say_yes(town_asked, FAY)
    assert await town_asked.state() is CampaignState.SCHEDULED


@pytest.mark.parametrize(("by", "to"), [(FINN, MAYA), (SAM, ERIK), (FINN, FINN)])
async def test_a_right_goes_neither_to_the_asker_nor_from_a_stranger(
    town_asked: Town, by: str, to: str
) -> None:
    await hand_on(town_asked, by=by, to=to)
    assert "delegated" not in await acts(town_asked)


async def test_a_forged_or_altered_button_does_nothing(town_asked: Town) -> None:
    good = sealed(town_asked)
    campaign = await town_asked.campaign()
    other = seal(ButtonValue(Action.APPROVE, campaign.id, 1), b"another secret")
    for forged in (good[:-1], good.replace("approve", "decline"), other, "", "v1"):
        await town_asked.press(Action.APPROVE, forged, by=FINN, channel=OPS)
    await town_asked.run()
    assert not {"approved", "declined"} & set(await acts(town_asked))


async def test_a_button_replayed_by_somebody_else_is_judged_by_their_own_roles(
    town_asked: Town,
) -> None:
    value = sealed(town_asked)
    for stranger in (SAM, MAYA, "U0FINN ", "finn", f"{FINN}\u200b"):
        await town_asked.press(Action.APPROVE, value, by=stranger, channel="C0LOOKALIKE")
    await town_asked.run()
    recorded = await acts(town_asked)
    assert "approved" not in recorded
    assert list(recorded).count("turned down") == 5


async def test_nobody_from_another_organisation_decides_whatever_their_groups_say(
    town_asked: Town,
) -> None:
    town_asked.chat.groups["S0FINANCE"] = frozenset({"U0PARTNER"})
    town_asked.house(role_groups={"S0FINANCE": (Role.FINANCE, Role.ADMIN)})
    more: dict[str, Any] = {"user_team": "T0PARTNER"}
    await town_asked.press(
        Action.APPROVE, sealed(town_asked), by="U0PARTNER", channel=CAMPAIGNS, **more
    )
    await town_asked.say(by="U0PARTNER", **more)
    await town_asked.run()
    assert "approved" not in await acts(town_asked)
    assert sum("another organisation" in said for said in town_asked.whispers()) == 2
    async with town_asked.database.begin() as tx:
        assert len(await tx.campaigns.recent(5)) == 1


async def test_a_changed_user_group_counts_at_the_next_click(town_asked: Town) -> None:
    town_asked.chat.groups["S0FINANCE"] = frozenset()
    town_asked.house(role_groups={"S0FINANCE": (Role.FINANCE,)})
    await town_asked.click("Approve", by=SAM, channel=OPS)
    await town_asked.run()
    assert "approved" not in await acts(town_asked)
    town_asked.chat.groups["S0FINANCE"] = frozenset({SAM})
    await say_yes(town_asked, SAM)
    assert "approved" in await acts(town_asked)


async def test_approvers_are_reminded_and_then_asked_directly(town_asked: Town) -> None:
    await town_asked.run(31 * MINUTE)
    reminders = [p for p in town_asked.chat.posts if p.channel == OPS and p.thread_ts]
    assert len(reminders) == 1 and "Still waiting" in reminders[0].message.text
    await town_asked.run(40 * MINUTE)
    assert "waits for a decision" in town_asked.chat.shown_in(ADA)[0].text
    await say_yes(town_asked, FINN, ADA)
    assert await town_asked.state() is CampaignState.SCHEDULED
    assert "nothing to decide any more" in town_asked.chat.shown_in(ADA)[0].text
    assert len(town_asked.chat.shown_in(ADA)) == 1


async def test_a_request_waits_on_the_home_tab_and_can_be_decided_there(town_asked: Town) -> None:
    await town_asked.open_home(FAY)
    await town_asked.open_home(SAM)
    await town_asked.run()
    tab = town_asked.chat.homes[FAY][-1].body
    assert "Waiting for you" in str(tab)
    assert "Approve" not in str(town_asked.chat.homes[SAM][-1].body)
    found = [e for b in tab["blocks"] if b["type"] == "actions" for e in b["elements"]]
    value = next(e["value"] for e in found if e["action_id"] == Action.APPROVE)
    await town_asked.press(Action.APPROVE, value, by=FAY, channel=FAY)
    await say_yes(town_asked, FINN)
    assert await town_asked.state() is CampaignState.SCHEDULED
    assert "Nothing waits for you" in str(town_asked.chat.homes[FAY][-1].body)


async def test_history_shows_who_did_what_on_which_plan(town_asked: Town) -> None:
    await say_yes(town_asked, FINN)
    await town_asked.click("History", by=SAM)
    await town_asked.run()
    _, view = town_asked.chat.views[-1]
    said = str(view.body)
    for word in ("announced", "judged", "confirmed", "approved", f"<@{FINN}>", "(plan 1)"):
        assert word in said


async def test_a_name_that_would_call_the_channel_is_harmless_everywhere(town: Town) -> None:
    text = "<!channel> push Fri 28 Nov 18:00-22:00 Europe/Berlin x9 #web"
    await town.proposed(text)
    await town.click("Confirm and ask")
    await town.open_home(ADA)
    await town.run(2 * timedelta(hours=1))
    shown = [p.message for p in town.chat.posts]
    tabs = [view.body for views in town.chat.homes.values() for view in views]
    assert "<!channel>" not in repr(shown) + repr(tabs)
