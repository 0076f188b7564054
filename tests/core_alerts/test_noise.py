"""Noise statistics: what was acted on, what woke people up, and what is suggested."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.alert import Severity
from bot.core.noise import Advice, Night, PastIncident, QuietPolicy, noise_of
from bot.core.windows import Window
from tests.core_alerts.samples import MINUTE, NOW

WEEK = Window(NOW - timedelta(days=14), NOW)
NIGHT = Night("Europe/Berlin")
AT_NIGHT = NOW + timedelta(hours=7)  # one o'clock in Berlin
AT_DAY = NOW - timedelta(hours=5)


def past(at: datetime = AT_DAY, **changes: Any) -> PastIncident:
    """An incident that spoke and paged once, and that nobody touched."""
    fields: dict[str, Any] = {
        "id": "i",
        "policy": "Errors",
        "group_key": "k",
        "severity": Severity.ERROR,
        "opened_at": at,
        "acknowledged_at": None,
        "resolved_at": None,
        "acted": False,
        "pages": (at,),
        "reopenings": 0,
        "spoke": True,
        "snoozed": False,
    }
    return PastIncident(**(fields | changes))


def acted(at: datetime = AT_DAY, minutes: int = 4, **changes: Any) -> PastIncident:
    return past(at, acted=True, acknowledged_at=at + minutes * MINUTE, **changes)


def test_nothing_happened() -> None:
    found = noise_of([], WEEK, NIGHT)
    assert (found.policies, found.incidents, found.acknowledged_share) == ((), 0, None)
    assert (found.time_to_acknowledge, found.pages_per_week) == (None, 0)


def test_the_numbers_of_a_fortnight() -> None:
    rows = [
        acted(minutes=2),
        acted(minutes=4),
        acted(minutes=60),
        past(AT_NIGHT),
        past(spoke=False),
    ]
    found = noise_of(rows, WEEK, NIGHT)
    assert (found.incidents, found.silent) == (4, 1)
    assert found.acknowledged_share == 0.75
    assert found.time_to_acknowledge == 4 * MINUTE
    assert found.pages_per_week == 2.5
    assert found.night_pages == 1


def test_the_noisiest_policy_is_first() -> None:
    rows = [past(policy="Loud"), past(policy="Loud"), acted(policy="Useful"), past(policy="Once")]
    found = noise_of(rows, WEEK, NIGHT).policies
    assert [one.policy for one in found] == ["Loud", "Once", "Useful"]
    assert (found[0].fired, found[0].acted, found[0].pages) == (2, 0, 2)


@pytest.mark.parametrize(
    ("sentence", "rows", "advice"),
    [
        ("twice is no pattern", [past()] * 2, ()),
        ("never acted on", [past()] * 3, (Advice.DROP,)),
        ("acted on", [acted()] * 3, ()),
        (
            "at night, and left till morning",
            [acted(AT_NIGHT, minutes=500)] * 3,
            (Advice.QUIET,),
        ),
        ("at night, and answered at night", [acted(AT_NIGHT)] * 3, ()),
        ("opens again and again", [acted(reopenings=2)], (Advice.STEADY,)),
        ("snoozed mostly", [acted(snoozed=True)] * 2 + [acted()], (Advice.SNOOZED,)),
        ("silent ones do not count", [past(spoke=False)] * 5 + [acted()], ()),
    ],
)
def test_what_is_suggested(
    sentence: str, rows: list[PastIncident], advice: tuple[Advice, ...]
) -> None:
    found = noise_of(rows, WEEK, NIGHT).policies
    assert [one.advice for one in found] == [advice], sentence


def test_what_was_for_the_digest_is_named_by_policy_what_is_open_first() -> None:
    rows = [
        past(policy="Disk", quiet=True, spoke=False, about="orders", reopenings=2),
        past(policy="Disk", quiet=True, spoke=False, about="carts", resolved_at=NOW),
        past(policy="Cost", quiet=True, spoke=False, resolved_at=NOW, reopenings=8),
        past(policy="Snoozed", spoke=False),
        past(policy="Explained", spoke=False, explained=True),
        past(policy="Worse later", quiet=True),
    ]
    found = noise_of(rows, WEEK, NIGHT)
    assert (found.silent, found.could_wait, found.explained) == (5, 3, 1)
    assert found.quiet == (
        QuietPolicy("Disk", ("carts", "orders"), fired=4, open=1),
        QuietPolicy("Cost", (), fired=9, open=0),
    )


def test_night_may_not_cross_midnight_elsewhere() -> None:
    siesta = Night("UTC", AT_DAY.time(), (AT_DAY + 60 * MINUTE).time())
    assert siesta.contains(AT_DAY)
    assert not siesta.contains(AT_DAY + 60 * MINUTE)
    assert NIGHT.contains(AT_NIGHT) and not NIGHT.contains(AT_DAY)
