"""An event becomes a draft, and only a person makes a campaign of it; a change asks again, once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaign import CampaignKind, CampaignState
from bot.core.marketing import DraftState, EventDraft, FeedEvent, follow
from bot.core.windows import Window
from bot.ports.jobs import Job, JobName
from tests.calendar.diary import FEED, NOW, SALE, ZONE, Diary
from tests.fakes import Posted
from tests.flows.forms import answers, send_opened
from tests.flows.town import CAMPAIGNS, FORM, MAYA, SAM, Town, labels

FILLED = {
    **FORM,
    "name": "Cyber Monday sale",
    "date": "2025-12-01",
    "kind": "sale",
    "multiplier": "2",
    "groups": "web",
}


async def look(town: Town) -> None:
    """The calendar is read again."""
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.IMPORTS, "all"), town.clock.now())
    await town.run(timedelta(seconds=30))


def drafts(town: Town) -> list[Posted]:
    """The messages of drafts, not the replies under them."""
    return [p for p in town.chat.posts if p.mark.startswith("event/") and not p.thread_ts]


def replies(town: Town) -> list[str]:
    """What was said under them."""
    return [p.message.text for p in town.chat.posts if p.mark.startswith("event/") and p.thread_ts]


async def opened(town: Town, diary: Diary, event: str = SALE) -> dict[str, object]:
    """Maya opens the form of the one draft; its private metadata and its blocks."""
    diary.events = [event]
    await look(town)
    await town.click("Open the form", on=drafts(town)[0].message)
    await town.run()
    return dict(town.chat.views[-1][1].body)


async def test_an_event_is_shown_once_and_nothing_is_planned(town: Town, diary: Diary) -> None:
    diary.events = [SALE]
    for _ in range(3):
        await look(town)
    (draft,) = drafts(town)
    assert draft.channel == CAMPAIGNS and labels(draft.message) == ["Open the form", "Ignore"]
    assert f"<@{MAYA}>, does it bring more visitors" in draft.message.text
    assert "18:00–22:00 Europe/Berlin" in draft.message.text
    async with town.database.begin() as tx:
        assert await tx.campaigns.recent(9) == []
    assert town.cloud.writes == [] and draft.edits == []


async def test_the_form_is_filled_in_and_sending_it_makes_the_campaign(
    town: Town, diary: Diary
) -> None:
    form = await opened(town, diary)
    shown = str(form["blocks"])
    for word in ("'Cyber Monday sale'", "2025-12-01", "18:00", "22:00", "checkout", "'2'"):
        assert word in shown
    async with town.database.begin() as tx:
        assert await tx.campaigns.recent(9) == []
    await town.send_form(FILLED, metadata=str(form["private_metadata"]))
    await town.run()
    campaign = await town.campaign()
    assert campaign.announcement.kind is CampaignKind.SALE
    assert campaign.state is CampaignState.PROPOSED
    (draft,) = drafts(town)
    assert f"<@{MAYA}> made a campaign of it" in draft.message.text
    assert labels(draft.message) == []


@pytest.mark.parametrize(
    ("times", "window"),
    [
        (
            "DTSTART;TZID=Europe/Berlin:20251205T180000|DTEND;TZID=Europe/Berlin:20251207T220000",
            Window(datetime(2025, 12, 5, 17, tzinfo=UTC), datetime(2025, 12, 7, 21, tzinfo=UTC)),
        ),
        (
            "DTSTART;VALUE=DATE:20251205|DTEND;VALUE=DATE:20251208",
            Window(datetime(2025, 12, 4, 23, tzinfo=UTC), datetime(2025, 12, 7, 23, tzinfo=UTC)),
        ),
    ],
    ids=["with times", "whole days"],
)
async def test_an_event_that_goes_on_for_days_keeps_all_of_them_when_its_form_is_sent(
    town: Town, diary: Diary, times: str, window: Window
) -> None:
    await opened(town, diary, f"UID:sale-2|SUMMARY:Weekend sale x2 #web|{times}")
    assert answers(town, town.chat.views[-1][1])["until"] == "2025-12-07"
    await send_opened(town)
    assert (await town.campaign()).announcement.window == window


async def test_only_one_campaign_is_made_of_an_event(town: Town, diary: Diary) -> None:
    form = await opened(town, diary)
    for _ in range(2):
        await town.send_form(FILLED, metadata=str(form["private_metadata"]))
        await town.run()
    async with town.database.begin() as tx:
        assert len(await tx.campaigns.recent(9)) == 1
    assert any("has made a campaign of Cyber Monday sale" in said for said in town.whispers())


async def test_ignore_settles_it_until_the_event_changes(town: Town, diary: Diary) -> None:
    diary.events = [SALE]
    await look(town)
    await town.click("Ignore", on=drafts(town)[0].message)
    await look(town)
    assert "says that nothing has to be prepared" in drafts(town)[0].message.text
    diary.events = [SALE.replace("T18", "T19")]
    for _ in range(2):
        await look(town)
    (draft,) = drafts(town)
    assert "It has changed." in draft.message.text and "19:00–22:00" in draft.message.text
    assert labels(draft.message) == ["Open the form", "Ignore"]
    assert len(replies(town)) == 1 and "the calendar has changed" in replies(town)[0]


async def test_a_change_after_the_campaign_was_made_changes_nothing_but_says_so(
    town: Town, diary: Diary
) -> None:
    form = await opened(town, diary)
    await town.send_form(FILLED, metadata=str(form["private_metadata"]))
    await look(town)
    before = (await town.campaign()).announcement
    diary.events = [SALE.replace("20251201", "20251202")]
    await look(town)
    diary.events = []
    await look(town)
    assert (await town.campaign()).announcement == before
    assert (
        "not in the calendar any more; the campaign has not been changed"
        in drafts(town)[0].message.text
    )
    assert ["*not* been changed" in said for said in replies(town)] == [True, True]


async def test_a_calendar_that_cannot_be_read_takes_nothing_back(town: Town, diary: Diary) -> None:
    diary.events = [SALE]
    await look(town)
    diary.broken = True
    await look(town)
    assert labels(drafts(town)[0].message) == ["Open the form", "Ignore"]
    diary.broken, diary.events = False, []
    await look(town)
    assert "It is not in the calendar any more." in drafts(town)[0].message.text
    assert labels(drafts(town)[0].message) == []


async def test_who_may_not_announce_presses_in_vain(town: Town, diary: Diary) -> None:
    diary.events = [SALE]
    await look(town)
    for label in ("Open the form", "Ignore"):
        await town.click(label, on=drafts(town)[0].message, by=SAM)
        await town.run()
    assert town.chat.views == []
    assert labels(drafts(town)[0].message) == ["Open the form", "Ignore"]
    assert sum("Only who may announce campaigns" in said for said in town.whispers()) == 2


async def test_a_full_calendar_does_not_flood_the_channel(town: Town, diary: Diary) -> None:
    diary.events = [SALE.replace("sale-1", f"sale-{n}") for n in range(50)]
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.IMPORTS, "all"), town.clock.now())
    await town.run(timedelta(seconds=50))
    assert len(drafts(town)) == 20
    await town.run(timedelta(minutes=4))
    assert len(drafts(town)) == 50


async def test_a_draft_waits_on_the_home_tab_of_who_may_plan_it(town: Town, diary: Diary) -> None:
    diary.events = [SALE]
    await look(town)
    for user, seen in ((MAYA, True), (SAM, False)):
        await town.open_home(user)
        await town.run()
        assert ("Open the form" in str(town.chat.homes[user][-1].body)) is seen


def _event(start: int, title: str) -> FeedEvent:
    begins = NOW + timedelta(hours=start)
    return FeedEvent("Marketing", "k", title, Window(begins, begins + timedelta(hours=1)), ZONE)


STEPS = st.lists(
    st.tuples(
        st.none() | st.builds(_event, st.integers(1, 5), st.sampled_from("ab")),
        st.sampled_from([DraftState.OPEN, DraftState.IGNORED, DraftState.TAKEN, None]),
    ),
    max_size=12,
)


@given(STEPS)
def test_a_draft_is_asked_again_exactly_when_its_event_is_another(
    steps: list[tuple[FeedEvent | None, DraftState | None]],
) -> None:
    draft: EventDraft | None = None
    for event, deed in steps:
        before = draft
        draft = follow(draft, event, FEED, NOW)
        assert follow(draft, event, FEED, NOW) == draft  # reading it again changes nothing
        if before is not None and draft is not None:
            same = before.gone == draft.gone and before.event.content == draft.event.content
            assert (draft.version == before.version) is same
            kept = before.state is DraftState.TAKEN
            assert not kept or (draft.state is DraftState.TAKEN and draft.by == before.by)
        if draft is not None and deed is not None and draft.waits:
            draft = EventDraft(
                draft.event, "C", "", (), NOW, deed, draft.version, draft.gone, "U0MAYA"
            )
