"""Laws of the alert cards: Slack takes them whatever comes in, every incident of a storm can be read."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.alerts import AlertsView, alerts_card, unreadable_card
from bot.cards.incident import incident_card
from bot.cards.incident_form import incident_form, read_incident_metadata
from bot.cards.incident_replies import event_reply
from bot.cards.storm import PER_LIST, StormView, lists_of, storm_card, storm_list, storm_view
from bot.core.alert import Link, Severity, Unreadable
from bot.core.incident import Acknowledgement, Event, EventKind, Incident, Phase, Subject
from bot.core.message import Message, View
from tests.cards.incident_samples import INCIDENT, NOISE, SNOOZE, STORM, incident, seen, storm
from tests.cards.limits import faults
from tests.cards.samples import HOUSE, KEY, NOW
from tests.cards.strange import WORDS

LAW = settings(max_examples=50, deadline=None)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Anything that can be stored."""
    words = st.one_of(WORDS, WORDS.map(lambda text: text * 400))
    subject = Subject(
        title=draw(words),
        summary=draw(words),
        facets={"group": draw(WORDS), "workload": draw(WORDS), "region": draw(WORDS)},
        url=draw(st.one_of(WORDS, WORDS.map(lambda text: f"https://{text}"))),
        runbook=draw(words),
        links=(Link(draw(WORDS), f"https://{draw(WORDS)}"),),
    )
    return incident(
        subject=subject,
        severity=draw(st.sampled_from(Severity)),
        phase=draw(st.sampled_from(Phase)),
        route=draw(WORDS),
        context=draw(words),
        context_url=draw(st.one_of(WORDS, WORDS.map(lambda text: f"https://{text}"))),
        snoozed_until=draw(st.sampled_from([None, NOW + timedelta(hours=1)])),
        quiet=draw(st.booleans()),
        assignee=draw(WORDS),
        resolved_by=draw(WORDS),
        firing=draw(st.integers(0, 10**6)),
        acknowledgements=(Acknowledgement(draw(WORDS), NOW),),
    )


@LAW
@given(incidents(), WORDS)
def test_slack_takes_every_card_of_an_incident_whatever_comes_in(one: Incident, by: str) -> None:
    events = [Event(one.id, NOW, kind, by, by * 30) for kind in EventKind]
    cards: list[Message | View] = [
        incident_card(seen(one, cause=one), house=HOUSE, now=NOW),
        incident_form(seen(one), events * 5, channel="C1", house=HOUSE, now=NOW),
        alerts_card(
            AlertsView([one, replace(one, quiet=not one.quiet)] * 30, [SNOOZE] * 9, NOISE, KEY),
            house=HOUSE,
            now=NOW,
        ),
        storm_card(StormView(STORM, (one,) * 9, KEY), house=HOUSE, now=NOW),
        *(reply for event in events if (reply := event_reply(one, event)) is not None),
    ]
    assert [faults(card) for card in cards] == [[]] * len(cards)


@LAW
@given(WORDS, st.integers(0, 260))
def test_complaint_21_slack_takes_every_storm_whatever_its_alerts_are_called(
    title: str, number: int
) -> None:
    view = storm(number, title)
    cards: list[Message | View] = [
        storm_card(view, house=HOUSE, now=NOW),
        storm_view(view, now=NOW),
    ]
    assert [faults(card) for card in cards] == [[], []]
    for place, part in enumerate(lists_of(view), 1):
        assert faults(storm_list(part, place, now=NOW)) == []


@LAW
@given(st.integers(1, PER_LIST))
def test_complaint_04_every_incident_has_its_line_in_the_list(number: int) -> None:
    view = storm(number, "&" * 40)
    card = storm_list(view.incidents, 1, now=NOW)
    lines = [line for b in card.blocks for line in b["text"]["text"].splitlines()]
    assert len(lines) == number + 1


def test_complaint_21_the_worst_alert_is_never_refused_for_its_length() -> None:
    long = replace(INCIDENT.subject, summary="x" * 60_000, runbook="y" * 60_000)
    assert faults(incident_card(seen(incident(subject=long)), house=HOUSE, now=NOW)) == []


def test_what_somebody_else_wrote_calls_nobody() -> None:
    evil = replace(INCIDENT.subject, title="<!channel> <@U1>", summary="<!here>", runbook="<!all>")
    card = incident_card(seen(incident(subject=evil)), house=HOUSE, now=NOW)
    assert "<!channel>" not in repr(card) and "<!here>" not in repr(card)
    quoted = unreadable_card([Unreadable("u", "<!channel>", "<!channel>")], total=1)
    assert "<!channel>" not in repr(quoted)


@given(WORDS)
def test_a_form_of_somebody_else_reads_as_nothing(text: str) -> None:
    assert read_incident_metadata(text) == ""
    assert read_incident_metadata('{"incident": 3}') == ""
