"""Campaigns, plans and approvals survive the round trip, with optimistic versions."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bot.core.campaign import Approval, CampaignState
from bot.errors import Stale
from bot.store.database import Database
from tests.store.sample import NOW, VERDICT, campaign, plan


async def test_a_campaign_comes_back_as_it_was_stored(any_database: Database) -> None:
    stored = campaign(proven_at=NOW, trouble="none")
    async with any_database.begin() as tx:
        assert await tx.campaigns.add(stored)
    async with any_database.begin() as tx:
        found = await tx.campaigns.get(stored.id)
    assert found == stored
    assert found.announced_at.utcoffset() == timedelta(0)
    assert found.announced_at.astimezone(UTC) == NOW


async def test_an_unknown_campaign_is_none(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.campaigns.get("nothing") is None
        assert await tx.campaigns.plan("nothing", 1) is None


async def test_a_campaign_is_added_once_when_its_id_is_known(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.campaigns.add(campaign())
        assert not await tx.campaigns.add(campaign(trouble="second"))
        found = await tx.campaigns.get("black-friday")
    assert found == campaign()


async def test_a_save_is_stale_when_somebody_saved_before(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        saved = await tx.campaigns.save(replace(campaign(), trouble="first"))
        assert saved.version == 1
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            await tx.campaigns.save(replace(campaign(), trouble="second"))
    async with any_database.begin() as tx:
        assert await tx.campaigns.get("black-friday") == saved


async def test_nothing_is_stored_when_the_block_raises(any_database: Database) -> None:
    with pytest.raises(ValueError, match="stop"):
        async with any_database.begin() as tx:
            await tx.campaigns.add(campaign())
            raise ValueError("stop")
    async with any_database.begin() as tx:
        assert await tx.campaigns.get("black-friday") is None


async def test_open_leaves_out_final_campaigns_and_sorts_by_start(any_database: Database) -> None:
    later = campaign("a-later")
    moved = later.announcement.window.shifted(timedelta(days=1))
    later = replace(later, announcement=replace(later.announcement, window=moved))
    async with any_database.begin() as tx:
        for one in (later, campaign("over", state=CampaignState.DONE), campaign("b-sooner")):
            await tx.campaigns.add(one)
        assert [one.id for one in await tx.campaigns.open()] == ["b-sooner", "a-later"]
        cancelled = replace(later, state=CampaignState.CANCELLED)
        await tx.campaigns.save(cancelled)
        assert [one.id for one in await tx.campaigns.open()] == ["b-sooner"]


async def test_recent_gives_the_newest_first_and_final_ones_too(any_database: Database) -> None:
    async with any_database.begin() as tx:
        for number in range(3):
            at = NOW + timedelta(minutes=number)
            await tx.campaigns.add(
                replace(campaign(f"c{number}", state=CampaignState.DONE), announced_at=at)
            )
        assert [one.id for one in await tx.campaigns.recent(2)] == ["c2", "c1"]


async def test_a_plan_comes_back_with_its_verdict_and_is_never_replaced(
    any_database: Database,
) -> None:
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        await tx.campaigns.add_plan(plan(), VERDICT)
        await tx.campaigns.add_plan(replace(plan(), priced_on="never"), VERDICT)
        await tx.campaigns.add_plan(plan(version=2), VERDICT)
    async with any_database.begin() as tx:
        assert await tx.campaigns.plan("black-friday", 1) == (plan(), VERDICT)
        assert await tx.campaigns.plan("black-friday", 2) == (plan(version=2), VERDICT)
        assert await tx.campaigns.plan("black-friday", 3) is None


async def test_a_decision_counts_once_for_a_person_and_version(any_database: Database) -> None:
    yes = Approval("black-friday", 1, "U0ERIK", True, NOW)
    also = Approval("black-friday", 1, "U0FINN", False, NOW + timedelta(seconds=1))
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        assert await tx.campaigns.add_approval(also)
        assert await tx.campaigns.add_approval(yes)
        assert not await tx.campaigns.add_approval(replace(yes, approved=False))
        assert await tx.campaigns.add_approval(replace(yes, plan_version=2))
    async with any_database.begin() as tx:
        assert await tx.campaigns.approvals("black-friday", 1) == [yes, also]
