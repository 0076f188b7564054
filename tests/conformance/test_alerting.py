"""Every Alerting keeps what it is given, changes only what is asked for, and never shows a secret."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.adapters.alert_policies import CloudAlerting
from bot.core.thresholds.comparing import normalized
from bot.core.thresholds.conditions import Aggregation, Promql, Threshold, document_of
from bot.core.thresholds.documents import Document
from bot.core.thresholds.resources import Found, Kind
from bot.errors import GiveUp, NotFound, Refused
from bot.ports.alerting import Alerting
from tests.conformance.google_stages import sandbox_stage
from tests.fakes import FakeAlerting, FakeClock

PROJECT = "cymbal-shop"
MINUTE = timedelta(minutes=1)
GONE = f"projects/{PROJECT}/alertPolicies/0"
SECRET = "a-secret-of-twenty-chars"
WAITING = Threshold(
    "Waiting",
    'metric.type = "run.googleapis.com/pending_queue/pending_requests"',
    Aggregation(MINUTE, "ALIGN_MAX", "REDUCE_SUM", ("resource.labels.service_name",)),
    above=5,
    holds=3 * MINUTE,
    horizon=timedelta(hours=24),
)
SLOW = Promql("Slow", "vector(1) > 0", holds=10 * MINUTE)
POLICY: Document = {
    "display_name": "Slow checkout",
    "documentation": {
        "content": "Look first.",
        "mime_type": "text/markdown",
        "links": ({"display_name": "Runbook", "url": "https://runbooks.example/slow"},),
    },
    "user_labels": {"managed-by": "headroom", "headroom-id": "slow"},
    "conditions": (document_of(SLOW), document_of(WAITING)),
    "combiner": "OR",
    "enabled": True,
    "severity": "ERROR",
    "notification_channels": (),
    "alert_strategy": {
        "auto_close": timedelta(hours=1),
        "notification_prompts": ("OPENED", "CLOSED"),
    },
}
HOOK: Document = {
    "type_": "webhook_basicauth",
    "display_name": "Hook",
    "labels": {"url": "https://headroom.example/alerts/webhook", "username": "monitoring"},
    "user_labels": {"managed-by": "headroom"},
    "enabled": True,
}


@dataclass
class Rig:
    """The port and one project's contents."""

    alerting: Alerting

    async def only(self, kind: Kind = Kind.POLICY) -> Found:
        """The one there is."""
        (found,) = await self.alerting.found(kind, PROJECT)
        return found


def conditions_of(found: Found) -> list[Document]:
    """The conditions with their names."""
    conditions = found.document["conditions"]
    assert isinstance(conditions, tuple)
    return [one for one in conditions if isinstance(one, Mapping)]


