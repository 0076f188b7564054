"""A replay plans with what was known before each event, learns from it afterwards, and is scored."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.backtest import exported, result_of
from bot.core.autoscaler_model import Run
from bot.core.backtest import Planned, Rig, cut, kind_of, replay
from bot.core.backtest_goals import Goal, counts, goals
from bot.core.backtest_reading import Event, Trace
from bot.core.backtest_scoring import cost, model_for, ratio, score, sudden_event
from bot.core.campaign import CampaignKind
from bot.core.fleet import BillingMode
from bot.core.series import Series
from bot.core.windows import Window

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
FIVE = timedelta(minutes=5)
RIG = Rig()


def events(*days: int, kind: str = "push", announced: float | None = 3.0) -> tuple[Event, ...]:
    starts = [START + timedelta(days=day, hours=18) for day in days]
    return tuple(Event(Window(at, at + timedelta(hours=1)), kind, announced) for at in starts)


def trace(found: tuple[Event, ...], times: float = 3.0, weeks: int = 6) -> Trace:
    """A day's wave around 400 requests/s, `times` as much during events."""

    def demand(at: datetime) -> float:
        usual = 400 * (1 + 0.4 * math.sin(at.hour / 24 * 2 * math.pi))
        return usual * (times if any(one.window.contains(at) for one in found) else 1)

    count = weeks * 7 * 288
    values = tuple(demand(START + place * FIVE) for place in range(count))
    return Trace("wave", Series(START, FIVE, values), found)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("push", CampaignKind.PUSH),
        ("Push notification", CampaignKind.PUSH),
        ("e-mail", CampaignKind.EMAIL),
        ("email", CampaignKind.EMAIL),
        ("tv", CampaignKind.TV),
        ("slow ramp", CampaignKind.PAID_SOCIAL),
        ("flash sale", CampaignKind.SALE),
        ("meteor", CampaignKind.OTHER),
    ],
)
def test_the_words_for_kinds(word: str, kind: CampaignKind) -> None:
    assert kind_of(word) is kind


def test_the_first_of_a_kind_has_no_history_and_a_wide_margin() -> None:
    first, second = replay(trace(events(29, 36)), RIG)
    assert (first.first, second.first) == (True, False)
    assert first.plan.uplift is not None and second.plan.uplift is not None
    assert "there is no finished one of this kind" in first.plan.uplift.sentence
    assert "the last push brought ×3" in second.plan.uplift.sentence
    assert first.plan.uplift.expected.high > second.plan.uplift.expected.high
    assert first.seen == pytest.approx(3.0)


def test_an_announcement_without_a_number_assumes_one_and_says_so() -> None:
    (one,) = replay(trace(events(29, announced=None)), RIG)
    assert one.plan.uplift is not None
    assert one.plan.uplift.sentence.startswith("Nobody said how much comes")


def test_what_comes_later_changes_no_plan() -> None:
    """The plans of the first events are the same, whatever happens in and after them."""
    found = events(29, 31, 36)
    tame, wild = trace(found, times=2.0), trace(found, times=9.0)
    assert replay(tame, RIG)[0].plan == replay(wild, RIG)[0].plan
    assert replay(tame, RIG)[1].plan != replay(wild, RIG)[1].plan


def test_an_event_that_is_not_over_teaches_nothing_yet() -> None:
    at = START + timedelta(days=29, hours=18)
    long = Event(Window(at, at + timedelta(hours=6)), "push", 3.0)
    soon = Event(Window(at + timedelta(hours=4), at + timedelta(hours=5)), "push", 3.0)
    assert [one.first for one in replay(trace((long, soon)), RIG)] == [True, True]


def test_other_words_teach_nothing_but_their_demand_is_left_out() -> None:
    found = (*events(29, kind="meteor"), *events(36, kind="comet"))
    planned = replay(trace(found), RIG)
    assert [one.first for one in planned] == [True, True]
    assert planned[1].plan.workloads[0].usual.expected == pytest.approx(
        planned[0].plan.workloads[0].usual.expected
    )


def test_the_exported_plan_covers_the_event_with_its_lead_and_cool_down() -> None:
    (one,) = replay(trace(events(29)), RIG)
    (exports,) = exported([one])
    (step,) = json.loads(json.dumps(exports))
    assert step == {
        "start": "2026-03-31T17:41:00Z",
        "end": "2026-03-31T19:10:00Z",
        "min_instances": one.plan.workloads[0].floor,
    }


def test_the_later_of_two_plans_that_overlap_exports_what_both_hold() -> None:
    at = START + timedelta(days=29, hours=18)
    found = tuple(
        Event(Window(at + late, at + late + timedelta(hours=1)), kind, 3.0)
        for kind, late in (("push", timedelta(0)), ("drop", timedelta(minutes=30)))
    )
    planned = replay(trace(found), RIG)
    alone, both = exported(planned)
    (floor,) = {int(str(one["min_instances"])) for one in alone}
    together = {str(one["start"])[11:16]: int(str(one["min_instances"])) for one in both}
    assert together["18:11"] > floor  # the drop's lead time, within the push
    assert together["19:10"] == planned[1].plan.workloads[0].floor  # the push is over
    assert "It is not alone" in planned[1].plan.workloads[0].evidence[-1]


