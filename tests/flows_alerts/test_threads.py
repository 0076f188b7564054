"""What an incident's thread tells, and what it keeps to itself: silence is silent, and no call is swallowed."""

from dataclasses import replace
from datetime import time, timedelta

from bot.core.alert_rules import QuietHours
from bot.core.incident import Phase
from bot.errors import TryAgain
from tests.flows.town import ADA, ERIK
from tests.flows_alerts.watchtower import MINUTE, RULES, Watchtower


async def slack_fails_to_post(town: Watchtower) -> None:
    """Edits still get through; nothing new does."""
    town.chat.faults.add("post", TryAgain("Slack is down"), times=1000)


async def slack_is_back(town: Watchtower) -> None:
    town.chat.faults.clear()
    await town.run(2 * MINUTE)


async def test_complaint_13_a_snoozed_group_says_nothing_in_its_thread_however_it_flaps(
    town: Watchtower,
) -> None:
    await town.fires()
    await town.answers("Snooze", option="1 hour")
    said = town.replies()
    await town.clears()
    over = town.roots()[0].message.text
    assert "Resolved" in over and "if it fires again before, nobody is called" in over
    await town.fires(number=2)
    assert "Snoozed" in town.roots()[0].message.text
    await town.fires(number=3, severity="Critical")
    assert town.replies() == said


async def test_a_rising_severity_does_not_swallow_a_page_that_slack_has_not_taken(
    town: Watchtower,
) -> None:
    await town.fires(severity="Error")
    await slack_fails_to_post(town)
    await town.run(11 * MINUTE)  # the next level is due
    await town.fires(number=2, severity="Critical")
    await slack_is_back(town)
    assert [one for one in town.replies() if f"<@{ADA}>" in one and ":pager:" in one]


async def test_an_acknowledgement_of_two_does_not_swallow_the_page_for_the_second(
    town: Watchtower,
) -> None:
    await town.fires("Two of us")
    await slack_fails_to_post(town)
    await town.run(11 * MINUTE)
    await town.answers("Acknowledge")
    await slack_is_back(town)
    assert [one for one in town.replies() if f"<@{ADA}>" in one and ":pager:" in one]
    assert [one for one in town.replies() if f"<@{ERIK}> looks at it (1 of 2 needed)" in one]


async def test_whoever_is_asked_to_take_over_reads_who_asks(town: Watchtower) -> None:
    await town.fires()
    await town.answers("Escalate")
    assert f"<@{ERIK}> asks you to take this over" in town.replies()[-1]
    assert f"<@{ERIK}> asked for the next level" in town.roots()[0].message.text


async def test_it_is_said_whose_acknowledgement_was_taken_back_and_who_still_has_it(
    town: Watchtower,
) -> None:
    town.rules(schedules=())  # without pages, which say it in their own words
    await town.fires("Two of us")
    await town.answers("Acknowledge")
    await town.answers("Acknowledge", by=ADA)
    await town.fills_in(deed="unack")
    assert f"<@{ERIK}> has given it back; 1 of 2 have it now (<@{ADA}>)." in town.replies()[-1]
    await town.fills_in(deed="unack")
    taken = f"<@{ERIK}> has taken back the acknowledgement of <@{ADA}>; nobody has it now."
    assert taken in town.replies()[-1]
    await town.answers("More")
    assert f"taken back by <@{ERIK}>: <@{ADA}>" in repr(town.chat.views[-1][1].body)


async def test_who_takes_it_on_oneself_is_not_told_so(town: Watchtower) -> None:
    await town.fires()
    await town.fills_in(assign=ERIK)
    assert town.replies()[-1] == f"<@{ERIK}> takes it on."
    await town.fills_in(assign=ADA)
    assert f"<@{ADA}>, <@{ERIK}> has assigned this to you." in town.replies()[-1]


async def test_the_form_acknowledges_escalates_and_resolves_like_the_buttons(
    town: Watchtower,
) -> None:
    await town.fires()
    await town.fills_in(deed="ack")
    assert (await town.incident()).phase is Phase.ACKNOWLEDGED
    await town.fills_in(deed="escalate")
    assert f"<@{ADA}>" in town.replies()[-1]
    await town.fills_in(deed="resolve")
    assert (await town.incident()).phase is Phase.RESOLVED


async def test_the_message_says_when_somebody_is_called_next(town: Watchtower) -> None:
    await town.fires()
    first = town.roots()[0].message.text
    assert f"Paged <@{ERIK}> (it began" in first and "; next call at <!date^" in first
    await town.answers("Acknowledge")
    assert "next call" not in town.roots()[0].message.text


async def test_in_quiet_hours_the_message_says_that_nobody_is_called_and_until_when(
    town: Watchtower,
) -> None:
    quiet = QuietHours(time(12), time(20), "Europe/Berlin")
    (schedule,) = RULES.schedules
    town.rules(schedules=(replace(schedule, quiet=quiet),))
    await town.fires(severity="Error")
    assert "Quiet hours: nobody is called before <!date^" in town.roots()[0].message.text
    assert "20:00 Europe/Berlin" in town.roots()[0].message.text
    assert f"<@{ERIK}>" not in town.roots()[0].message.text
    await town.run(timedelta(hours=8))
    assert f"<@{ERIK}>" in town.replies()[0]
