"""Alerts into incidents: what speaks, what is silent, and why."""

from dataclasses import replace
from typing import Any

from bot.core.alert import Alert, AlertKind, Resource, Severity, Unreadable
from bot.core.alert_rules import Flapping, Route
from bot.core.change import Changed, Click
from bot.core.grouping import key_of
from bot.core.incident import EventKind, Phase
from bot.core.responding import acknowledge, resolve, set_severity
from bot.core.ruling import Reason, Ruling
from tests.core_alerts.samples import HOUSE, MINUTE, NOW, alert, house
from tests.core_alerts.shift import Shift


def click(shift: Shift) -> Click:
    return Click("U0ERIK", shift.now)


def test_a_first_alert_opens_an_incident_that_speaks() -> None:
    shift = Shift()
    assert shift.sort(alert()) == [Reason.OPENED]
    found = shift.only
    assert (found.phase, found.firing, found.seen, found.spoken_at) == (Phase.TRIGGERED, 1, 1, NOW)
    assert (found.channels, found.schedule) == (("C0OPS",), "sre")
    assert found.subject.facets["group"] == "web"
    assert shift.last.look == {found.id}
    assert [event.kind for event in shift.last.events] == [EventKind.OPENED]


def test_firing_and_resolved_are_one_incident() -> None:
    """Complaint 6: an alert and its end are not two messages."""
    shift = Shift()
    shift.sort(alert())
    assert shift.sort(alert(is_open=False), after=1) == [Reason.RESOLVED]
    assert (shift.only.phase, shift.only.resolved_at) == (Phase.RESOLVED, NOW + MINUTE)


def test_alerts_of_one_policy_and_group_join_and_the_last_end_resolves() -> None:
    shift = Shift()
    assert shift.sort(alert("0.a"), alert("0.b")) == [Reason.OPENED, Reason.JOINED]
    assert shift.sort(alert("0.a", is_open=False)) == [Reason.STILL_FIRING]
    assert (shift.only.firing, shift.only.seen, shift.only.open) == (1, 2, True)
    assert shift.sort(alert("0.b", is_open=False)) == [Reason.RESOLVED]


def test_other_policies_and_groups_are_other_incidents() -> None:
    shift = Shift()
    reasons = shift.sort(
        alert("0.a"), alert("0.b", policy="Latency"), alert("0.c", service="other")
    )
    assert reasons == [Reason.OPENED] * 3
    assert len(shift.situation.incidents) == 3


def test_an_end_that_comes_first_is_remembered() -> None:
    shift = Shift()
    assert shift.sort(alert(is_open=False)) == [Reason.UNKNOWN_END]
    assert shift.sort(alert(), after=1) == [Reason.LATE]
    assert shift.situation.incidents == {}


def test_a_repetition_is_nothing_new() -> None:
    shift = Shift()
    shift.sort(alert())
    assert shift.sort(replace(alert(), identity="renotified")) == [Reason.REPEATED]
    assert (shift.only.firing, shift.only.seen) == (1, 1)
    shift.sort(alert(is_open=False))
    assert shift.sort(replace(alert(is_open=False), identity="again")) == [Reason.REPEATED]


def test_what_got_worse_after_a_person_resolved_it_opens_it_again() -> None:
    shift = Shift()
    shift.sort(alert())
    done = resolve(shift.only, click(shift))
    assert isinstance(done, Changed)
    shift.put(done.incident)
    assert shift.sort(replace(alert(), identity="renotified")) == [Reason.REPEATED]
    worse = replace(alert(severity=Severity.CRITICAL), identity="worse")
    assert shift.sort(worse) == [Reason.REOPENED]
    assert (shift.only.severity, shift.only.firing) == (Severity.CRITICAL, 1)
    assert shift.sort(alert(is_open=False), after=1) == [Reason.RESOLVED]


def test_an_id_that_is_used_again_is_a_new_occurrence() -> None:
    shift = Shift()
    shift.sort(alert(), alert(is_open=False))
    again = alert(at=NOW + 5 * MINUTE)
    assert shift.sort(again, after=5) == [Reason.REOPENED]
    # The end of the first occurrence, come late, does not end the second.
    assert shift.sort(replace(alert(is_open=False), identity="late")) == [Reason.REPEATED]
    assert shift.only.firing == 1


