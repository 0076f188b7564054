"""Raising and proving when Google is slow, silent, out of quota, or refuses."""

from datetime import timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.series import Metric
from bot.core.write_budget import SPAN
from bot.errors import NotAllowed, NotFound, Refused, SlowDown, Stale, TryAgain
from tests.flows.town import CART, END, OPS, SHOP, START, Town

MINUTE = timedelta(minutes=1)
RAISE = START - 19 * MINUTE


async def ledger(town: Town) -> list[LedgerEntry]:
    async with town.database.begin() as tx:
        return list(reversed(await tx.capacity.ledger(SHOP.key)))


async def held(town: Town) -> Holding:
    async with town.database.begin() as tx:
        holding = await tx.capacity.holding(SHOP.key)
    assert holding is not None
    return holding


def alarms(town: Town) -> list[str]:
    return [text for text in town.chat.texts(OPS) if "not proven warm" in text]


async def test_the_engineers_hear_once_what_is_not_warm_in_time(town: Town) -> None:
    town.cloud.cold.add(SHOP.key)
    await town.scheduled()
    await town.run(START - 6 * MINUTE)
    assert alarms(town) == []

    await town.run(START + 20 * MINUTE)
    [alarm] = alarms(town)
    assert "shop" in alarm
    assert "instances still starting: 2 of 55" in alarm
    campaign = await town.campaign()
    assert campaign.state is CampaignState.LIVE
    assert campaign.proven_at is None
    assert "Not everything is proven warm" in town.card()


async def test_a_late_proof_is_told_after_the_alarm(town: Town) -> None:
    town.cloud.cold.add(SHOP.key)
    await town.scheduled()
    await town.run(START + 10 * MINUTE)
    assert any("not proven warm" in text for text in town.chat.texts(OPS))
    town.cloud.cold.clear()
    await town.run(START + 30 * MINUTE)

    assert (await town.campaign()).proven_at is not None
    assert not any("not proven warm" in text for text in town.chat.texts(OPS))
    assert any("warm after all" in text for text in town.chat.texts(OPS))
    assert any("It is warm" in post.message.text for post in town.chat.posts)


async def test_the_alarm_says_what_is_missing_now(town: Town) -> None:
    town.cloud.cold.add(SHOP.key)
    town.cloud.cold.add(CART.key)
    await town.scheduled()
    await town.run(START)
    assert "on 2 workloads not proven" in alarms(town)[0].replace("*", "")
    town.cloud.cold.remove(CART.key)
    await town.run(START + 20 * MINUTE)

    [alarm] = alarms(town)
    assert "on 1 workload not proven" in alarm.replace("*", "")


async def test_a_start_that_was_put_off_is_alarmed_about_anew(town: Town) -> None:
    town.cloud.cold.add(SHOP.key)
    await town.scheduled()
    await town.run(START - 4 * MINUTE)
    assert len(alarms(town)) == 1
    await town.say("move 30m", command="/headroom")
    await town.run(START + 26 * MINUTE)
    assert len(alarms(town)) == 2


async def test_instances_that_start_slowly_are_proven_when_the_metrics_show_them(
    town: Town,
) -> None:
    town.cloud.warm_after = 2 * MINUTE
    town.cloud.settle_after = 1 * MINUTE
    await town.scheduled()
    await town.run(RAISE + MINUTE)
    assert "0 of 110 instances proven warm" in town.card()

    await town.run(START)
    holding = await held(town)
    assert holding.admin_proven_at is not None
    assert holding.proven_at is not None
    assert RAISE + 2 * MINUTE <= holding.admin_proven_at < holding.proven_at
    assert holding.proven_at >= RAISE + 5 * MINUTE


async def test_missing_metrics_are_no_proof(town: Town) -> None:
    town.metrics.forget(Metric.INSTANCES, SHOP.key)
    await town.scheduled()
    await town.run(START)

    assert (await town.campaign()).proven_at is None
    assert "Cloud Monitoring shows no instances yet" in alarms(town)[0]


async def test_a_write_that_is_not_answered_is_told_by_looking(town: Town) -> None:
    await town.scheduled()
    town.cloud.faults.add(
        "set_scaling", TryAgain("timed out"), about=str(SHOP.key), after_effect=True
    )
    await town.run(START)

    assert town.cloud.floor(SHOP.key) == 55
    assert [w.change.floor for w in town.cloud.writes if w.key == SHOP.key] == [55]
    assert [(e.floor, e.outcome) for e in await ledger(town)] == [(55, Outcome.DONE)]
    assert (await held(town)).baseline == 2


async def test_a_write_that_did_not_arrive_is_written_again(town: Town) -> None:
    await town.scheduled()
    town.cloud.faults.add("set_scaling", TryAgain("503"), about=str(SHOP.key), times=3)
    await town.run(START)

    assert (await town.campaign()).proven_at is not None
    outcomes = [entry.outcome for entry in await ledger(town)]
    assert outcomes == [Outcome.FAILED] * 3 + [Outcome.DONE]
    assert (await held(town)).trouble == ""


