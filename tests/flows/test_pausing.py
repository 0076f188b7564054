"""Kill switches: who may pull them, what they hold, and what they never stop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.core.pausing import Asked, Pause, pause_over, understand_pause
from bot.errors import AskedWrong, TryAgain
from tests.fakes import service
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    END,
    ERIK,
    HOUSE,
    OPS,
    SHOP,
    START,
    STORY,
    Town,
    everything,
)

MINUTE = timedelta(minutes=1)
NAMES = {"shop", str(SHOP.key)}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("", Asked("all")),
        (
            "all for 2 h because the shop is on fire",
            Asked("all", 120 * MINUTE, "the shop is on fire"),
        ),
        ("#web", Asked("group/web")),
        ("Web shop for 90 min", Asked("group/web", 90 * MINUTE)),
        ("shop because of a test", Asked("workload/shop", None, "of a test")),
        (f"{SHOP.key} for 1 day", Asked(f"workload/{SHOP.key}", 24 * 60 * MINUTE)),
    ],
)
def test_a_pause_is_understood(said: str, asked: Asked) -> None:
    assert understand_pause(said, HOUSE, NAMES) == asked


@pytest.mark.parametrize(
    "said", ["wbe", "the whole company", "#web2", "all for 9999 days", "for ever"]
)
def test_what_is_not_known_pauses_nothing(said: str) -> None:
    with pytest.raises(AskedWrong):
        understand_pause(said, HOUSE, NAMES)


def test_a_pause_covers_its_group_its_workload_or_everything_while_it_lasts() -> None:
    now = datetime(2025, 11, 28, 14, tzinfo=UTC)
    pause = Pause("all", ADA, now, now + MINUTE)
    for scope, groups in (("all", []), ("group/web", ["web"]), ("workload/shop", [])):
        found = pause_over([replace(pause, scope=scope)], SHOP.key, groups, now)
        assert found is not None, scope
    assert pause_over([replace(pause, scope="group/web")], SHOP.key, ["checkout"], now) is None
    assert pause_over([replace(pause, scope="workload/sho")], SHOP.key, ["web"], now) is None
    assert pause_over([pause], SHOP.key, [], now + MINUTE) is None


async def pause(town: Town, text: str, *, by: str = ADA) -> None:
    await town.say(text, by=by, command="/headroom")
    await town.run()


@pytest.mark.parametrize("scope", ["", "#web", "shop"])
async def test_what_is_paused_is_held_after_the_end_until_it_is_resumed(
    town: Town, scope: str
) -> None:
    await town.scheduled()
    await town.run(START)
    raised = town.cloud.floor(SHOP.key)
    await pause(town, f"pause {scope}")
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == raised > 2
    assert await town.state() is CampaignState.RESTORING
    assert "is paused by" in town.card()
    await pause(town, f"resume {scope}")
    await town.run(END + timedelta(hours=3))
    assert town.cloud.floor(SHOP.key) == 2
    assert await town.state() is CampaignState.DONE
    assert "Resumed" in next(t for t in town.chat.texts(OPS) if "esumed" in t)


async def test_a_pause_with_an_end_ends_by_itself(town: Town) -> None:
    await town.scheduled()
    await town.run(START)
    await pause(town, "pause all for 6 h because we look at it")
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) > 2
    await town.run(END + timedelta(hours=4))
    assert town.cloud.floor(SHOP.key) == 2


async def test_what_was_promised_is_still_raised_and_nothing_new_is_taken_on(town: Town) -> None:
    await town.scheduled()
    await pause(town, "pause #web")
    await town.run(START)
    assert town.cloud.floor(SHOP.key) > 2
    await town.say("Another push Sat 29 Nov 18:00-22:00 Europe/Berlin x3 #web")
    await town.run()
    assert await town.state() is CampaignState.REFUSED
    assert "has paused Web shop" in list(town.chat.texts("C0CAMPAIGN"))[-1]


async def test_a_pause_holds_campaigns_of_another_group_that_would_raise_its_workloads(
    town: Town,
) -> None:
    town.cloud.add(service("cart", floor=1, groups=("web", "checkout")))
    scheduled = await town.scheduled()
    await pause(town, "pause #checkout because of a migration")
    assert "*Checkout* is paused" in town.card()
    refused = await town.proposed(STORY.replace("28 Nov", "29 Nov").replace("Fri", "Sat"))
    assert (refused.id != scheduled.id, refused.state) == (True, CampaignState.REFUSED)
    said = everything(town.chat.shown_in(CAMPAIGNS)[-1])
    assert "has paused Checkout" in said
    assert "It also raises what belongs to Checkout: cart." in said


@pytest.mark.parametrize("verb", ["pause", "resume"])
async def test_only_an_administrator_pulls_the_switch(town: Town, verb: str) -> None:
    await pause(town, verb, by=ERIK)
    assert "Only an administrator" in town.whispers()[-1]
    async with town.database.begin() as tx:
        assert await tx.oversight.pauses() == []


async def test_the_switch_works_while_google_does_not_answer_and_shows_in_status(
    town: Town,
) -> None:
    town.cloud.faults.add("discover", TryAgain("Google is away"), times=9)
    await pause(town, "pause #checkout because of <!channel>")
    await pause(town, "status", by=ERIK)
    assert "*Checkout* is paused by" in town.whispers()[-1]
    assert "<!channel>" not in repr(town.chat.posts) + repr(town.chat.responses)
    async with town.database.begin() as tx:
        rows = await tx.audit.about("pause/group/checkout")
    assert [(row.act, row.actor, row.via) for row in rows] == [("paused", ADA, "slack/C0CAMPAIGN")]
