"""The calendar of campaigns: who may read it, what programs see, and the way back through an import."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from starlette.applications import Starlette

from bot.adapters.marketing_feed import campaign_events
from bot.cards.ics import calendar_of
from bot.core.campaign import Announcement, Campaign, CampaignState
from bot.core.event_draft import form_of
from bot.core.marketing import EventDraft
from bot.errors import TryAgain
from bot.flows.calendar_feed import calendar_feed
from handlers.http.calendar import calendar_routes
from tests.calendar.diary import FEED, ZONE
from tests.cards.samples import CAMPAIGN, HOUSE, NOW
from tests.cards.strange import WORDS
from tests.flows.town import MAYA, SAM, Town


async def link(town: Town, text: str = "calendar", by: str = MAYA) -> str:
    """The path of the link that the window shows."""
    await town.say(text, by=by, command="/headroom")
    await town.run()
    shown = str(town.chat.views[-1][1].body)
    return shown[shown.index("/calendar/") :].split(".ics")[0] + ".ics"


async def get(town: Town, path: str, **headers: str) -> httpx.Response:
    """As a calendar program asks."""

    async def read(token: str) -> object:
        return await calendar_feed(token, town.kit)

    app = Starlette(routes=calendar_routes(read))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        return await client.get(path, headers=headers)


def shown(answer: httpx.Response) -> list[Any]:
    """The events that a program finds in it."""
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_a_person_gets_a_link_in_a_window_and_a_program_reads_it(town: Town) -> None:
    await town.scheduled()
    path = await link(town)
    answer = await get(town, path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["cache-control"]
    (event,) = shown(answer)
    assert event["SUMMARY"] == "Black Friday push" and event["STATUS"] == "CONFIRMED"
    assert str(event["DTSTART"].dt.tzinfo) == "Europe/Berlin"
    assert await link(town) == path


async def test_the_link_is_kept_nowhere(town: Town) -> None:
    token = (await link(town)).split("/")[-1].removesuffix(".ics")
    async with town.database.begin() as tx:
        posts = [post.wanted for post in await tx.posts.behind()]
        rows = await tx.audit.about(f"calendar/{MAYA}")
    said = [*town.whispers(), *(post.message.text for post in town.chat.posts)]
    assert token not in repr((posts, rows, said))
    assert [row.act for row in rows] == ["made a calendar link"]


async def test_what_has_not_changed_is_not_sent_again(town: Town) -> None:
    campaign = await town.scheduled()
    path = await link(town)
    first = await get(town, path)
    same = await get(town, path, **{"If-None-Match": f'W/{first.headers["etag"]}, "x"'})
    assert (same.status_code, same.content) == (304, b"")
    await town.cancel(campaign)
    await town.run()
    changed = await get(town, path, **{"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    (event,), (before,) = shown(changed), shown(first)
    assert event["STATUS"] == "CANCELLED" and event["UID"] == before["UID"]
    assert event["SEQUENCE"] > before["SEQUENCE"]


async def test_a_new_link_ends_the_old_one_and_off_ends_it_too(town: Town) -> None:
    old = await link(town)
    new = await link(town, "calendar new")
    assert new != old
    assert [(await get(town, path)).status_code for path in (old, new)] == [404, 200]
    await town.say("calendar off", command="/headroom")
    await town.run()
    assert (await get(town, new)).status_code == 404
    assert "has ended" in town.whispers()[-1]


async def test_a_link_that_another_secret_made_is_replaced_by_one_that_works(town: Town) -> None:
    old = await link(town)
    town.kit = replace(town.kit, seal=b"another secret of the house, as long")
    assert (await get(town, old)).status_code == 200

    new = await link(town)

    assert [(await get(town, path)).status_code for path in (old, new)] == [404, 200]
    assert await link(town) == new


async def test_who_has_no_role_gets_no_link_and_who_loses_it_reads_nothing(town: Town) -> None:
    await town.say("calendar", by=SAM, command="/headroom")
    await town.run()
    assert town.chat.views == [] and "for people with a role" in town.whispers()[-1]
    path = await link(town)
    town.house(roles={})
    assert (await get(town, path)).status_code == 404


async def test_while_slack_does_not_say_who_is_who_the_program_asks_later(town: Town) -> None:
    path = await link(town)
    town.house(roles={}, role_groups={"S0ALL": ()})
    town.chat.faults.add("members", TryAgain("Slack is down"), times=5)
    answer = await get(town, path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "../../etc/passwd", "é" * 43, "x" * 5000])
async def test_a_guess_learns_nothing(town: Town, token: str) -> None:
    await link(town)
    answer = await get(town, f"/calendar/{token}.ics")
    assert answer.status_code == 404
    assert "BEGIN" not in answer.text


async def test_a_window_that_slack_does_not_open_is_told(town: Town) -> None:
    town.chat.faults.add("open_view", TryAgain("too late"))
    await town.say("calendar", command="/headroom")
    await town.run()
    assert "type `/headroom calendar` again" in town.whispers()[-1]
    town.kit = replace(town.kit, public_url="")
    await town.say("calendar", command="/headroom")
    await town.run()
    assert "HEADROOM_PUBLIC_URL" in town.whispers()[-1]


def back(campaign: Campaign) -> EventDraft:
    """The campaign, written by us and read as marketing's calendar would be."""
    body = calendar_of([campaign], HOUSE)
    (event,) = campaign_events(body, FEED, zone=ZONE, now=NOW)
    return EventDraft(event, "C1", "", (), NOW)


def test_what_goes_out_comes_back_as_the_same_form() -> None:
    draft = form_of(back(CAMPAIGN), house=HOUSE, now=NOW)
    assert (draft.name, draft.date, draft.start, draft.end, draft.zone) == (
        "Black Friday push",
        "2025-11-28",
        "18:00",
        "22:00",
        "Europe/Berlin",
    )
    assert (draft.multiplier, draft.groups, draft.kind) == ("3", ("web",), "push")
    assert draft.questions == ()


@settings(max_examples=60, deadline=None)
@given(
    WORDS,
    st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Not/AZone", "UTC"]),
    st.integers(1, 300),
    st.sampled_from(CampaignState),
)
def test_times_survive_the_way_through_a_calendar_whatever_the_name(
    name: str, zone: str, hours: int, state: CampaignState
) -> None:
    asked: Announcement = CAMPAIGN.announcement
    moved = replace(
        asked, name=name, zone=zone, window=asked.window.shifted(timedelta(hours=hours))
    )
    campaign = replace(CAMPAIGN, announcement=moved, state=state)
    body = calendar_of([campaign], HOUSE)
    assert body == calendar_of([campaign], HOUSE)
    found = campaign_events(body, FEED, zone=ZONE, now=NOW)
    off = {CampaignState.CANCELLED, CampaignState.REFUSED, CampaignState.EXPIRED}
    assert [event.window for event in found] == ([] if state in off else [moved.window])


def test_our_own_campaigns_do_not_come_back_as_drafts() -> None:
    body = calendar_of([CAMPAIGN], HOUSE)
    (event,) = campaign_events(body, FEED, zone=ZONE, now=NOW)
    assert event.key.endswith("@headroom.campaigns")
