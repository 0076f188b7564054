"""Private answers: status, help, and what was not understood."""

from datetime import timedelta

import pytest

from bot.core.message import Message, WantedPost
from bot.errors import TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import ADA, CAMPAIGNS, MAYA, OPS, START, Town

MINUTE = timedelta(minutes=1)


async def ask(town: Town, text: str) -> str:
    await town.say(text, command="/headroom")
    await town.run(timedelta(seconds=5))
    return town.whispers()[-1]


async def test_status_says_that_nothing_is_going_on(town: Town) -> None:
    assert "0 live, 0 scheduled, 0 waiting" in await ask(town, "status")


async def test_status_names_what_is_live_scheduled_and_waiting(town: Town) -> None:
    await town.scheduled()
    await town.run(START + MINUTE)
    await town.scheduled("Late sale Fri 28 Nov 22:00-23:00 Europe/Berlin x2 #web")
    await town.proposed("Night sale Sat 29 Nov 20:00-21:00 Europe/Berlin x2 #web")

    said = await ask(town, "status")

    assert "1 live, 1 scheduled, 1 waiting" in said
    for name in ("Black Friday push", "Late sale", "Night sale"):
        assert name in said


async def test_status_forgets_what_is_over(town: Town) -> None:
    campaign = await town.proposed()
    await town.cancel(campaign)
    await town.run()

    assert "0 live, 0 scheduled, 0 waiting" in await ask(town, "status")


async def test_status_says_how_far_slack_is_behind(town: Town) -> None:
    town.chat.faults.add("post", TryAgain("HTTP 503"), about=OPS, times=1000)
    async with town.database.begin() as tx:
        await tx.posts.want(WantedPost(OPS, "news", Message("news")), town.clock.now())
    await town.run(3 * MINUTE)

    said = await ask(town, "status")

    assert "1 message of mine is not shown yet; the oldest has waited 3 min" in said


@pytest.mark.parametrize("text", ["help", ""])
async def test_help_shows_an_example_and_the_groups(town: Town, text: str) -> None:
    said = await ask(town, text)

    assert "/campaign Black Friday push" in said
    assert "#checkout" in said


@pytest.mark.parametrize(("by", "named"), [(ADA, True), (MAYA, False)])
async def test_help_names_pause_and_resume_to_those_who_may(
    town: Town, by: str, named: bool
) -> None:
    await town.say("help", by=by, command="/headroom")
    await town.run()

    said = town.whispers()[-1]
    assert ("/headroom pause" in said, "/headroom resume" in said) == (named, named)


async def test_an_unknown_word_is_answered_with_what_it_resembles(town: Town) -> None:
    said = await ask(town, "statsu")

    assert "statsu" in said
    assert "/headroom status" in said


async def test_an_unknown_word_like_no_other_is_answered_with_help(town: Town) -> None:
    said = await ask(town, "xyzzy")

    assert "Did you mean" not in said
    assert "/headroom help" in said


async def test_a_question_delivered_twice_is_answered_once(town: Town) -> None:
    delivery = await town.say("status", command="/headroom")
    await town.run()
    async with town.database.begin() as tx:
        for name in (JobName.ANSWER, JobName.STATUS):
            await tx.jobs.wake(Job(name, delivery.identity), town.clock.now())
            await tx.jobs.wake(Job(name, "never seen"), town.clock.now())
    await town.run()

    assert len(town.whispers()) == 1
    assert town.chat.shown_in(CAMPAIGNS) == []


async def test_a_question_without_response_url_is_answered_in_the_channel(town: Town) -> None:
    await town.say("help", command="/headroom", response_url="")
    await town.run()

    assert len(town.chat.ephemerals) == 1
