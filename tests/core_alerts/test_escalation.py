"""Who is paged when, until somebody acknowledges; and what time alone changes."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from bot.core.alert import Severity
from bot.core.alert_rules import QuietHours
from bot.core.change import Changed, Click
from bot.core.escalation import next_page, paged, settle
from bot.core.incident import Acknowledgement, EventKind, Incident, Phase
from bot.core.page import Page, PageReason, Turn
from bot.core.responding import acknowledge, escalate, resolve, snooze, unacknowledge
from tests.core_alerts.samples import MINUTE, NOW, RULES, SRE, incident

ADA_AND_GROUP = (("U0ADA",), ("S0SRE",))


def page_at(one: Incident, now: datetime) -> Page:
    """The page that is due then."""
    turn = next_page(one, RULES, now)
    assert turn.page is not None, turn
    return turn.page


def told(one: Incident, now: datetime) -> Incident:
    """After the page that is due then."""
    return paged(one, page_at(one, now), RULES).incident


def look(one: Incident, now: datetime) -> datetime | None:
    """When to look again if nobody is to be paged."""
    turn = next_page(one, RULES, now)
    assert turn.page is None, turn
    return turn.look_again


def did(result: object) -> Incident:
    assert isinstance(result, Changed), result
    return result.incident


def test_the_first_level_is_paged_at_once_through_its_rotation() -> None:
    page = page_at(incident(), NOW)
    assert (page.reason, page.level, page.number) == (PageReason.FIRST, 0, 1)
    assert page.people == ("U0ERIK",)


def test_levels_follow_each_other_for_all_rounds_and_then_reminders() -> None:
    """Complaint 14: reminders that were promised do come."""
    one, now, pages = incident(), NOW, []
    for _ in range(6):
        page = page_at(one, now)
        pages.append(((page.at - NOW) / MINUTE, page.reason, page.level))
        one = paged(one, page, RULES).incident
        now = look(one, now) or now
    assert pages == [
        (0, PageReason.FIRST, 0),
        (10, PageReason.NEXT, 1),
        (25, PageReason.NEXT, 0),
        (35, PageReason.NEXT, 1),
        (155, PageReason.UNANSWERED, 1),
        (275, PageReason.UNANSWERED, 1),
    ]


def test_looking_earlier_or_twice_pages_nobody_again() -> None:
    """Complaint 10: whoever looks re-reads the state; the same look gives the same page."""
    one = incident()
    assert next_page(one, RULES, NOW) == next_page(one, RULES, NOW)
    after = told(one, NOW)
    assert look(after, NOW) == NOW + 10 * MINUTE
    assert look(after, NOW + 9 * MINUTE) == NOW + 10 * MINUTE


def test_all_of_a_level_are_told_in_one_page() -> None:
    """Complaint 8: several targets are mentioned once, in one message."""
    page = page_at(told(incident(), NOW), NOW + 10 * MINUTE)
    assert (page.people, page.user_groups) == ADA_AND_GROUP


def test_an_acknowledgement_ends_paging_and_begins_reminders() -> None:
    """Complaint 10: an acknowledgement stops paging."""
    one = did(acknowledge(told(incident(), NOW), Click("U0OLGA", NOW + MINUTE)))
    assert look(one, NOW + 10 * MINUTE) == NOW + 121 * MINUTE
    page = page_at(one, NOW + 121 * MINUTE)
    assert (page.reason, page.people) == (PageReason.REMINDER, ("U0OLGA",))
    assert look(paged(one, page, RULES).incident, page.at) == page.at + 120 * MINUTE


def test_taking_back_an_acknowledgement_pages_from_the_beginning() -> None:
    one = did(acknowledge(told(incident(), NOW), Click("U0OLGA", NOW)))
    one = did(unacknowledge(one, Click("U0OLGA", NOW + 5 * MINUTE)))
    page = page_at(one, NOW + 5 * MINUTE)
    assert (page.reason, page.level, page.number) == (PageReason.FIRST, 0, 2)


def test_of_several_that_must_acknowledge_those_who_have_are_left_in_peace() -> None:
    """Complaint 12: one of two acknowledgements does not stop the paging of the other."""
    one = did(acknowledge(incident(acks_needed=2), Click("U0ADA", NOW)))
    one = told(one, NOW)
    page = page_at(one, NOW + 10 * MINUTE)
    assert (page.people, page.user_groups) == ((), ("S0SRE",))


def test_a_person_can_ask_for_the_next_level_at_once() -> None:
    one = did(escalate(told(incident(), NOW), Click("U0ERIK", NOW + MINUTE)))
    page = page_at(one, NOW + MINUTE)
    assert (page.reason, page.level) == (PageReason.URGED, 1)
    assert look(paged(one, page, RULES).incident, NOW + MINUTE) == NOW + 16 * MINUTE


def test_whoever_comes_on_call_hears_of_what_is_not_resolved() -> None:
    monday = NOW + timedelta(days=2, hours=15)  # 1 December, nine in Berlin
    one = did(acknowledge(told(incident(), NOW), Click("U0ERIK", NOW)))
    one = replace(one, acknowledgements=(Acknowledgement("U0ERIK", monday - 30 * MINUTE),))
    assert look(one, monday - MINUTE) == monday
    page = page_at(one, monday)
    assert (page.reason, page.people) == (PageReason.HANDOVER, ("U0OLGA",))
    assert look(paged(one, page, RULES).incident, monday) == monday + 120 * MINUTE


def test_quiet_hours_hold_a_page_till_morning_unless_it_is_critical() -> None:
    quiet = replace(SRE, quiet=QuietHours(time(17), time(7), "UTC"))
    rules = replace(RULES, schedules=(quiet,))
    assert next_page(incident(), rules, NOW) == Turn(None, NOW + 14 * 60 * MINUTE)
    assert next_page(incident(severity=Severity.CRITICAL), rules, NOW).page is not None
    asked = did(escalate(incident(), Click("U0ERIK", NOW)))
    assert next_page(asked, rules, NOW).page is not None


@pytest.mark.parametrize(
    ("sentence", "changes", "again"),
    [
        ("resolved", {"phase": Phase.RESOLVED}, None),
        ("explained by another", {"inhibited_by": "i0"}, None),
        ("for the digest", {"quiet": True}, None),
        ("no schedule", {"schedule": ""}, None),
        ("a schedule that is gone", {"schedule": "old"}, None),
        ("asleep", {"snoozed_until": NOW + MINUTE}, NOW + MINUTE),
        ("flapping and quiet at the moment", {"calm_at": NOW + 9 * MINUTE}, NOW + 9 * MINUTE),
    ],
)
def test_what_is_silent_pages_nobody(
    sentence: str, changes: dict[str, object], again: datetime | None
) -> None:
    assert look(incident(**changes), NOW) == again, sentence


def test_a_snooze_ends_and_pages_again() -> None:
    one = did(snooze(told(incident(), NOW), Click("U0ERIK", NOW + MINUTE), NOW + 30 * MINUTE))
    assert look(one, NOW + 20 * MINUTE) == NOW + 30 * MINUTE
    awake = settle(one, [one], RULES, NOW + 30 * MINUTE)
    assert awake is not None
    assert [event.kind for event in awake.events] == [EventKind.AWAKE]
    assert page_at(awake.incident, NOW + 30 * MINUTE).reason is PageReason.FIRST


def test_an_acknowledgement_during_a_snooze_outlasts_it() -> None:
    one = did(snooze(incident(), Click("U0ERIK", NOW), NOW + 30 * MINUTE))
    one = did(acknowledge(one, Click("U0ERIK", NOW + MINUTE)))
    awake = settle(one, [one], RULES, NOW + 30 * MINUTE)
    assert awake is not None and awake.incident.phase is Phase.ACKNOWLEDGED
    assert look(awake.incident, NOW + 30 * MINUTE) == NOW + 121 * MINUTE


def test_what_is_no_longer_explained_is_heard_and_pages() -> None:
    hushed = incident(inhibited_by="i0", spoken_at=None)
    cause = incident(id="i0")
    assert settle(hushed, [hushed, cause], RULES, NOW) is None
    over = did(resolve(cause, Click("U0ERIK", NOW)))
    released = settle(hushed, [hushed, over], RULES, NOW + MINUTE)
    assert released is not None
    assert (released.incident.inhibited_by, released.incident.spoken_at) == ("", NOW + MINUTE)
    assert page_at(released.incident, NOW + MINUTE).reason is PageReason.FIRST


def test_a_flapping_incident_is_over_once_it_has_calmed_down() -> None:
    one = incident(flapping=True, firing=0, calm_at=NOW + 15 * MINUTE)
    assert settle(one, [one], RULES, NOW + 14 * MINUTE) is None
    calm = settle(one, [one], RULES, NOW + 15 * MINUTE)
    assert calm is not None
    assert (calm.incident.phase, calm.incident.flapping) == (Phase.RESOLVED, False)
    assert settle(calm.incident, [], RULES, NOW + 20 * MINUTE) is None