def test_what_another_event_brought_is_not_learnt_as_one_s_own() -> None:
    """A push of three hours around a drop of twenty minutes; both bring three times the usual."""
    at = START + timedelta(days=29, hours=17)
    push = Event(Window(at, at + timedelta(hours=3)), "push", 2.0)
    begin = at + timedelta(hours=1)
    drop = Event(Window(begin, begin + timedelta(minutes=20)), "drop", 2.0)
    made = trace((push,), times=2.0)
    values = [
        value * (3 if drop.window.contains(made.series.start + place * FIVE) else 1)
        for place, value in enumerate(made.series.values)
    ]
    series = replace(made.series, values=tuple(values))
    planned = replay(replace(made, series=series, events=(push, drop)), RIG)
    assert planned[0].seen == pytest.approx(2.0, rel=0.02)
    assert math.isnan(planned[1].seen)


@pytest.mark.parametrize("on_demand", [True, False])
def test_the_plans_lose_nothing_and_the_autoscaler_alone_does(on_demand: bool) -> None:
    made = trace(events(29, 36))
    scores = score(made, replay(made, RIG), RIG, on_demand=on_demand)
    assert scores.planned.inside.at_risk == 0
    assert scores.foresight.inside.at_risk == 0
    assert scores.fixed.inside.at_risk == 0
    assert scores.reactive.inside.share > 0.01
    arrived = [run.arrived for run in scores.planned.windows]
    assert arrived == pytest.approx([run.arrived for run in scores.reactive.windows])


def test_costs_lie_between_perfect_foresight_and_a_floor_at_the_peak() -> None:
    made = trace(events(29, 36))
    scores = score(made, replay(made, RIG), RIG, on_demand=True)
    for billing in BillingMode:
        best, ours, fixed = (
            cost(one.trace, RIG, billing)
            for one in (scores.foresight, scores.planned, scores.fixed)
        )
        assert best <= ours < fixed


def test_a_run_is_priced_by_the_billing_mode() -> None:
    """An hour of an instance, 1 vCPU and 0.5 GiB: $0.0909 busy, $0.0135 idle, $0.0684 by instance."""
    busy, idle = Run(0, 0, 3600, 0, 3600), Run(0, 0, 0, 3600, 3600)
    assert cost(busy, RIG, BillingMode.REQUEST) == pytest.approx(0.0909, abs=1e-4)
    assert cost(idle, RIG, BillingMode.REQUEST) == pytest.approx(0.0135, abs=1e-4)
    assert cost(idle, RIG, BillingMode.INSTANCE) == pytest.approx(0.0684, abs=1e-4)
    assert ratio(busy, Run(0, 0, 0, 0, 0), RIG, BillingMode.REQUEST) == 1.0


def test_the_rig_is_the_reference_s_example() -> None:
    model = model_for(RIG, on_demand=False)
    assert (round(model.full, 1), round(model.target), model.on_demand) == (28.3, 20, False)


def test_a_rig_that_costs_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="must cost"):
        model_for(replace(RIG, cpu_seconds=0.0, latency_seconds=0.0))


def test_a_series_without_history_is_planned_from_what_there_is() -> None:
    found = events(0)
    (one,) = replay(trace(found, weeks=1), RIG)
    assert any("last day" in said for said in one.plan.workloads[0].warnings)


def test_the_goals_count_sudden_events_from_the_second_on() -> None:
    result = result_of(trace(events(29, 36)), RIG)
    assert [counts(one) for one in result.planned] == [False, True]
    assert all(goal.met for goal in goals([result]))
    assert not sudden_event(events(1, kind="slow ramp")[0])


def test_a_goal_is_met_up_to_its_limit() -> None:
    assert Goal("cost", 1.2, 1.2).met
    assert not Goal("cost", 1.21, 1.2).met


def test_a_cut_is_the_part_inside_or_nothing() -> None:
    series = Series(START, FIVE, (1.0, 2.0, math.nan, math.nan))
    hour = Window(START - timedelta(minutes=30), START + timedelta(minutes=7))
    found = cut(series, hour)
    assert found is not None
    assert (found.start, found.values) == (START, (1.0, 2.0))
    assert cut(series, hour.shifted(timedelta(days=1))) is None
    assert cut(series, Window(START + 2 * FIVE, START + 4 * FIVE)) is None


def test_plans_are_kept_with_their_event() -> None:
    (one,) = replay(trace(events(29)), RIG)
    assert isinstance(one, Planned)
    assert one.claims[0].hold.contains(one.event.window.start)
