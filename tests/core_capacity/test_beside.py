"""Whose demand is whose, and what all hold, where campaigns are live on one workload at the same time."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.beside import Beside, Neighbouring, own_demand
from bot.core.claiming import claims_on
from bot.core.closed_loop import Adjustment, Turn
from bot.core.plan import Band, Sizing
from bot.core.series import Series
from bot.core.windows import Window
from tests.core_capacity.test_closed_loop import INPUTS, hours
from tests.core_lifecycle.sample import SHOP
from tests.policies.cases import WINDOW, case, workload

START, HOUR = WINDOW.start, timedelta(hours=1)
NOW = START + 2 * HOUR
SIZING = Sizing(vcpu=1, concurrency=80, cpu_seconds=0.03, latency_seconds=0.1, spare=0.0)
SALE = case()
PLAN = replace(
    workload("shop", 100, None),
    key=SHOP,
    sizing=SIZING,
    usual=Band(400.0, 400.0, 400.0),
    expected=Band(600.0, 800.0, 1000.0),
    steps=tuple(replace(one, floor=40) for one in workload("shop", 100, None).steps),
)
CLAIMS = claims_on(PLAN, SALE.campaign, give_back_at=SALE.plan.give_back_at)
OTHER = Neighbouring(SALE.campaign, SALE.plan, PLAN, CLAIMS)


@pytest.mark.parametrize(
    ("sentence", "hour", "brings"),
    [
        ("before it begins", -0.1, 0.0),
        ("while it is live", 1.5, 400.0),
        ("after its end", 4.0, 0.0),
    ],
)
def test_the_other_campaign_brings_demand_only_in_its_window(
    sentence: str, hour: float, brings: float
) -> None:
    assert OTHER.brings(START + hour * HOUR, NOW) == brings, sentence


def test_it_brings_what_its_forecast_says_of_that_hour() -> None:
    inputs = replace(INPUTS, curve=hours(500, 800, 600, 400))
    other = replace(OTHER, workload=replace(PLAN, inputs=inputs))
    found = [other.brings(START + hour * HOUR, NOW) for hour in range(4)]
    assert found == [100.0, 400.0, 200.0, 0.0]


@pytest.mark.parametrize(("added", "brings"), [(700.0, 700.0), (150.0, 150.0), (400.0, 400.0)])
def test_what_the_loop_has_made_of_its_claim_counts(added: float, brings: float) -> None:
    changed = tuple(replace(one, added_rps=added) for one in CLAIMS)
    assert replace(OTHER, claims=changed).brings(NOW, NOW) == brings


def test_its_demand_is_taken_off_and_gaps_stay_gaps() -> None:
    measured = Series(START - HOUR, HOUR, (400.0, 1200.0, math.nan, 300.0))
    own = own_demand(measured, [OTHER], NOW).values
    assert (own[0], own[1], own[3]) == (400.0, 800.0, 0.0)
    assert math.isnan(own[2])


def test_a_raise_goes_as_far_as_all_of_them_together_may() -> None:
    mine = tuple(replace(one, id="mine", added_rps=800.0, floor=60) for one in CLAIMS)
    held = Beside(PLAN, mine, CLAIMS, NOW)
    assert (held.held, held.alone, held.ceiling) == (80, False, 100)
    wish = Adjustment(SHOP, Turn.RAISE, 90, math.inf, "more")
    raised = held.within(wish, held.ceiling)
    assert raised is not None
    assert (raised.floor, raised.together, raised.instances) == (80, 100, 100)
    assert held.within(wish, 80) is None


def test_a_claim_that_is_over_is_no_company() -> None:
    over = tuple(replace(one, hold=Window(START, NOW), ceiling=900) for one in CLAIMS)
    held = Beside(PLAN, CLAIMS, over, NOW)
    assert (held.alone, held.ceiling, held.held) == (True, 100, 40)
