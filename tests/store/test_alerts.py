"""Alerts in the database: accepted once, ruled on once, incidents under optimistic versions."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.alert import Notification, Severity, Unreadable, Via
from bot.core.change import Changed, Click
from bot.core.escalation import next_page, paged
from bot.core.grouping import sort_in
from bot.core.incident import Event, EventKind, Incident, Phase, Snooze, Subject
from bot.core.page import PageReason
from bot.core.responding import acknowledge
from bot.core.ruling import Reason, Ruling, Situation, Sorted
from bot.core.windows import Window
from bot.errors import Stale
from bot.ports.jobs import Job, JobName
from bot.store.database import Database
from tests.core_alerts.samples import HOUSE, MINUTE, NOW, RULES, alert, incident
from tests.store_fixture import Wakeups, opened

SORT = Job(JobName.ALERTS, "all")


def notification(identity: str = "monitoring/0.a/open/1/0", raw: str = "{}") -> Notification:
    return Notification(identity, Via.WEBHOOK, NOW, raw, {"budgetId": "b"}, "7")


async def jobs(database: Database) -> list[Job]:
    taken = await database.shelf.take(
        NOW + timedelta(days=1), owner="test", until=NOW + timedelta(days=2), limit=1000
    )
    return [one.job for one in taken]


async def keep(database: Database, outcome: Sorted) -> None:
    """What the alerts flow stores of a batch."""
    async with database.begin() as tx:
        await tx.alerts.rule(outcome.rulings, NOW)
        await tx.alerts.put_signals(outcome.signals)
        await tx.alerts.tell(outcome.events)
        for one in outcome.incidents:
            await tx.alerts.save(one)


async def test_an_accepted_alert_waits_with_its_job(
    any_database: Database, wakeups: Wakeups
) -> None:
    assert await any_database.accept_alert(notification())
    assert wakeups.count == 1
    async with any_database.begin() as tx:
        (found,) = await tx.alerts.waiting()
        assert await tx.alerts.raw(found.identity) == found
        assert await tx.alerts.raw("unknown") is None
        assert await tx.alerts.heard_at() == NOW
    assert found == replace(notification(), seq=found.seq)
    assert await jobs(any_database) == [SORT]


async def test_the_same_alert_counts_once_and_its_first_content_stays(
    any_database: Database, wakeups: Wakeups
) -> None:
    """Complaint 22: duplicates, also from two processes at once."""
    assert await any_database.accept_alert(notification(raw="first"))
    assert not await any_database.accept_alert(notification(raw="second"))
    many = [notification(f"monitoring/{number % 20}") for number in range(60)]
    new = await asyncio.gather(*(any_database.accept_alert(one) for one in many))
    assert sum(new) == 20
    async with any_database.begin() as tx:
        kept = await tx.alerts.waiting()
    assert [one.raw for one in kept][:1] == ["first"]
    assert len(kept) == 21


async def test_two_processes_accept_one_alert_once(database_url: str) -> None:
    many = [notification(f"monitoring/{number}") for number in range(30)]
    async with opened(database_url) as one, opened(database_url) as other:
        new = await asyncio.gather(
            *(one.accept_alert(each) for each in many),
            *(other.accept_alert(each) for each in many),
        )
    assert sum(new) == 30


async def test_a_ruling_is_stored_with_what_was_read_and_is_made_once(
    any_database: Database,
) -> None:
    lost = Unreadable("monitoring/2", "it is not JSON", "oops")
    read = replace(alert(), identity="monitoring/1")
    for one in (read, lost):
        await any_database.accept_alert(notification(one.identity))
    first = [
        Ruling(read.identity, Reason.OPENED, read, "i1", "detail"),
        Ruling(lost.identity, Reason.UNREADABLE, lost),
    ]
    async with any_database.begin() as tx:
        await tx.alerts.rule(first, NOW)
        await tx.alerts.rule([replace(first[0], reason=Reason.LATE)], NOW)
        await tx.alerts.rule([], NOW)
    async with any_database.begin() as tx:
        assert await tx.alerts.waiting() == []
        assert await tx.alerts.rulings("i1") == [first[0]]
        assert await tx.alerts.rulings("") == [first[1]]


async def test_waiting_alerts_come_in_the_order_of_acceptance(any_database: Database) -> None:
    for number in range(7):
        await any_database.accept_alert(notification(f"monitoring/{9 - number}"))
    async with any_database.begin() as tx:
        found = await tx.alerts.waiting(limit=5)
    assert [one.identity for one in found] == [f"monitoring/{9 - number}" for number in range(5)]


async def test_an_incident_comes_back_whole_and_only_its_version_can_be_saved(
    any_database: Database,
) -> None:
    one = incident(snoozed_until=NOW + MINUTE, reopenings=(NOW,))
    async with any_database.begin() as tx:
        saved = await tx.alerts.save(one)
        assert saved == replace(one, version=1)
        assert await tx.alerts.get("i1") == saved
        assert await tx.alerts.get("i2") is None
    for wrong in (one, replace(saved, version=7)):
        with pytest.raises(Stale):
            async with any_database.begin() as tx:
                await tx.alerts.save(wrong)
    async with any_database.begin() as tx:
        assert (await tx.alerts.save(saved)).version == 2


async def test_a_group_has_one_open_incident(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.alerts.save(incident(phase=Phase.RESOLVED, resolved_at=NOW))
        await tx.alerts.save(incident(id="i2", opened_at=NOW + MINUTE))
        latest = await tx.alerts.latest(incident().group_key)
        assert latest is not None and latest.id == "i2"
        assert await tx.alerts.latest("other") is None
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            await tx.alerts.save(incident(id="i3"))
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            old = await tx.alerts.get("i1")
            assert old is not None
            await tx.alerts.save(replace(old, phase=Phase.TRIGGERED))


async def test_the_situation_is_all_that_is_open_and_the_last_of_the_groups_asked_for(
    any_database: Database,
) -> None:
    def resolved(id: str, key: str, minutes: int) -> Incident:
        at = NOW + minutes * MINUTE
        return incident(id=id, group_key=key, phase=Phase.RESOLVED, resolved_at=at, opened_at=at)

    shown = [
        incident(id="open", group_key="a"),
        resolved("older", "b", 1),
        resolved("newer", "b", 2),
        resolved("unasked", "c", 1),
    ]
    outcome = sort_in([alert("0.z", policy="z")], await situation(any_database), HOUSE, NOW)
    await keep(any_database, outcome)
    async with any_database.begin() as tx:
        for one in shown:
            await tx.alerts.save(one)
        await tx.alerts.put_snooze(Snooze("b", NOW, "U0ERIK", NOW))
        found = await tx.alerts.situation(["b", "nothing"], ["0.z", "0.y"])
    mine = outcome.incidents[0].group_key
    assert {key: one.id for key, one in found.incidents.items()} == {
        "a": "open", "b": "newer", mine: outcome.incidents[0].id,
    }  # fmt: skip
    assert dict(found.signals) == {"0.z": outcome.signals[0]}
    assert list(found.snoozes) == ["b"]


async def situation(database: Database) -> Situation:
    """What is there."""
    async with database.begin() as tx:
        return await tx.alerts.situation([], [])


async def test_signals_are_replaced_and_listed_firing_first(any_database: Database) -> None:
    batch = [alert("0.a"), alert("0.b", at=NOW + MINUTE), alert("0.c")]
    outcome = sort_in(batch, await situation(any_database), HOUSE, NOW)
    await keep(any_database, outcome)
    ended = [replace(one, open=False) for one in outcome.signals if one.source_id == "0.b"]
    async with any_database.begin() as tx:
        await tx.alerts.put_signals(ended)
        await tx.alerts.put_signals([])
        found = await tx.alerts.signals(outcome.incidents[0].id)
        assert len(await tx.alerts.signals(outcome.incidents[0].id, limit=2)) == 2
    assert [(one.source_id, one.open) for one in found] == [
        ("0.a", True),
        ("0.c", True),
        ("0.b", False),
    ]


async def test_open_recent_and_inhibited_incidents_in_their_order(any_database: Database) -> None:
    rows = [
        incident(id="mild", group_key="1", severity=Severity.WARNING, opened_at=NOW),
        incident(id="bad-late", group_key="2", opened_at=NOW + MINUTE),
        incident(id="bad", group_key="3", inhibited_by="bad-late", spoken_at=None),
        incident(id="over", group_key="4", phase=Phase.RESOLVED, opened_at=NOW + 2 * MINUTE),
    ]
    async with any_database.begin() as tx:
        for one in rows:
            await tx.alerts.save(one)
        assert [one.id for one in await tx.alerts.open()] == ["bad", "bad-late", "mild"]
        assert [one.id for one in await tx.alerts.recent(2)] == ["over", "bad-late"]
        assert [one.id for one in await tx.alerts.inhibited_by("bad-late")] == ["bad"]
        # What is silent is no part of a storm.
        assert await tx.alerts.opened_since(NOW) == 3
        assert await tx.alerts.opened_since(NOW + MINUTE) == 2


async def test_snoozes_replace_each_other_and_end(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.alerts.put_snooze(Snooze("a", NOW + MINUTE, "U0ERIK", NOW, "deploying"))
        await tx.alerts.put_snooze(Snooze("a", NOW + 3 * MINUTE, "U0OLGA", NOW))
        await tx.alerts.put_snooze(Snooze("b", NOW + 2 * MINUTE, "U0ERIK", NOW))
        found = await tx.alerts.snooze("a")
        assert found == Snooze("a", NOW + 3 * MINUTE, "U0OLGA", NOW)
        assert await tx.alerts.snooze("c") is None
        assert [one.group_key for one in await tx.alerts.snoozes(NOW)] == ["b", "a"]
        assert [one.group_key for one in await tx.alerts.snoozes(NOW + 2 * MINUTE)] == ["a"]


async def test_an_acknowledgement_in_between_makes_the_page_stale(any_database: Database) -> None:
    """Complaint 10: the page is decided and stored under the version that it saw."""
    async with any_database.begin() as tx:
        await tx.alerts.save(incident())
        seen = await tx.alerts.get("i1")
    assert seen is not None
    page = next_page(seen, RULES, NOW).page
    assert page is not None and page.reason is PageReason.FIRST
    async with any_database.begin() as tx:
        taken = acknowledge(seen, Click("U0OLGA", NOW))
        assert isinstance(taken, Changed)
        await tx.alerts.save(taken.incident)
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            assert await tx.alerts.add_page(page)
            await tx.alerts.save(paged(seen, page, RULES).incident)
    async with any_database.begin() as tx:
        assert await tx.alerts.pages("i1") == []


async def test_a_page_is_stored_once(any_database: Database) -> None:
    page = next_page(incident(), RULES, NOW).page
    assert page is not None
    async with any_database.begin() as tx:
        assert await tx.alerts.add_page(page)
        assert not await tx.alerts.add_page(page)
        assert await tx.alerts.add_page(replace(page, number=2))
        assert await tx.alerts.pages("i1") == [page, replace(page, number=2)]


async def test_the_timeline_keeps_its_last_lines_in_order(any_database: Database) -> None:
    events = [Event("i1", NOW, EventKind.NOTED, "U0ERIK", str(number)) for number in range(5)]
    async with any_database.begin() as tx:
        await tx.alerts.tell(events)
        await tx.alerts.tell([])
        assert await tx.alerts.timeline("i1") == events
        assert await tx.alerts.timeline("i1", limit=2) == events[3:]
        assert await tx.alerts.timeline("i2") == []


async def test_the_past_tells_what_people_did(any_database: Database) -> None:
    events = [
        Event("i1", NOW, EventKind.PAGED),
        Event("i1", NOW + MINUTE, EventKind.ACKNOWLEDGED, "U0ERIK"),
        Event("i1", NOW + 2 * MINUTE, EventKind.SNOOZED, "U0ERIK"),
        Event("i2", NOW, EventKind.RESOLVED),
    ]
    async with any_database.begin() as tx:
        await tx.alerts.save(incident(lap=3))
        about = Subject("Disk", "", {"policy": "Disk", "group": "web"})
        hidden = incident(id="i2", group_key="2", subject=about, spoken_at=None, quiet=True)
        await tx.alerts.save(hidden)
        await tx.alerts.save(incident(id="i3", group_key="3", opened_at=NOW + 60 * MINUTE))
        await tx.alerts.tell(events)
        first, second = await tx.alerts.past(Window(NOW, NOW + 60 * MINUTE))
    assert (first.policy, first.acted, first.reopenings, first.spoke) == ("Errors", True, 2, True)
    assert (first.acknowledged_at, first.pages, first.snoozed) == (NOW + MINUTE, (NOW,), True)
    assert (second.acted, second.spoke, second.acknowledged_at) == (False, False, None)
    assert (first.quiet, second.quiet, second.about) == (False, True, "web")


async def test_forgetting_takes_what_is_over_and_leaves_what_is_not(
    any_database: Database,
) -> None:
    for identity in ("old", "waiting"):
        await any_database.accept_alert(notification(identity))
    old = sort_in(
        [alert("0.old"), alert("0.old", is_open=False)], await situation(any_database), HOUSE, NOW
    )
    await keep(any_database, replace(old, rulings=()))
    live = sort_in([alert("0.live", policy="Live"), alert("0.gone", is_open=False)],
                   await situation(any_database), HOUSE, NOW)  # fmt: skip
    await keep(any_database, replace(live, rulings=()))
    async with any_database.begin() as tx:
        await tx.alerts.rule([Ruling("old", Reason.LATE, alert())], NOW)
        for key, minutes in (("over", 1), ("lasts", 9)):
            await tx.alerts.put_snooze(Snooze(key, NOW + minutes * MINUTE, "U0ERIK", NOW))
        assert await tx.alerts.forget(NOW - MINUTE) == 0
        # An alert, an incident with its signal and three events, the end of something unknown, a snooze.
        assert await tx.alerts.forget(NOW + 5 * MINUTE) == 1 + 1 + 1 + 3 + 1 + 1
        assert [one.group_key for one in await tx.alerts.snoozes(NOW)] == ["lasts"]
        assert [one.identity for one in await tx.alerts.waiting()] == ["waiting"]
        assert [one.id for one in await tx.alerts.recent(9)] == [live.incidents[0].id]


_ACCEPT_UNTIL_KILLED = """
import asyncio, sys
from datetime import datetime, UTC
from bot.core.alert import Notification, Via
from bot.store.database import Database

