"""Posts: said once, edited in place, paced for each channel, parents before replies."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.message import Post, PostKind
from bot.ports.jobs import Job
from bot.store.database import Database
from tests.store.sample import NOW, post
from tests.store_fixture import Wakeups

SECOND = timedelta(seconds=1)
CHANNEL = "C0CAMPAIGN"


async def publish(database: Database, now: datetime, ts: str = "1.1") -> Post:
    """Sends the next post as the publisher does, and returns it as it was taken."""
    async with database.begin() as tx:
        found = await tx.posts.next(CHANNEL, now)
        assert isinstance(found, Post)
        if not found.ts:
            await tx.posts.claim(found.id, now)
    async with database.begin() as tx:
        await tx.posts.shown(found.id, found.wanted_rev, found.ts or ts, now)
    return found


async def test_a_new_post_is_next_and_wakes_its_channels_publisher(
    any_database: Database, wakeups: Wakeups
) -> None:
    async with any_database.begin() as tx:
        assert await tx.posts.want(post(), NOW)
    async with any_database.begin() as tx:
        found = await tx.posts.next(CHANNEL, NOW)
        assert found == await tx.posts.get(CHANNEL, "campaign/1")
        assert await tx.posts.next("C0OTHER", NOW) is None
    assert isinstance(found, Post)
    assert found == Post(found.id, post(), 1, 0, "", "", NOW, NOW)
    [job] = await any_database.shelf.take(NOW, owner="one", until=NOW + SECOND, limit=9)
    assert job.job == Job("publish", CHANNEL)
    assert wakeups.count == 1


async def test_the_same_content_changes_nothing(any_database: Database, wakeups: Wakeups) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        before = await tx.posts.get(CHANNEL, "campaign/1")
    assert wakeups.count == 1
    async with any_database.begin() as tx:
        assert not await tx.posts.want(post(), NOW + SECOND)
        assert await tx.posts.get(CHANNEL, "campaign/1") == before
    assert wakeups.count == 1


async def test_edits_before_a_showing_are_one_message(any_database: Database) -> None:
    async with any_database.begin() as tx:
        for number in range(5):
            assert await tx.posts.want(post(text=f"step {number}"), NOW + number * SECOND)
    shown = await publish(any_database, NOW + 5 * SECOND)
    assert shown.wanted == post(text="step 4")
    assert shown.wanted_at == NOW
    async with any_database.begin() as tx:
        assert await tx.posts.next(CHANNEL, NOW + 10 * SECOND) is None


async def test_a_shown_post_is_edited_in_place(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
    await publish(any_database, NOW, ts="7.7")
    async with any_database.begin() as tx:
        assert await tx.posts.want(post(text="new"), NOW + SECOND)
    edit = await publish(any_database, NOW + SECOND)
    assert (edit.ts, edit.wanted_rev, edit.shown_rev) == ("7.7", 2, 1)
    async with any_database.begin() as tx:
        shown = await tx.posts.get(CHANNEL, "campaign/1")
    assert shown is not None
    assert (shown.ts, shown.shown_rev, shown.claimed_at) == ("7.7", 2, None)


async def test_a_change_during_the_sending_is_shown_next(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        sending = await tx.posts.next(CHANNEL, NOW)
        assert isinstance(sending, Post)
        await tx.posts.claim(sending.id, NOW)
        await tx.posts.want(post(text="newer"), NOW)
        await tx.posts.shown(sending.id, sending.wanted_rev, "7.7", NOW)
        assert [one.wanted for one in await tx.posts.behind()] == [post(text="newer")]
    edit = await publish(any_database, NOW + SECOND)
    assert (edit.ts, edit.wanted) == ("7.7", post(text="newer"))


async def test_a_channel_is_spoken_to_once_a_second(any_database: Database) -> None:
    async with any_database.begin() as tx:
        for number in range(3):
            await tx.posts.want(post(f"campaign/{number}"), NOW)
        await tx.posts.want(replace(post(), channel="C0OTHER"), NOW)
    await publish(any_database, NOW)
    async with any_database.begin() as tx:
        assert await tx.posts.next(CHANNEL, NOW) == NOW + SECOND
        assert await tx.posts.next(CHANNEL, NOW + SECOND / 2) == NOW + SECOND
        assert isinstance(await tx.posts.next("C0OTHER", NOW), Post)
    await publish(any_database, NOW + SECOND)
    async with any_database.begin() as tx:
        await tx.posts.want(post("campaign/0", "edited"), NOW + SECOND)
    await publish(any_database, NOW + 2 * SECOND)
    async with any_database.begin() as tx:
        assert await tx.posts.next(CHANNEL, NOW + 2 * SECOND) == NOW + 3 * SECOND


async def test_an_edit_occupies_its_channels_second_too(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
    await publish(any_database, NOW)
    async with any_database.begin() as tx:
        await tx.posts.want(post(text="new"), NOW)
        await tx.posts.want(post("other"), NOW)
    await publish(any_database, NOW + 5 * SECOND)
    async with any_database.begin() as tx:
        assert await tx.posts.next(CHANNEL, NOW + 5 * SECOND) == NOW + 6 * SECOND


async def test_a_paused_channel_is_silent_until_then(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        await tx.posts.pause(CHANNEL, NOW + 30 * SECOND)
        await tx.posts.pause(CHANNEL, NOW + 10 * SECOND)
        assert await tx.posts.next(CHANNEL, NOW + 29 * SECOND) == NOW + 30 * SECOND
        assert isinstance(await tx.posts.next(CHANNEL, NOW + 30 * SECOND), Post)


async def test_the_lowest_lane_goes_first_then_the_oldest(any_database: Database) -> None:
    wanted = [("report", 9, 0), ("status", 5, 2), ("older", 5, 1), ("alarm", 0, 3)]
    async with any_database.begin() as tx:
        for subject, lane, at in wanted:
            await tx.posts.want(post(subject, lane=lane), NOW + at * SECOND)
    order = [
        (await publish(any_database, NOW + second * SECOND, ts=f"{second}.0")).wanted.subject
        for second in range(10, 14)
    ]
    assert order == ["alarm", "older", "status", "report"]


async def test_a_reply_waits_for_its_parent_and_gets_its_ts(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post("reply", lane=0, thread_of="parent"), NOW)
        assert await tx.posts.next(CHANNEL, NOW) is None
        await tx.posts.want(post("parent"), NOW)
    assert (await publish(any_database, NOW, ts="7.7")).wanted.subject == "parent"
    reply = await publish(any_database, NOW + SECOND, ts="8.8")
    assert (reply.wanted.subject, reply.thread_ts) == ("reply", "7.7")


async def test_a_parent_of_another_channel_is_no_parent(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post("reply", thread_of="parent"), NOW)
        await tx.posts.want(replace(post("parent"), channel="C0OTHER"), NOW)
        other = await tx.posts.next("C0OTHER", NOW)
        assert isinstance(other, Post)
        await tx.posts.shown(other.id, 1, "7.7", NOW)
        assert await tx.posts.next(CHANNEL, NOW) is None


async def test_a_claim_stands_until_the_showing_is_recorded(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        first = await tx.posts.next(CHANNEL, NOW)
        assert isinstance(first, Post)
        await tx.posts.claim(first.id, NOW)
    async with any_database.begin() as tx:
        again = await tx.posts.next(CHANNEL, NOW + SECOND)
        assert isinstance(again, Post)
        assert again.claimed_at == NOW
        await tx.posts.claim(again.id, NOW + SECOND)
        later = await tx.posts.get(CHANNEL, "campaign/1")
        assert later is not None
        assert later.claimed_at == NOW
        await tx.posts.shown(again.id, 1, "7.7", NOW + SECOND)
        shown = await tx.posts.get(CHANNEL, "campaign/1")
    assert shown is not None
    assert shown.claimed_at is None


async def test_a_refused_post_is_tried_again_as_text(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        found = await tx.posts.next(CHANNEL, NOW)
        assert isinstance(found, Post)
        await tx.posts.claim(found.id, NOW)
        await tx.posts.failed(found.id, "invalid_blocks", NOW + 5 * SECOND, plain=True)
        assert await tx.posts.next(CHANNEL, NOW + 2 * SECOND) == NOW + 5 * SECOND
        again = await tx.posts.next(CHANNEL, NOW + 5 * SECOND)
    assert isinstance(again, Post)
    assert (again.plain, again.trouble) == (True, "invalid_blocks")


async def test_a_refusal_does_not_end_a_claim_whose_message_may_be_in_slack(
    any_database: Database,
) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        found = await tx.posts.next(CHANNEL, NOW)
        assert isinstance(found, Post)
        await tx.posts.claim(found.id, NOW)
        await tx.posts.want(post(text="refused"), NOW)
        await tx.posts.claim(found.id, NOW + SECOND)
        await tx.posts.failed(found.id, "invalid_blocks", NOW + SECOND, plain=True)
        again = await tx.posts.get(CHANNEL, "campaign/1")
    assert again is not None
    assert again.claimed_at == NOW


async def test_new_content_gets_its_blocks_back_after_a_refusal(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        found = await tx.posts.get(CHANNEL, "campaign/1")
        assert found is not None
        await tx.posts.failed(found.id, "invalid_blocks", NOW + 60 * SECOND, plain=True)
        await tx.posts.want(post(text="new"), NOW + SECOND)
        again = await tx.posts.next(CHANNEL, NOW + SECOND)
    assert isinstance(again, Post)
    assert (again.plain, again.trouble) == (False, "")


async def test_a_post_refused_for_good_is_left_until_its_content_changes(
    any_database: Database,
) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        found = await tx.posts.get(CHANNEL, "campaign/1")
        assert found is not None
        await tx.posts.failed(found.id, "is_archived", None)
        assert await tx.posts.next(CHANNEL, NOW + 3600 * SECOND) is None
        assert not await tx.posts.want(post(), NOW)
        assert await tx.posts.behind() == []
        assert await tx.posts.want(post(text="new"), NOW + 60 * SECOND)
        again = await tx.posts.next(CHANNEL, NOW + 60 * SECOND)
    assert isinstance(again, Post)
    assert again.wanted_at == NOW + 60 * SECOND


@pytest.mark.parametrize("kind", [PostKind.EPHEMERAL, PostKind.FILE])
async def test_what_is_sent_once_is_not_sent_again_when_it_changes(
    any_database: Database, kind: PostKind
) -> None:
    async with any_database.begin() as tx:
        assert await tx.posts.want(post(kind=kind, user="U0MAYA"), NOW)
        assert await tx.posts.want(post(text="better", kind=kind, user="U0MAYA"), NOW)
    sent = await publish(any_database, NOW, ts="")
    assert sent.wanted == post(text="better", kind=kind, user="U0MAYA")
    async with any_database.begin() as tx:
        assert not await tx.posts.want(post(text="too late", kind=kind, user="U0MAYA"), NOW)
        assert await tx.posts.next(CHANNEL, NOW + 9 * SECOND) is None
        assert await tx.posts.behind() == []


async def test_another_lane_or_response_url_is_kept_without_an_edit(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post(), NOW)
        assert not await tx.posts.want(post(lane=0, response_url="https://x"), NOW)
        found = await tx.posts.get(CHANNEL, "campaign/1")
    assert found is not None
    assert (found.wanted.lane, found.wanted_rev) == (0, 1)


async def test_behind_tells_what_waits_oldest_first(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(post("young"), NOW + SECOND)
        await tx.posts.want(replace(post("old"), channel="C0OTHER"), NOW)
        await tx.posts.want(post("reply", thread_of="young"), NOW + 2 * SECOND)
    await publish(any_database, NOW + 5 * SECOND)
    async with any_database.begin() as tx:
        assert [one.wanted.subject for one in await tx.posts.behind()] == ["old", "reply"]
