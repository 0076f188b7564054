"""Somebody else changes what Headroom holds, before, during and after a campaign."""

from dataclasses import replace
from datetime import timedelta

from bot.core.campaign import CampaignState
from bot.core.house import Repair
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import END, ERIK, MAYA, OPS, SHOP, START, Town, labels

MINUTE = timedelta(minutes=1)


async def live(town: Town) -> None:
    await town.scheduled()
    await town.run(START + 10 * MINUTE)


async def test_a_floor_that_somebody_lowers_is_put_back_and_told_once(town: Town) -> None:
    await live(town)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(20 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 55
    [notice] = list(town.chat.texts(OPS))
    assert "terraform@" in notice
    assert "put it back until the campaign is over; from then on the new minimum counts" in notice
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 3


async def test_a_minimum_of_the_revisions_own_is_explained_with_the_notice(town: Town) -> None:
    await live(town)
    seen = town.cloud.fleet[SHOP.key]
    town.cloud.fleet[SHOP.key] = replace(seen, scaling=replace(seen.scaling, revision_floor=7))
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(5 * MINUTE)

    [notice] = list(town.chat.texts(OPS))
    assert "minimum of 7 of its own" in notice and "only another deploy" in notice


async def test_a_floor_that_is_lowered_again_and_again_is_still_one_notice(town: Town) -> None:
    await live(town)
    for _ in range(3):
        town.cloud.someone_sets(SHOP.key, 3)
        await town.run(12 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 55
    assert len(list(town.chat.texts(OPS))) == 1


async def test_a_lowered_floor_is_left_where_the_house_does_not_repair(town: Town) -> None:
    town.house(repair=Repair.LEAVE)
    await live(town)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(30 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 3
    assert "I leave it so" in next(iter(town.chat.texts(OPS)))
    assert "somebody else set the floor to 3" in town.card()
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 3
    assert await town.state() is CampaignState.DONE


async def test_a_floor_that_somebody_raises_is_theirs_from_then_on(town: Town) -> None:
    await live(town)
    town.cloud.someone_sets(SHOP.key, 80)
    await town.run(20 * MINUTE)
    assert "raised the floor of *shop*" in next(iter(town.chat.texts(OPS)))

    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 80
    assert await town.state() is CampaignState.DONE
    assert len(list(town.chat.texts(OPS))) == 1


async def test_a_change_before_the_raise_is_the_new_baseline_silently(town: Town) -> None:
    await town.scheduled()
    town.cloud.someone_sets(SHOP.key, 5)
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 5
    assert list(town.chat.texts(OPS)) == []


async def test_a_deploy_is_not_drift(town: Town) -> None:
    await live(town)
    town.cloud.someone_deploys(SHOP.key, "shop-00002")
    await town.run(30 * MINUTE)

    assert list(town.chat.texts(OPS)) == []
    assert len([write for write in town.cloud.writes if write.key == SHOP.key]) == 1


async def test_somebody_lowering_while_capacity_goes_back_is_left_alone(town: Town) -> None:
    await town.scheduled()
    await town.run(END + 11 * MINUTE)
    town.cloud.someone_sets(SHOP.key, 7)
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 7
    assert await town.state() is CampaignState.DONE


async def test_nothing_is_lowered_while_the_metrics_are_missing(town: Town) -> None:
    await town.scheduled()
    town.metrics.gap(Window(END - timedelta(hours=1), END + timedelta(hours=2)))
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 55
    assert "not lowering: " in town.card()
    assert await town.state() is CampaignState.RESTORING

    await town.run(END + timedelta(hours=3))
    assert town.cloud.floor(SHOP.key) == 2
    assert await town.state() is CampaignState.DONE


async def test_nothing_is_lowered_while_monitoring_does_not_answer(town: Town) -> None:
    await town.scheduled()
    await town.run(END)
    town.metrics.faults.add("series", TryAgain("HTTP 503"), times=1000)
    await town.run(END + 30 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 55
    assert "Cloud Monitoring does not answer" in town.card()

    town.metrics.faults.clear()
    await town.run(END + timedelta(hours=2))
    assert await town.state() is CampaignState.DONE


async def test_nothing_is_lowered_while_requests_wait(town: Town) -> None:
    await town.scheduled()
    await town.run(END)
    town.metrics.put(Metric.PENDING, SHOP.key, 3.0)
    await town.run(END + 40 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 55

    town.metrics.put(Metric.PENDING, SHOP.key, 0.0)
    await town.run(END + timedelta(hours=2))
    assert town.cloud.floor(SHOP.key) == 2


async def test_no_busy_instance_is_taken_away(town: Town) -> None:
    await town.scheduled()
    await town.run(END)
    town.metrics.put(Metric.ACTIVE, SHOP.key, 40.0)
    await town.run(END + 13 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 40


async def test_a_floor_is_lowered_only_to_the_houses_ux_floor(town: Town) -> None:
    town.house(ux_floors={"shop": 6})
    await town.scheduled()
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 6
    assert await town.state() is CampaignState.DONE


async def asked(town: Town) -> None:
    """Live, lowered by somebody, and the engineers have been asked."""
    town.house(repair=Repair.ASK)
    await live(town)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(15 * MINUTE)


async def test_a_lowered_floor_waits_for_an_engineer_where_the_house_asks(town: Town) -> None:
    await asked(town)

    assert town.cloud.floor(SHOP.key) == 3
    [notice] = town.chat.shown_in(OPS)
    assert labels(notice) == ["Put back", "Leave it"]
    assert "Infrastructure as code does that again" in notice.text
    assert "an engineer is asked" in town.card()


async def test_a_lowered_floor_is_put_back_when_an_engineer_says_so(town: Town) -> None:
    await asked(town)
    await town.click("Put back", by=ERIK, channel=OPS)
    await town.run(MINUTE)
    assert town.cloud.floor(SHOP.key) == 55
    [notice] = town.chat.shown_in(OPS)
    assert f"<@{ERIK}> had it put back" in notice.text

    town.cloud.someone_sets(SHOP.key, 4)
    await town.run(15 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 4  # lowered again: asked again
    [notice] = town.chat.shown_in(OPS)
    assert labels(notice) == ["Put back", "Leave it"]


async def test_a_lowered_floor_stays_when_an_engineer_leaves_it(town: Town) -> None:
    await asked(town)
    await town.click("Leave it", by=ERIK, channel=OPS)
    await town.run(30 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 3
    [notice] = town.chat.shown_in(OPS)
    assert f"<@{ERIK}> leaves it so" in notice.text
    assert labels(notice) == ["Put back"]
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 3
    assert await town.state() is CampaignState.DONE


async def test_the_next_change_is_left_when_an_engineer_says_so_after_a_repair(town: Town) -> None:
    await live(town)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(15 * MINUTE)
    await town.click("Leave it next time", by=ERIK, channel=OPS)
    await town.run(MINUTE)
    assert "the next such change is left" in town.chat.shown_in(OPS)[0].text
    town.cloud.someone_sets(SHOP.key, 4)
    await town.run(30 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 4


async def test_only_an_engineer_decides_about_drift(town: Town) -> None:
    await asked(town)
    await town.click("Put back", by=MAYA, channel=OPS)
    await town.run(MINUTE)

    assert town.cloud.floor(SHOP.key) == 3
    assert "Only an engineer" in town.whispers()[-1]


async def test_a_decision_after_the_campaign_changes_nothing(town: Town) -> None:
    await asked(town)
    await town.run(END + timedelta(hours=1))
    await town.click("Put back", by=ERIK, channel=OPS)
    await town.run(MINUTE)

    assert town.cloud.floor(SHOP.key) == 3
    assert "nothing to decide" in town.whispers()[-1]


async def test_a_raised_workload_says_who_holds_it_until_it_is_given_back(town: Town) -> None:
    await live(town)
    campaign = await town.campaign()
    marks = town.cloud.fleet[SHOP.key].marks
    assert marks is not None
    assert marks.held_by == (campaign.id,)
    assert (marks.floor, marks.baseline) == (55, 2)
    assert marks.until == END + 10 * MINUTE

    town.cloud.someone_sets(SHOP.key, 80)
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 80
    assert town.cloud.fleet[SHOP.key].marks is None


async def test_a_workload_that_is_deleted_while_it_is_held_ends_the_campaign(town: Town) -> None:
    await live(town)
    town.cloud.remove(SHOP.key)
    await town.run(END + timedelta(hours=1))

    assert await town.state() is CampaignState.DONE


async def test_a_state_of_a_moment_ago_is_nobodys_drift(town: Town) -> None:
    """Lists that many looks share are old; here whatever may be old is as old as it may be."""
    await town.scheduled()
    await town.run(START - 30 * MINUTE)
    for _ in range(40):
        await town.run(timedelta(seconds=77))
        town.cloud.someone_deploys(SHOP.key, f"shop-{town.clock.now():%H%M%S}")
        async with town.database.begin() as tx:
            await tx.jobs.wake(Job(JobName.RECONCILE, str(SHOP.key)), town.clock.now())
    assert town.cloud.floor(SHOP.key) == 55
    assert [post for post in town.chat.posts if "drift" in post.mark] == []