async def main():
    database = Database(sys.argv[1], on_wake=lambda: None)
    async def client(name):
        for number in range(1_000_000):
            identity = f"{name}-{number}"
            at = datetime(2025, 11, 28, tzinfo=UTC)
            await database.accept_alert(Notification(identity, Via.PUBSUB, at, "{}"))
            print(identity, flush=True)
    await asyncio.gather(*(client(name) for name in range(8)))

asyncio.run(main())
"""


async def test_nothing_accepted_is_lost_when_the_process_is_killed_in_a_storm(
    database_url: str,
) -> None:
    """Complaint 1: alerts that were accepted are never dropped."""
    answered = await asyncio.to_thread(accepted_until_killed, database_url)
    async with opened(database_url) as database:
        async with database.begin() as tx:
            waiting = {one.identity for one in await tx.alerts.waiting(limit=1_000_000)}
        assert set(answered) <= waiting
        assert await jobs(database) == [SORT]


def accepted_until_killed(url: str) -> list[str]:
    """The identities that were answered to before SIGKILL."""
    answered: list[str] = []
    command = [sys.executable, "-c", _ACCEPT_UNTIL_KILLED, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while len(answered) < 300:
            answered.append(process.stdout.readline().strip())
        process.kill()
        answered += [line.strip() for line in process.stdout if line.endswith("\n")]
    return answered


async def test_two_processes_with_the_same_alerts_in_another_order_do_not_block_each_other(
    database_url: str,
) -> None:
    many = [
        replace(notification(f"monitoring/{number:03}"), received_at=NOW + number * MINUTE)
        for number in range(100)
    ]
    async with opened(database_url) as one, opened(database_url) as other:
        new = await asyncio.gather(
            *(one.accept_alert(each) for each in many),
            *(other.accept_alert(each) for each in reversed(many)),
        )
        async with one.begin() as tx:
            kept = await tx.alerts.waiting(limit=1000)
    assert sum(new) == 100
    assert [each.identity for each in kept] == [each.identity for each in many]
