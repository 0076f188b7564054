"""Advice asked for, applied, approved, written and put back."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.core.holding import Outcome
from bot.core.house import AdviceRules
from bot.core.series import Metric
from bot.core.verdict import Role
from bot.store.database import Database
from tests.flows.town import ADA, ERIK, HOUSE, MAYA, OPS, SHOP, START, STORY, Town, everything
from tests.store_fixture import database, wakeups

__all__ = ["database", "wakeups"]

EVE = "U0EVE"
MINUTE = timedelta(minutes=1)
DAYS = AdviceRules(days=2, daily=False)


@pytest.fixture
def town(database: Database) -> Town:
    """The shop keeps 9 instances, and needed 3 at the busiest moment of two days."""
    made = Town(database)
    made.house(advice=DAYS, roles={**HOUSE.roles, EVE: (Role.ENGINEER,)})
    made.measure(SHOP.key, requests=40.0, busy=3.0)
    made.cloud.someone_sets(SHOP.key, floor=9)
    return made


async def asked(town: Town, *, by: str = ERIK, text: str = "advice") -> str:
    await town.say(text, by=by, command="/headroom")
    await town.run()
    return town.whispers()[-1]


async def press(town: Town, label: str, by: str) -> None:
    found = [message for _, message in town.chat.responses] + town.chat.shown_in(OPS)
    card = next(one for one in reversed(found) if f"'{label}'" in everything(one))
    await town.click(label, by=by, on=card, channel=OPS)
    await town.run(MINUTE)


async def test_an_idle_floor_is_found_and_its_numbers_are_said(town: Town) -> None:
    said = await asked(town)
    assert "*shop* (europe-west1): Keep 4 instead of 9 instances" in said
    assert "a month" in said
    assert "no risk for customers" in said
    assert "2 days" in said


async def test_only_who_decides_about_costs_sees_advice(town: Town) -> None:
    said = await asked(town, by=MAYA)
    assert "engineers, approvers, finance and administrators" in said


async def test_an_unknown_group_is_answered_with_those_there_are(town: Town) -> None:
    assert "#web, #checkout" in await asked(town, text="advice #wbe")


async def test_applied_after_a_second_yes_and_written_in_steps(town: Town) -> None:
    await asked(town)
    await press(town, "Apply to shop", ERIK)
    assert town.cloud.floor(SHOP.key) == 9
    await press(town, "Approve", ERIK)
    assert "somebody else has to say yes" in town.whispers()[-1]
    await press(town, "Approve", EVE)
    await town.run(30 * MINUTE)
    floors = [one.change.floor for one in town.cloud.writes if one.key == SHOP.key]
    assert floors[-1] == town.cloud.floor(SHOP.key) == 4
    assert len(floors) >= 2
    assert f"Applied by <@{EVE}>" in "\n".join(town.chat.texts(OPS))
    async with town.database.begin() as tx:
        ledger = await tx.capacity.ledger(SHOP.key)
        acts = [row.act for row in await tx.audit.about(f"workload/{SHOP.key}")]
        holding = await tx.capacity.holding(SHOP.key)
    assert {one.outcome for one in ledger} == {Outcome.DONE}
    assert "advice asked" in acts
    assert "advice applied" in acts
    assert holding is not None
    assert (holding.baseline, holding.written, holding.restored_at is None) == (4, None, False)


async def test_put_back_brings_the_old_floor_again(town: Town) -> None:
    await test_applied_after_a_second_yes_and_written_in_steps(town)
    await press(town, "Put back", EVE)
    await town.run(10 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 9
    assert "Put back by" in "\n".join(town.chat.texts(OPS))


async def test_nothing_is_lowered_without_metrics(town: Town) -> None:
    await asked(town)
    await press(town, "Apply to shop", ERIK)
    for metric in (Metric.ACTIVE, Metric.RECOMMENDED):
        town.metrics.forget(metric, SHOP.key)
    await press(town, "Approve", EVE)
    await town.run(60 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 9


async def test_it_is_judged_again_at_the_yes(town: Town) -> None:
    await asked(town)
    await press(town, "Apply to shop", ERIK)
    town.cloud.someone_sets(SHOP.key, floor=7)
    await press(town, "Approve", EVE)
    await town.run(10 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 7
    assert "Not possible any more" in "\n".join(town.chat.texts(OPS))


async def test_rights_are_checked_at_every_button(town: Town) -> None:
    await asked(town)
    await press(town, "Apply to shop", MAYA)
    assert "Only an engineer or an administrator" in town.whispers()[-1]
    await press(town, "Apply to shop", ERIK)
    await press(town, "Approve", MAYA)
    assert "not among those who may say yes" in town.whispers()[-1]
    await press(town, "Decline", MAYA)
    assert "Only an engineer or an administrator" in town.whispers()[-1]
    await press(town, "Decline", ADA)
    assert f"Declined by <@{ADA}>" in "\n".join(town.chat.texts(OPS))
    assert town.cloud.floor(SHOP.key) == 9


async def test_a_second_press_of_the_same_advice_changes_nothing(town: Town) -> None:
    await asked(town)
    await press(town, "Apply to shop", ERIK)
    await press(town, "Apply to shop", EVE)
    assert "asked already" in town.whispers()[-1]


async def test_a_campaign_that_holds_the_workload_comes_first(town: Town) -> None:
    await asked(town)
    await town.scheduled()
    await press(town, "Apply to shop", ERIK)
    assert "A campaign holds or will hold it" in town.whispers()[-1]
    assert not any("wants to apply" in text for text in town.chat.texts(OPS))


def test_json_keeps_every_advice_with_its_id() -> None:
    from bot.cli.advice import advice_json
    from bot.core.advice.advising import advise
    from bot.core.advice.book import AdviceBook
    from tests.advice.scenes import NOW, SPAN, seen

    book = AdviceBook(NOW, SPAN, advise(seen()), 1, priced_on="Google's list")
    body: dict[str, Any] = json.loads(json.dumps(advice_json(book, "web")))
    assert body["advice"][0]["id"] == book.advice[0].id
    assert advice_json(book, "checkout")["advice"] == []


async def test_a_ceiling_is_written_by_the_same_way(town: Town) -> None:
    town.cloud.someone_sets(SHOP.key, floor=4, ceiling=90)
    assert "Allow 15 instead of 90 instances" in await asked(town)
    await press(town, "Apply to shop", ERIK)
    await press(town, "Approve", EVE)
    await town.run(20 * MINUTE)
    seen = await town.cloud.read(SHOP.key)
    assert (seen.scaling.floor, seen.scaling.ceiling) == (4, 15)
    await press(town, "Put back", ERIK)
    await town.run(20 * MINUTE)
    assert (await town.cloud.read(SHOP.key)).scaling.ceiling == 90


async def test_a_campaign_after_it_gives_back_to_the_new_baseline(town: Town) -> None:
    await test_applied_after_a_second_yes_and_written_in_steps(town)
    town.measure(SHOP.key, requests=400.0, busy=3.0)
    await town.scheduled(STORY.replace("22:00", "18:20"))
    await town.run(START + 10 * MINUTE)
    assert town.cloud.floor(SHOP.key) > 4
    await town.run(START + 75 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 4
