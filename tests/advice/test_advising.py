"""What is advised from what was measured, and the laws that protect customers."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.advice.advising import Seen, advise
from bot.core.advice.deploying import committed_use
from bot.core.advice.item import Advice, Kind, Risk, Target
from bot.core.fleet import BillingMode, ScalingMode, WorkloadKey
from bot.core.house import AdviceRules
from tests.advice.scenes import HOUSE, KEY, seen, shop


def kinds(row: Seen) -> list[Kind]:
    return [one.kind for one in advise(row)]


def only(row: Seen, kind: Kind) -> Advice:
    return next(one for one in advise(row) if one.kind is kind)


def test_a_floor_that_nobody_reached_is_idle() -> None:
    found = only(seen(), Kind.IDLE_FLOOR)
    assert found.target == Target(5, 40)
    assert found.title == "Keep 5 instead of 8 instances"
    # 3 instances · 730 h · 3600 s · (1 · 0.0000025 + 0.5 · 0.0000025) USD
    assert found.saving.cents().amount == Decimal("29.57")
    assert found.risk is Risk.NONE
    assert "At most 4 were needed at any moment (14 days, 100% of them measured)." in found.evidence


def test_a_floor_that_the_busiest_moment_needed_is_not_idle() -> None:
    assert Kind.IDLE_FLOOR not in kinds(seen(needed=8))


def test_nothing_is_advised_from_too_few_points() -> None:
    assert advise(seen(measured=1600)) == ()
    assert advise(seen(needed=None)) == ()


def test_what_saves_less_than_is_worth_saying_is_not_said() -> None:
    house = replace(HOUSE, advice=AdviceRules(least_usd=Decimal(100)))
    assert Kind.IDLE_FLOOR not in kinds(seen(house=house))


def test_the_ux_floor_is_kept() -> None:
    house = replace(HOUSE, ux_floors={"web": 7})
    assert only(seen(house=house), Kind.IDLE_FLOOR).target == Target(7, 40)
    assert Kind.IDLE_FLOOR not in kinds(seen(house=replace(HOUSE, ux_floors={"shop": 8})))


def test_requests_that_wait_on_several_days_ask_for_a_higher_floor() -> None:
    found = only(seen(needed=20, waiting=9, waiting_days=3, wanted_then=12), Kind.LOW_FLOOR)
    assert found.target == Target(12, 40)
    assert found.saving.amount < 0
    assert Kind.LOW_FLOOR not in kinds(seen(needed=20, waiting=9, waiting_days=1, wanted_then=12))


@pytest.mark.parametrize(
    ("sentence", "ceiling", "needed", "target"),
    [
        ("growth would reach it", 40, 35, 50),
        ("there is room", 40, 20, None),
        ("it would not stop a runaway", 100, 4, 20),
    ],
)
def test_ceilings_leave_room_and_stop_runaways(
    sentence: str, ceiling: int, needed: int, target: int | None
) -> None:
    row = seen(shop(ceiling=ceiling), needed=needed)
    found = [one for one in advise(row) if one.kind in {Kind.LOW_CEILING, Kind.HIGH_CEILING}]
    assert [one.target and one.target.ceiling for one in found] == ([target] if target else []), (
        sentence
    )


def test_a_revisions_maximum_takes_a_deploy() -> None:
    found = only(seen(shop(ceiling=None, revision_ceiling=10), needed=10), Kind.LOW_CEILING)
    assert not found.can_be_applied
    assert found.how.endswith("--max-instances=15")


def test_the_cheaper_billing_mode_is_named_with_its_command() -> None:
    always = replace(shop(floor=4), billing=BillingMode.INSTANCE)
    found = only(seen(always, busy=0.3, needed=4, requests=1e5), Kind.BILLING)
    assert found.saving.amount > 0
    assert "--cpu-throttling" in found.how
    assert not found.can_be_applied
    busy = seen(shop(floor=4), busy=4.0, instances=4.0, needed=4, requests=5e8)
    assert "--no-cpu-throttling" in only(busy, Kind.BILLING).how


def test_hardly_used_cpu_allows_more_requests_at_once() -> None:
    row = seen(shop(floor=1), needed=9, busy=6.0, cpu=0.15)
    assert "--concurrency=160" in only(row, Kind.CONCURRENCY).how
    assert Kind.CONCURRENCY not in kinds(seen(shop(floor=1), needed=9, busy=6.0, cpu=0.5))


def test_a_dearer_region_names_the_cheaper_one() -> None:
    key = WorkloadKey(KEY.kind, KEY.project, "europe-west3", KEY.name)
    row = seen(replace(shop(), key=key), busy=6.0, needed=8)
    assert "europe-west4" in only(row, Kind.REGION).title


def test_a_commitment_counts_only_what_always_runs() -> None:
    rows = [(shop(), replace(seen().usage, least=6.9)), (shop(), replace(seen().usage, least=0.0))]
    found = committed_use(rows, replace(HOUSE, advice=AdviceRules(least_usd=Decimal(1))), None)
    assert found is not None
    # 6 instances · 730 h · 3600 s · (1 + 0.5) · 0.0000025 USD · 17 %
    assert found.saving.cents().amount == Decimal("10.05")
    assert committed_use(rows, replace(HOUSE, discount=Decimal("0.17")), None) is None


_usages = st.fixed_dictionaries(
    {
        "needed": st.integers(0, 60),
        "busy": st.floats(0, 60),
        "instances": st.floats(0, 60),
        "requests": st.floats(0, 1e9),
        "cpu": st.floats(0, 1),
        "waiting": st.integers(0, 50),
        "waiting_days": st.integers(0, 14),
        "wanted_then": st.integers(0, 80),
        "measured": st.integers(0, 2016),
    }
)


@given(
    _usages,
    st.integers(0, 60),
    st.one_of(st.none(), st.integers(1, 100)),
    st.integers(0, 60),
    st.sampled_from(list(ScalingMode)),
)
def test_no_advice_goes_under_what_customers_need(
    usage: dict[str, float], floor: int, ceiling: int | None, ux_floor: int, mode: ScalingMode
) -> None:
    house = replace(HOUSE, ux_floors={"web": ux_floor})
    row = seen(shop(floor=floor, ceiling=ceiling, mode=mode), house, **usage)
    for one in advise(row):
        assert row.usage.enough
        if one.target is None:
            continue
        assert one.was == Target(floor, ceiling)
        if one.target.floor < floor:
            assert one.target.floor >= max(ux_floor, usage["needed"])
            assert one.saving.amount > 0
        if one.target.ceiling is not None and one.target.ceiling != ceiling:
            assert one.target.ceiling >= max(usage["needed"], one.target.floor)
