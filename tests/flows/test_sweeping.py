"""A lost job table loses nothing: the sweep wakes what the tables say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.core.campaign import CampaignState
from bot.core.house import Guardrails
from bot.core.message import Message, WantedPost
from bot.core.money import Money
from bot.errors import TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import ADA, CAMPAIGNS, END, OPS, SHOP, START, Town

MINUTE = timedelta(minutes=1)


async def lose_all_jobs(town: Town) -> None:
    """What a lost table looks like: nothing is due, whatever is stored elsewhere."""
    shelf = town.database.shelf
    far = town.clock.now() + timedelta(days=365)
    while taken := await shelf.take(far, owner="thief", until=far, limit=100):
        for one in taken:
            await shelf.finish(one, again_at=None)


async def sweep_once(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.SWEEP, "all"), town.clock.now())


async def test_a_campaign_is_planned_after_its_jobs_were_lost(town: Town) -> None:
    town.cloud.faults.add("discover", TryAgain("HTTP 503"))
    await town.say()
    await town.run(timedelta(0))
    assert await town.state() is CampaignState.PLANNING
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run()

    assert await town.state() is CampaignState.PROPOSED


async def test_a_scheduled_campaign_is_warmed_after_its_jobs_were_lost(town: Town) -> None:
    await town.scheduled()
    await town.run(START - timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 2
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run(START)

    assert town.cloud.floor(SHOP.key) == 55


async def test_capacity_is_given_back_after_the_jobs_were_lost(town: Town) -> None:
    await town.scheduled()
    await town.run(END + 12 * MINUTE)
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 2
    assert await town.state() is CampaignState.DONE


async def test_capacity_of_a_cancelled_campaign_is_given_back_by_the_sweep(town: Town) -> None:
    campaign = await town.scheduled()
    await town.run(START)
    await town.cancel(campaign)
    await town.run(timedelta(0))
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run(timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 2
    assert await town.state() is CampaignState.CANCELLED


async def asked(town: Town) -> None:
    """A request for approval whose every wake-up is lost."""
    town.house(guardrails=replace(Guardrails(), auto_budget=Money(Decimal(0))))
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run(timedelta(0))
    assert await town.state() is CampaignState.AWAITING_APPROVAL
    await lose_all_jobs(town)


async def test_approvers_are_reminded_and_asked_directly_though_the_jobs_were_lost(
    town: Town,
) -> None:
    await asked(town)
    town.clock.advance(timedelta(minutes=90))
    await sweep_once(town)
    await town.run(10 * MINUTE)
    waiting = [text for text in town.chat.texts(OPS) if "Still waiting" in text]
    assert len(waiting) == 1
    assert "waits for a decision" in town.chat.shown_in(ADA)[0].text
    assert len(town.chat.shown_in(ADA)) == 1


async def test_those_asked_about_a_change_are_reminded_though_the_jobs_were_lost(
    town: Town,
) -> None:
    await town.scheduled()
    await town.run(START + 30 * MINUTE)
    town.house(guardrails=replace(Guardrails(), auto_budget=Money(Decimal(0))))
    await town.say("extend 1h", command="/headroom")
    await town.run(timedelta(0))
    await lose_all_jobs(town)
    town.clock.advance(90 * MINUTE)
    await sweep_once(town)
    await town.run(10 * MINUTE)

    assert len([text for text in town.chat.texts(OPS) if "Still waiting" in text]) == 1
    assert "waits for a decision" in town.chat.shown_in(ADA)[0].text


async def test_a_request_expires_to_a_no_though_the_jobs_were_lost(town: Town) -> None:
    await asked(town)
    town.clock.set(START + MINUTE)
    await sweep_once(town)
    await town.run(MINUTE)
    assert await town.state() is CampaignState.EXPIRED
    assert town.cloud.writes == []
    assert "expired without a yes" in "".join(town.chat.texts(OPS))


async def test_an_unsent_message_is_sent_by_the_sweep(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.posts.want(WantedPost(CAMPAIGNS, "news", Message("news")), town.clock.now())
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run()

    assert [posted.message.text for posted in town.chat.posts] == ["news"]


async def test_the_sweep_comes_again_every_minute(town: Town) -> None:
    await sweep_once(town)
    await town.run(5 * MINUTE)

    assert len([job for job in town.ran if job.name == JobName.SWEEP]) == 6


async def test_a_command_is_answered_after_its_job_was_lost(town: Town) -> None:
    await town.say()
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run(MINUTE)

    assert await town.state() is CampaignState.PROPOSED


async def test_a_delivery_that_is_handled_is_left_alone(town: Town) -> None:
    await town.proposed()
    ran = len(town.ran)
    await sweep_once(town)
    await town.run(3 * MINUTE)

    assert [job for job in town.ran[ran:] if job.name == JobName.ANNOUNCE] == []


async def test_a_delivery_that_nobody_can_handle_is_let_rest_after_a_day(town: Town) -> None:
    delivery = await town.say("/headroom", command="/headroom")
    await lose_all_jobs(town)
    town.clock.advance(timedelta(days=1, minutes=1))
    async with town.database.begin() as tx:
        now = town.clock.now()
        assert await tx.inbox.unhandled(now - timedelta(days=1), now) == []
        [job] = await tx.inbox.unhandled(now - timedelta(days=2), now)
    assert job == Job(JobName.ANSWER, delivery.identity)
