"""Status: campaigns and the fleet, in a constant number of requests, also while a source is silent."""

from datetime import timedelta

import pytest

from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.ports.jobs import Job, JobName
from tests.fakes import service
from tests.flows.town import START, Town

MINUTE = timedelta(minutes=1)


async def ask(town: Town, text: str = "status") -> str:
    await town.say(text, command="/headroom")
    await town.run(timedelta(seconds=5))
    return town.whispers()[-1]


async def test_status_tells_capacity_errors_speed_limits_and_cost(town: Town) -> None:
    said = await ask(town)

    assert "28 instances run, between a floor of 3 and a maximum of 200." in said
    assert "800 requests/s, 0% of them errors; p95 200 ms at the slowest." in said
    assert "Nothing is tight; the nearest limit is CPU (60% of the CPU used" in said
    assert "Since midnight it cost about $" in said
    assert "as much as in the same hours a week ago" in said
    assert "2 of 2 workloads measured" in said


async def test_the_number_of_requests_does_not_grow_with_the_workloads(town: Town) -> None:
    await ask(town)
    few = len(town.metrics.asked)
    for number in range(50):
        town.cloud.add(service(f"more-{number}"))
    town.metrics.asked.clear()
    await ask(town)

    assert len(town.metrics.asked) == few == 11
    assert {len(keys) for _, keys, _, _ in town.metrics.asked} == {52}


async def test_a_group_and_a_workload_are_shown_one_by_one(town: Town) -> None:
    assert "Web shop: 0 live, 0 scheduled, 0 waiting" in await ask(town, "status #web")
    said = await ask(town, "status cart")
    assert "14 instances run, between a floor of 1 and a maximum of 100." in said
    assert "shop " not in said


async def test_a_campaign_is_shown_also_when_it_is_over(town: Town) -> None:
    campaign = await town.proposed()
    await town.cancel(campaign)
    await town.run()

    said = await ask(town, "status black friday push")
    assert "*Over*" in said
    assert "Black Friday push" in said


async def test_a_word_that_nobody_knows_gets_a_near_match(town: Town) -> None:
    said = await ask(town, "status chekout")
    assert "I know no group, campaign or workload called “chekout”. Did you mean #checkout?" in said


@pytest.mark.parametrize("failure", [TryAgain("HTTP 503"), GiveUp("a permission is missing")])
async def test_a_partial_answer_says_which_source_is_missing(
    town: Town, failure: Exception
) -> None:
    town.metrics.faults.add("series", failure, about=Metric.ERRORS)
    said = await ask(town)

    assert f"missing: errors ({failure})" in said
    assert "800 requests/s; p95" in said
    assert "errors;" not in said.replace("errors (", "")


async def test_without_cloud_run_the_last_list_is_used_and_its_age_told(town: Town) -> None:
    await town.run(2 * MINUTE)  # the inventory is taken
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.INVENTORY, "all"), town.clock.now())
    await town.run(30 * MINUTE)
    town.cloud.faults.add("discover", TryAgain("HTTP 503"), times=100)
    said = await ask(town)

    assert "28 instances run" in said
    assert "the workloads (HTTP 503)" in said
    assert "a new list of workloads: this one is 3" in said


async def test_numbers_without_enough_points_are_not_shown_as_numbers(town: Town) -> None:
    now = town.clock.now()
    town.metrics.gap(Window(now - 10 * MINUTE, now))
    said = await ask(town)

    assert "How many instances run is not known: too little of it was measured." in said
    assert "0 of 2 workloads measured" in said
    assert "Measured until" in said


async def test_the_plans_of_today_are_told_with_what_today_cost(town: Town) -> None:
    await town.scheduled()
    await town.run(START + MINUTE)
    town.follow_instances()
    assert "the campaigns of today are planned at $" in await ask(town)


async def test_a_question_that_was_accepted_by_an_earlier_version_is_answered(town: Town) -> None:
    delivery = await town.say("help", command="/headroom")
    await town.run()
    old = await town.say("status", command="/headroom")
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.ANSWER, old.identity), town.clock.now())
        await tx.jobs.wake(Job(JobName.STATUS, delivery.identity), town.clock.now())
    await town.run()
    assert len(town.whispers()) == 2
