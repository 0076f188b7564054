"""Which earlier weeks count: holidays and known campaigns are named and left out, growth is carried on."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.campaign import CampaignKind
from bot.core.days import Calendar, calendar_for
from bot.core.demand import Usual, usual_demand
from bot.core.evidence import PastCampaign, weeks_back
from bot.core.series import Series
from bot.core.windows import Window
from tests.core_plan.scenes import BERLIN, FIVE, NOW, WINDOW, evidence, flat, history, shaped

HOUR = timedelta(hours=1)
BACK = [WINDOW.start - timedelta(weeks=week) for week in range(9)]


def calendar(
    holidays: dict[date, str] | None = None, *campaigns: PastCampaign, zone: str = BERLIN
) -> Calendar:
    return calendar_for(WINDOW.start, zone, holidays or {}, campaigns)


def usual(weeks: tuple[Series, ...], days: Calendar) -> Usual:
    return usual_demand(evidence(usual=weeks, measured={}), WINDOW, days)


def ran(
    week: int, *, seen: float = 2.0, shape: tuple[float, ...] = (), name: str = ""
) -> PastCampaign:
    start = BACK[week]
    return PastCampaign(
        CampaignKind.PUSH, ("web",), 3.0, seen, start, start + WINDOW.duration, name, shape
    )


def test_a_holiday_is_left_out_by_its_name_even_if_its_level_is_ordinary() -> None:
    found = usual(history(400, 420, 400, 400), calendar({date(2025, 11, 14): "a holiday"}))
    (left,) = found.left_out
    assert (left.day, left.reason) == (date(2025, 11, 14), "a holiday")
    assert (found.weeks, found.peak.expected) == (3, 400)


def test_a_known_campaign_is_left_out_by_its_name() -> None:
    found = usual(history(400, 400, 440, 400), calendar(None, ran(3, name="Singles' Day")))
    assert [(one.day, one.reason) for one in found.left_out] == [
        (date(2025, 11, 7), "Singles' Day")
    ]


def test_a_campaign_at_another_time_of_that_week_changes_nothing() -> None:
    elsewhere = PastCampaign(
        CampaignKind.PUSH,
        ("web",),
        3,
        3,
        BACK[2] - timedelta(hours=9),
        BACK[2] - timedelta(hours=7),
    )
    assert usual(history(400, 400, 400), calendar(None, elsewhere)).left_out == ()


def test_where_every_week_had_a_campaign_its_rise_is_taken_out() -> None:
    known = [ran(week, seen=2.0) for week in range(1, 5)]
    found = usual(history(800, 840, 800, 760), calendar(None, *known))
    assert (found.weeks, found.peak.expected) == (4, 400)
    assert "In 4 of these weeks a campaign ran; its rise was taken out." in found.notes


def test_a_known_shape_is_taken_out_slot_by_slot() -> None:
    """Twice the usual for five minutes, one and a half times for five more, then the usual."""
    shape = (1.0, 0.5, 0.0)

    def pushed(at: datetime) -> float:
        minutes = (at - BACK[1]) % timedelta(weeks=1) / timedelta(minutes=1)
        return 400 * (2.0 if minutes < 5 else 1.5 if minutes < 10 else 1.0)

    spans = weeks_back(WINDOW, BERLIN, weeks=2, now=NOW)
    weeks = tuple(shaped(span, pushed) for span in spans)
    found = usual(weeks, calendar(None, ran(1, shape=shape), ran(2, shape=shape)))
    assert set(found.curve.values) == {400.0}


def weekly_push(levels: list[float], pushed: int) -> tuple[Series, ...]:
    """Weeks at their levels, the newest first; in the newest `pushed` a campaign doubled its window."""
    weeks = []
    spans = weeks_back(WINDOW, BERLIN, weeks=len(levels), now=NOW)
    for week, (span, level) in enumerate(zip(spans, levels, strict=True), 1):
        hour, rest = [level] * 12, [level * (2 if week <= pushed else 1)] * 48
        weeks.append(Series(span.start, FIVE, (*hour, *rest, *hour)))
    return tuple(weeks)


def test_growth_since_the_last_quiet_week_is_told_by_the_hour_before_the_campaigns() -> None:
    """A push in each of the newest five weeks leaves the sixth to eighth; demand grew by 5 % a week."""
    weeks = weekly_push([400 * 1.05**-week for week in range(1, 9)], pushed=5)
    found = usual(weeks, calendar(None, *(ran(week) for week in range(1, 6))))
    assert (found.weeks, len(found.left_out)) == (3, 5)
    assert found.peak.expected == pytest.approx(400)
    assert found.growth_per_week == pytest.approx(0.05)


def test_a_new_level_since_then_counts_once_most_weeks_have_it() -> None:
    weeks = weekly_push([600, 600, 600, 600, 600, 400, 400, 400], pushed=5)
    found = usual(weeks, calendar(None, *(ran(week) for week in range(1, 6))))
    assert found.peak.expected == pytest.approx(600)
    assert found.peak.high > 600


def test_the_hour_before_tells_nothing_where_another_campaign_ran_in_it() -> None:
    """All five hours before were doubled by other pushes, which are known."""
    weeks = weekly_push([800, 800, 800, 800, 800, 400, 400, 400], pushed=0)
    earlier = [
        PastCampaign(CampaignKind.PUSH, ("web",), 3, 2, BACK[w] - HOUR, BACK[w])
        for w in range(1, 6)
    ]
    found = usual(weeks, calendar(None, *earlier, *(ran(week) for week in range(1, 6))))
    assert found.peak.expected == pytest.approx(400)


def test_steady_growth_is_carried_on_and_said() -> None:
    weeks = history(*(400 * 1.05**-week for week in range(1, 9)))
    found = usual(weeks, calendar())
    assert found.peak.expected == pytest.approx(400)
    assert found.growth_per_week == pytest.approx(0.05)
    assert found.notes[0] == "Demand grew by 5% a week; that is carried on."
    assert found.peak.high / found.peak.low < 1.01


def test_a_week_that_is_high_because_all_grow_is_not_odd() -> None:
    """The newest of eight weeks is 1.7 times their median, and just where its growth leads to."""
    weeks = history(*(400 * 1.15**-week for week in range(1, 9)))
    found = usual(weeks, calendar())
    assert (found.weeks, found.left_out) == (8, ())
    assert found.peak.expected == pytest.approx(400)


def test_two_high_weeks_in_a_row_are_the_new_level() -> None:
    found = usual(history(800, 760, 400, 410, 390, 400), calendar())
    assert (found.weeks, found.peak.expected) == (2, 780)
    assert len(found.left_out) == 4


def test_two_low_weeks_in_a_row_are_not_believed() -> None:
    found = usual(history(200, 190, 400, 410, 390, 400), calendar())
    assert (found.weeks, found.peak.expected) == (4, 400)


def test_growth_of_three_weeks_or_against_the_tide_is_not_believed() -> None:
    assert usual(history(480, 440, 400), calendar()).growth_per_week == 0
    assert usual(history(400, 480, 390, 470, 400), calendar()).growth_per_week == 0


def test_growth_beyond_belief_is_carried_on_only_so_far() -> None:
    found = usual(history(500, 410, 340, 280), calendar())
    assert found.growth_per_week == pytest.approx(0.15)


def test_a_campaign_on_a_holiday_has_a_wider_band_and_that_is_said() -> None:
    ordinary = usual(history(400, 410, 420), calendar())
    holiday = usual(history(400, 410, 420), calendar({date(2025, 11, 28): "Thanksgiving Friday"}))
    assert holiday.peak.high > ordinary.peak.high
    assert holiday.peak.low < ordinary.peak.low
    assert any("is a holiday (Thanksgiving Friday)" in said for said in holiday.warnings)


def test_a_change_of_clocks_in_between_is_said() -> None:
    """Summer time ended in Berlin on 26 October 2025."""
    found = usual(history(400, 400, 400, 400, 400, 400), calendar())
    assert found.notes == (
        "The clocks changed since 24 Oct; weeks are compared by the clock on the wall.",
    )


def test_points_that_stray_from_their_week_widen_the_band() -> None:
    def restless(at: datetime) -> float:
        return 400 * (1.2 if (at.minute // 5 + at.day) % 2 else 0.8)

    spans = weeks_back(WINDOW, BERLIN, weeks=4, now=NOW)
    found = usual(tuple(shaped(span, restless) for span in spans), calendar())
    assert found.high > 1.15


def test_another_kind_of_day_stands_in_with_a_wide_band() -> None:
    """The last day is a Friday; the campaign is on a Saturday."""
    saturday = WINDOW.shifted(timedelta(days=1))
    found = usual_demand(evidence(usual=()), saturday, calendar_for(saturday.start, BERLIN, {}))
    assert (found.peak.low, found.peak.high) == (200, 600)
    assert any("another kind of day" in said for said in found.warnings)


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_no_change_of_clocks_loses_or_doubles_an_hour(zone: str) -> None:
    """A window across each change of the year keeps its length and finds a value for each minute."""
    for day in range(0, 365, 7):
        start = datetime(2025, 1, 5, 0, tzinfo=UTC) + timedelta(days=day)
        window = Window(start, start + timedelta(hours=6))
        now = start - timedelta(hours=1)
        spans = weeks_back(window, zone, weeks=2, now=now)
        weeks = tuple(flat(span, 100.0) for span in spans)
        found = usual_demand(
            evidence(usual=weeks, measured={}), window, calendar_for(start, zone, {})
        )
        assert len(found.curve.values) == 72
        assert not any(map(math.isnan, found.curve.values))