def test_within_the_window_an_ended_incident_opens_again_and_later_it_is_a_new_one() -> None:
    shift = Shift()
    shift.sort(alert("0.a"), alert("0.a", is_open=False))
    first = shift.only.id
    assert shift.sort(alert("0.b"), after=30) == [Reason.REOPENED]
    assert (shift.only.id, shift.only.lap) == (first, 2)
    shift.sort(alert("0.b", is_open=False))
    assert shift.sort(alert("0.c"), after=31) == [Reason.OPENED]
    assert shift.only.id != first


def test_flapping_is_folded_into_one_open_incident() -> None:
    """Complaint 4: a flapping policy does not fill the channel overnight."""
    shift = Shift(house(flapping=Flapping(times=2, calm=15 * MINUTE)))
    told: list[Reason] = []
    for number in range(6):
        told += shift.sort(alert(f"0.{number}"), after=2)
        told += shift.sort(alert(f"0.{number}", is_open=False), after=2)
    assert told[:6] == [
        Reason.OPENED,
        Reason.RESOLVED,
        Reason.REOPENED,
        Reason.RESOLVED,
        Reason.REOPENED,
        Reason.FLAPPING,
    ]
    assert set(told[6:]) == {Reason.FLAPPING}
    assert shift.only.flapping and shift.only.open
    assert shift.only.calm_at == shift.now + 15 * MINUTE


def test_a_rising_severity_speaks_once_unless_a_person_has_set_it() -> None:
    shift = Shift()
    shift.sort(alert("0.a", severity=Severity.ERROR))
    assert shift.sort(alert("0.b", severity=Severity.CRITICAL)) == [Reason.WORSE]
    assert shift.sort(alert("0.c", severity=Severity.CRITICAL)) == [Reason.JOINED]
    lowered = set_severity(shift.only, click(shift), Severity.WARNING)
    assert isinstance(lowered, Changed)
    shift.put(lowered.incident)
    assert shift.sort(alert("0.d", severity=Severity.CRITICAL)) == [Reason.JOINED]
    assert shift.only.severity is Severity.WARNING


def test_quiet_severities_wait_for_the_digest_until_it_gets_worse() -> None:
    """Complaint 5: quiet by default, warnings go to the digest."""
    shift = Shift()
    assert shift.sort(alert("0.a", severity=Severity.WARNING)) == [Reason.DIGEST]
    assert shift.only.spoken_at is None
    assert shift.sort(alert("0.b", severity=Severity.ERROR)) == [Reason.WORSE]
    assert shift.only.spoken_at == NOW


def test_an_alert_of_unknown_severity_speaks() -> None:
    assert Shift().sort(alert(severity=Severity.NONE)) == [Reason.OPENED]


def test_a_snooze_holds_through_ends_and_openings() -> None:
    """Complaint 13: the snooze is not lost when a flapping alert resolves and fires again."""
    shift = Shift()
    shift.snooze(key_of(alert(), HOUSE), NOW + 60 * MINUTE)
    for number in range(3):
        assert shift.sort(alert(f"0.{number}"), after=5) == [Reason.SNOOZED]
        assert shift.last.rulings[0].detail == (NOW + 60 * MINUTE).isoformat()
        assert shift.sort(alert(f"0.{number}", is_open=False), after=5) == [Reason.SNOOZED]
    assert shift.only.spoken_at is None
    assert shift.sort(alert("0.9"), after=31) == [Reason.OPENED]


def region_down(**changes: Any) -> Alert:
    return alert("0.region", policy="Region down", labels={"scope": "region"}, **changes)


def test_a_region_wide_incident_silences_its_symptoms() -> None:
    shift = Shift()
    assert shift.sort(region_down(), alert("0.a")) == [Reason.OPENED, Reason.INHIBITED]
    symptom = shift.by("Errors")
    assert symptom.inhibited_by == shift.by("Region down").id
    assert symptom.spoken_at is None
    (ruling,) = [one for one in shift.last.rulings if one.reason is Reason.INHIBITED]
    assert ruling.detail == symptom.inhibited_by


def test_a_cause_that_comes_later_silences_symptoms_that_nobody_has() -> None:
    shift = Shift()
    shift.sort(alert("0.a"), alert("0.b", policy="Latency"))
    taken = acknowledge(shift.by("Latency"), click(shift))
    assert isinstance(taken, Changed)
    shift.put(taken.incident)
    shift.sort(region_down())
    assert shift.by("Errors").inhibited_by == shift.by("Region down").id
    assert shift.by("Latency").inhibited_by == ""


