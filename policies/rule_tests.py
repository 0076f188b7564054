"""Tests of own rules: given these facts, exactly these rules speak. Run by `headroom policy test`."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.rules import Rule
from bot.core.verdict import Effect, Finding, Role
from policies.rule_engine import engine_for
from policies.rule_facts import Value

_START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)

# An ordinary case; a test says only what is different in it.
ORDINARY: Mapping[str, Value] = {
    "campaign.name": "Black Friday push",
    "campaign.kind": "push",
    "campaign.groups": ["web"],
    "campaign.multiplier": 3.0,
    "campaign.start": _START,
    "campaign.end": _START + timedelta(hours=4),
    "campaign.duration": timedelta(hours=4),
    "campaign.zone": "Europe/Berlin",
    "campaign.weekday": "Fri",
    "campaign.hour": 18,
    "campaign.date": "2025-11-28",
    "campaign.channel": "C0CAMPAIGN",
    "campaign.state": "planning",
    "plan.cost": 12.5,
    "plan.worst_cost": 90.0,
    "plan.traffic_cost": 40.0,
    "plan.extra_instances": 40,
    "plan.raises_ceiling": False,
    "plan.needs_nothing": False,
    "plan.lead_time": timedelta(minutes=20),
    "plan.peak_rps": 1500.0,
    "plan.workloads": ["storefront-web"],
    "plan.projects": ["cymbal-shop"],
    "plan.regions": ["europe-west1"],
    "plan.warnings": [],
    "requester.user": "U0MAYA",
    "requester.roles": ["announcer"],
    "requester.team": "marketing",
    "facts.now": _START - timedelta(days=2),
    "facts.notice": timedelta(days=2),
    "facts.overlaps": [],
    "facts.freezes": [],
    "facts.team_spent": 100.0,
    "facts.quota_share": 0.2,
    "facts.quota_known": True,
    "facts.weeks_known": 4,
    "facts.spend_capped": False,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """A rule that must speak: its effect, a part of its message, and its approvers (None: any)."""

    rule: str
    effect: Effect
    message: str = ""
    approvers: tuple[Role, ...] | None = None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """`given` replaces facts of `ORDINARY`, `unknown` takes some away; no rule but the expected speaks."""

    name: str
    given: Mapping[str, Value]
    unknown: tuple[str, ...]
    expect: tuple[Expected, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """`faults` is empty when the test is green."""

    test: RuleTest
    faults: tuple[str, ...]


def run_tests(rules: Sequence[Rule], tests: Sequence[RuleTest]) -> list[Result]:
    """Every test against all the rules; raises Faulty when the rules do not compile."""
    engine = engine_for(tuple(rules))
    results = []
    for test in tests:
        facts = {**ORDINARY, **test.given}
        known = {name: value for name, value in facts.items() if name not in test.unknown}
        spoken = {
            outcome.rule.name: outcome.finding
            for outcome in engine.outcomes(known)
            if outcome.finding is not None
        }
        unknown = _unknown(test, [rule.name for rule in rules])
        results.append(Result(test, tuple(unknown or _faults(test, spoken))))
    return results


def _unknown(test: RuleTest, names: Sequence[str]) -> list[str]:
    """Rules that are expected to speak, and are none."""
    faults = []
    for name in [one.rule for one in test.expect if one.rule not in names]:
        close = difflib.get_close_matches(name, names, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        faults.append(f"there is no rule {name} in this file{meant}")
    return faults


def _faults(test: RuleTest, spoken: Mapping[str, Finding]) -> list[str]:
    faults = [
        f"{name} says “{finding.effect}: {finding.reason}”, which was not expected"
        for name, finding in spoken.items()
        if name not in {expected.rule for expected in test.expect}
    ]
    for expected in test.expect:
        finding = spoken.get(expected.rule)
        if finding is None:
            faults.append(f"{expected.rule} was expected to say “{expected.effect}”, and is silent")
        else:
            faults += _differences(expected, finding)
    return faults


def _differences(expected: Expected, finding: Finding) -> list[str]:
    faults = []
    if finding.effect is not expected.effect:
        why = f" ({finding.evidence})" if finding.effect is Effect.REFUSE else ""
        faults.append(
            f"{expected.rule} was expected to say “{expected.effect}”, and says “{finding.effect}”{why}"
        )
    if expected.message not in finding.reason:
        faults.append(
            f"{expected.rule} was expected to say “{expected.message}”, and says “{finding.reason}”"
        )
    if expected.approvers is not None and set(expected.approvers) != set(finding.approvers):
        names = ", ".join(finding.approvers) or "nobody"
        faults.append(
            f"{expected.rule} asks {names}, and was expected to ask {', '.join(expected.approvers)}"
        )
    return faults
