"""Digests: by schedule, once, late when they must be, muted when asked, and only by those who may."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience, Cadence
from bot.core.series import Metric
from bot.errors import NotAllowed, TryAgain
from bot.ports.jobs import Job, JobName
from tests.conformance.bill_stages import EXPORT
from tests.core_digest.digests import OCTOBER
from tests.flows.town import ADA, CAMPAIGNS, ERIK, FINN, MAYA, OPS, SAM, Town

DAILY = Subscription(OPS, Cadence.DAILY, Audience.ENGINEERS, "Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SATURDAY_8 = datetime(2025, 11, 29, 7, tzinfo=UTC)
VENDOR = "C0VENDOR"


@pytest.fixture
async def reader(town: Town) -> Town:
    """A town whose engineers get a daily digest since yesterday."""
    town.house(digests=(DAILY,))
    await begin(town)
    return town


async def begin(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.DIGESTS, "all"), town.clock.now())
    await town.run()


def digests(town: Town, channel: str = OPS) -> list[str]:
    return [m.text for m in town.chat.shown_in(channel) if "digest:" in m.text]


async def ask(town: Town, text: str, *, by: str = ERIK, channel: str = OPS) -> str:
    await town.say(f"digest {text}", command="/headroom", by=by, channel=channel)
    await town.run(timedelta(seconds=5))
    return town.whispers()[-1]


async def test_a_digest_comes_at_its_time_and_not_before(reader: Town) -> None:
    await reader.run(SATURDAY_8 - MINUTE)
    assert digests(reader) == []

    await reader.run(SATURDAY_8 + MINUTE)
    [said] = digests(reader)
    assert said.startswith("Daily digest: Fri 28 Nov")
    for title in ("Capacity", "Errors and speed", "Bottlenecks", "Cost"):
        assert f"*{title}*" in said
    assert "late" not in said


async def test_a_digest_comes_once_however_often_it_is_woken(reader: Town) -> None:
    await reader.run(SATURDAY_8 + MINUTE)
    for _ in range(3):
        async with reader.database.begin() as tx:
            await tx.jobs.wake(Job(JobName.DIGEST, DAILY.key), reader.clock.now())
            await tx.jobs.wake(Job(JobName.DIGESTS, "all"), reader.clock.now())
        await reader.run(MINUTE)
    assert len(digests(reader)) == 1


async def test_another_time_on_the_same_day_brings_no_second_one(reader: Town) -> None:
    await reader.run(SATURDAY_8 + MINUTE)
    reader.house(digests=(replace(DAILY, clock=time(9)),))
    await begin(reader)
    await reader.run(SATURDAY_8 + 3 * HOUR)
    assert len(digests(reader)) == 1


async def test_what_could_not_be_sent_comes_late_and_says_so(reader: Town) -> None:
    reader.clock.set(SATURDAY_8 + timedelta(days=2, hours=3))  # nobody worked meanwhile
    await begin(reader)
    await reader.run(MINUTE)

    [said] = digests(reader)
    assert said.startswith("Daily digest: Sun 30 Nov")
    assert "This comes 3 h late: I could not send it at 08:00." in said
    assert "The digests of Fri 28 Nov and Sat 29 Nov were never sent." in said


async def test_a_silent_source_is_waited_for_and_then_named(reader: Town) -> None:
    reader.metrics.faults.add("series", TryAgain("HTTP 503"), about=Metric.ERRORS, times=10_000)
    await reader.run(SATURDAY_8 + 15 * MINUTE)
    assert digests(reader) == []

    await reader.run(SATURDAY_8 + 30 * MINUTE)
    [said] = digests(reader)
    assert "missing: errors (HTTP 503)" in said
    assert "How many requests failed is not known" in said
    assert "late: I could not send it at 08:00" in said


async def test_the_number_of_requests_does_not_grow_with_the_workloads(reader: Town) -> None:
    await reader.run(SATURDAY_8 + MINUTE)
    asked = [one for one in reader.metrics.asked if one[2].end <= SATURDAY_8]
    assert len([one for one in asked if len(one[1]) == 2]) == 17  # 9 and 2 for each of 4 weeks


async def test_a_channel_subscribes_and_hears_of_it(town: Town) -> None:
    said = await ask(town, "subscribe weekly on Mon at 9:30 for business", channel=CAMPAIGNS)
    assert "the *weekly* digest for business, every Monday at 09:30 Europe/Berlin" in said
    [told] = [m.text for m in town.chat.shown_in(CAMPAIGNS)]
    assert f"<@{ERIK}> subscribed this channel to the weekly digest" in told

    await town.run(datetime(2025, 12, 1, 9, tzinfo=UTC))
    [digest] = digests(town, CAMPAIGNS)
    assert digest.startswith("Weekly digest: Mon 24 Nov to Sun 30 Nov")


async def test_a_muted_channel_gets_nothing_until_it_is_unmuted(reader: Town) -> None:
    assert "muted digests here" in await ask(reader, "mute for 1 day")
    await reader.run(SATURDAY_8 + HOUR)
    assert digests(reader) == []
    assert "This channel gets\n" in await ask(reader, "unmute")

    await reader.run(SATURDAY_8 + timedelta(days=1, minutes=1))
    assert len(digests(reader)) == 1
    assert "never sent" not in digests(reader)[0]


async def test_a_mute_ends_by_itself(reader: Town) -> None:
    await ask(reader, "mute for 1 day")
    await reader.run(SATURDAY_8 + timedelta(days=1, minutes=1))
    assert len(digests(reader)) == 1


async def test_a_preview_is_private_and_posts_nothing(reader: Town) -> None:
    said = await ask(reader, "preview weekly")
    assert said.startswith("Preview of the weekly digest: ")
    assert digests(reader) == []


@pytest.mark.parametrize(
    ("text", "by", "refusal"),
    [
        ("subscribe daily", MAYA, "is not yours to read"),
        ("subscribe daily for business", MAYA, "Only an engineer or an administrator"),
        ("mute", SAM, "is not yours to read"),
        ("preview for finance", MAYA, "The digest for finance is not yours to read"),
        ("subscribe daily for vendors", ADA, "Vendors' digests are set in headroom.yaml"),
        ("subscribe", ERIK, "Daily or weekly?"),
        ("subscirbe daily", ERIK, "Did you mean `subscribe`?"),
        ("unmute", ERIK, "Digests are not muted here."),
        ("mute for 900 weeks", ERIK, "between an hour and a year"),
    ],
)
async def test_who_may_not_or_is_not_understood_reads_why(
    town: Town, text: str, by: str, refusal: str
) -> None:
    assert refusal in await ask(town, text, by=by)
    async with town.database.begin() as tx:
        assert await tx.digests.subscriptions() == []
        assert await tx.digests.muted(OPS) is None


async def test_finance_sets_its_own_digest(town: Town) -> None:
    said = await ask(town, "subscribe daily at 7am for finance", by=FINN, channel="C0FINANCE")
    assert "the *daily* digest for finance, every day at 07:00" in said


async def test_a_shared_channel_gets_what_its_vendor_may_see_and_nothing_else(town: Town) -> None:
    vendor = Subscription(
        VENDOR, Cadence.DAILY, Audience.VENDORS, "Europe/Berlin", groups=("checkout",)
    )
    town.house(digests=(vendor,))
    await begin(town)
    refusal = await ask(town, "preview for engineers", by=ADA, channel=VENDOR)
    assert "it gets vendors' digests only" in refusal
    await town.run(SATURDAY_8 + MINUTE)
    [said] = digests(town, VENDOR)
    for secret in ("$", "Web shop", "shop", "cymbal-shop", MAYA, "/headroom"):
        assert secret not in said
    assert "for partners" in said.casefold()


async def test_a_person_of_another_company_is_turned_away(reader: Town) -> None:
    await reader.say(
        "digest mute", command="/headroom", by="U0OUT", channel=OPS, user_team="T0OTHER"
    )
    await reader.run(timedelta(seconds=5))
    async with reader.database.begin() as tx:
        assert await tx.digests.muted(OPS) is None


async def test_our_own_digest_stays_out_of_a_channel_that_others_read(reader: Town) -> None:
    reader.house(digests=(replace(DAILY, channel=CAMPAIGNS, audience=Audience.BUSINESS),))
    await begin(reader)
    reader.chat.shared_channels.add(CAMPAIGNS)
    await reader.run(SATURDAY_8 + timedelta(days=1, minutes=1))

    assert digests(reader, CAMPAIGNS) == []
    [told] = [m.text for m in reader.chat.shown_in(OPS) if "did not send" in m.text]
    assert f"<#{CAMPAIGNS}>: people of another company read that channel" in told


async def test_a_channel_that_others_read_subscribes_to_nothing(town: Town) -> None:
    town.chat.shared_channels.add(CAMPAIGNS)
    said = await ask(town, "subscribe daily for business", channel=CAMPAIGNS)
    assert "People of another company read this channel." in said

    town.chat.faults.add("shared", NotAllowed("the scope channels:read is missing"))
    said = await ask(town, "subscribe daily for business", channel=CAMPAIGNS)
    assert "I cannot tell whether people of another company read this channel" in said
    async with town.database.begin() as tx:
        assert await tx.digests.subscriptions() == []


async def test_a_digest_of_the_file_is_sent_where_slack_does_not_say_who_reads(
    reader: Town,
) -> None:
    reader.chat.faults.add("shared", NotAllowed("the scope channels:read is missing"))
    await reader.run(SATURDAY_8 + MINUTE)
    assert len(digests(reader)) == 1


async def test_finance_reads_what_the_last_month_s_campaigns_cost_and_that_the_bill_is_missing(
    town: Town,
) -> None:
    finance = replace(DAILY, cadence=Cadence.WEEKLY, audience=Audience.FINANCE, weekday=5)
    town.house(digests=(finance,), billing=EXPORT)
    async with town.database.begin() as tx:
        for one in OCTOBER:
            await tx.settlements.put(one)
    await begin(town)
    await town.run(SATURDAY_8 + MINUTE)
    [said] = digests(town)
    assert "3 campaigns of Oct 2025 cost $222.00, $200.00 estimated (+11%)" in said
    assert "Largest differences in Oct 2025" in said
    assert "missing: Google's bill (not read yet" in said
