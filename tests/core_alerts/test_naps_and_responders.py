"""How long a snooze lasts, and who may answer."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.naps import Nap, nap_end
from bot.core.responders import may_respond, paged_groups
from bot.core.storm import CALM, Storm, next_round, too_many
from bot.core.verdict import Role
from tests.core_alerts.samples import NOW, RULES

NOON = datetime(2025, 11, 28, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("nap", "now", "end"),
    [
        (Nap.HOUR, NOON, NOON + timedelta(hours=1)),
        (Nap.FOUR_HOURS, NOON, NOON + timedelta(hours=4)),
        (Nap.WEEK, NOON, NOON + timedelta(days=7)),
        (Nap.TOMORROW, NOON, datetime(2025, 11, 29, 8, 0, tzinfo=UTC)),
        # It is Saturday in Berlin already: tomorrow is Sunday.
        (
            Nap.TOMORROW,
            datetime(2025, 11, 28, 23, 30, tzinfo=UTC),
            datetime(2025, 11, 30, 8, 0, tzinfo=UTC),
        ),
        # The clocks go forward in that night.
        (
            Nap.TOMORROW,
            datetime(2026, 3, 28, 12, 0, tzinfo=UTC),
            datetime(2026, 3, 29, 7, 0, tzinfo=UTC),
        ),
    ],
)
def test_a_snooze_ends_when_people_expect_it(nap: Nap, now: datetime, end: datetime) -> None:
    assert nap_end(nap, now, "Europe/Berlin") == end


@pytest.mark.parametrize(
    ("user", "roles", "may"),
    [
        ("U0SAM", (), False),
        ("U0MAYA", (Role.ANNOUNCER,), False),
        ("U0FINN", (Role.FINANCE,), False),
        ("U0SAM", (Role.ENGINEER,), True),
        ("U0SAM", (Role.ADMIN,), True),
        ("U0OLGA", (), True),  # in the rotation
        ("U0ADA", (), True),  # named by a level
    ],
)
def test_complaint_15_only_who_is_named_may_respond(
    user: str, roles: tuple[Role, ...], may: bool
) -> None:
    assert may_respond(user, roles, RULES) is may


def test_members_of_a_paged_group_may_respond_too() -> None:
    assert paged_groups(RULES) == {"S0SRE"}


@pytest.mark.parametrize(
    ("recent", "new", "stormy"), [(0, 10, False), (0, 11, True), (10, 1, True), (20, 0, False)]
)
def test_a_storm_is_more_than_can_be_told_singly(recent: int, new: int, stormy: bool) -> None:
    assert too_many(recent, new, 10) is stormy


def test_a_storm_is_over_when_it_was_calm_for_long_enough() -> None:
    storm = Storm("s1", NOW, NOW)
    assert not storm.over(NOW + CALM - timedelta(seconds=1))
    assert storm.over(NOW + CALM)


def test_a_storms_messages_are_worked_out_as_often_as_slack_takes_edits() -> None:
    storm = Storm("s1", NOW, NOW, shown_at=NOW)
    for messages in (1, 7, 40):
        seconds = (next_round(storm, messages) - NOW).total_seconds()
        assert messages * 60 / seconds <= 50
