"""Status: campaigns and the fleet, in a constant number of requests, also while a source is silent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.core.experience import Experience, Mark, Page, Step
from bot.core.pipelines import Pipeline, Signal
from bot.core.series import Metric, Series
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.ports.data import Signals
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
    assert "Nothing is tight; the nearest limit is CPU at 71% (60% of the CPU used" in said
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


FRONT = Page("front", "Front page", ("web",), (Step("/shop"),))
PAY = Page("pay", "Purchase", ("checkout",), (Step("/pay"),))
ORDERS = Pipeline(
    "orders",
    "Order pipeline",
    "cymbal-shop",
    ("web",),
    ("order-worker",),
    "orders",
    fresh=5 * MINUTE,
)
EXPORT = Pipeline("export", "Export", "cymbal-shop", job="export", every=timedelta(hours=26))


@dataclass
class FakeData:
    """Backlogs of ten seconds and a job that ended two hours ago, unless it is down; remembers the questions."""

    failure: Exception | None = None
    asked: list[tuple[int, Window]] = field(default_factory=list)

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        self.asked.append((len(pipelines), window))
        if self.failure is not None:
            raise self.failure
        width = window.duration // step
        ages = Series(window.start, step, (10.0,) * width)
        ended = width - timedelta(hours=2) // step
        runs = tuple(1.0 if place == ended else math.nan for place in range(width))
        done = Series(window.start, step, runs)
        return {
            one.name: {Signal.SUCCEEDED: done} if one.job else {Signal.AGE: ages}
            for one in pipelines
        }


def watching(town: Town, data: FakeData) -> None:
    """Two pages that are looked at and two pipelines."""
    town.kit = replace(town.kit, data=data)
    town.house(experience=Experience(pages=(FRONT, PAY)), pipelines=(ORDERS, EXPORT))


async def look_around(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.PROBE, "all"), town.clock.now())
    await town.run(30 * MINUTE)


async def test_pages_and_data_are_part_of_the_status_with_how_old_they_are(town: Town) -> None:
    watching(town, FakeData())
    await look_around(town)
    said = await ask(town)

    assert "*What customers feel now*" in said
    assert "Front page and Purchase are right and fast; p95 300 ms at the slowest." in said
    assert "2 of 2 pages measured" in said
    assert "*Is the data right and on time?*" in said
    assert "Yes: every pipeline kept its target." in said
    assert "the oldest message waited 10 s (at most 5 min)" in said
    assert "last finished 2 h 3 min ago" in said


async def test_a_page_that_fails_is_told_and_named_for_its_group_only(town: Town) -> None:
    watching(town, FakeData())
    town.probes.put("pay", Mark.FAILED)
    await look_around(town)

    assert "1 of 2 pages is not as it should be." in await ask(town)
    assert "Purchase does not answer, for" in await ask(town, "status #checkout")
    web = await ask(town, "status #web")
    assert "Front page is right and fast" in web
    assert "Purchase" not in web
    assert "Order pipeline" in web
    assert "Export" not in web


@pytest.mark.parametrize("failure", [TryAgain("HTTP 503"), GiveUp("a permission is missing")])
async def test_what_is_not_known_of_pages_and_data_is_missing_and_not_fine(
    town: Town, failure: Exception
) -> None:
    watching(town, FakeData(failure))
    said = await ask(town)

    assert "What customers feel now is not known" in said
    assert "missing: Front page (not looked at lately) and Purchase (not looked at lately)" in said
    assert "As far as is known: 0 of 2 pipelines kept their target." in said
    assert f"missing: the pipelines ({failure})" in said
    assert "800 requests/s" in said


async def test_the_questions_about_data_do_not_grow_with_the_pipelines(town: Town) -> None:
    data = FakeData()
    watching(town, data)
    await ask(town)
    few = len(data.asked)
    many = [replace(ORDERS, name=f"p{n}", title=f"Pipeline {n}") for n in range(50)]
    town.house(pipelines=(*many, EXPORT))
    data.asked.clear()
    said = await ask(town)

    assert len(data.asked) == few == 2
    assert "Pipeline 7" not in said, "what is on time is not listed singly where it is many"
