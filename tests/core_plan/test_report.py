"""Reports: planned against actual, and what is said when something was not measured."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.core.campaign import CampaignKind
from bot.core.fleet import WorkloadKey
from bot.core.holding import Holding
from bot.core.money import ZERO
from bot.core.plan import Plan
from bot.core.planner import make_plan
from bot.core.report import Report
from bot.core.series import Metric, Series
from bot.core.windows import Window
from tests.core_plan.scenes import (
    HOUSE,
    KEY,
    NAN,
    NOW,
    POOL_KEY,
    SERVICE,
    WINDOW,
    campaign,
    evidence,
    flat,
    pool_evidence,
    report_by_holdings,
    shaped,
)

MINUTE = timedelta(minutes=1)
PLAN = make_plan(campaign(), [evidence()], house=HOUSE, now=NOW)
RAISED, GIVEN_BACK = PLAN.raise_at, PLAN.give_back_at
AFTER = WINDOW.end + timedelta(minutes=40)
HELD = Holding(
    KEY,
    baseline=2,
    baseline_ceiling=None,
    raised_at=RAISED,
    proven_at=RAISED + 3 * MINUTE,
    restored_at=GIVEN_BACK,
)


def measured(**changed: float | Series | None) -> dict[Metric, Series]:
    """A campaign that came to ×2.7 on 78 instances and made nobody wait."""
    values: dict[str, float | Series | None] = {
        "REQUESTS": 1080.0,
        "INSTANCES": 78.0,
        "PENDING": 0.0,
        "BILLABLE": 55.0,
    }
    values.update(changed)
    return {
        Metric[name]: value if isinstance(value, Series) else flat(WINDOW, value, MINUTE)
        for name, value in values.items()
        if value is not None
    }


def report_of(
    actual: Mapping[Metric, Series] | None = None, holding: Holding | None = HELD, plan: Plan = PLAN
) -> Report:
    actuals = {KEY: measured() if actual is None else actual}
    holdings = {} if holding is None else {KEY: holding}
    return report_by_holdings(campaign(), plan, actuals, holdings, now=AFTER)


def within(start: int, minutes: int, value: float, other: float = 0.0) -> Series:
    """`value` for some minutes from a minute of the window on, `other` in the rest of it."""
    begin = WINDOW.start + start * MINUTE
    inside = Window(begin, begin + minutes * MINUTE)
    return shaped(WINDOW, lambda at: value if inside.contains(at) else other, MINUTE)


def test_a_good_campaign_in_numbers() -> None:
    report = report_of()
    assert (report.uplift_announced, report.uplift_seen) == (3.0, 2.7)
    assert (report.planned_demand, report.actual_demand) == (1200, 1080)
    assert report.minutes_at_risk == 0
    assert report.billable_hours == pytest.approx(220.0)
    assert (report.proven_at, report.restored_at) == (HELD.proven_at, GIVEN_BACK)
    assert (report.campaign_id, report.made_at, report.missing) == ("c1", AFTER, ())


def test_a_good_campaign_s_row() -> None:
    (row,) = report_of().rows
    assert (row.key, row.baseline) == (KEY, 2)
    assert (row.planned_instances, row.actual_instances, row.needed_instances) == (78, 78, 54)
    assert (row.usual_demand, row.planned_demand, row.actual_demand) == (400, 1200, 1080)
    assert (row.uplift, row.minutes_at_risk, row.notes) == (2.7, 0, ())
    assert row.actual_cost == row.planned_cost


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (1080.0, "You announced ×3; it came to ×2.7, as good as announced."),
        (640.0, "You announced ×3; it came to ×1.6. For one like it, announce ×1.6."),
        (2000.0, "You announced ×3; it came to ×5.0. For one like it, announce ×5.0."),
    ],
)
def test_what_is_learned_of_the_uplift(seen: float, said: str) -> None:
    assert report_of(measured(REQUESTS=seen)).lessons[0] == said


@pytest.mark.parametrize(
    ("why", "changed", "minutes"),
    [
        ("requests waited", {"PENDING": within(0, 7, 3.0)}, 7),
        ("too few instances even at full use", {"INSTANCES": within(10, 5, 37.0, 78.0)}, 5),
        ("fewer than the target, but they carry it", {"INSTANCES": 40.0}, 0),
        ("half an instance is noise", {"INSTANCES": 38.6}, 0),
        (
            "both at the same minute count once",
            {"PENDING": within(0, 7, 3.0), "INSTANCES": 9.0},
            240,
        ),
        ("waiting alone was measured", {"INSTANCES": None, "PENDING": within(0, 2, 1.0)}, 2),
        ("instances alone were measured", {"PENDING": None, "INSTANCES": within(0, 4, 9, 78)}, 4),
        ("a minute that was not measured is no risk", {"INSTANCES": within(0, 9, NAN, 78)}, 0),
        ("nothing was measured", {"INSTANCES": None, "PENDING": None}, None),
        ("nor demand", {"REQUESTS": None, "PENDING": None}, None),
    ],
)
def test_minutes_at_risk(why: str, changed: dict[str, Series], minutes: int | None) -> None:
    report = report_of(measured(**changed))
    assert report.minutes_at_risk == report.rows[0].minutes_at_risk == minutes, why
    assert any("may have waited at storefront-web" in said for said in report.lessons) is bool(
        minutes
    )


@pytest.mark.parametrize(
    ("why", "holding", "share"),
    [
        ("as planned", HELD, "1"),
        (
            "raised a quarter late",
            replace(HELD, raised_at=RAISED + (GIVEN_BACK - RAISED) / 4),
            "0.75",
        ),
        (
            "another campaign had raised it before",
            replace(HELD, raised_at=RAISED - 60 * MINUTE),
            "1",
        ),
        (
            "given back at half time",
            replace(HELD, restored_at=RAISED + (GIVEN_BACK - RAISED) / 2),
            "0.5",
        ),
        ("held on for another campaign", replace(HELD, restored_at=None), "1"),
    ],
)
def test_the_actual_cost_follows_what_was_held(why: str, holding: Holding, share: str) -> None:
    (row,) = report_of(holding=holding).rows
    assert row.actual_cost is not None
    assert abs(row.actual_cost.amount - PLAN.cost.amount * Decimal(share)) < Decimal("1e-6"), why


def test_the_minutes_of_stepping_down_count_half() -> None:
    report = report_of(holding=replace(HELD, restored_at=GIVEN_BACK + 20 * MINUTE))
    planned = (GIVEN_BACK - RAISED) / MINUTE
    assert report.actual_cost is not None
    assert float(report.actual_cost.amount / PLAN.cost.amount) == pytest.approx(1 + 10 / planned)


@pytest.mark.parametrize(
    ("why", "holding"),
    [("no holding", None), ("it was never raised", replace(HELD, raised_at=None))],
)
def test_an_unknown_cost_is_none_and_missing(why: str, holding: Holding | None) -> None:
    report = report_of(holding=holding)
    assert report.actual_cost is None, why
    assert report.missing == ("time held of storefront-web (europe-west1)",)


@pytest.mark.parametrize("metric", ["REQUESTS", "INSTANCES", "BILLABLE"])
@pytest.mark.parametrize("value", [None, NAN, -5.0])
def test_what_was_not_measured_is_none_and_named(metric: str, value: float | None) -> None:
    report = report_of(measured(**{metric: value}))
    numbers = {
        "REQUESTS": (report.actual_demand, report.uplift_seen, report.chart, "requests"),
        "INSTANCES": (report.rows[0].actual_instances, None, None, "instances"),
        "BILLABLE": (report.billable_hours, None, None, "billed hours"),
    }
    *found, name = numbers[metric]
    assert found == [None, None, None]
    assert report.missing == (f"{name} of storefront-web (europe-west1)",)


def test_nothing_measured_at_all_is_a_report_without_numbers() -> None:
    report = report_of({}, None)
    assert (report.actual_demand, report.minutes_at_risk, report.actual_cost) == (None, None, None)
    assert report.missing == (
        "requests, instances, waiting, billed hours, time held of storefront-web (europe-west1)",
    )
    assert report.lessons == (
        "You announced ×3; what came was not measured, so nothing is learned.",
    )


def test_measurements_outside_the_window_do_not_count() -> None:
    loud = Window(WINDOW.start - timedelta(hours=1), WINDOW.end + timedelta(hours=1))
    shape = shaped(loud, lambda at: 1080.0 if WINDOW.contains(at) else 9999.0, MINUTE)
    assert report_of(measured(REQUESTS=shape)).actual_demand == 1080


def test_a_floor_that_was_too_low_is_noted() -> None:
    (row,) = report_of(measured(REQUESTS=2000.0)).rows
    assert row.notes == (
        "It needed 100 instances at the peak, 78 were held; no minute was at risk all the same.",
    )


def test_a_floor_that_was_too_low_for_its_minutes_is_noted_without_comfort() -> None:
    (row,) = report_of(measured(REQUESTS=4000.0)).rows
    assert row.minutes_at_risk
    assert row.notes == ("It needed 200 instances at the peak, 78 were held.",)


def test_a_floor_far_too_high_is_a_lesson() -> None:
    lessons = report_of(measured(REQUESTS=640.0)).lessons
    assert lessons[-1] == "The peak needed 32 of the 78 instances held: less would do."


def test_a_late_proof_is_a_lesson() -> None:
    late = replace(HELD, proven_at=WINDOW.start + 4 * MINUTE)
    assert any("warm 4 min after the start" in said for said in report_of(holding=late).lessons)


def test_one_of_two_unproven_workloads_leaves_the_whole_unproven() -> None:
    there = WorkloadKey(KEY.kind, KEY.project, "us-central1", "search-api")
    two = [evidence(), evidence(replace(SERVICE, key=there))]
    plan = make_plan(campaign(), two, house=HOUSE, now=NOW)
    holdings = {KEY: HELD, there: replace(HELD, key=there, proven_at=None)}
    actuals = {KEY: measured(), there: measured(REQUESTS=None)}
    report = report_by_holdings(campaign(), plan, actuals, holdings, now=AFTER)
    assert (report.proven_at, report.restored_at) == (None, GIVEN_BACK)
    assert (report.actual_demand, report.uplift_seen) == (None, 2.7)
    assert report.missing == ("requests of search-api (us-central1)",)
    assert report.chart is not None
    assert report.chart.planned[-1] == 1200


def test_a_worker_pool_is_compared_by_its_instances() -> None:
    plan = make_plan(campaign(), [pool_evidence()], house=HOUSE, now=NOW)
    actual = measured(REQUESTS=None, PENDING=None, INSTANCES=within(0, 6, 20.0, 24.0))
    holdings = {POOL_KEY: replace(HELD, key=POOL_KEY)}
    report = report_by_holdings(campaign(), plan, {POOL_KEY: actual}, holdings, now=AFTER)
    (row,) = report.rows
    assert (row.planned_instances, row.actual_instances, row.minutes_at_risk) == (24, 24, 6)
    assert (row.actual_demand, row.needed_instances, report.chart) == (None, None, None)
    assert row.notes == ("A worker pool has no request metric; only its instances are compared.",)
    assert report.missing == ()


def test_a_workload_that_needed_nothing_cost_nothing() -> None:
    plan = make_plan(campaign(1.1), [evidence()], house=HOUSE, now=NOW)
    report = report_of(measured(REQUESTS=440.0, INSTANCES=22.0), None, plan)
    assert (report.actual_cost, report.proven_at, report.restored_at) == (ZERO, None, None)
    assert report.rows[0].notes == ("No pre-scaling was planned.",)
    assert report.minutes_at_risk == 0


def test_the_chart_has_round_slots_in_the_campaign_s_zone() -> None:
    chart = report_of(measured(REQUESTS=within(15, 1, 1300.0, 1000.0))).chart
    assert chart is not None
    assert chart.labels[:3] == ("18:00", "18:15", "18:30")
    assert len(chart.labels) == len(chart.planned) == len(chart.actual) == 16
    assert chart.planned == (1200.0,) * 16
    assert chart.actual[:3] == (1000.0, 1300.0, 1000.0)


def test_a_gap_in_the_chart_stays_a_gap() -> None:
    chart = report_of(measured(REQUESTS=within(0, 30, NAN, 1000.0))).chart
    assert chart is not None
    assert chart.actual[:3] == (None, None, 1000.0)


def test_the_planned_line_follows_the_arrival() -> None:
    social = campaign(3, CampaignKind.PAID_SOCIAL)
    plan = make_plan(social, [evidence()], house=HOUSE, now=NOW)
    report = report_by_holdings(social, plan, {KEY: measured()}, {}, now=AFTER)
    assert report.chart is not None
    assert report.chart.planned[:5] == (600.0, 800.0, 1000.0, 1200.0, 1200.0)


def test_the_planned_line_of_an_old_plan_follows_the_kind_s_default() -> None:
    social = campaign(3, CampaignKind.PAID_SOCIAL)
    old = replace(PLAN, workloads=(replace(PLAN.workloads[0], inputs=None),))
    report = report_by_holdings(social, old, {KEY: measured()}, {}, now=AFTER)
    assert report.chart is not None
    assert report.chart.planned[:5] == (600.0, 800.0, 1000.0, 1200.0, 1200.0)


@pytest.mark.parametrize(
    ("minutes", "points", "last"),
    [
        (1, 1, "18:00"),
        (20, 20, "18:19"),
        (21, 11, "18:20"),
        (240, 16, "21:45"),
        (61 * 24, 13, "29 Nov 18:00"),
        (60 * 24 * 30, 20, "27 Dec 06:00"),
    ],
)
def test_the_chart_never_has_more_than_twenty_points(minutes: int, points: int, last: str) -> None:
    window = Window(WINDOW.start, WINDOW.start + minutes * MINUTE)
    plan = replace(PLAN, window=window)
    actual = {KEY: {Metric.REQUESTS: flat(window, 7.0, MINUTE)}}
    chart = report_by_holdings(campaign(), plan, actual, {}, now=AFTER).chart
    assert chart is not None
    assert (len(chart.labels), chart.labels[-1]) == (points, last)


def test_a_floor_that_was_put_back_counts_as_proven_when_it_was_proven_first() -> None:
    first, again = WINDOW.start - 15 * MINUTE, WINDOW.start + 90 * MINUTE
    report = report_by_holdings(
        replace(campaign(), proven_at=first),
        PLAN,
        {KEY: measured()},
        {KEY: replace(HELD, proven_at=again)},
        now=AFTER,
    )
    assert report.rows[0].proven_at == first
    assert not any("announce earlier" in lesson for lesson in report.lessons)
