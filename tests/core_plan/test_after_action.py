"""What a finished campaign teaches, and what its report says of the forecast and the money."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.after_action import alongside, lesson_of
from bot.core.campaign import CampaignKind, CampaignState
from bot.core.evidence import Background
from bot.core.plan import Plan
from bot.core.planner import make_plan
from bot.core.series import Metric, Series
from bot.core.windows import Window
from tests.core_plan.scenes import (
    HOUSE,
    KEY,
    NOW,
    WINDOW,
    campaign,
    evidence,
    flat,
    report_by_holdings,
)

MINUTE = timedelta(minutes=1)


def planned() -> Plan:
    return make_plan(campaign(), [evidence()], house=HOUSE, now=NOW)


def came(value: float) -> dict[Metric, Series]:
    return {Metric.REQUESTS: flat(WINDOW, value, MINUTE)}


@pytest.mark.parametrize(("rps", "times"), [(1000.0, 2.5), (1480.0, 3.7), (400.0, 1.0)])
def test_a_campaign_teaches_how_many_times_the_usual_came(rps: float, times: float) -> None:
    lesson = lesson_of(campaign(), planned(), {KEY: came(rps)})
    assert lesson is not None
    assert lesson.seen == pytest.approx(times, rel=0.01)
    assert (lesson.kind, lesson.announced) == (CampaignKind.PUSH, 3.0)
    assert (lesson.at, lesson.until) == (WINDOW.start, WINDOW.end)


def test_the_shape_is_how_the_rise_came_and_went() -> None:
    half = WINDOW.duration // MINUTE // 2
    series = Series(WINDOW.start, MINUTE, (1200.0,) * half + (600.0,) * half)
    lesson = lesson_of(campaign(), planned(), {KEY: {Metric.REQUESTS: series}})
    assert lesson is not None
    assert lesson.shape[0] == pytest.approx(1.0)
    assert lesson.shape[-1] == pytest.approx(0.25, abs=0.02)


def test_what_came_while_another_campaign_ran_is_not_learnt() -> None:
    """1,200 requests/s, and 4,000 while a drop ran for an hour."""
    drop = Window(WINDOW.start + timedelta(hours=1), WINDOW.start + timedelta(hours=2))
    minutes = [WINDOW.start + at * MINUTE for at in range(WINDOW.duration // MINUTE)]
    series = Series(
        WINDOW.start, MINUTE, tuple(4000.0 if drop.contains(at) else 1200.0 for at in minutes)
    )
    lesson = lesson_of(campaign(), planned(), {KEY: {Metric.REQUESTS: series}}, [drop])
    assert lesson is not None
    assert lesson.seen == pytest.approx(3.0)
    assert set(lesson.shape) == {1.0}  # the hour is bridged by what is beside it


def test_a_campaign_that_hardly_ran_alone_teaches_nothing() -> None:
    most = Window(WINDOW.start, WINDOW.end - timedelta(hours=1))
    assert lesson_of(campaign(), planned(), {KEY: came(1200)}, [most]) is None


@pytest.mark.parametrize(
    ("sentence", "state", "groups", "later", "counts"),
    [
        ("it ran", CampaignState.LIVE, ("web",), timedelta(hours=1), True),
        ("it is done", CampaignState.DONE, ("web", "pipeline"), timedelta(hours=-1), True),
        ("it was refused", CampaignState.REFUSED, ("web",), timedelta(hours=1), False),
        ("it ran elsewhere", CampaignState.LIVE, ("pipeline",), timedelta(hours=1), False),
        ("it ran the day after", CampaignState.DONE, ("web",), timedelta(days=1), False),
    ],
)
def test_which_campaigns_ran_alongside(
    sentence: str, state: CampaignState, groups: tuple[str, ...], later: timedelta, counts: bool
) -> None:
    own = campaign()
    said = replace(own.announcement, groups=groups, window=WINDOW.shifted(later))
    other = replace(own, id="other", state=state, announcement=said)
    assert bool(alongside(own, [own, other])) is counts, sentence


def test_nothing_is_learnt_when_what_came_was_not_measured() -> None:
    assert lesson_of(campaign(), planned(), {}) is None
    assert lesson_of(campaign(), planned(), {KEY: came(math.nan)}) is None


def test_nothing_is_learnt_from_a_plan_that_kept_no_inputs() -> None:
    plan = planned()
    old = replace(plan, workloads=(replace(plan.workloads[0], inputs=None),))
    assert lesson_of(campaign(), old, {KEY: came(1000)}) is None


def test_what_was_learnt_changes_the_next_plan_and_its_sentence() -> None:
    lesson = lesson_of(campaign(), planned(), {KEY: came(800)})
    assert lesson is not None
    earlier = tuple(replace(lesson, at=lesson.at - timedelta(weeks=n)) for n in (2, 3, 4))
    plan = make_plan(
        campaign(), [evidence()], house=HOUSE, now=NOW, background=Background(past=earlier)
    )
    assert plan.uplift is not None
    assert plan.uplift.expected.expected < 2.5
    assert "You said ×3; the last three pushes brought ×2" in plan.uplift.sentence
    assert plan.workloads[0].floor < planned().workloads[0].floor


def test_the_report_says_how_far_the_plan_was_off_and_what_was_wasted() -> None:
    plan = planned()
    report = report_by_holdings(campaign(), plan, {KEY: came(800)}, {}, now=WINDOW.end)
    assert report.uplift_error == pytest.approx(2 / plan.uplift.expected.expected - 1)  # type: ignore[union-attr]
    assert report.wasted is None  # not known when it was held


def test_no_money_is_wasted_when_the_peak_needed_all_that_was_held() -> None:
    plan = planned()
    report = report_by_holdings(campaign(), plan, {KEY: came(9000)}, {}, now=WINDOW.end)
    assert report.rows[0].wasted is None or report.rows[0].wasted.amount == 0
