"""More incidents at once than a channel can be told singly: one summary, lists, one page, and the end of it."""

from datetime import timedelta

from bot.core.incident import Phase
from bot.errors import SlowDown, TryAgain
from tests.fakes import Posted
from tests.flows.test_sweeping import lose_all_jobs, sweep_once
from tests.flows.town import ADA, ERIK, OPS
from tests.flows_alerts.watchtower import MINUTE, Watchtower

MANY = 30


async def storm(town: Watchtower, many: int = MANY) -> None:
    """That many policies fire within a second."""
    for number in range(many):
        await town.fires(f"Policy {number:03}", run=False)
    await town.run(MINUTE)


async def all_but_three_end(town: Watchtower) -> None:
    """A storm that is over; nobody has taken what is left."""
    await storm(town)
    for number in range(MANY - 3):
        await town.clears(f"Policy {number:03}", run=False)
    await town.run(12 * MINUTE)


def of_storm(town: Watchtower) -> list[Posted]:
    return [one for one in town.chat.posts if one.mark.startswith("storm/")]


def named(town: Watchtower) -> set[int]:
    """The numbers of the policies that can be read in the channel."""
    shown = "\n".join(
        block["text"]["text"]
        for message in town.chat.shown_in(OPS)
        for block in message.blocks
        if block["type"] == "section"
    )
    return {number for number in range(MANY) if f"Policy {number:03}" in shown}


async def test_complaint_04_a_storm_is_one_summary_and_lists_that_name_every_incident(
    town: Watchtower,
) -> None:
    await storm(town)
    summary, *rest = of_storm(town)
    assert f"{MANY} incidents" in summary.message.text
    assert named(town) == set(range(MANY))
    assert all(one.thread_ts == summary.ts for one in rest)
    assert len(town.chat.posts) <= 5


async def test_complaint_08_a_storm_pages_everybody_once(town: Watchtower) -> None:
    await storm(town)
    assert len(town.pages()) == 1
    assert town.pages()[0].message.text.count(f"<@{ERIK}>") == 1
    await town.run(11 * MINUTE)
    assert len(town.pages()) == 2
    assert f"<@{ADA}>" in town.pages()[1].message.text


async def test_what_joins_closes_and_opens_again_in_a_storm_pages_nobody_twice(
    town: Watchtower,
) -> None:
    await storm(town)
    for number in range(10):
        await town.clears(f"Policy {number:03}", run=False)
    await town.run(timedelta(seconds=20))
    for number in range(5, MANY + 10):
        await town.fires(f"Policy {number:03}", run=False)
    await town.run(MINUTE)
    assert len(town.pages()) == 1


async def test_what_comes_after_a_storm_was_taken_pages_again_once(town: Watchtower) -> None:
    await storm(town)
    await town.answers("Acknowledge all", on=of_storm(town)[0])
    await town.run(3 * MINUTE)
    for number in range(MANY, MANY + 3):
        await town.fires(f"Policy {number:03}", run=False)
    await town.run(MINUTE)
    assert len(town.pages()) == 2
    assert f"<@{ERIK}>" in town.pages()[1].message.text
    assert "3 incidents that nobody has yet" in town.pages()[1].message.text


async def test_a_page_for_one_of_a_storm_is_none_for_the_others(town: Watchtower) -> None:
    await storm(town)
    await town.incident()
    await town.fills_in(deed="escalate")
    assert len(town.pages()) == 2
    await town.run(11 * MINUTE)
    assert f"an alert storm with {MANY} incidents" in town.pages()[-1].message.text
    assert f"<@{ADA}>" in town.pages()[-1].message.text


async def test_of_several_who_must_take_it_the_first_is_still_called_for_what_comes_later(
    town: Watchtower,
) -> None:
    for number in range(MANY):
        await town.fires(f"Two {number:03}", run=False)
    await town.run(MINUTE)
    await town.answers("Acknowledge all", on=of_storm(town)[0])
    await town.run(MINUTE)
    await town.fires("Two later", run=False)
    await town.run(MINUTE)
    assert f"<@{ERIK}>" in town.pages()[-1].message.text
    assert len(town.pages()) == 2


async def test_what_comes_long_after_the_last_page_is_paged_for_again(town: Watchtower) -> None:
    await storm(town)
    for minute in range(9):
        await town.run(10 * MINUTE)
        await town.fires(f"Late {minute}", run=False)
        await town.run(MINUTE)
    latest = town.pages()[-1].message
    assert f"<@{ERIK}>" in latest.text, (
        "all rounds are over, and who is on call hears of what is new"
    )


async def test_one_click_takes_a_whole_storm_and_ends_its_paging(town: Watchtower) -> None:
    await storm(town)
    await town.answers("Acknowledge all", on=of_storm(town)[0])
    await town.run(30 * MINUTE)
    async with town.database.begin() as tx:
        phases = {one.phase for one in await tx.alerts.open()}
    assert phases == {Phase.ACKNOWLEDGED}
    assert len(town.pages()) == 1
    assert any(f"looks at all {MANY}" in text for text in town.replies())
    assert "0 waiting" in of_storm(town)[0].message.text