@pytest.fixture(params=["fake", "monitoring"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Each Alerting in turn."""
    if request.param == "fake":
        yield Rig(FakeAlerting(FakeClock()))
        return
    async with sandbox_stage() as stage:
        yield Rig(CloudAlerting(stage.clients))


async def test_a_policy_is_found_as_it_was_made(rig: Rig) -> None:
    name = await rig.alerting.create(Kind.POLICY, PROJECT, POLICY)
    found = await rig.only()
    assert found.name == name
    assert normalized(found.document) == normalized(POLICY)
    assert found.title == "Slow checkout"
    assert found.changed_by and found.changed_at is not None


async def test_projects_do_not_see_each_other(rig: Rig) -> None:
    await rig.alerting.create(Kind.POLICY, PROJECT, POLICY)
    assert not await rig.alerting.found(Kind.POLICY, "another-shop")
    assert not await rig.alerting.found(Kind.CHANNEL, PROJECT)


async def test_only_what_the_mask_names_is_changed(rig: Rig) -> None:
    name = await rig.alerting.create(Kind.POLICY, PROJECT, POLICY)
    wanted = {**POLICY, "display_name": "Not to be written", "severity": "CRITICAL"}
    await rig.alerting.update(Kind.POLICY, name, wanted, ["severity"])
    found = await rig.only()
    assert found.document["severity"] == "CRITICAL"
    assert found.title == "Slow checkout"


async def test_a_masked_field_that_is_absent_goes_back_to_its_default(rig: Rig) -> None:
    name = await rig.alerting.create(Kind.POLICY, PROJECT, POLICY)
    await rig.alerting.update(Kind.POLICY, name, {}, ["documentation"])
    assert "documentation" not in (await rig.only()).document


async def test_a_condition_that_is_sent_with_its_name_keeps_it(rig: Rig) -> None:
    name = await rig.alerting.create(Kind.POLICY, PROJECT, POLICY)
    first, second = conditions_of(await rig.only())
    conditions = (first, document_of(WAITING))
    await rig.alerting.update(Kind.POLICY, name, {"conditions": conditions}, ["conditions"])
    kept, made = conditions_of(await rig.only())
    assert kept["name"] == first["name"]
    assert made["name"] not in {first["name"], second["name"]}


async def test_a_disabled_policy_stays_disabled(rig: Rig) -> None:
    await rig.alerting.create(Kind.POLICY, PROJECT, {**POLICY, "enabled": False})
    assert (await rig.only()).document["enabled"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": ()},
        {"user_labels": {"Team": "Shop"}},
        {"alert_strategy": {"auto_close": timedelta(minutes=1)}},
        {"conditions": (document_of(Promql("p", "vector(1)", every=timedelta(seconds=45))),)},
        {"notification_channels": (f"projects/{PROJECT}/notificationChannels/404",)},
    ],
)
async def test_a_policy_is_refused_when_it_breaks_a_limit(rig: Rig, wrong: Document) -> None:
    with pytest.raises(Refused):
        await rig.alerting.create(Kind.POLICY, PROJECT, {**POLICY, **wrong})
    assert not await rig.alerting.found(Kind.POLICY, PROJECT)


async def test_the_secret_of_a_channel_is_never_read_back(rig: Rig) -> None:
    await rig.alerting.create(Kind.CHANNEL, PROJECT, HOOK, SECRET)
    found = await rig.only(Kind.CHANNEL)
    assert found.document["labels"] == HOOK["labels"]
    assert SECRET not in repr(found)


async def test_the_token_in_a_url_is_never_read_back(rig: Rig) -> None:
    hook = {**HOOK, "type_": "webhook_tokenauth", "labels": {"url": "https://h.example/a?x=1"}}
    await rig.alerting.create(Kind.CHANNEL, PROJECT, hook, SECRET)
    found = await rig.only(Kind.CHANNEL)
    assert found.document["labels"] == {"url": "https://h.example/a?x=1"}


async def test_a_channel_cannot_be_deleted_while_a_policy_names_it(rig: Rig) -> None:
    channel = await rig.alerting.create(Kind.CHANNEL, PROJECT, HOOK, SECRET)
    body = {**POLICY, "notification_channels": (channel,)}
    policy = await rig.alerting.create(Kind.POLICY, PROJECT, body)
    with pytest.raises(GiveUp):
        await rig.alerting.delete(Kind.CHANNEL, channel)
    await rig.alerting.delete(Kind.POLICY, policy)
    await rig.alerting.delete(Kind.CHANNEL, channel)
    assert not await rig.alerting.found(Kind.CHANNEL, PROJECT)


async def test_deleting_twice_is_no_error_but_changing_what_is_gone_is(rig: Rig) -> None:
    name = await rig.alerting.create(Kind.POLICY, PROJECT, POLICY)
    await rig.alerting.delete(Kind.POLICY, name)
    await rig.alerting.delete(Kind.POLICY, name)
    with pytest.raises(NotFound):
        await rig.alerting.update(Kind.POLICY, GONE, POLICY, ["severity"])


async def test_all_pages_are_read(rig: Rig) -> None:
    for number in range(520):
        await rig.alerting.create(
            Kind.POLICY, PROJECT, {**POLICY, "display_name": f"Policy {number}"}
        )
    assert len(await rig.alerting.found(Kind.POLICY, PROJECT)) == 520
