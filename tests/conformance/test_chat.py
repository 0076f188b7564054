"""Every Chat posts, edits, whispers, finds, opens and uploads alike, and fails alike."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.message import Message, View
from bot.core.standing import Standing
from bot.errors import NotAllowed, NotFound, Refused, SlowDown, TryAgain
from tests.conformance.chat_stages import (
    CAMPAIGNS,
    GENERAL,
    MARKETING,
    MAYA,
    PRIYA,
    FakeStage,
    Shown,
    Stage,
    sandbox_stage,
)

HOUR = timedelta(hours=1)
RICH = Message(
    "Black Friday push",
    (
        {"type": "header", "text": {"type": "plain_text", "text": "Black Friday push"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Planned*"}},
    ),
)
FORM = View(
    "campaign.form",
    {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Campaign"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Which one?"}}],
    },
)


@pytest.fixture(params=["fake", "slack"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Each Chat in turn."""
    if request.param == "fake":
        yield FakeStage()
        return
    async with sandbox_stage() as sandbox:
        yield sandbox


async def test_a_post_is_seen_with_text_and_blocks(stage: Stage) -> None:
    ts = await stage.chat.post(CAMPAIGNS, RICH)
    assert stage.shown(ts) == Shown("Black Friday push", 2)


async def test_a_ts_tells_the_second_of_the_post(stage: Stage) -> None:
    ts = await stage.chat.post(CAMPAIGNS, RICH)
    assert int(float(ts)) == int(stage.clock.now().timestamp())


async def test_a_reply_hangs_under_its_parent(stage: Stage) -> None:
    parent = await stage.chat.post(CAMPAIGNS, RICH)
    reply = await stage.chat.post(CAMPAIGNS, Message("Warm"), thread_ts=parent)
    assert stage.shown(reply) == Shown("Warm", 0, parent)


async def test_a_reply_to_nothing_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.chat.post(CAMPAIGNS, Message("Warm"), thread_ts="1.000001")


async def test_an_update_replaces_text_and_blocks(stage: Stage) -> None:
    ts = await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    await stage.chat.update(CAMPAIGNS, ts, Message("Cancelled"))
    assert stage.shown(ts) == Shown("Cancelled", 0)
    assert stage.count() == 1


async def test_an_update_of_nothing_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.chat.update(CAMPAIGNS, "1.000001", Message("Cancelled"))


async def test_a_post_is_found_by_its_mark(stage: Stage) -> None:
    began = stage.clock.now()
    await stage.chat.post(CAMPAIGNS, Message("another"), mark="m0")
    ts = await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    await stage.chat.post(CAMPAIGNS, Message("without a mark"))
    assert await stage.chat.find(CAMPAIGNS, "m1", began) == ts
    assert await stage.chat.find(CAMPAIGNS, "m2", began) is None


async def test_a_post_is_still_found_when_it_was_edited(stage: Stage) -> None:
    ts = await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    await stage.chat.update(CAMPAIGNS, ts, Message("Live"))
    assert await stage.chat.find(CAMPAIGNS, "m1", stage.clock.now() - HOUR) == ts
    await stage.chat.update(CAMPAIGNS, ts, Message("Done"), mark="m1")
    assert await stage.chat.find(CAMPAIGNS, "m1", stage.clock.now() - HOUR) == ts


async def test_a_reply_is_found_in_its_thread_only(stage: Stage) -> None:
    began = stage.clock.now()
    parent = await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    reply = await stage.chat.post(CAMPAIGNS, Message("Warm"), thread_ts=parent, mark="m2")
    assert await stage.chat.find(CAMPAIGNS, "m2", began, thread_ts=parent) == reply
    assert await stage.chat.find(CAMPAIGNS, "m2", began) is None


async def test_a_post_is_not_found_when_it_is_older_than_asked(stage: Stage) -> None:
    await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    stage.clock.advance(HOUR)
    assert await stage.chat.find(CAMPAIGNS, "m1", stage.clock.now()) is None


async def test_a_find_reads_past_the_first_page(stage: Stage) -> None:
    began = stage.clock.now()
    ts = await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    stage.chatter(450)
    assert await stage.chat.find(CAMPAIGNS, "m1", began) == ts


async def test_a_direct_message_is_found_and_edited_like_any_other(stage: Stage) -> None:
    began = stage.clock.now()
    ts = await stage.chat.post(MAYA, RICH, mark="m1")
    assert await stage.chat.find(MAYA, "m1", began) == ts
    await stage.chat.update(MAYA, ts, Message("It is over"), mark="m1")
    assert stage.directly() == ["It is over"]


async def test_a_whisper_is_seen_by_one_person_and_is_in_no_history(stage: Stage) -> None:
    await stage.chat.ephemeral(CAMPAIGNS, MAYA, Message("Only you see this"))
    assert stage.whispered() == ["Only you see this"]
    assert stage.count() == 0


