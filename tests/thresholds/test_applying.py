"""Applying: twice changes nothing, failures do not stop the rest, and nothing but its own is touched."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.thresholds.documents import Value
from bot.core.thresholds.resources import Kind
from bot.core.thresholds.spec import AlertSet
from bot.errors import AskedWrong, NotAllowed, TryAgain
from bot.flows.thresholds import Outcome, Survey, carry_out, survey, with_secrets_again
from tests.fakes import FakeAlerting, FakeClock, FakeCloud
from tests.thresholds.samples import EVERYTHING, FLEET, SECRETS, alert, alert_set, random_sets

SET = alert_set(alert("latency-p95"), alert("saturation"))
TITLE = "Checkout: customers wait too long"


@dataclass
class Shop:
    """A fleet, Cloud Monitoring, and what Headroom did there."""

    clock: FakeClock = field(default_factory=FakeClock)
    cloud: FakeCloud = field(init=False)
    monitoring: FakeAlerting = field(init=False)

    def __post_init__(self) -> None:
        self.cloud = FakeCloud(self.clock)
        self.cloud.add(*FLEET)
        self.monitoring = FakeAlerting(self.clock)

    async def look(self, chosen: AlertSet = SET) -> Survey:
        return await survey(chosen, self.cloud, self.monitoring)

    async def apply(self, chosen: AlertSet = SET) -> tuple[Outcome, ...]:
        return await carry_out(await self.look(chosen), chosen, self.monitoring, SECRETS)


def errors(outcomes: tuple[Outcome, ...]) -> dict[str, str]:
    """What failed, by id."""
    return {one.change.id: one.error for one in outcomes if one.error}


async def test_applying_twice_changes_nothing() -> None:
    shop = Shop()
    assert len(await shop.apply(EVERYTHING)) == len(EVERYTHING.alerts) + 2
    before = list(shop.monitoring.writes)
    assert await shop.apply(EVERYTHING) == ()
    assert shop.monitoring.writes == before


@settings(max_examples=30, deadline=None)
@given(st.lists(random_sets(), min_size=1, max_size=3))
def test_after_any_history_of_files_the_last_one_is_what_is_there(files: list[AlertSet]) -> None:
    async def play() -> None:
        shop = Shop()
        for chosen in files:
            assert errors(await shop.apply(chosen)) == {}
        seen = await shop.look(files[-1])
        assert seen.comparison.changes == ()
        policies = await shop.monitoring.found(Kind.POLICY, "cymbal-shop")
        wanted = {one.id for one in files[-1].alerts}
        assert {one.labels["headroom-id"] for one in policies} == wanted

    asyncio.run(play())


async def test_policies_go_to_the_channels_that_were_made() -> None:
    shop = Shop()
    await shop.apply()
    topic = shop.monitoring.titled("Headroom: topic")
    assert shop.monitoring.titled(TITLE).document["notification_channels"] == (topic.name,)
    hook = shop.monitoring.titled("Headroom: hook")
    assert shop.monitoring.secrets == {hook.name: SECRETS["HOOK_PASSWORD"]}


async def test_only_the_field_that_differs_is_written() -> None:
    shop = Shop()
    await shop.apply()
    name = shop.monitoring.titled(TITLE).name
    shop.monitoring.someone_sets(name, severity="CRITICAL")
    (outcome,) = await shop.apply()
    assert outcome.change.drifted
    assert shop.monitoring.writes[-1] == ("update", name, ("severity",))
    assert shop.monitoring.kept[name].document["severity"] == "ERROR"


async def test_a_deleted_policy_is_made_again() -> None:
    shop = Shop()
    await shop.apply()
    await shop.monitoring.delete(Kind.POLICY, shop.monitoring.titled(TITLE).name)
    (outcome,) = await shop.apply()
    assert outcome.change.id == "checkout-latency-p95" and not outcome.error


async def test_a_failure_does_not_stop_the_rest_and_the_next_run_completes_it() -> None:
    shop = Shop()
    shop.monitoring.faults.add("create", TryAgain("no answer"), about=TITLE)
    assert errors(await shop.apply()) == {"checkout-latency-p95": "no answer"}
    assert shop.monitoring.titled("Checkout: near the ceiling")
    assert errors(await shop.apply()) == {}
    assert (await shop.look()).comparison.changes == ()


async def test_a_lost_answer_does_not_make_a_second_policy() -> None:
    shop = Shop()
    shop.monitoring.faults.add("create", TryAgain("no answer"), about=TITLE, after_effect=True)
    await shop.apply()
    assert await shop.apply() == ()
    policies = await shop.monitoring.found(Kind.POLICY, "cymbal-shop")
    assert [one.title for one in policies].count(TITLE) == 1


async def test_policies_wait_for_a_channel_that_could_not_be_made() -> None:
    shop = Shop()
    shop.monitoring.faults.add("create", NotAllowed("may not"), about="Headroom: topic")
    failed = errors(await shop.apply())
    assert failed["topic"] == "may not"
    assert failed["checkout-latency-p95"] == "its channel could not be made: topic"
    assert errors(await shop.apply()) == {}


async def test_nothing_is_written_when_a_secret_is_missing() -> None:
    shop = Shop()
    seen = await shop.look()
    with pytest.raises(AskedWrong, match=r"HOOK_PASSWORD \(channel hook\)"):
        await carry_out(seen, SET, shop.monitoring, {})
    assert shop.monitoring.writes == []


async def test_a_secret_is_not_needed_when_its_channel_stays_as_it_is() -> None:
    shop = Shop()
    await shop.apply()
    new = alert_set(alert("latency-p95", holds_minutes=30.0), alert("saturation"))
    (outcome,) = await carry_out(await shop.look(new), new, shop.monitoring, {})
    assert not outcome.error


async def test_a_rotated_secret_is_written_again_when_asked() -> None:
    shop = Shop()
    await shop.apply()
    again = with_secrets_again(await shop.look())
    (outcome,) = await carry_out(again, SET, shop.monitoring, {"HOOK_PASSWORD": "new"})
    assert outcome.change.id == "hook" and not outcome.error
    hook = shop.monitoring.titled("Headroom: hook")
    assert shop.monitoring.secrets[hook.name] == "new"
    assert (await shop.look()).comparison.changes == ()


async def test_what_others_made_survives_even_an_empty_set() -> None:
    shop = Shop()
    theirs = shop.monitoring.put(Kind.POLICY, {**shop_policy(), "display_name": "By hand"})
    await shop.apply(alert_set(alert("latency-p95"), name="other"))
    await shop.apply()
    await shop.apply(AlertSet("shop", "cymbal-shop"))
    left = {one.title for one in await shop.monitoring.found(Kind.POLICY, "cymbal-shop")}
    assert left == {"By hand", TITLE}
    assert theirs in shop.monitoring.kept


async def test_a_group_that_is_empty_today_keeps_its_policies() -> None:
    shop = Shop()
    await shop.apply()
    for workload in FLEET:
        shop.cloud.remove(workload.key)
    seen = await shop.look()
    assert seen.comparison.changes == ()
    assert [one.id for one in seen.wished.problems] == [
        "checkout-latency-p95",
        "checkout-saturation",
    ]


async def test_a_new_ceiling_is_a_difference_until_it_is_applied() -> None:
    shop = Shop()
    await shop.apply()
    old = FLEET[2]
    shop.cloud.add(replace(old, scaling=replace(old.scaling, ceiling=80)))
    (change,) = (await shop.look()).comparison.changes
    assert change.id == "checkout-saturation" and not change.drifted
    assert "> 34)" in change.fields[0].before and "> 68)" in change.fields[0].after


def shop_policy() -> dict[str, Value]:
    """Any policy that is valid."""
    return {"conditions": ({"display_name": "c"},)}
