"""Looks before, during and after a campaign, and what follows from them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.alert_rules import AlertRules, Level, Match, Route, Schedule, Target, TargetKind
from bot.core.experience import Breach, Mark
from bot.core.experience_alert import PAGE_LABEL, breach_alert
from bot.core.series import Metric
from bot.ports.jobs import Job, JobName
from tests.flows.town import CAMPAIGNS, CART, ERIK, OPS, SHOP, START, STORY, Town, everything

MINUTE = timedelta(minutes=1)
END = START + 60 * MINUTE
SHORT = STORY.replace("22:00", "19:00")


def as_planned(town: Town) -> None:
    """Three times the usual demand comes, as announced."""
    for workload in (SHOP, CART):
        town.metrics.put(
            Metric.REQUESTS, workload.key, lambda at: 400.0 * (3 if START <= at < END else 1)
        )


def slow_from(begin: datetime, end: datetime, mark: Mark = Mark.SLOW) -> Callable[[datetime], Mark]:
    return lambda at: mark if begin <= at < end else Mark.FINE


async def begin(town: Town) -> None:
    """A campaign is announced and confirmed, and the looking begins."""
    as_planned(town)
    await town.scheduled(SHORT)
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.PROBE, "all"), town.clock.now())


def gaps(town: Town, page: str, since: datetime, until: datetime) -> set[timedelta]:
    asked = [at for name, at in town.probes.asked if name == page and since <= at < until]
    return {b - a for a, b in zip(asked, asked[1:], strict=False)}


async def test_pages_are_looked_at_more_often_while_a_campaign_of_theirs_is_near(
    town: Town,
) -> None:
    await begin(town)
    await town.run(START + 30 * MINUTE)
    assert gaps(town, "front", START - 150 * MINUTE, START - 100 * MINUTE) == {5 * MINUTE}
    assert gaps(town, "front", START, START + 30 * MINUTE) == {MINUTE}
    assert gaps(town, "pay", START, START + 30 * MINUTE) == {5 * MINUTE}


async def test_the_report_says_that_pages_stayed_fast(town: Town) -> None:
    await begin(town)
    await town.run(START + 30 * MINUTE)
    assert "*Pages* stayed fast: p95 300 ms" in everything(town.chat.shown_in(CAMPAIGNS)[0])
    await town.run(END + 45 * MINUTE)
    report = next(one for one in town.chat.texts(CAMPAIGNS) if ": the report" in one)
    assert "*Pages* stayed fast: p95 300 ms at the slowest (Front page), in 60 looks." in report
    assert "p95 before → during → after: Front page 300 ms → 300 ms → 300 ms." in report


async def test_a_slow_page_raises_the_floor_and_calls_the_engineers(town: Town) -> None:
    await begin(town)
    town.probes.put("front", slow_from(START + 20 * MINUTE, START + 40 * MINUTE))
    await town.run(START + 19 * MINUTE)
    before = town.cloud.floor(SHOP.key)
    await town.run(START + 30 * MINUTE)
    assert town.cloud.floor(SHOP.key) > before
    called, *_ = (one for one in town.chat.texts(OPS) if "Front page, as" in one)
    assert "It answers too slowly: 3 of the last 5 looks were slow" in called
    assert "Behind it: Web shop" in called
    assert "Front page is slow for customers" in everything(town.chat.shown_in(CAMPAIGNS)[0])
    await town.run(START + 50 * MINUTE)
    told = list(town.chat.texts(OPS))
    assert any("Resolved: Front page, as customers see it" in one for one in told)
    assert told[-1] == ":white_check_mark: Resolved. No alert fires any more."


async def test_wrong_content_calls_the_engineers_and_raises_nothing(town: Town) -> None:
    await begin(town)
    town.probes.put("front", slow_from(START + 20 * MINUTE, END, Mark.WRONG))
    await town.run(START + 19 * MINUTE)
    before = town.cloud.floor(SHOP.key)
    await town.run(START + 40 * MINUTE)
    assert town.cloud.floor(SHOP.key) == before
    assert "More instances will not help" in "\n".join(town.chat.texts(OPS))


async def test_whoever_is_on_call_is_paged_for_a_broken_page_until_somebody_takes_it(
    town: Town,
) -> None:
    pages = Route("pages", Match({PAGE_LABEL: "front"}), schedule="sre")
    target = Target(TargetKind.USER, ERIK)
    schedule = Schedule("sre", (Level((target,), 10 * MINUTE),), rounds=2)
    town.house(alerts=AlertRules(routes=(pages,), schedules=(schedule,)))
    await begin(town)
    town.probes.put("front", slow_from(START + 20 * MINUTE, END, Mark.UNREACHED))
    await town.run(START + 40 * MINUTE)
    told, *replies = town.chat.texts(OPS)
    assert "It cannot be reached" in told
    assert f"<@{ERIK}>" in told
    assert [f"<@{ERIK}>, nobody has acknowledged this yet" in one for one in replies] == [True]


async def test_a_page_that_gets_worse_makes_its_incident_worse(town: Town) -> None:
    await begin(town)
    worse_at = START + 30 * MINUTE
    town.probes.put(
        "front",
        lambda at: (
            Mark.FINE if at < START + 20 * MINUTE else Mark.SLOW if at < worse_at else Mark.WRONG
        ),
    )
    await town.run(worse_at - MINUTE)
    [told] = [one for one in town.chat.texts(OPS) if "Front page, as" in one]
    assert "Error: Front page" in told
    await town.run(worse_at + 10 * MINUTE)
    told, *_ = (one for one in town.chat.texts(OPS) if "Front page, as" in one)
    assert "Critical: Front page" in told
    assert "It answers with something else than the page" in told


async def test_what_was_felt_on_a_page_that_is_looked_at_no_more_is_let_go(town: Town) -> None:
    await begin(town)
    town.probes.put("front", slow_from(START + 20 * MINUTE, END))
    await town.run(START + 30 * MINUTE)
    rules = town.kit.house.experience
    town.house(experience=replace(rules, pages=rules.pages[1:]))
    await town.run(10 * MINUTE)
    assert any("Resolved: Front page" in one for one in town.chat.texts(OPS))
    async with town.database.begin() as tx:
        assert not await tx.experience.breaches()


async def test_the_same_breach_filed_again_is_the_same_alert(town: Town) -> None:
    page = town.kit.house.experience.pages[0]
    since = town.clock.now()
    breach = Breach(page.name, Mark.SLOW, since, since, "3 of the last 5 looks were slow")
    async with town.database.begin() as tx:
        for _ in range(2):
            await tx.alerts.file(breach_alert(page, breach, town.kit.house))
        await tx.alerts.file(breach_alert(page, replace(breach, over_at=since), town.kit.house))
        assert len(await tx.alerts.waiting()) == 2
        assert await tx.alerts.heard_at() is None, "a sign of life comes from outside"


async def test_nothing_is_given_back_while_customers_feel_it(town: Town) -> None:
    await begin(town)
    town.probes.put("front", slow_from(END - 10 * MINUTE, END + 25 * MINUTE, Mark.FAILED))
    await town.run(END - MINUTE)
    held = town.cloud.floor(SHOP.key)
    await town.run(END + 22 * MINUTE)
    assert town.cloud.floor(SHOP.key) >= held
    await town.run(END + 75 * MINUTE)
    assert town.cloud.floor(SHOP.key) == SHOP.scaling.floor


async def test_a_look_that_is_interrupted_is_made_again(town: Town) -> None:
    await begin(town)
    await town.run(10 * MINUTE)
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.PROBE, "all"), town.clock.now())
        await tx.jobs.wake(Job(JobName.PROBE, "all"), town.clock.now())
    looked = len(town.probes.asked)
    await town.run(MINUTE)
    assert len(town.probes.asked) == looked, "a second wake looks at nothing that is not due"
