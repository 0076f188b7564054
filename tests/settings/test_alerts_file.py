"""The part `alerts` of headroom.yaml: what is accepted, what names must agree, how faults are told."""

from datetime import datetime, time, timedelta

import pytest

from bot.core.alert import Severity
from bot.core.alert_rules import AlertRules, Target, TargetKind
from bot.errors import AskedWrong
from bot.settings.house_file import parse_house
from tests.settings.test_house_file import SMALL

FULL = """\
alerts:
  window_minutes: 20
  storm_per_minute: 5
  heartbeat_hours: 25
  fallback_channel: C0CAMPAIGN
  owner: U0ADA
  flapping: {times: 4, within_minutes: 30, calm_minutes: 5}
  routes:
    - name: Checkout
      match: {group: checkout, team: "pay*"}
      severities: [critical, error]
      channels: [C0OPS]
      schedule: sre
      group_by: [policy]
      speak: [critical]
      acks_needed: 2
  inhibit:
    - {cause: {match: {scope: region}}, symptom: {match: {scope: ""}}, same: [region]}
  schedules:
    - name: sre
      levels:
        - {page: [on-call, U0ADA, S0SRE], wait_minutes: 5}
      rounds: 2
      remind_minutes: 60
      quiet_hours: {from: 22:00, until: "07:30", paged: [critical, error], days: [mon, Fri]}
  rotations:
    - {name: on-call, people: [U0ERIK, U0ADA], since: 2025-11-24T09:00, days: 3}
"""


def rules(text: str) -> AlertRules:
    return parse_house(SMALL + text, "headroom.yaml").alerts


def fault(text: str) -> str:
    with pytest.raises(AskedWrong) as wrong:
        rules(text)
    return str(wrong.value)


def test_without_alerts_everything_goes_to_the_engineers_and_warnings_to_the_digest() -> None:
    assert rules("") == AlertRules()
    (route,) = rules("").routes
    assert Severity.WARNING not in route.speak
    assert Severity.NONE in route.speak


def test_a_route_is_read_in_every_part() -> None:
    (route,) = rules(FULL).routes
    assert (route.name, route.channels, route.schedule) == ("Checkout", ("C0OPS",), "sre")
    assert route.match.facets == {"group": "checkout", "team": "pay*"}
    assert route.match.severities == {Severity.CRITICAL, Severity.ERROR}
    assert (route.group_by, route.speak, route.acks_needed) == (
        ("policy",),
        frozenset({Severity.CRITICAL}),
        2,
    )


def test_targets_are_people_user_groups_and_rotations() -> None:
    schedule = rules(FULL).schedule("sre")
    assert schedule is not None
    assert schedule.levels[0].targets == (
        Target(TargetKind.ROTATION, "on-call"),
        Target(TargetKind.USER, "U0ADA"),
        Target(TargetKind.USER_GROUP, "S0SRE"),
    )
    assert (schedule.levels[0].wait, schedule.rounds) == (timedelta(minutes=5), 2)


def test_times_of_day_may_be_quoted_or_not_and_zones_are_the_companys() -> None:
    """YAML reads an unquoted 22:00 as the number 1320."""
    schedule = rules(FULL).schedule("sre")
    assert schedule is not None and schedule.quiet is not None
    assert (schedule.quiet.start, schedule.quiet.end) == (time(22), time(7, 30))
    assert (schedule.quiet.zone, schedule.quiet.days) == ("Europe/Berlin", frozenset({0, 4}))
    (rotation,) = rules(FULL).rotations
    assert rotation.since == datetime.fromisoformat("2025-11-24T09:00")
    assert (rotation.zone, rotation.days) == ("Europe/Berlin", 3)


def test_a_hand_over_with_an_offset_is_the_local_time_of_the_zone() -> None:
    (rotation,) = rules(FULL.replace("2025-11-24T09:00", "2025-11-24T08:00Z")).rotations
    assert rotation.since == datetime.fromisoformat("2025-11-24T09:00")


def test_the_rest_is_read_too() -> None:
    found = rules(FULL)
    assert (found.window, found.storm_per_minute) == (timedelta(minutes=20), 5)
    assert (found.heartbeat, found.fallback_channel) == (timedelta(hours=25), "C0CAMPAIGN")
    assert (found.flapping.times, found.flapping.calm) == (4, timedelta(minutes=5))
    assert found.inhibitions[0].same == ("region",)
    assert found.owner == "U0ADA"


def test_what_ended_is_kept_for_ever_unless_a_number_of_days_is_given() -> None:
    assert rules(FULL).retention is None
    for days in (30, 3660):
        assert rules(f"{FULL}  retention_days: {days}\n").retention == timedelta(days=days)
    for wrong in ("29", "3661", "a month"):
        assert "retention_days" in fault(f"{FULL}  retention_days: {wrong}\n"), wrong


@pytest.mark.parametrize(
    ("sentence", "old", "new", "said"),
    [
        ("a schedule that is not there", "schedule: sre", "schedule: sra", "no schedule 'sra'"),
        ("a rotation that is not there", "[on-call,", "[on-cal,", "'on-cal' is no person"),
        ("no route groups by nothing", "group_by: [policy]", "group_by: []", "group_by"),
        ("an unknown severity", "speak: [critical]", "speak: [loud]", "routes.0.speak.0"),
        ("a channel's name", "channels: [C0OPS]", "channels: ['#ops']", "routes.0.channels.0"),
        ("an unknown key", "rounds: 2", "round: 2", "there is no such key"),
        ("a weekday that is none", "[mon, Fri]", "[mon, someday]", "quiet_hours.days.1"),
        ("nobody must acknowledge", "acks_needed: 2", "acks_needed: 0", "acks_needed"),
        ("an unknown zone", "days: 3}", "zone: Mars}", "IANA time zone"),
    ],
)
def test_a_fault_names_its_place(sentence: str, old: str, new: str, said: str) -> None:
    assert old in FULL
    assert said in fault(FULL.replace(old, new)), sentence


def test_two_of_one_name_are_told_together_with_other_faults() -> None:
    twice = FULL.replace(
        "  rotations:\n",
        "  rotations:\n    - {name: on-call, people: [U0ERIK], since: 2025-11-24T09:00}\n",
    ).replace("schedule: sre", "schedule: none-such")
    told = fault(twice)
    assert "rotations: 'on-call' is there twice" in told
    assert "no schedule 'none-such'" in told
