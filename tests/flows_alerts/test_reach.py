"""Channels that are closed, notifications that do not come or cannot be read, and Headroom's own trouble."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack_errors import refusal
from bot.core.alert import Alert
from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience, Cadence
from bot.core.grouping import key_of
from bot.core.house import House
from bot.errors import Refused, TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import ADA, CAMPAIGNS, ERIK, MAYA, OPS
from tests.flows_alerts.watchtower import MINUTE, Watchtower


async def test_complaint_23_alerts_of_a_closed_channel_go_to_the_fallback_and_the_owner_is_told(
    town: Watchtower,
) -> None:
    town.chat.closed = {OPS}
    await town.fires()
    (root,) = town.roots("C0FALLBACK")
    assert f"<@{ERIK}>" in root.message.text
    (told,) = town.chat.texts(ADA)
    assert f"<#{OPS}>" in told and "<#C0FALLBACK>" in told
    await town.answers("Acknowledge", on=root)
    assert "Acknowledged" in root.message.text


async def test_complaint_23_the_owner_is_told_once_however_many_alerts_come(
    town: Watchtower,
) -> None:
    town.chat.closed = {OPS}
    for number in range(4):
        await town.fires(f"Policy {number}")
    assert len(town.roots("C0FALLBACK")) == 4
    assert len(list(town.chat.texts(ADA))) == 1


async def test_complaint_23_with_no_channel_left_the_owner_gets_the_alerts_directly(
    town: Watchtower,
) -> None:
    town.chat.closed = {OPS, CAMPAIGNS, "C0FALLBACK"}
    await town.fires()
    await town.run(MINUTE)
    assert [one for one in town.roots(ADA) if "p95 latency" in one.message.text]


async def test_a_channel_that_opens_again_gets_its_alerts_and_the_fallback_stays_true(
    town: Watchtower,
) -> None:
    town.chat.closed = {OPS}
    await town.fires()
    town.chat.closed = set()
    await town.watches()
    await town.run(timedelta(minutes=70))
    (here,), (there,) = town.roots(OPS), town.roots("C0FALLBACK")
    await town.answers("Acknowledge", on=here)
    assert "Acknowledged" in here.message.text and "Acknowledged" in there.message.text


async def test_complaint_21_an_alert_whose_blocks_slack_refuses_is_shown_as_text(
    town: Watchtower,
) -> None:
    town.chat.faults.add("post", Refused("bad blocks", code="invalid_blocks"))
    await town.fires(summary="x" * 50_000)
    (root,) = town.roots()
    assert "p95 latency" in root.message.text and not root.message.blocks


@pytest.mark.parametrize(
    "code",
    [
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "a_code_of_next_year",
    ],
)
async def test_an_alert_that_its_channel_does_not_take_calls_people_in_the_fallback(
    town: Watchtower, code: str
) -> None:
    error = refusal("chat.postMessage", code, status=200, headers={})
    town.chat.faults.add("post", error, times=100, about=OPS)
    await town.fires()
    assert town.roots() == []
    (root,) = town.roots("C0FALLBACK")
    assert f"<@{ERIK}>" in root.message.text
    (told,) = town.chat.texts(ADA)
    assert f"<#{OPS}>" in told and code in told


async def test_complaint_22_a_message_whose_answer_was_lost_is_not_posted_twice(
    town: Watchtower,
) -> None:
    town.chat.faults.add("post", TryAgain("the answer was lost"), after_effect=True)
    await town.fires()
    await town.run(MINUTE)
    assert len(town.roots()) == 1


async def test_what_cannot_be_understood_is_kept_and_shown_once(town: Watchtower) -> None:
    await town.came("this is no JSON <!channel>")
    await town.came({"version": "1.2", "incident": {"state": "odd"}})
    await town.run()
    (said,) = town.chat.texts(OPS)
    assert "2 notifications could not be understood" in said
    assert "<!channel>" not in said and "this is no JSON" in said
    await town.run(MINUTE)
    assert len(list(town.chat.texts(OPS))) == 1
    await town.run(timedelta(days=1))
    await town.came("nor is this")
    await town.run()
    *_, next_day = town.chat.texts(OPS)
    assert "1 notification could not" in next_day and "this is no JSON" not in next_day


async def test_a_time_that_was_never_set_holds_up_no_alert(town: Watchtower) -> None:
    town.house(zone="America/New_York")
    for number in range(2):
        await town.fires("Odd", number=number, started_at="0001-01-01T00:00:00Z", run=False)
    await town.fires("Payments fail")
    odd, payments = [one.message.text for one in town.roots()]
    assert "Odd" in odd and "2 of 2 alerts firing" in odd and "Payments fail" in payments


async def test_an_alert_that_nobody_foresaw_is_kept_and_told_and_holds_up_no_other(
    town: Watchtower, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(alert: Alert, house: House) -> str:
        if alert.policy.title == "Odd":
            raise OverflowError("date value out of range")
        return key_of(alert, house)

    monkeypatch.setattr("bot.flows.alerts.key_of", stumbles)
    for policy in ("Payments fail", "Odd", "p95 latency"):
        await town.fires(policy, run=False)
    await town.run()
    assert [one.message.text.count("Nobody has it yet") for one in town.roots()] == [1, 1]
    (told,) = [text for text in town.chat.texts(OPS) if "could not be understood" in text]
    assert "1 notification" in told and "OverflowError" in told and "Odd" in told
    async with town.database.begin() as tx:
        assert await tx.alerts.waiting() == []


async def test_the_consoles_test_is_answered_and_the_daily_one_is_not(town: Watchtower) -> None:
    await town.came({"version": "test", "incident": {}}, attributes={"headroom": "heartbeat"})
    await town.run()
    assert list(town.chat.texts(OPS)) == []
    await town.run(MINUTE)
    await town.came({"version": "test", "incident": {}})
    await town.run()
    assert "test notification came" in next(iter(town.chat.texts(OPS)))


async def test_a_budget_that_is_passed_is_a_cost_incident_in_its_own_channel(
    town: Watchtower,
) -> None:
    budget = {
        "budgetDisplayName": "Cymbal",
        "costAmount": 120.0,
        "budgetAmount": 100.0,
        "alertThresholdExceeded": 1.0,
        "costIntervalStart": "2025-11-01T00:00:00Z",
        "currencyCode": "USD",
    }
    await town.came(budget, attributes={"billingAccountId": "1", "budgetId": "2"})
    await town.run()
    (root,) = town.roots("C0FINANCE")
    assert "Cymbal" in root.message.text


async def test_silence_is_an_alarm_and_ends_when_notifications_come_again(
    town: Watchtower,
) -> None:
    town.rules(heartbeat=timedelta(hours=25))
    await town.fires("Plain")
    await town.watches()
    await town.run(timedelta(hours=24))
    assert not [text for text in town.chat.texts(OPS) if "No notification" in text]
    await town.run(timedelta(hours=2))
    (alarm,) = [text for text in town.chat.texts(OPS) if "No notification" in text]
    assert f"<@{ADA}>" in alarm
    await town.fires("Plain", number=2)
    await town.run(5 * MINUTE)
    assert not [text for text in town.chat.texts(OPS) if "No notification" in text]
    assert [text for text in town.chat.texts(OPS) if "come again" in text]


async def test_complaint_03_headrooms_own_trouble_is_told_outside_slack(
    town: Watchtower, caplog: pytest.LogCaptureFixture
) -> None:
    town.chat.faults.add("*", TryAgain("Slack is down"), times=10_000)
    await town.fires()
    await town.watches()
    with caplog.at_level(logging.INFO, logger="headroom.watch"):
        await town.run(timedelta(minutes=5))
    late = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert late and "posts_behind=1" in late[-1].getMessage()


async def test_the_command_lists_what_is_open_and_whether_it_was_worth_it(
    town: Watchtower,
) -> None:
    for number in range(3):
        await town.fires("Noisy", number=number)
        await town.clears("Noisy", number=number)
        await town.run(timedelta(minutes=40))
    await town.fires("Real")
    await town.answers("Acknowledge")
    await town.say("alerts", by=MAYA, command="/headroom")
    await town.run()
    said = town.whispers()[-1]
    assert "1 open incident" in said and "Real" in said
    assert "4 incidents shown, 25% acknowledged" in said
    assert "*Noisy* fired 3 times, acted on 0" in said and "digest" in said


async def test_complaint_05_what_is_not_urgent_calls_nobody_and_is_in_the_digest_of_the_day(
    town: Watchtower,
) -> None:
    daily = Subscription(OPS, Cadence.DAILY, Audience.ENGINEERS, "Europe/Berlin")
    town.house(digests=(daily,))
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.DIGESTS, "all"), town.clock.now())
    await town.fires("Disk is nearly full", severity="Warning")
    assert town.chat.shown_in(OPS) == []
    await town.run(datetime(2025, 11, 29, 7, 1, tzinfo=UTC))
    (digest,) = [one.text for one in town.chat.shown_in(OPS) if "digest:" in one.text]
    assert "1 alert was not urgent and has waited for this digest; it is still open." in digest
    assert "Disk is nearly full" in digest


async def test_the_command_opens_each_incident_also_what_can_wait(town: Watchtower) -> None:
    await town.fires("Payments fail")
    await town.fires("Disk is nearly full", severity="Warning")
    await town.say("alerts", by=ERIK, command="/headroom")
    await town.run()
    answer = town.chat.responses[-1][1]
    assert "1 open incident" in answer.text and "*Can wait*" in answer.text
    assert f"sre: <@{ERIK}> until" in answer.text and f"then <@{ADA}>" in answer.text
    urgent, can_wait = [b["accessory"] for b in answer.blocks if "accessory" in b]
    await town.presses(can_wait["action_id"], can_wait["value"])
    await town.run()
    assert "Disk is nearly full" in repr(town.chat.views[-1][1].body)
    await town.presses(urgent["action_id"], urgent["value"])
    await town.run()
    assert "Payments fail" in repr(town.chat.views[-1][1].body)
