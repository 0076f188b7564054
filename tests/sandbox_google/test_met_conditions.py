"""Snoozes of Cloud Monitoring: what is snoozed is not told, and what is still met afterwards is told anew."""

from datetime import timedelta
from typing import Any

import pytest
from google.cloud import monitoring_v3 as v3

from bot.sandbox.google.alerting import Snoozes
from bot.sandbox.google.met_conditions import MetConditions, policy_name
from tests.fakes import FakeClock

MINUTE = timedelta(minutes=1)
SHOP = {"workload": "storefront-web"}
CHECKOUT = {"workload": "checkout-api"}


class Desk:
    """The conditions, and the hand that snoozes them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shelf = Snoozes(self.clock)
        self.met = MetConditions(self.clock, self.shelf.silent)

    async def snooze(self, title: str, minutes: int, only: str = "") -> None:
        """Somebody snoozes that policy."""
        now = self.clock.now()
        made = v3.Snooze(
            display_name="quiet",
            criteria=v3.Snooze.Criteria(policies=[policy_name(title)], filter=only),
            interval=v3.TimeInterval(start_time=now, end_time=now + minutes * MINUTE),
        )
        request = v3.CreateSnoozeRequest(parent="projects/cymbal-shop", snooze=made)
        await self.shelf.create(request)

    def passes(self, minutes: int) -> list[Any]:
        """Time passes; what is told by itself."""
        self.clock.advance(minutes * MINUTE)
        return [payload["incident"] for _, payload in self.met.after_snoozes()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_snoozed_policy_tells_nothing_of_what_begins_and_ends(desk: Desk) -> None:
    await desk.snooze("Slow", 60)
    assert desk.met.tell("Slow", SHOP) is None
    assert desk.met.tell("Slow", {**SHOP, "state": "closed"}) is None
    assert desk.met.tell("Errors", SHOP) is not None
    assert desk.passes(61) == []


async def test_what_was_open_is_closed_without_a_word_and_is_a_new_incident_afterwards(
    desk: Desk,
) -> None:
    first = desk.met.tell("Slow", SHOP)
    assert first is not None
    await desk.snooze("Slow", 60)
    assert desk.passes(30) == []
    (again,) = desk.passes(31)
    assert again["state"] == "open"
    assert again["incident_id"] != first["incident"]["incident_id"]
    assert desk.passes(1) == []
    ended = desk.met.tell("Slow", {**SHOP, "state": "closed"})
    assert ended is not None and ended["incident"]["incident_id"] == again["incident_id"]


async def test_what_ends_while_it_is_snoozed_is_never_told(desk: Desk) -> None:
    desk.met.tell("Slow", SHOP)
    await desk.snooze("Slow", 60)
    desk.passes(1)
    assert desk.met.tell("Slow", {**SHOP, "state": "closed"}) is None
    assert desk.passes(60) == []


async def test_a_filter_snoozes_only_the_resources_that_it_names(desk: Desk) -> None:
    await desk.snooze("Slow", 60, 'resource.labels.service_name="storefront-web"')
    assert desk.met.tell("Slow", {**SHOP, "number": 1}) is None
    assert desk.met.tell("Slow", {**CHECKOUT, "number": 2}) is not None
