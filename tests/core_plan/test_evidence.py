"""Which spans of history belong to a campaign's window."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from bot.core.evidence import recent_window, same_hour_before, weeks_back
from bot.core.series import Series
from bot.core.windows import Window
from tests.core_plan.scenes import BERLIN, NAN, NOW, WINDOW


def test_earlier_weeks_are_padded_by_an_hour_and_newest_first() -> None:
    spans = weeks_back(WINDOW, BERLIN, weeks=4, now=NOW)
    assert [span.start for span in spans] == [
        datetime(2025, 11, day, 16, tzinfo=UTC) for day in (21, 14, 7)
    ] + [datetime(2025, 10, 31, 16, tzinfo=UTC)]
    assert {span.duration for span in spans} == {timedelta(hours=6)}


def test_the_wall_clock_decides_when_summer_time_ended_in_between() -> None:
    """18:00 in Berlin is 17:00 UTC in winter and 16:00 UTC in summer time."""
    spans = weeks_back(WINDOW, BERLIN, weeks=5, now=NOW)
    assert spans[4].start == datetime(2025, 10, 24, 15, tzinfo=UTC)


def test_only_past_weeks_count_when_the_campaign_is_weeks_ahead() -> None:
    ahead = WINDOW.shifted(timedelta(weeks=3))
    spans = weeks_back(ahead, BERLIN, weeks=2, now=NOW)
    assert [span.start for span in spans] == [
        datetime(2025, 11, 21, 16, tzinfo=UTC),
        datetime(2025, 11, 14, 16, tzinfo=UTC),
    ]
    assert all(span.end <= NOW for span in spans)


def test_no_weeks_are_asked_for_when_none_are_wanted() -> None:
    assert weeks_back(WINDOW, BERLIN, weeks=0, now=NOW) == ()


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        weeks_back(WINDOW, "Europe/Atlantis", weeks=1, now=NOW)


@pytest.mark.parametrize(
    ("why", "instant", "expected"),
    [
        ("an ordinary week", "2025-11-28T17:00Z", "2025-11-21T17:00Z"),
        ("the clock went back since", "2025-10-31T17:00Z", "2025-10-24T16:00Z"),
        ("the hour was there twice", "2025-11-02T01:30Z", "2025-10-26T00:30Z"),
        ("the hour was skipped", "2026-04-05T00:30Z", "2026-03-29T01:30Z"),
    ],
)
def test_the_same_hour_a_week_before(why: str, instant: str, expected: str) -> None:
    found = same_hour_before(datetime.fromisoformat(instant), ZoneInfo(BERLIN), 1)
    assert found == datetime.fromisoformat(expected), why


def test_the_last_day_ends_at_a_full_minute() -> None:
    window = recent_window(NOW.replace(second=42, microsecond=7))
    assert window == Window(NOW - timedelta(hours=24), NOW)


@pytest.mark.parametrize(
    ("seconds", "value"), [(-1, None), (0, 1.0), (59, 1.0), (60, None), (120, 3.0), (180, None)]
)
def test_a_series_tells_the_value_that_covers_an_instant(seconds: int, value: float | None) -> None:
    series = Series(NOW, timedelta(minutes=1), (1.0, NAN, 3.0))
    found = series.at(NOW + timedelta(seconds=seconds))
    assert found == value or (value is None and found != found)