async def test_a_response_url_answers_five_times(stage: Stage) -> None:
    url = await stage.response_url()
    for number in range(5):
        await stage.chat.respond(url, Message(f"answer {number}"))
    with pytest.raises(Refused):
        await stage.chat.respond(url, Message("answer 6"))
    assert stage.whispered() == [f"answer {number}" for number in range(5)]


async def test_a_response_url_answers_for_half_an_hour(stage: Stage) -> None:
    url = await stage.response_url()
    await stage.chat.respond(url, Message("at once"))
    stage.clock.advance(timedelta(minutes=31))
    with pytest.raises(Refused):
        await stage.chat.respond(url, Message("too late"))


async def test_a_trigger_opens_one_view(stage: Stage) -> None:
    trigger = await stage.trigger()
    await stage.chat.open_view(trigger, FORM)
    assert stage.views() == ["campaign.form"]
    with pytest.raises(Refused) as caught:
        await stage.chat.open_view(trigger, FORM)
    assert caught.value.code == "expired_trigger_id"


async def test_a_file_lands_in_its_thread(stage: Stage) -> None:
    parent = await stage.chat.post(CAMPAIGNS, RICH)
    await stage.chat.upload(CAMPAIGNS, parent, "report.csv", "minute,rps\n18:00,1 200 €\n")
    assert stage.files() == [("report.csv", "minute,rps\n18:00,1 200 €\n", parent)]


async def test_the_members_of_a_group_are_known(stage: Stage) -> None:
    assert await stage.chat.members(MARKETING) == {MAYA}


async def test_members_are_told_from_people_of_other_organisations(stage: Stage) -> None:
    assert await stage.chat.standing(MAYA) is Standing.MEMBER
    assert await stage.chat.standing(PRIYA) is Standing.OUTSIDER


async def test_a_channel_that_others_read_is_known(stage: Stage) -> None:
    assert await stage.chat.shared(CAMPAIGNS)
    assert not await stage.chat.shared(GENERAL)
    with pytest.raises(NotFound):
        await stage.chat.shared("C0NOWHERE")


async def test_a_message_has_an_address_that_people_can_follow(stage: Stage) -> None:
    ts = await stage.chat.post(CAMPAIGNS, RICH)
    link = await stage.chat.permalink(CAMPAIGNS, ts)
    assert link.startswith("http") and CAMPAIGNS in link and ts.replace(".", "") in link
    with pytest.raises(NotFound):
        await stage.chat.permalink(CAMPAIGNS, "1.000001")


async def test_an_unknown_group_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.chat.members("S0NOBODY")


async def test_an_unknown_channel_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.chat.post("C0NOWHERE", RICH)


async def test_a_channel_without_headroom_is_not_allowed(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        await stage.chat.post(GENERAL, RICH)


async def test_a_rate_limit_says_how_long_and_posts_nothing(stage: Stage) -> None:
    stage.slow_down(17)
    with pytest.raises(SlowDown) as caught:
        await stage.chat.post(CAMPAIGNS, RICH)
    assert caught.value.after == timedelta(seconds=17)
    assert stage.count() == 0
    stage.clock.advance(timedelta(seconds=17))
    await stage.chat.post(CAMPAIGNS, RICH)


async def test_everything_can_be_tried_again_when_slack_is_down(stage: Stage) -> None:
    stage.go_down()
    with pytest.raises(TryAgain):
        await stage.chat.post(CAMPAIGNS, RICH)
    with pytest.raises(TryAgain):
        await stage.chat.update(CAMPAIGNS, "1.000001", RICH)
    with pytest.raises(TryAgain):
        await stage.chat.members(MARKETING)
    with pytest.raises(TryAgain):
        await stage.chat.standing(MAYA)
    with pytest.raises(TryAgain):
        await stage.chat.shared(CAMPAIGNS)
    with pytest.raises(TryAgain):
        await stage.chat.permalink(CAMPAIGNS, "1.000001")


async def test_a_post_whose_answer_was_lost_is_found_by_its_mark(stage: Stage) -> None:
    began = stage.clock.now()
    stage.lose_answer()
    with pytest.raises(TryAgain):
        await stage.chat.post(CAMPAIGNS, RICH, mark="m1")
    ts = await stage.chat.find(CAMPAIGNS, "m1", began)
    assert ts is not None
    assert stage.shown(ts).text == "Black Friday push"
    assert stage.count() == 1


async def test_refused_blocks_are_told_by_their_code(stage: Stage) -> None:
    stage.refuse_blocks()
    with pytest.raises(Refused) as caught:
        await stage.chat.post(CAMPAIGNS, RICH)
    assert caught.value.code == "invalid_blocks"
    assert stage.count() == 0
    await stage.chat.post(CAMPAIGNS, Message("Black Friday push, in plain text"))
