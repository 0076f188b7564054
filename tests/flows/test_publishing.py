"""Posts into Slack: once, in place, paced, found again after a crash, and never dropped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.slack_errors import refusal
from bot.core.message import Message, Post, PostKind, WantedPost
from bot.errors import GiveUp, NotAllowed, NotFound, Refused, SlowDown, TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import CAMPAIGNS, MAYA, OPS, Town

SECOND = timedelta(seconds=1)
HELLO = WantedPost(CAMPAIGNS, "hello", Message("hello", ({"type": "divider"},)))
REPLY = replace(HELLO, subject="reply", message=Message("reply"), thread_of="hello")
WHISPER = WantedPost(
    CAMPAIGNS,
    "answer/1",
    Message("only for you"),
    kind=PostKind.EPHEMERAL,
    user=MAYA,
    response_url="https://slack/1",
    lane=0,
)
TABLE = WantedPost(
    CAMPAIGNS, "table", Message("a.csv"), kind=PostKind.FILE, thread_of="hello", attachment="a,b"
)


async def want(town: Town, *posts: WantedPost) -> None:
    async with town.database.begin() as tx:
        for post in posts:
            await tx.posts.want(post, town.clock.now())


async def stored(town: Town, post: WantedPost) -> Post:
    async with town.database.begin() as tx:
        found = await tx.posts.get(post.channel, post.subject)
    assert found is not None
    return found


async def behind(town: Town) -> list[str]:
    async with town.database.begin() as tx:
        return [post.wanted.subject for post in await tx.posts.behind()]


async def test_a_message_is_posted_once_and_edited_in_place(town: Town) -> None:
    await want(town, HELLO)
    await town.run()
    await want(town, replace(HELLO, message=Message("hello again")))
    await town.run()

    [posted] = town.chat.posts
    assert posted.message.text == "hello again"
    assert [edit.text for edit in posted.edits] == ["hello"]


async def test_changes_that_come_fast_are_shown_as_the_last_one(town: Town) -> None:
    for number in range(20):
        await want(town, replace(HELLO, message=Message(f"step {number}")))
    await town.run()

    [posted] = town.chat.posts
    assert (posted.message.text, posted.edits) == ("step 19", [])


async def test_a_channel_is_spoken_to_once_a_second(town: Town) -> None:
    await want(town, *(replace(HELLO, subject=f"number {i}") for i in range(5)))
    await town.run()

    times = [posted.at.replace(microsecond=0) for posted in town.chat.posts]
    assert [later - times[0] for later in times] == [i * SECOND for i in range(5)]


async def test_a_reply_and_a_file_follow_their_parent_into_its_thread(town: Town) -> None:
    await want(town, TABLE, REPLY, HELLO)
    await town.run()

    parent, reply = town.chat.posts
    assert (parent.message.text, reply.message.text) == ("hello", "reply")
    assert reply.thread_ts == parent.ts
    assert town.chat.uploads == [(CAMPAIGNS, parent.ts, "a.csv", "a,b")]


async def test_an_answer_goes_before_everything_else(town: Town) -> None:
    await want(town, HELLO, WHISPER)
    await town.run(timedelta(0))

    assert town.whispers() == ["only for you"]
    assert town.chat.posts == []


@pytest.mark.parametrize(
    "dead", [Refused("used", code="used_url"), NotFound("gone"), GiveUp("not a URL")]
)
async def test_an_answer_finds_another_way_when_its_address_is_dead(
    town: Town, dead: Exception
) -> None:
    town.chat.faults.add("respond", dead)
    await want(town, WHISPER)
    await town.run()

    assert town.chat.ephemerals == [(CAMPAIGNS, MAYA, WHISPER.message)]


async def test_an_answer_is_given_directly_when_no_channel_takes_it(town: Town) -> None:
    town.chat.faults.add("respond", Refused("used", code="used_url"))
    town.chat.faults.add("ephemeral", NotAllowed("not in channel"), times=2)
    await want(town, WHISPER)
    await town.run()

    assert [posted.channel for posted in town.chat.posts] == [MAYA]


async def test_an_answer_is_given_directly_to_whoever_is_not_in_the_channel(town: Town) -> None:
    absent = refusal("chat.postEphemeral", "user_not_in_channel", status=200, headers={})
    town.chat.faults.add("respond", Refused("used", code="used_url"))
    town.chat.faults.add("ephemeral", absent, times=2)
    await want(town, WHISPER)
    await town.run()

    assert [posted.channel for posted in town.chat.posts] == [MAYA]


async def test_nothing_is_sent_before_slacks_retry_after_has_passed(town: Town) -> None:
    begun = town.clock.now()
    town.chat.faults.add("post", SlowDown("slower", timedelta(seconds=90)))
    await want(town, HELLO)
    await town.run(timedelta(minutes=5))

    [posted] = town.chat.posts
    assert posted.at.replace(microsecond=0) == begun + timedelta(seconds=90)


async def test_complaint_02_a_limited_channel_delays_no_other_and_nobody_is_told_through_slack(
    town: Town,
) -> None:
    begun = town.clock.now()
    limited = SlowDown("slower", timedelta(minutes=10))
    town.chat.faults.add("post", limited, about=CAMPAIGNS)
    elsewhere = replace(HELLO, channel=OPS, message=Message("elsewhere"))
    await want(town, HELLO, elsewhere)
    await town.run(timedelta(minutes=15))

    first, second = town.chat.posts
    assert (first.channel, first.at - begun < timedelta(seconds=10)) == (OPS, True)
    assert (second.channel, second.at - begun >= timedelta(minutes=10)) == (CAMPAIGNS, True)


async def test_a_message_is_posted_when_slack_is_back(town: Town) -> None:
    town.chat.faults.add("*", TryAgain("Slack did not answer"), times=10)
    await want(town, HELLO, REPLY)
    await town.run(timedelta(minutes=30))

    assert [posted.message.text for posted in town.chat.posts] == ["hello", "reply"]
    assert await behind(town) == []


async def test_slack_is_asked_more_rarely_while_it_is_down_but_four_times_a_minute(
    town: Town,
) -> None:
    town.chat.faults.add("*", TryAgain("Slack did not answer"), times=1000)
    await want(town, HELLO)
    await town.run(timedelta(hours=1))

    tries = [job for job in town.ran if job.name == JobName.PUBLISH]
    assert 235 < len(tries) < 250
    assert await behind(town) == ["hello"]


@pytest.mark.parametrize("call", ["post", "update"])
async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_twice(
    town: Town, call: str
) -> None:
    town.chat.faults.add(call, TryAgain("timed out"), after_effect=True)
    await want(town, HELLO)
    await town.run()
    await want(town, replace(HELLO, message=Message("changed meanwhile")))
    await town.run(timedelta(minutes=2))

    [posted] = town.chat.posts
    assert posted.message.text == "changed meanwhile"
    assert (await stored(town, HELLO)).ts == posted.ts


async def test_a_message_that_somebody_deleted_is_posted_anew(town: Town) -> None:
    await want(town, HELLO)
    await town.run()
    town.chat.posts.clear()
    await want(town, replace(HELLO, message=Message("still true")))
    await town.run()

    assert [posted.message.text for posted in town.chat.posts] == ["still true"]


async def test_a_reply_is_posted_outside_when_its_thread_is_gone(town: Town) -> None:
    town.chat.faults.add("post", NotFound("thread_not_found"), about=CAMPAIGNS)
    async with town.database.begin() as tx:
        await tx.posts.want(HELLO, town.clock.now())
        post = await tx.posts.get(CAMPAIGNS, "hello")
        assert post is not None
        await tx.posts.shown(post.id, 1, "1764338400.000009", town.clock.now())
        await tx.posts.want(REPLY, town.clock.now())
    await town.run()

    [posted] = town.chat.posts
    assert (posted.message.text, posted.thread_ts) == ("reply", "")


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format"])
async def test_a_message_is_shown_as_plain_text_when_its_blocks_are_refused(
    town: Town, code: str
) -> None:
    town.chat.faults.add("post", Refused("bad blocks", code=code))
    await want(town, HELLO)
    await town.run()

    [posted] = town.chat.posts
    assert posted.message == Message("hello")


async def test_a_message_has_its_blocks_again_when_it_changes(town: Town) -> None:
    town.chat.faults.add("post", Refused("bad blocks", code="invalid_blocks"))
    await want(town, HELLO)
    await town.run()
    better = Message("better", ({"type": "divider"},))
    await want(town, replace(HELLO, message=better))
    await town.run()

    assert town.chat.posts[0].message == better


async def test_the_engineers_hear_of_a_message_that_slack_never_takes(town: Town) -> None:
    town.chat.faults.add("post", Refused("no", code="msg_too_long"), times=2)
    await want(town, HELLO)
    await town.run()

    [notice] = town.chat.posts
    assert notice.channel == OPS
    assert "Slack does not take a message (hello)" in notice.message.text
    assert (await stored(town, HELLO)).trouble == "no"


async def test_there_is_no_notice_about_a_notice(town: Town) -> None:
    town.chat.faults.add("post", Refused("no", code="msg_too_long"), times=100)
    await want(town, replace(HELLO, channel=OPS))
    await town.run(timedelta(minutes=10))

    assert town.chat.posts == []
    assert len([job for job in town.ran if job.name == JobName.PUBLISH]) < 10


@pytest.mark.parametrize("error", [NotAllowed("not_in_channel"), NotFound("channel_not_found")])
async def test_a_message_goes_to_the_houses_channel_when_its_own_is_closed(
    town: Town, error: Exception
) -> None:
    town.chat.faults.add("post", error, about="C0GENERAL", times=10)
    await want(town, replace(HELLO, channel="C0GENERAL"))
    await town.run()

    assert [(p.channel, p.message.text) for p in town.chat.posts] == [(CAMPAIGNS, "hello")]


async def test_a_message_goes_to_the_engineers_when_the_houses_channel_is_closed_too(
    town: Town,
) -> None:
    town.chat.channels = {OPS}
    await want(town, replace(HELLO, channel="C0GENERAL"))
    await town.run()

    assert [(p.channel, p.message.text) for p in town.chat.posts] == [(OPS, "hello")]


async def test_a_message_waits_when_every_channel_is_closed(town: Town) -> None:
    town.chat.channels = set()
    await want(town, replace(HELLO, channel=OPS))
    await town.run(timedelta(minutes=12))
    assert await behind(town) == ["hello"]

    town.chat.channels = None
    await town.run(timedelta(minutes=12))
    assert [posted.message.text for posted in town.chat.posts] == ["hello"]


async def test_a_file_that_cannot_be_uploaded_is_told_to_the_engineers(town: Town) -> None:
    town.chat.faults.add("upload", NotAllowed("missing_scope (files:write)"))
    await want(town, HELLO, TABLE)
    await town.run()

    hello, notice = town.chat.posts
    assert (hello.channel, notice.channel) == (CAMPAIGNS, OPS)
    assert "files:write" in notice.message.text


async def test_an_idle_channel_sleeps(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.PUBLISH, CAMPAIGNS), town.clock.now())
    await town.run()

    assert await town.database.shelf.next_due() is None
