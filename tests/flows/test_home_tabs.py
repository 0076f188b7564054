"""Home tabs: what each role sees, when they follow, and how often Slack is asked to show them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cards.buttons import Action
from bot.core.alert import Severity
from bot.core.campaign import CampaignState
from bot.core.experience import Experience, Mark, Page, Step
from bot.core.incident import Incident, Phase, Subject
from bot.core.message import View
from bot.core.money import ZERO
from bot.errors import GiveUp, NotFound, SlowDown
from bot.ports.jobs import EVERYBODY, Job, JobName
from tests.fakes import service
from tests.flows.town import ADA, ERIK, FINN, HOUSE, MAYA, OPS, SAM, Town

ASK_ALWAYS = replace(HOUSE.guardrails, auto_budget=ZERO)


def words(view: View) -> str:
    """All that a tab says."""
    return json.dumps(view.body, ensure_ascii=False)


def buttons(view: View) -> dict[str, Mapping[str, Any]]:
    """By label."""
    rows = [block for block in view.body["blocks"] if block["type"] == "actions"]
    return {one["text"]["text"]: one for row in rows for one in row["elements"]}


async def opens(town: Town, user: str) -> View:
    """Somebody opens the tab; what they see then."""
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.HOME, user), town.clock.now())
    await town.run(timedelta(seconds=5))
    return town.chat.homes[user][-1]


async def an_incident(town: Town) -> Incident:
    """Something is slow, and nobody has it."""
    found = Incident(
        id="0123456789abcdef",
        group_key="web",
        subject=Subject("p95 latency is high", "Slow.", {"workload": "shop"}),
        severity=Severity.CRITICAL,
        opened_at=town.clock.now(),
        spoken_at=town.clock.now(),
        firing=1,
        seen=1,
    )
    async with town.database.begin() as tx:
        return await tx.alerts.save(found)


async def test_who_has_no_role_reads_nothing_of_the_company(town: Town) -> None:
    await town.scheduled()
    shown = words(await opens(town, SAM))
    assert "You have no role here yet" in shown and f"<@{ADA}>" in shown
    assert "Black Friday" not in shown and "Web shop" not in shown


async def test_an_announcer_confirms_their_plan_on_the_tab(town: Town) -> None:
    campaign = await town.proposed()
    confirm = buttons(await opens(town, MAYA))["Confirm"]
    await town.press(confirm["action_id"], confirm["value"], by=MAYA, channel=MAYA)
    await town.run()
    assert await town.state() is CampaignState.SCHEDULED
    await town.run(timedelta(seconds=10))
    now = words(town.chat.homes[MAYA][-1])
    assert "Nothing waits for you" in now and "scheduled, starts" in now
    assert campaign.id == (await town.campaign()).id


async def test_a_button_of_somebody_else_s_tab_does_nothing(town: Town) -> None:
    await town.proposed()
    confirm = buttons(await opens(town, MAYA))["Confirm"]
    await town.press(confirm["action_id"], confirm["value"], by=FINN, channel=FINN)
    await town.run()
    assert await town.state() is CampaignState.PROPOSED


async def test_an_approver_sees_what_waits_and_it_goes_when_it_is_settled(town: Town) -> None:
    town.house(guardrails=ASK_ALWAYS)
    await opens(town, FINN)
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    asked = town.chat.homes[FINN][-1]
    assert "Waiting for you" in words(asked) and "Black Friday push" in words(asked)
    approve = buttons(asked)["Approve"]
    await town.press(approve["action_id"], approve["value"], by=FINN, channel=FINN)
    await town.run()
    assert await town.state() is CampaignState.SCHEDULED
    assert "Nothing waits for you" in words(town.chat.homes[FINN][-1])


async def test_an_engineer_acknowledges_on_the_tab_and_a_marketer_only_reads(town: Town) -> None:
    incident = await an_incident(town)
    assert "Acknowledge" not in buttons(await opens(town, MAYA))
    take = buttons(await opens(town, ERIK))["Acknowledge"]
    assert take["action_id"] == Action.ACKNOWLEDGE
    await town.press(take["action_id"], take["value"], by=MAYA, channel=MAYA)
    await town.press(take["action_id"], take["value"], by=ERIK, channel=ERIK)
    await town.run()
    async with town.database.begin() as tx:
        stored = await tx.alerts.get(incident.id)
    assert stored is not None and stored.phase is Phase.ACKNOWLEDGED
    assert [ack.by for ack in stored.acknowledgements] == [ERIK]
    assert "Acknowledge" not in buttons(town.chat.homes[ERIK][-1])
    assert "👀 p95 latency is high" in words(town.chat.homes[MAYA][-1])


async def test_campaigns_that_meet_on_a_group_are_named(town: Town) -> None:
    await town.scheduled()
    await town.proposed("Newsletter Fri 28 Nov 20:00-23:00 Europe/Berlin x2 #web #checkout")
    shown = words(await opens(town, ERIK))
    assert (
        "*Black Friday push* and *Newsletter on 28 Nov* :warning: at the same time on Web shop"
        in shown
    )


async def test_the_fleet_is_read_from_what_was_kept_and_google_is_not_asked(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.INVENTORY, "all"), town.clock.now())
    await town.run()
    for google in (town.cloud, town.metrics):
        google.faults.add("*", GiveUp("Google is gone"), times=1000)
    shown = words(await opens(town, ERIK))
    assert "*Web shop*: 2 workloads" in shown and "No alert is open" in shown
    assert town.failures == []


async def test_only_tabs_that_somebody_opened_follow_and_many_changes_are_one(town: Town) -> None:
    await opens(town, ERIK)
    before = len(town.chat.homes[ERIK])
    for _ in range(20):
        async with town.database.begin() as tx:
            await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), town.clock.now())
    await town.scheduled()
    assert set(town.chat.homes) == {ERIK}
    assert len(town.chat.homes[ERIK]) - before <= 8
    shown = len(town.chat.homes[ERIK])
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), town.clock.now())
    await town.run()
    assert len(town.chat.homes[ERIK]) == shown  # nothing new to show, so Slack is not asked


async def test_tabs_follow_one_after_the_other_and_forgotten_ones_do_not(town: Town) -> None:
    people = [f"U{place:04}" for place in range(50)]
    async with town.database.begin() as tx:
        await tx.oversight.home_opened("U0LONGAGO", town.clock.now() - timedelta(days=31))
        for user in people:
            await tx.oversight.home_opened(user, town.clock.now())
        await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), town.clock.now())
    began = town.clock.now()
    await town.run(timedelta(seconds=10))
    assert 10 <= len(town.chat.homes) <= 20
    await town.run(timedelta(minutes=1))
    assert set(town.chat.homes) == set(people) and town.clock.now() - began < timedelta(minutes=2)


async def test_a_tab_waits_as_long_as_slack_says_and_one_that_is_gone_is_left(town: Town) -> None:
    town.chat.faults.add("publish_home", SlowDown("slower", after=timedelta(seconds=20)))
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.HOME, ERIK), town.clock.now())
    await town.run(timedelta(seconds=15))
    assert ERIK not in town.chat.homes
    await town.run(timedelta(seconds=10))
    assert ERIK in town.chat.homes
    town.chat.faults.add("publish_home", NotFound("user_not_found"), about=OPS)
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.HOME, OPS), town.clock.now())
    await town.run()
    assert OPS not in town.chat.homes


async def test_an_alert_is_counted_where_its_region_is(town: Town) -> None:
    town.cloud.add(service("shop", groups=["checkout"], region="us-central1"))
    found = await an_incident(town)
    facets = {"workload": "shop", "project": "cymbal-shop", "region": "us-central1"}
    async with town.database.begin() as tx:
        stored = await tx.alerts.get(found.id)
        assert stored is not None
        await tx.alerts.save(replace(stored, subject=replace(stored.subject, facets=facets)))
        await tx.jobs.wake(Job(JobName.INVENTORY, "all"), town.clock.now())
    await town.run(timedelta(seconds=5))
    tab = await opens(town, ERIK)
    assert "p95 latency is high, shop (us-central1)" in words(tab)
    texts = [one["text"]["text"] for one in tab.body["blocks"] if one["type"] == "section"]
    fleet = next(text for text in texts if text.startswith("• *"))
    lines = {line.split(":")[0]: line for line in fleet.split("\n")}
    assert "1 alert open" in lines["• *Checkout*"]
    assert "alert" not in lines["• *Web shop*"]


async def test_fleet_health_is_shown_also_where_no_quota_is_configured(town: Town) -> None:
    await town.scheduled()
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.INVENTORY, "all"), town.clock.now())
    await town.run(timedelta(seconds=5))
    shown = words(await opens(town, ERIK))
    assert "2 workloads: a campaign is scheduled on 2." in shown
    assert "instances in a day" in shown


async def test_a_page_that_customers_find_broken_is_on_the_tab_until_it_is_fine_again(
    town: Town,
) -> None:
    page = Page("front", "Front page", ("web",), (Step("/shop"),))
    town.house(experience=Experience(pages=(page,)))
    await opens(town, ERIK)
    town.probes.put("front", Mark.FAILED)
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.PROBE, "all"), town.clock.now())
    await town.run(timedelta(minutes=20))
    assert "For customers *Front page* does not answer, since" in words(town.chat.homes[ERIK][-1])
    town.probes.put("front", Mark.FINE)
    await town.run(timedelta(minutes=20))
    assert "For customers" not in words(town.chat.homes[ERIK][-1])