async def test_a_stale_write_is_decided_anew(town: Town) -> None:
    await town.scheduled()
    town.cloud.faults.add("set_scaling", Stale("version A, current B"), about=str(SHOP.key))
    await town.run(RAISE + MINUTE)

    assert [entry.outcome for entry in await ledger(town)] == [Outcome.STALE, Outcome.DONE]
    assert town.cloud.floor(SHOP.key) == 55


async def test_googles_write_quota_is_waited_for(town: Town) -> None:
    await town.scheduled()
    quota = SlowDown("Write requests per minute per region", timedelta(seconds=40))
    town.cloud.faults.add("set_scaling", quota, about=str(SHOP.key))
    await town.run(RAISE + 5 * MINUTE)

    first, second = await ledger(town)
    assert second.at - first.at == timedelta(seconds=40)
    assert town.cloud.floor(SHOP.key) == 55


@pytest.mark.parametrize(
    "error",
    [
        Refused("Max instances must be set to 28 or fewer", code="quota"),
        NotAllowed("Headroom lacks iam.serviceAccounts.actAs"),
    ],
)
async def test_the_engineers_hear_what_only_they_can_help(town: Town, error: Refused) -> None:
    await town.scheduled()
    town.cloud.faults.add("set_scaling", error, about=str(SHOP.key), times=3)
    await town.run(RAISE + 3 * MINUTE)
    assert error.reason in town.card()
    [alarm] = [text for text in town.chat.texts(OPS) if error.reason in text]
    assert "shop (europe-west1)" in alarm

    await town.run(START)
    assert town.cloud.floor(SHOP.key) == 55
    assert "solved" in next(iter(town.chat.texts(OPS)))
    assert (await town.campaign()).proven_at is not None


async def test_a_rollout_that_google_cannot_finish_is_told(town: Town) -> None:
    town.cloud.operation_error = "Quota violated: CpuAllocPerProjectRegion"
    town.cloud.cold.add(SHOP.key)
    await town.scheduled()
    await town.run(START)

    assert any("CpuAllocPerProjectRegion" in text for text in town.chat.texts(OPS))
    assert (await ledger(town))[0].outcome is Outcome.FAILED


async def test_a_deleted_workload_is_told_and_the_others_are_warmed(town: Town) -> None:
    await town.scheduled()
    town.cloud.remove(SHOP.key)
    await town.run(START)

    assert town.cloud.floor(CART.key) == 55
    assert any("does not exist" in text for text in town.chat.texts(OPS))
    assert await town.state() is CampaignState.LIVE


async def test_the_engineers_hear_when_google_stays_silent(town: Town) -> None:
    await town.scheduled()
    town.cloud.faults.add("read", TryAgain("HTTP 503"), times=10_000)
    await town.run(RAISE + 3 * MINUTE)
    assert list(town.chat.texts(OPS)) == []

    await town.run(START)
    assert any("Google Cloud does not answer" in text for text in town.chat.texts(OPS))
    assert len(alarms(town)) == 1
    town.cloud.faults.clear()
    await town.run(START + 15 * MINUTE)
    assert (await town.campaign()).proven_at is not None


async def test_an_operation_that_google_forgot_is_over(town: Town) -> None:
    await town.scheduled()
    town.cloud.faults.add("operation", NotFound("no operation"), times=10)
    await town.run(START)

    assert (await town.campaign()).proven_at is not None
    assert (await held(town)).operation == ""


async def test_a_proof_that_cannot_be_had_now_is_had_later(town: Town) -> None:
    await town.scheduled()
    town.cloud.faults.add("proof", TryAgain("HTTP 503"), times=6)
    town.cloud.faults.add("operation", TryAgain("HTTP 503"), times=2)
    await town.run(START)

    assert (await town.campaign()).proven_at is not None


async def test_writes_of_a_region_are_paced(town: Town) -> None:
    await town.scheduled()
    async with town.database.begin() as tx:
        for _ in range(20):
            await tx.capacity.take_write("cymbal-shop/europe-west1", RAISE, 20)
    await town.run(START)

    assert {write.at for write in town.cloud.writes} == {RAISE + SPAN}


async def test_a_ceiling_is_raised_with_the_floor_and_given_back_after_it(town: Town) -> None:
    town.cloud.someone_sets(SHOP.key, 2, ceiling=40)
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    await town.click("Approve", by="U0ERIK", channel=OPS)
    await town.run(START)
    raised = town.cloud.fleet[SHOP.key].scaling
    assert raised.floor == 55
    assert (raised.ceiling or 0) >= 55

    await town.run(END + timedelta(hours=1))
    scaling = town.cloud.fleet[SHOP.key].scaling
    assert (scaling.floor, scaling.ceiling) == (2, 40)
    assert await town.state() is CampaignState.DONE
