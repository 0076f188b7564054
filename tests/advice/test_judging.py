"""What guards a change that was advised, at the press and again at the yes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.core.advice.advising import advise
from bot.core.advice.item import Advice, Kind
from bot.core.advice.judging import AdviceCase, judge_advice
from bot.core.claims import Claim
from bot.core.experience import Breach, Mark, Page, Step
from bot.core.freeze import Freeze, FreezeCalendar
from bot.core.heeding import Felt
from bot.core.money import Money
from bot.core.pausing import Pause
from bot.core.verdict import Effect
from bot.core.windows import Window
from tests.advice.scenes import HOUSE, KEY, NOW, seen, shop

HOUR = timedelta(hours=1)
IDLE = next(one for one in advise(seen()) if one.kind is Kind.IDLE_FLOOR)
SOON = Claim(
    "c",
    "bf",
    KEY,
    Window(NOW + HOUR, NOW + 3 * HOUR),
    20,
    1.0,
    2.0,
    None,
    None,
    "U",
    "Black Friday",
)
FELT = Felt(
    Page("front", "Front page", ("web",), (Step("/"),)), Breach("front", Mark.SLOW, NOW, NOW, "4 s")
)
FREEZE = FreezeCalendar((Freeze("Inventory", Window(NOW - HOUR, NOW + HOUR)),))


def case(advice: Advice = IDLE, **changes: Any) -> AdviceCase:
    return replace(AdviceCase(advice, NOW - HOUR, shop(), HOUSE, NOW), **changes)


def test_taking_away_needs_a_second_pair_of_eyes() -> None:
    verdict = judge_advice(case())
    assert verdict.effect is Effect.NEEDS_APPROVAL
    assert [one.policy for one in verdict.with_effect(Effect.NEEDS_APPROVAL)] == ["second look"]


@pytest.mark.parametrize(
    ("policy", "changes"),
    [
        ("changed", {"workload": shop(floor=9)}),
        ("fresh", {"at": NOW - timedelta(days=3)}),
        ("ux-floor", {"house": replace(HOUSE, ux_floors={"web": 6})}),
        ("campaigns", {"claims": [SOON]}),
        ("held", {"held": True}),
        ("paused", {"pause": Pause("everything", "U0ADA", NOW, None, "")}),
        ("experience", {"felt": [FELT]}),
        ("freeze", {"calendar": FREEZE}),
    ],
)
def test_each_guard_refuses_by_itself_and_says_the_way_out(
    policy: str, changes: dict[str, Any]
) -> None:
    refused = judge_advice(case(**changes)).with_effect(Effect.REFUSE)
    assert [one.policy for one in refused] == [policy]
    assert refused[0].way_out


def test_adding_room_is_allowed_within_the_budget_and_asked_above() -> None:
    row = seen(needed=20, waiting=9, waiting_days=3, wanted_then=12)
    more = next(one for one in advise(row) if one.kind is Kind.LOW_FLOOR)
    assert judge_advice(case(more)).effect is Effect.ALLOW
    assert judge_advice(case(more, felt=[FELT])).effect is Effect.ALLOW
    dear = replace(more, saving=Money(Decimal(-60)))
    [asked] = judge_advice(case(dear)).with_effect(Effect.NEEDS_APPROVAL)
    assert asked.policy == "budget"