def test_another_region_explains_nothing_and_causes_do_not_explain_each_other() -> None:
    shift = Shift()
    elsewhere = alert("0.us", policy="Elsewhere")
    moved = replace(elsewhere.resource, labels={"service_name": "x", "location": "us-central1"})
    assert shift.sort(region_down(), replace(elsewhere, resource=moved)) == [Reason.OPENED] * 2
    assert shift.sort(alert("0.2", policy="Zone down", labels={"scope": "region"})) == [
        Reason.OPENED
    ]


def test_what_waits_for_the_digest_explains_nothing() -> None:
    shift = Shift()
    quiet = region_down(severity=Severity.WARNING)
    assert shift.sort(quiet, alert("0.a")) == [Reason.DIGEST, Reason.OPENED]
    assert shift.sort(alert("0.b", policy="Latency")) == [Reason.OPENED]


def test_two_alerts_that_have_no_region_are_not_in_the_same_one() -> None:
    shift = Shift()
    nowhere = Resource("uptime_url", {"host": "shop.example"})
    cause = region_down(resource=nowhere)
    assert shift.sort(cause, alert("0.a", resource=nowhere)) == [Reason.OPENED] * 2


def test_the_end_of_a_cause_asks_to_look_at_its_symptoms() -> None:
    shift = Shift()
    shift.sort(region_down(), alert("0.a"))
    shift.sort(region_down(is_open=False))
    assert shift.by("Errors").id in shift.last.look


def test_what_a_person_resolved_stays_so_when_its_alerts_end_and_opens_again_when_they_fire() -> (
    None
):
    shift = Shift()
    shift.sort(alert("0.a"))
    done = resolve(shift.only, click(shift))
    assert isinstance(done, Changed)
    shift.put(done.incident)
    assert shift.sort(alert("0.a", is_open=False)) == [Reason.ENDED]
    assert (shift.only.phase, shift.only.firing) == (Phase.RESOLVED, 0)
    assert shift.sort(alert("0.b"), after=1) == [Reason.REOPENED]


def test_an_end_resolves_what_was_acknowledged() -> None:
    shift = Shift()
    shift.sort(alert())
    taken = acknowledge(shift.only, click(shift))
    assert isinstance(taken, Changed)
    shift.put(taken.incident)
    assert shift.sort(alert("0.b")) == [Reason.JOINED]
    assert shift.only.phase is Phase.ACKNOWLEDGED
    assert shift.sort(alert(is_open=False), alert("0.b", is_open=False))[-1] is Reason.RESOLVED


def test_tests_unreadable_ones_and_regular_reports_make_no_incident() -> None:
    shift = Shift()
    test = alert("12345", kind=AlertKind.TEST)
    report = alert("budget", kind=AlertKind.BUDGET_STATUS)
    lost = Unreadable("unreadable/1", "it is not JSON", "oops")
    assert shift.sort(test, report, lost) == [Reason.TEST, Reason.STATUS, Reason.UNREADABLE]
    assert shift.situation.incidents == {}
    assert shift.last.rulings[2] == Ruling("unreadable/1", Reason.UNREADABLE, lost, "", lost.why)


def test_a_budget_is_a_cost_incident_that_gets_worse() -> None:
    loud = Route("cost", group_by=("kind", "policy"), speak=frozenset(Severity))
    shift = Shift(house(routes=(loud,)))
    first = alert(
        "budget/b/1", kind=AlertKind.COST, severity=Severity.WARNING, policy="Shop budget"
    )
    more = replace(first, identity="budget/b/1/1.0", severity=Severity.CRITICAL)
    assert shift.sort(first, more) == [Reason.OPENED, Reason.WORSE]
    assert (shift.only.severity, shift.only.firing) == (Severity.CRITICAL, 1)
    assert shift.only.subject.facets["kind"] == "cost"


def test_sorting_the_same_batch_again_makes_the_same_incident() -> None:
    once, twice = Shift(), Shift()
    once.sort(alert("0.a"), alert("0.b"))
    twice.sort(alert("0.a"), alert("0.b"))
    assert once.only == twice.only