async def test_the_modal_of_a_storm_lists_what_is_open_and_opens_each(town: Watchtower) -> None:
    await storm(town)
    await town.answers("Show all", on=of_storm(town)[0])
    (_, view) = town.chat.views[-1]
    opener = next(b["accessory"] for b in view.body["blocks"] if "accessory" in b)
    await town.presses(opener["action_id"], opener["value"], channel="")
    await town.run()
    assert town.chat.views[-1][1].callback_id == "incident.form"


async def test_what_ends_in_a_storm_changes_its_lists_and_posts_nothing(town: Watchtower) -> None:
    await storm(town)
    posts = len(town.chat.posts)
    for number in range(15):
        await town.clears(f"Policy {number:03}", run=False)
    await town.run(MINUTE)
    assert len(town.chat.posts) == posts
    assert "15 resolved" in of_storm(town)[0].message.text


async def test_a_storm_that_is_over_still_pages_after_its_jobs_were_lost(town: Watchtower) -> None:
    await storm(town)
    await town.run(15 * MINUTE)
    async with town.database.begin() as tx:
        assert await tx.storms.lasting() is None
    pages = len(town.pages())
    await lose_all_jobs(town)
    await sweep_once(town)
    await town.run(timedelta(hours=1))
    assert len(town.pages()) > pages


async def test_the_few_that_nobody_has_are_posted_singly_when_the_storm_is_over(
    town: Watchtower,
) -> None:
    await all_but_three_end(town)
    assert "Alert storm over" in of_storm(town)[0].message.text
    assert len(town.roots()) == 3
    await town.answers("Acknowledge", on=town.roots()[0])
    assert "Acknowledged" in town.roots()[0].message.text


async def test_one_incident_of_a_storm_can_be_taken_passed_on_and_resolved(
    town: Watchtower,
) -> None:
    """It has no message of its own, so all of it is in the form behind the storm's list."""
    await storm(town)
    one = await town.incident()
    await town.fills_in(assign=ADA)
    given = f"<@{ADA}>, <@{ERIK}> has assigned this to you. *{one.subject.title}*"
    assert town.replies()[-1] == given
    await town.fills_in(deed="escalate")
    assert f"<@{ADA}>" in town.pages()[-1].message.text
    assert one.subject.title in town.pages()[-1].message.text
    await town.fills_in(deed="ack")
    await town.run(MINUTE)
    assert f"1 acknowledged, 0 resolved, *{MANY - 1} waiting*" in of_storm(town)[0].message.text
    await town.fills_in(deed="resolve")
    await town.run(MINUTE)
    assert f"0 acknowledged, 1 resolved, *{MANY - 1} waiting*" in of_storm(town)[0].message.text
    assert town.roots() == []


async def test_taking_all_takes_those_too_that_have_their_own_message_again(
    town: Watchtower,
) -> None:
    await all_but_three_end(town)
    paged = len(town.pages())
    await town.answers("Acknowledge all", on=of_storm(town)[0])
    assert all("Acknowledged by" in one.message.text for one in town.roots())
    await town.run(30 * MINUTE)
    assert len(town.pages()) == paged


async def test_a_new_storm_has_a_summary_of_its_own(town: Watchtower) -> None:
    await storm(town)
    await town.run(timedelta(minutes=15))
    for number in range(20):
        await town.fires(f"Later {number:03}", run=False)
    await town.run(MINUTE)
    summaries = [one for one in of_storm(town) if not one.thread_ts]
    assert len(summaries) == 2
    assert "20 incidents" in summaries[1].message.text


async def test_complaint_01_nothing_is_lost_when_slack_answers_429_for_half_a_minute(
    town: Watchtower,
) -> None:
    town.chat.faults.add("*", SlowDown("slow down", after=timedelta(seconds=30)), times=1)
    await storm(town)
    assert named(town) == set(range(MANY))


async def test_complaint_01_the_truth_comes_at_once_when_slack_is_back_after_an_hour(
    town: Watchtower,
) -> None:
    town.chat.faults.add("*", TryAgain("Slack is down"), times=10_000)
    await town.fires("First")
    await town.run(timedelta(minutes=20))
    await town.clears("First")
    await town.fires("Second")
    await town.run(timedelta(minutes=40))
    town.chat.faults.clear()
    await town.run(2 * MINUTE)
    first, second = town.roots()
    assert "Resolved: First" in first.message.text and not first.edits
    assert "Critical: Second" in second.message.text
    assert town.replies() == []
    assert f"<@{ERIK}>" not in first.message.text and f"<@{ERIK}>" in second.message.text


async def test_complaint_03_a_late_message_says_that_it_is_late(town: Watchtower) -> None:
    town.chat.faults.add("*", TryAgain("Slack is down"), times=10_000)
    await town.fires("First")
    await town.run(timedelta(minutes=5))
    town.chat.faults.clear()
    await town.run(2 * MINUTE)
    assert ":hourglass:" in repr(town.roots()[0].message.blocks)
    await town.answers("Acknowledge")
    assert ":hourglass:" not in repr(town.roots()[0].message.blocks)
