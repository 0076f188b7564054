"""What was answered before a change of what is under way: which questions are asked again, and which are not."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.core.fences import Fences
from bot.core.limits import SpendCap
from bot.core.money import Money
from bot.core.reshaping import grows, only_new
from bot.core.rules import Rule
from bot.core.verdict import Effect, Finding, Role, Verdict
from tests.flows.town import CAMPAIGNS, END, FINN, MAYA, OPS, START, Town
from tests.policies.cases import case

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAME = "Black Friday push"
OWN = Rule(
    "dear",
    "plan.cost > 5.0",
    Effect.NEEDS_APPROVAL,
    "Finance wants to see what costs more than $5.",
    approvers=(Role.FINANCE,),
    source="rules.yaml:1",
)
CAP = SpendCap("cymbal-shop", Money(Decimal(20)), Money(Decimal(15)))
HOUSES = [("an own rule", {"rules": (OWN,)}), ("a spend cap", {"fences": Fences(spend_caps=(CAP,))})]  # fmt: skip


@pytest.mark.parametrize(("who", "told"), HOUSES, ids=[row[0] for row in HOUSES])
async def test_what_does_not_tell_the_size_is_asked_again_when_it_grows(
    town: Town, who: str, told: dict[str, Any]
) -> None:
    town.house(**told)
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    await town.click("Approve", by=FINN, on=town.chat.shown_in(OPS)[0], channel=OPS)
    await town.run(START + 30 * MINUTE)
    await town.say(f"extend {NAME} 24h", by=MAYA, command="/headroom")
    await town.run()
    assert await ends(town) == END
    assert "needs a yes from" in "\n".join(town.chat.texts(CAMPAIGNS))
    await town.click("Approve", on=town.chat.shown_in(OPS)[-1], by=FINN)
    await town.run()
    assert await ends(town) == END + 24 * HOUR


async def ends(town: Town) -> object:
    return (await town.campaign()).announcement.window.end


@pytest.mark.parametrize(
    ("bounded", "grown", "asked"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_an_answer_holds_until_the_plan_grows_beyond_it(
    bounded: bool, grown: bool, asked: bool
) -> None:
    question = Finding("dear", Effect.NEEDS_APPROVAL, "Finance wants to see it.", bounded=bounded)
    before = Verdict((replace(question, bounded=False),))  # stored before it was known
    left = only_new(before, Verdict((question,)), grown=grown)
    assert (left.effect is Effect.NEEDS_APPROVAL) is asked


def test_a_plan_grows_in_money_or_in_hours() -> None:
    plan = case().plan
    longer = replace(plan.window, end=plan.window.end + MINUTE)
    moved = replace(plan.window, start=plan.window.start + HOUR, end=plan.window.end + HOUR)
    assert grows(plan, replace(plan, cost=Money(plan.cost.amount + 1)))
    assert grows(plan, replace(plan, window=longer))
    assert not grows(plan, replace(plan, window=moved))
    assert not grows(replace(plan, window=longer), plan)
