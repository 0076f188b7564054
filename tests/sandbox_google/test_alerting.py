"""Notification channels, alert policies and snoozes through the official async clients."""

from datetime import timedelta

import pytest
from google.api_core import exceptions
from google.cloud import monitoring_v3 as v3
from google.protobuf.field_mask_pb2 import FieldMask

from tests.sandbox_google.conftest import Clients, wired
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

PROJECT = "projects/cymbal-shop"


def policy(name: str = "Slow checkout", conditions: int = 1) -> v3.AlertPolicy:
    return v3.AlertPolicy(
        display_name=name,
        user_labels={"team": "shop"},
        conditions=[v3.AlertPolicy.Condition(display_name=f"c{k}") for k in range(conditions)],
    )


def snooze(*policies: str, start: int = 0, end: int = 60, text: str = "") -> v3.Snooze:
    return v3.Snooze(
        display_name="campaign",
        criteria=v3.Snooze.Criteria(policies=policies, filter=text),
        interval=v3.TimeInterval(
            start_time=START + timedelta(minutes=start), end_time=START + timedelta(minutes=end)
        ),
    )


async def test_a_policy_lives_its_life_when_it_is_created_changed_and_deleted(
    clients: Clients,
) -> None:
    alerts = wired(v3.AlertPolicyServiceAsyncClient, clients.channel)
    made = await alerts.create_alert_policy(name=PROJECT, alert_policy=policy())
    assert made.name.startswith(f"{PROJECT}/alertPolicies/")
    assert made.conditions[0].name.startswith(f"{made.name}/conditions/")
    body = v3.AlertPolicy(name=made.name, display_name="Very slow checkout")
    await alerts.update_alert_policy(
        update_mask=FieldMask(paths=["display_name"]), alert_policy=body
    )
    seen = await alerts.get_alert_policy(name=made.name)
    assert (seen.display_name, seen.user_labels["team"]) == ("Very slow checkout", "shop")
    await alerts.create_alert_policy(name=PROJECT, alert_policy=policy("Another"))
    listed = await alerts.list_alert_policies(name=PROJECT)
    assert [p.display_name async for p in listed] == ["Very slow checkout", "Another"]
    await alerts.delete_alert_policy(name=made.name)
    with pytest.raises(exceptions.NotFound):
        await alerts.get_alert_policy(name=made.name)


@pytest.mark.parametrize("conditions", [0, 7])
async def test_a_policy_is_refused_when_it_has_too_few_or_too_many_conditions(
    clients: Clients, conditions: int
) -> None:
    alerts = wired(v3.AlertPolicyServiceAsyncClient, clients.channel)
    with pytest.raises(exceptions.InvalidArgument, match="between 1 and 6"):
        await alerts.create_alert_policy(name=PROJECT, alert_policy=policy(conditions=conditions))


async def test_a_channel_is_refused_when_its_type_is_unknown(clients: Clients) -> None:
    channels = wired(v3.NotificationChannelServiceAsyncClient, clients.channel)
    good = v3.NotificationChannel(
        type_="webhook_basicauth", labels={"url": "https://example.test/alerts"}
    )
    made = await channels.create_notification_channel(name=PROJECT, notification_channel=good)
    seen = await channels.get_notification_channel(name=made.name)
    assert seen.labels["url"] == "https://example.test/alerts"
    with pytest.raises(exceptions.InvalidArgument, match="pigeon"):
        await channels.create_notification_channel(
            name=PROJECT, notification_channel=v3.NotificationChannel(type_="pigeon")
        )


async def test_a_snooze_ends_early_when_its_end_is_moved(
    clients: Clients, clock: HandClock
) -> None:
    snoozes = wired(v3.SnoozeServiceAsyncClient, clients.channel)
    made = await snoozes.create_snooze(parent=PROJECT, snooze=snooze("p/1"))
    clock.move(minutes=5)
    body = v3.Snooze(name=made.name, interval=v3.TimeInterval(end_time=clock.now()))
    await snoozes.update_snooze(snooze=body, update_mask=FieldMask(paths=["interval.end_time"]))
    seen = await snoozes.get_snooze(name=made.name)
    assert seen.interval.end_time == clock.now()
    assert seen.interval.start_time == START
    with pytest.raises(exceptions.FailedPrecondition):
        await snoozes.update_snooze(snooze=made, update_mask=FieldMask(paths=["criteria"]))
    listed = await snoozes.list_snoozes(parent=PROJECT)
    assert [found.name async for found in listed] == [made.name]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (snooze(), "between 1 and 16"),
        (snooze(*(f"p/{k}" for k in range(17))), "between 1 and 16"),
        (snooze("p/1", "p/2", text='resource.labels.service_name="x"'), "exactly one policy"),
        (snooze("p/1", start=-1), "must not be in the past"),
        (snooze("p/1", start=70), "start before it ends"),
    ],
)
async def test_a_snooze_is_refused_when_it_breaks_a_rule(
    clients: Clients, bad: v3.Snooze, why: str
) -> None:
    snoozes = wired(v3.SnoozeServiceAsyncClient, clients.channel)
    with pytest.raises(exceptions.InvalidArgument, match=why):
        await snoozes.create_snooze(parent=PROJECT, snooze=bad)
