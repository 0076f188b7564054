"""Channels that are archived, left, deleted, renamed, and back: fallback at once, then the truth again."""

import json
from datetime import timedelta

from bot.core.alert_rules import Route
from bot.core.delivery import Delivery
from bot.ports.jobs import Job, JobName
from tests.flows.town import ADA, CAMPAIGNS, ERIK, MAYA, OPS
from tests.flows_alerts.watchtower import MINUTE, Watchtower

FALLBACK = "C0FALLBACK"


async def becomes(town: Watchtower, act: str, channel: str = OPS, *, name: str = "") -> None:
    """Slack says it, and means it."""
    town.chat.closed ^= {channel} if act != "rename" else set()
    town.clicks += 1
    delivery = Delivery(
        identity=f"event:{town.clicks}",
        user=ERIK,
        team="T0CYMBAL",
        received_at=town.clock.now(),
        channel=channel,
        action=act,
        text=name,
    )
    await town.database.accept(delivery, Job(JobName.CHANNEL, delivery.identity))
    await town.run()


async def test_complaint_23_an_incident_moves_the_moment_its_channel_is_archived(
    town: Watchtower,
) -> None:
    await town.fires()
    await becomes(town, "archive")
    (moved,) = town.roots(FALLBACK)
    assert "p95 latency" in moved.message.text
    (told,) = town.chat.texts(ADA)
    assert f"<#{OPS}>: the channel is archived" in told and f"<#{FALLBACK}>" in told


async def test_a_channel_that_is_back_shows_how_things_stand_and_replays_nothing(
    town: Watchtower,
) -> None:
    await town.fires("Ends")
    await town.fires("Lasts")
    await becomes(town, "left")
    await town.clears("Ends")
    await town.fires("Unseen")
    await town.answers("Acknowledge", on=town.roots(FALLBACK)[-1])
    await town.clears("Unseen")
    await town.run(timedelta(minutes=40))
    before = len(town.replies())
    await becomes(town, "joined")
    await town.run(MINUTE)
    texts = [one.message.text for one in town.roots(OPS)]
    assert ["Ends" in text or "Lasts" in text for text in texts] == [True, True]
    assert "Resolved" in next(text for text in texts if "Ends" in text)
    assert "Resolved" not in next(text for text in texts if "Lasts" in text)
    assert len(town.replies()) == before


async def test_a_channel_is_tried_with_one_message_an_hour_while_slack_says_nothing(
    town: Watchtower,
) -> None:
    await becomes(town, "deleted")
    for number in range(3):
        await town.fires(f"Policy {number}")
    await town.watches()
    await town.run(timedelta(minutes=130))
    assert town.roots(OPS) == []
    town.chat.closed = set()
    await town.run(timedelta(minutes=61))
    assert len(town.roots(OPS)) == 3


async def test_the_engineers_channel_gets_back_what_no_route_gave_a_channel(
    town: Watchtower,
) -> None:
    town.rules(routes=(Route("everything", schedule="sre"),))
    await town.fires("Ends")
    await becomes(town, "left")
    await town.clears("Ends")
    await town.fires("Lasts")
    await town.answers("Acknowledge", on=town.roots(FALLBACK)[-1])
    await becomes(town, "joined")
    await town.run(MINUTE)
    ends, lasts = [one.message.text for one in town.roots(OPS)]
    assert "Resolved" in ends and "Acknowledged" in lasts


async def test_the_engineers_channel_is_tried_for_what_no_route_gave_a_channel(
    town: Watchtower,
) -> None:
    town.rules(routes=(Route("everything", schedule="sre"),))
    town.chat.closed = {OPS}
    await town.fires()
    await town.answers("Acknowledge", on=town.roots(FALLBACK)[0])
    town.chat.closed = set()
    await town.watches()
    await town.run(timedelta(minutes=70))
    assert [one for one in town.roots(OPS) if "Acknowledged" in one.message.text]


async def test_a_campaign_moves_with_its_channel_and_its_announcer_is_told(
    town: Watchtower,
) -> None:
    await town.say()
    await town.run(MINUTE)
    town.house(default_channel=OPS)
    await becomes(town, "archive", CAMPAIGNS)
    assert [one for one in town.chat.posts if one.channel == OPS and "Black Friday" in str(one)]
    (told,) = town.chat.texts(MAYA)
    assert f"<#{OPS}>" in told and "is archived" in told


async def test_a_channel_that_headroom_never_uses_and_a_new_name_change_nothing(
    town: Watchtower,
) -> None:
    await town.fires()
    before = json.dumps([one.message.text for one in town.chat.posts])
    await becomes(town, "archive", "C0ELSEWHERE")
    await becomes(town, "rename", OPS, name="shop-ops")
    async with town.database.begin() as tx:
        assert await tx.reach.closed() == {}
        (row,) = await tx.audit.about(OPS)
    assert json.dumps([one.message.text for one in town.chat.posts]) == before
    assert (row.act, row.detail) == ("rename", "shop-ops")
