"""One incident from its first alert to its end, as people in Slack see and answer it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.alert import Via
from bot.core.incident import Phase
from bot.errors import TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import ADA, CAMPAIGNS, ERIK, MAYA, OPS, everything, labels
from tests.flows_alerts.watchtower import MINUTE, Watchtower


async def test_complaint_06_one_message_is_edited_when_an_alert_fires_and_ends(
    town: Watchtower,
) -> None:
    await town.fires()
    await town.clears()
    (root,) = town.roots()
    assert "Critical: p95 latency" in root.edits[0].text
    assert "Resolved: p95 latency" in root.message.text


async def test_an_alert_that_comes_both_ways_counts_once(town: Watchtower) -> None:
    now = town.clock.now()
    await town.fires(began=now, run=False)
    await town.fires(began=now, via=Via.WEBHOOK)
    (root,) = town.roots()
    assert "1 of 1 alert firing" in root.message.text


async def test_complaint_08_all_who_are_wanted_are_mentioned_once_in_one_message(
    town: Watchtower,
) -> None:
    await town.fires()
    assert len(town.chat.posts) == 1
    assert town.chat.posts[0].message.text.count(f"<@{ERIK}>") == 1
    await town.run(11 * MINUTE)
    (reply,) = town.replies()
    assert reply.count(f"<@{ADA}>") == 1 and reply.count("<!subteam^S0SRE>") == 1


async def test_complaint_07_threads_tell_only_what_people_must_see(town: Watchtower) -> None:
    await town.fires(number=1)
    await town.fires(number=2)
    await town.clears(number=1)
    assert town.replies() == []
    await town.answers("Acknowledge")
    await town.clears(number=2)
    acknowledged, resolved = town.replies()
    assert f"<@{ERIK}> looks at it" in acknowledged
    assert "Resolved" in resolved


async def test_complaint_07_the_timeline_is_behind_a_button(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Acknowledge")
    await town.answers("More")
    (_, view) = town.chat.views[-1]
    shown = repr(view.body)
    assert "acknowledged" in shown and f"<@{ERIK}>" in shown and "dashboard" in shown


async def test_complaint_09_an_acknowledgement_shows_in_every_channel(town: Watchtower) -> None:
    await town.fires("Both ways")
    here, there = town.roots(OPS)[0], town.roots(CAMPAIGNS)[0]
    await town.answers("Acknowledge", on=there)
    for root in (here, there):
        assert f"Acknowledged by <@{ERIK}>" in root.message.text
        assert "Acknowledge" not in labels(root.message)


async def test_complaint_10_nobody_is_paged_after_an_acknowledgement(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Acknowledge")
    await town.run(2 * 60 * MINUTE - 2 * MINUTE)
    assert len(town.pages()) == 1


async def test_complaint_10_a_page_that_slack_has_not_taken_is_withdrawn_by_an_acknowledgement(
    town: Watchtower,
) -> None:
    await town.fires()
    town.chat.faults.add("post", TryAgain("Slack is down"), times=1000)
    await town.run(11 * MINUTE)
    await town.answers("Acknowledge")
    town.chat.faults.clear()
    await town.run(10 * MINUTE)
    assert len(town.pages()) == 1
    assert [text for text in town.replies() if "looks at it" in text]


async def test_complaint_11_a_late_click_changes_nothing_and_is_answered_politely(
    town: Watchtower,
) -> None:
    await town.fires()
    before = town.roots()[0].message
    value = next(one for b in before.blocks if b["type"] == "actions" for one in b["elements"])[
        "value"
    ]
    await town.clears()
    await town.presses("incident.ack", value)
    await town.run()
    assert (await town.incident()).phase is Phase.RESOLVED
    assert "resolved already" in town.whispers()[-1]


async def test_complaint_12_paging_goes_on_until_enough_people_have_acknowledged(
    town: Watchtower,
) -> None:
    await town.fires("Two of us")
    await town.answers("Acknowledge")
    assert "1 of 2 have acknowledged" in town.roots()[0].message.text
    await town.run(11 * MINUTE)
    assert f"<@{ADA}>" in town.replies()[-1]
    await town.answers("Acknowledge", by=ADA)
    assert "Acknowledged by" in town.roots()[0].message.text


async def test_complaint_13_a_snooze_outlasts_a_flapping_alert(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Snooze", option="1 hour")
    posts = len(town.chat.posts)
    await town.clears()
    await town.run(10 * MINUTE)
    await town.fires(number=2)
    assert "Snoozed" in town.roots()[-1].message.text
    assert len(town.roots()) == 1 and len(town.pages()) == 1
    assert len(town.chat.posts) == posts


async def test_somebody_is_paged_again_when_a_snooze_ends_and_it_still_fires(
    town: Watchtower,
) -> None:
    await town.fires()
    await town.answers("Snooze", option="1 hour")
    await town.run(timedelta(minutes=58))
    assert len(town.pages()) == 1
    await town.run(3 * MINUTE)
    assert len(town.pages()) == 2


async def test_no_reminder_disturbs_a_snooze_and_its_end_pages_again(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Acknowledge")
    await town.answers("Snooze", option="4 hours")
    said = town.replies()
    await town.run(timedelta(hours=3, minutes=58))  # a reminder would have been due after two
    assert town.replies() == said
    assert len(town.pages()) == 1
    await town.run(3 * MINUTE)
    assert len(town.pages()) == 2
    assert f"<@{ERIK}>, this still fires and nobody has it" in town.replies()[-1]


async def test_a_snooze_that_is_ended_on_an_older_message_lets_what_fires_now_be_heard(
    town: Watchtower,
) -> None:
    await town.fires()
    older = await town.incident()
    await town.fills_in(deed="snooze:week")
    await town.clears()
    await town.run(timedelta(hours=2))
    await town.fires(number=2)
    assert len(town.roots()) == 1
    await town.fills_in(of=older, deed="unsnooze")
    _, newer = town.roots()
    assert "Nobody has it yet" in newer.message.text and newer in town.pages()
    await town.run(MINUTE)
    assert "Paged" in newer.message.text


async def test_a_snooze_on_an_older_message_silences_what_fires_now(town: Watchtower) -> None:
    await town.fires()
    older = await town.incident()
    await town.clears()
    await town.run(timedelta(hours=2))
    await town.fires(number=2)
    pages = len(town.pages())
    await town.fills_in(of=older, deed="snooze:4h")
    assert "Snoozed" in town.roots()[-1].message.text
    await town.run(timedelta(hours=3, minutes=58))
    assert len(town.pages()) == pages
    await town.run(3 * MINUTE)
    assert len(town.pages()) == pages + 1


async def test_complaint_14_whoever_acknowledged_is_reminded(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Acknowledge")
    await town.run(121 * MINUTE)
    assert "acknowledged but not resolved" in town.replies()[-1]
    assert f"<@{ERIK}>" in town.replies()[-1]


async def test_complaint_15_who_has_no_role_only_reads(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Acknowledge", by=MAYA)
    assert (await town.incident()).phase is Phase.TRIGGERED
    assert "engineers" in town.whispers()[-1]
    await town.answers("More", by=MAYA)
    assert len(town.chat.views) == 1


async def test_complaint_17_a_click_that_is_delivered_thrice_counts_once(
    town: Watchtower,
) -> None:
    await town.fires()
    await town.answers("Acknowledge", run=False)
    job = Job(JobName.RESPOND, f"action-{town.clicks}")
    async with town.database.begin() as tx:
        await tx.jobs.wake(job, town.clock.now())
    await town.run()
    async with town.database.begin() as tx:
        await tx.jobs.wake(job, town.clock.now())
    await town.run()
    assert len([text for text in town.replies() if "looks at it" in text]) == 1
    assert town.whispers() == []


async def test_escalating_pages_the_next_level_at_once(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Escalate")
    assert f"<@{ADA}>" in town.replies()[-1] and "take this over" in town.replies()[-1]


@pytest.mark.parametrize("wish", [{"deed": "escalate"}, {"severity": "critical"}])
async def test_somebody_is_called_for_what_could_wait_once_a_person_says_it_cannot(
    town: Watchtower, wish: dict[str, Any]
) -> None:
    await town.fires("Disk is nearly full", severity="Warning")
    assert town.chat.posts == []
    await town.fills_in(**wish)
    (root,) = town.roots()
    assert f"<@{ERIK}>" in root.message.text and "Paged" in root.message.text
    await town.say("alerts", by=ERIK, command="/headroom")
    await town.run()
    assert "1 open incident" in town.whispers()[-1]


async def test_what_is_resolved_can_be_opened_again_and_pages(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Resolve")
    assert labels(town.roots()[0].message) == ["More"]
    await town.fills_in(deed="reopen", note="It is still slow")
    assert (await town.incident()).lap == 2
    assert "again" in town.replies()[-1]
    assert len(town.pages()) == 2


async def test_the_form_assigns_grades_and_notes_in_one_go(town: Watchtower) -> None:
    await town.fires()
    await town.fills_in(assign=ADA, severity="warning", note="The cache is cold")
    incident = await town.incident()
    assert (incident.assignee, incident.severity) == (ADA, "warning")
    assert f"Assigned to <@{ADA}>" in town.roots()[0].message.text
    async with town.database.begin() as tx:
        told = [event.detail for event in await tx.alerts.timeline(incident.id)]
    assert "The cache is cold" in told


async def test_an_acknowledgement_is_taken_back_and_paging_begins_anew(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Acknowledge")
    await town.fills_in(deed="unack")
    assert "Nobody has it yet" in town.roots()[0].message.text
    assert len(town.pages()) == 2


async def test_complaint_24_times_are_in_the_readers_own_zone(town: Watchtower) -> None:
    await town.fires()
    assert "<!date^" in everything(town.roots()[0].message)
    assert "Europe/Berlin>" in town.roots()[0].message.text


async def test_the_console_and_the_runbook_are_one_click_away(town: Watchtower) -> None:
    await town.fires()
    shown = town.roots()[0].message.text
    assert "|Open in Google Cloud>" in shown and "dashboard" in shown


async def test_what_ended_long_ago_is_forgotten_and_nothing_open_ever_is(town: Watchtower) -> None:
    town.rules(retention=timedelta(days=30))
    await town.fires("Over")
    await town.clears("Over")
    await town.fires("Open")
    await town.run(timedelta(hours=1))
    town.clock.advance(timedelta(days=40))
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.SWEEP, "all"), town.clock.now())
    await town.run()
    async with town.database.begin() as tx:
        assert [one.phase for one in await tx.alerts.recent(10)] == [Phase.TRIGGERED]
        assert await tx.alerts.heard_at() is not None, "silence is measured from what came last"
