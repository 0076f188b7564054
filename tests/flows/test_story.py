"""The main story: announced, confirmed, warmed, proven, live, given back, reported."""

from datetime import timedelta

from bot.core.campaign import CampaignState
from bot.core.holding import Outcome
from bot.ports.jobs import JobName
from tests.flows.town import CAMPAIGNS, CART, END, MAYA, OPS, SHOP, START, Town, labels

MINUTE = timedelta(minutes=1)


async def test_a_typed_campaign_is_answered_with_a_priced_and_judged_plan(town: Town) -> None:
    await town.say()
    await town.run()

    assert "plan ready" in town.card()
    assert "$" in town.card()
    assert "`2 → 55` *shop*" in town.card()
    shown = town.chat.shown_in(CAMPAIGNS)[0]
    assert labels(shown) == ["Confirm", "Change", "Why?", "Cancel", "History"]
    assert (await town.campaign()).state is CampaignState.PROPOSED
    assert town.whispers() == []


async def test_the_plan_is_asked_with_as_many_metric_requests_however_many_workloads(
    town: Town,
) -> None:
    await town.say()
    await town.run()

    asked = [metric for metric, *_ in town.metrics.asked]
    assert len(asked) == town.kit.house.weeks_of_history + 6
    assert all(set(keys) == {SHOP.key, CART.key} for _, keys, *_ in town.metrics.asked)


async def test_a_confirmed_campaign_waits_for_its_lead_time(town: Town) -> None:
    await town.scheduled()
    await town.run(START - 20 * MINUTE)

    assert (await town.campaign()).state is CampaignState.SCHEDULED
    assert (await town.campaign()).confirmed_by == MAYA
    assert town.cloud.writes == []


async def test_capacity_is_raised_and_proven_before_the_start(town: Town) -> None:
    await town.scheduled()
    await town.run(START - 5 * MINUTE)

    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (55, 55)
    assert len(town.cloud.writes) == 2
    campaign = await town.campaign()
    assert campaign.proven_at is not None
    assert campaign.proven_at <= START - 5 * MINUTE
    root, reply = town.chat.posts
    assert "110 of 110 instances proven warm" in root.message.text
    assert reply.thread_ts == root.ts
    assert f"<@{MAYA}> It is warm" in reply.message.text
    assert list(town.chat.texts(OPS)) == []


async def test_a_live_campaign_holds_its_floor_until_the_cool_down_is_over(town: Town) -> None:
    await town.scheduled()
    await town.run(START + MINUTE)
    assert (await town.campaign()).state is CampaignState.LIVE
    await town.run(END + 9 * MINUTE)

    assert (await town.campaign()).state is CampaignState.RESTORING
    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (55, 55)


async def test_capacity_goes_back_in_steps_to_the_baseline(town: Town) -> None:
    await town.scheduled()
    await town.run(END + timedelta(hours=1))

    floors = [write.change.floor for write in town.cloud.writes if write.key == SHOP.key]
    assert floors == [55, 29, 16, 14, 8, 5, 4, 2]
    times = [write.at for write in town.cloud.writes if write.key == SHOP.key]
    gaps = [later - earlier for earlier, later in zip(times[1:], times[2:], strict=False)]
    assert all(gap >= town.kit.house.timing.step_down_every for gap in gaps)
    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (2, 1)


async def test_a_finished_campaign_is_reported_in_its_thread(town: Town) -> None:
    await town.scheduled()
    await town.run(END + timedelta(hours=1))

    campaign = await town.campaign()
    assert campaign.state is CampaignState.DONE
    assert campaign.restored_at is not None
    root, _, report = town.chat.posts
    assert "Done. Everything was given back" in root.message.text
    assert report.thread_ts == root.ts
    assert "the report" in report.message.text
    channel, thread_ts, title, content = town.chat.uploads[0]
    assert (channel, thread_ts) == (CAMPAIGNS, root.ts)
    assert title == f"{campaign.id}-report.csv"
    assert "shop" in content


async def test_the_ledger_knows_every_write_and_its_outcome(town: Town) -> None:
    await town.scheduled()
    await town.run(END + timedelta(hours=1))

    async with town.database.begin() as tx:
        ledger = list(await tx.capacity.ledger(SHOP.key))
        holding = await tx.capacity.holding(SHOP.key)
    assert [entry.floor for entry in reversed(ledger)] == [55, 29, 16, 14, 8, 5, 4, 2]
    assert {entry.outcome for entry in ledger} == {Outcome.DONE}
    assert ledger[-1].previous_floor == 2
    assert holding is not None
    assert (holding.written, holding.baseline, holding.observed) == (None, 2, 2)
    assert holding.restored_at is not None


async def test_everything_sleeps_once_the_story_is_over(town: Town) -> None:
    await town.scheduled()
    await town.run(END + timedelta(hours=2))

    assert await town.database.shelf.next_due() is None
    assert town.failures == []


async def test_the_audit_tells_the_story(town: Town) -> None:
    await town.scheduled()
    await town.run(END + timedelta(hours=1))

    campaign = await town.campaign()
    async with town.database.begin() as tx:
        rows = await tx.audit.about(f"campaign/{campaign.id}")
    acts = [(row.actor, row.act) for row in rows]
    assert acts == [
        (MAYA, "announced"),
        ("headroom", "judged"),
        ("headroom", "proposed"),
        ("headroom", "judged"),
        (MAYA, "confirmed"),
        ("headroom", "judged"),
        ("headroom", "warming"),
        ("headroom", "live"),
        ("headroom", "restoring"),
        ("headroom", "done"),
    ]


async def test_a_second_campaign_starts_afresh_after_the_first(town: Town) -> None:
    await town.scheduled()
    await town.run(END + timedelta(hours=1))
    town.cloud.someone_sets(SHOP.key, 4)
    await town.say("Night sale Sat 29 Nov 18:00-22:00 Europe/Berlin x3 #web")
    await town.run()
    await town.click("Confirm", on=town.chat.posts[-1].message)
    await town.run(START + timedelta(days=1) - 18 * MINUTE)

    assert "0 of 110 instances proven warm" in town.chat.posts[3].message.text
    await town.run(END + timedelta(days=1, hours=2))
    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (4, 1)
    assert town.ran[-1].name in {JobName.PUBLISH, JobName.DRIVE}
