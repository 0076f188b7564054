"""Storms with their incidents, and closed channels, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.message import Message, WantedPost
from bot.core.storm import Storm
from bot.errors import Stale
from bot.store.database import Database
from tests.cards.incident_samples import incident
from tests.store.sample import NOW

STORM = Storm("s1", NOW, NOW)


async def test_a_storm_is_kept_with_its_incidents_in_their_order(any_database: Database) -> None:
    async with any_database.begin() as tx:
        saved = await tx.storms.save(STORM)
        for name in ("b", "a", "c"):
            await tx.alerts.save(incident(id=name, group_key=name))
        await tx.storms.fold("s1", ["b", "a"])
        await tx.storms.fold("s1", ["a", "c"])
        await tx.storms.fold("s1", [])
    async with any_database.begin() as tx:
        assert await tx.storms.lasting() == saved
        assert [one.id for one in await tx.storms.incidents("s1")] == ["b", "a", "c"]
        ended = await tx.storms.save(replace(saved, ended_at=NOW))
    async with any_database.begin() as tx:
        assert await tx.storms.lasting() is None
        assert await tx.storms.get("s1") == ended
        assert await tx.storms.get("s2") is None


async def test_a_storm_that_somebody_else_changed_is_stale(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.storms.save(STORM)
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            await tx.storms.save(STORM)
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            await tx.storms.save(replace(STORM, version=7))


async def test_a_closed_channel_is_news_once_and_tried_again_after_an_hour(
    any_database: Database,
) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(WantedPost("C1", "incident/1", Message("hello")), NOW)
        post = await tx.posts.next("C1", NOW)
        await tx.posts.failed(post.id, "closed", None)  # type: ignore[union-attr]
        assert await tx.reach.close("C1", NOW, "archived")
        assert not await tx.reach.close("C1", NOW, "archived")
        assert await tx.reach.closed() == {"C1": "archived"}
        assert await tx.reach.try_again(NOW + timedelta(minutes=59)) == []
        assert await tx.posts.behind() == []
    later = NOW + timedelta(minutes=61)
    async with any_database.begin() as tx:
        assert list(await tx.reach.try_again(later)) == ["C1"]
        assert await tx.posts.behind() == []
        await tx.posts.again("C1", "incident/1", later)
        assert len(await tx.posts.behind()) == 1
        assert await tx.reach.closed() == {"C1": "archived"}
        assert await tx.reach.open("C1")
        assert not await tx.reach.open("C1")
        assert await tx.reach.closed() == {}


async def test_replies_that_nobody_has_seen_are_taken_back(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.posts.want(WantedPost("C1", "root", Message("root")), NOW)
        root = await tx.posts.next("C1", NOW)
        await tx.posts.shown(root.id, 1, "1.1", NOW)  # type: ignore[union-attr]
        for name in ("page/1", "page/2", "said/1"):
            reply = WantedPost("C1", name, Message(name), thread_of="root")
            await tx.posts.want(reply, NOW)
        begun = await tx.posts.get("C1", "page/2")
        await tx.posts.claim(begun.id, NOW)  # type: ignore[union-attr]
        taken = await tx.posts.withdraw("C1", "root", begins="page/")
        assert [one.wanted.subject for one in taken] == ["page/1", "page/2"]
        assert await tx.posts.get("C1", "page/1") is None
        assert await tx.posts.get("C1", "page/2") is not None
        assert [one.wanted.subject for one in await tx.posts.withdraw("C1", "root")][-1] == "said/1"
        assert (await tx.posts.get("C1", "root")) is not None
        assert await tx.posts.places("root", ["C1", "C2"]) == ["C1"]
