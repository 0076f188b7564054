"""The state machine of an incident, exhaustively: every verb in every state, and what each leaves."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.alert import Severity
from bot.core.change import Changed, Click, Result, Unchanged, Why
from bot.core.incident import Acknowledgement, Escalation, EventKind, Incident, Phase
from bot.core.responding import (
    acknowledge,
    assign,
    escalate,
    note,
    reopen,
    resolve,
    set_severity,
    snooze,
    unacknowledge,
    unsnooze,
)
from tests.core_alerts.samples import MINUTE, NOW, incident

LATER = NOW + 5 * MINUTE
ME = Click("U0ERIK", LATER)
ACK = (Acknowledgement("U0OLGA", NOW),)
UNTIL = LATER + 60 * MINUTE

STATES: dict[str, Incident] = {
    "triggered": incident(),
    "acknowledged": incident(phase=Phase.ACKNOWLEDGED, acknowledgements=ACK),
    "resolved": incident(phase=Phase.RESOLVED, resolved_at=NOW, firing=0),
    "snoozed": incident(snoozed_until=NOW + 30 * MINUTE),
    "inhibited": incident(inhibited_by="i0", spoken_at=None),
}
VERBS: dict[str, Callable[[Incident, Click], Result]] = {
    "acknowledge": acknowledge,
    "unacknowledge": unacknowledge,
    "resolve": resolve,
    "reopen": reopen,
    "snooze": lambda one, click: snooze(one, click, UNTIL),
    "unsnooze": unsnooze,
    "escalate": escalate,
    "assign": lambda one, click: assign(one, click, "U0ADA"),
    "note": lambda one, click: note(one, click, "looking"),
    "set_severity": lambda one, click: set_severity(one, click, Severity.WARNING),
}
T, A, R = Phase.TRIGGERED, Phase.ACKNOWLEDGED, Phase.RESOLVED
RES, ALR, NOT = Why.RESOLVED, Why.ALREADY, Why.NOT_OPEN_TO_THAT
TABLE: dict[str, dict[str, Phase | Why]] = {
    # state:         ack  unack resolve reopen snooze unsnooze escalate assign note severity
    "triggered": dict(zip(VERBS, (A, ALR, R, ALR, T, ALR, T, T, T, T), strict=True)),
    "acknowledged": dict(zip(VERBS, (ALR, T, R, ALR, T, ALR, T, A, A, A), strict=True)),
    "resolved": dict(zip(VERBS, (RES, RES, RES, T, R, ALR, RES, RES, R, RES), strict=True)),
    "snoozed": dict(zip(VERBS, (A, ALR, R, ALR, T, T, NOT, T, T, T), strict=True)),
    "inhibited": dict(zip(VERBS, (A, ALR, R, ALR, T, ALR, T, T, T, T), strict=True)),
}
CASES = [(state, verb) for state in STATES for verb in VERBS]


def changed(result: Result) -> Changed:
    assert isinstance(result, Changed), result
    return result


@pytest.mark.parametrize(("state", "verb"), CASES)
def test_every_verb_in_every_state_does_what_the_table_says(state: str, verb: str) -> None:
    result = VERBS[verb](STATES[state], ME)
    found = result.incident.phase if isinstance(result, Changed) else result.why
    assert found == TABLE[state][verb]


@pytest.mark.parametrize(("state", "verb"), CASES)
def test_a_change_is_told_once_and_a_no_op_is_a_sentence(state: str, verb: str) -> None:
    result = VERBS[verb](STATES[state], ME)
    if isinstance(result, Unchanged):
        assert result.text.endswith(".")
        return
    assert [(event.by, event.at) for event in result.events] == [("U0ERIK", LATER)]
    assert result.incident.changed_at == LATER
    assert result.incident.version == STATES[state].version


@pytest.mark.parametrize(("state", "verb"), CASES)
def test_a_click_on_an_earlier_lap_changes_nothing(state: str, verb: str) -> None:
    """Complaint 11: an acknowledgement that races with resolve and re-open must not hit the new lap."""
    result = VERBS[verb](replace(STATES[state], lap=2), Click("U0ERIK", LATER, lap=1))
    assert verb == "note" or isinstance(result, Unchanged)


def test_acknowledging_what_is_resolved_is_a_polite_no_op() -> None:
    """Complaint 11: an acknowledgement never un-resolves an incident."""
    result = acknowledge(STATES["resolved"], ME)
    assert result == Unchanged(RES, "This incident is resolved already; nothing was changed.")


def test_the_second_to_acknowledge_hears_who_has_it() -> None:
    """Complaint 9: a second person must not begin the same work."""
    result = acknowledge(STATES["acknowledged"], ME)
    assert result == Unchanged(ALR, "<@U0OLGA> has acknowledged it already.")
    again = acknowledge(STATES["acknowledged"], Click("U0OLGA", LATER))
    assert result != again and isinstance(again, Unchanged)


def test_several_must_acknowledge_where_the_route_says_so() -> None:
    """Complaint 12: one acknowledgement does not stop everybody else where two are needed."""
    first = changed(acknowledge(incident(acks_needed=2), ME))
    assert first.incident.phase is T
    assert first.events[0].detail == "1 of 2"
    assert isinstance(acknowledge(first.incident, ME), Unchanged)
    second = changed(acknowledge(first.incident, Click("U0OLGA", LATER)))
    assert second.incident.phase is A
    assert [ack.by for ack in second.incident.acknowledgements] == ["U0ERIK", "U0OLGA"]


def test_taking_back_an_acknowledgement_leaves_the_others_and_pages_anew() -> None:
    both = incident(
        acks_needed=2,
        phase=A,
        acknowledgements=(*ACK, Acknowledgement("U0ERIK", NOW)),
        escalation=Escalation(level=1, pages=3, paged_at=NOW),
    )
    after = changed(unacknowledge(both, ME)).incident
    assert (after.phase, after.acknowledgements) == (T, ACK)
    assert after.escalation == Escalation(pages=3, since=LATER)
    anybody = changed(unacknowledge(STATES["acknowledged"], ME)).incident
    assert anybody.acknowledgements == ()


def test_a_snooze_belongs_to_the_group_and_outlasts_the_acknowledgement() -> None:
    """Complaint 13: the silence is bound to the group key, not to this instance."""
    result = changed(snooze(STATES["acknowledged"], ME, UNTIL, "deploying"))
    assert result.snooze is not None
    assert (result.snooze.group_key, result.snooze.until) == (incident().group_key, UNTIL)
    assert result.snooze.reason == "deploying"
    assert (result.incident.phase, result.incident.acknowledgements) == (T, ())
    assert result.incident.escalation.since == UNTIL
    assert result.incident.snoozed(LATER) and not result.incident.snoozed(UNTIL)


def test_a_snooze_must_end_in_the_future_and_differ() -> None:
    past = snooze(STATES["triggered"], ME, LATER)
    assert isinstance(past, Unchanged) and past.why is Why.TIME_PAST
    same = snooze(STATES["snoozed"], ME, NOW + 30 * MINUTE)
    assert isinstance(same, Unchanged) and same.why is ALR


def test_ending_a_snooze_is_stored_for_the_group_and_makes_it_heard() -> None:
    asleep = replace(STATES["snoozed"], spoken_at=None)
    result = changed(unsnooze(asleep, ME))
    assert result.snooze is not None and result.snooze.until == LATER
    assert (result.incident.snoozed_until, result.incident.spoken_at) == (None, LATER)


def test_escalating_takes_it_from_whoever_has_it_and_asks_the_next_level() -> None:
    after = changed(escalate(STATES["acknowledged"], ME)).incident
    assert (after.phase, after.acknowledgements, after.escalation.urged) == (T, (), True)
    assert isinstance(escalate(after, ME), Unchanged)
    assert isinstance(escalate(incident(schedule=""), ME), Unchanged)


def test_reopening_is_a_new_lap_in_which_nothing_old_holds() -> None:
    old = replace(STATES["resolved"], acknowledgements=ACK, resolved_by="U0OLGA", assignee="U0ADA")
    after = changed(reopen(old, ME)).incident
    assert (after.lap, after.phase, after.lapped_at) == (2, T, LATER)
    assert (after.acknowledgements, after.resolved_at, after.resolved_by) == ((), None, "")
    assert after.assignee == "U0ADA"


def test_only_the_newest_incident_of_a_group_can_be_reopened() -> None:
    newer = incident(id="i2")
    refused = reopen(STATES["resolved"], ME, latest=newer)
    assert isinstance(refused, Unchanged) and refused.why is NOT
    assert isinstance(reopen(STATES["resolved"], ME, latest=STATES["resolved"]), Changed)


def test_a_persons_severity_is_remembered_as_theirs() -> None:
    after = changed(set_severity(incident(), ME, Severity.CRITICAL))
    assert (after.incident.severity, after.incident.severity_by) == (Severity.CRITICAL, "U0ERIK")
    assert after.events[0].detail == "error to critical"


@pytest.mark.parametrize(
    "verb", [escalate, lambda one, click: set_severity(one, click, Severity.ERROR)]
)
def test_what_could_wait_is_heard_once_a_person_escalates_or_raises_it(
    verb: Callable[[Incident, Click], Result],
) -> None:
    waiting = incident(quiet=True, severity=Severity.WARNING, spoken_at=None)
    after = changed(verb(waiting, ME)).incident
    assert (after.quiet, after.spoken_at) == (False, LATER)


def test_what_could_wait_still_can_once_a_person_lowers_it() -> None:
    waiting = incident(quiet=True, severity=Severity.WARNING, spoken_at=None)
    after = changed(set_severity(waiting, ME, Severity.NONE)).incident
    assert (after.quiet, after.spoken_at) == (True, None)


def test_notes_are_trimmed_and_may_come_afterwards_but_not_empty() -> None:
    told = changed(note(STATES["resolved"], ME, "  it was DNS \n"))
    assert (told.events[0].kind, told.events[0].detail) == (EventKind.NOTED, "it was DNS")
    assert isinstance(note(incident(), ME, "  "), Unchanged)


def test_resolving_ends_flapping_and_whatever_explained_it() -> None:
    flapping = replace(STATES["inhibited"], flapping=True, calm_at=UNTIL)
    after = changed(resolve(flapping, ME)).incident
    assert (after.flapping, after.calm_at, after.inhibited_by) == (False, None, "")
    assert (after.resolved_at, after.resolved_by) == (LATER, "U0ERIK")
