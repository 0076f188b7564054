"""Snoozes in Cloud Monitoring too: as narrow as the group, and what they do to what is known."""

from dataclasses import replace
from datetime import timedelta

from bot.core.alert import Alert, Resource
from bot.core.change import Changed, Click
from bot.core.escalation import next_page, settle
from bot.core.incident import Incident, Phase, Signal
from bot.core.mirroring import closed_there, silences
from bot.core.responding import snooze, unsnooze
from bot.core.routes import group_key, read_key
from tests.core_alerts.samples import NOW, RULES, alert, incident

HOUR = timedelta(hours=1)
ERIK = Click("U0ERIK", NOW)
POLICY = "projects/cymbal-shop/alertPolicies/1"


def named(one: Alert, **labels: str) -> Alert:
    """The alert, of a policy with a resource name, on a resource with those labels."""
    policy = replace(one.policy, name=POLICY)
    return replace(one, policy=policy, resource=Resource("cloud_run_revision", labels))


def of_group(*names: str) -> Incident:
    """An incident whose route groups by these facets."""
    facets = {"policy": "Errors | 5xx = bad", "workload": "shop", "region": "europe-west1"}
    return incident(group_key=group_key(replace(RULES.routes[0], group_by=names), facets))


def mirrored() -> tuple[Incident, Signal]:
    """An incident whose one alert Cloud Monitoring has closed because of the snooze."""
    asleep = snooze(incident(), ERIK, NOW + HOUR)
    assert isinstance(asleep, Changed)
    signal = Signal("0.1", "i1", True, NOW, None, "", asleep.incident.severity, "Errors", "", "")
    known = closed_there(asleep.incident, [signal], NOW)
    assert known is not None
    return known[0].incident, known[1][0]


def test_a_group_key_is_read_back_whatever_is_in_it() -> None:
    facets = {"policy": r"a|b=c\p\e\\", "workload": ""}
    route = replace(RULES.routes[0], name="all|of=it", group_by=("policy", "workload"))
    assert read_key(group_key(route, facets)) == ("all|of=it", facets)


def test_only_the_group_is_silenced_where_labels_can_tell_it_from_others() -> None:
    one = named(alert(), service_name="shop", location="europe-west1", revision_name="shop-7")
    (silence,) = silences(of_group("policy", "workload", "region"), [one, one])
    assert silence.policy == POLICY
    assert silence.labels == {"service_name": "shop", "location": "europe-west1"}
    (wide,) = silences(of_group("policy"), [one])
    assert wide.labels == {}
    assert silences(of_group("policy"), [alert()]) == ()


def test_what_cloud_monitoring_closes_is_known_to_be_closed() -> None:
    one, signal = mirrored()
    assert (one.firing, one.mirrored, one.open) == (0, True, True)
    assert (signal.open, signal.ended_at) == (False, NOW)
    assert closed_there(one, [signal], NOW) is None
    assert closed_there(incident(), [replace(signal, open=True)], NOW) is None


def test_nobody_is_paged_after_a_mirrored_snooze_for_what_may_be_over() -> None:
    one, _ = mirrored()
    awake = settle(one, [one], RULES, NOW + HOUR)
    assert awake is not None
    assert (awake.incident.phase, awake.incident.mirrored) == (Phase.RESOLVED, False)
    assert next_page(awake.incident, RULES, NOW + HOUR).page is None
    ended = unsnooze(one, Click("U0ADA", NOW + HOUR / 2))
    assert isinstance(ended, Changed)
    assert ended.incident.phase is Phase.RESOLVED
    assert [event.kind for event in ended.events] == ["snooze over", "resolved"]


def test_what_came_during_a_mirrored_snooze_pages_when_it_ends() -> None:
    one, _ = mirrored()
    joined = replace(one, firing=1, seen=2)
    awake = settle(joined, [joined], RULES, NOW + HOUR)
    assert awake is not None and awake.incident.phase is Phase.TRIGGERED
    assert next_page(awake.incident, RULES, NOW + HOUR).page is not None
