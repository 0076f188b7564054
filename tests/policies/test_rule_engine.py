"""Own rules: what they say, what is refused when they are loaded, and that a failing rule refuses."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.rules import Rule
from bot.core.verdict import Effect, Finding, Role
from policies import judge
from policies.rule_engine import BATCH, Faulty, compiled_engine, engine_for
from policies.rule_facts import VOCABULARY, values_of
from policies.rule_tests import ORDINARY
from tests.policies.cases import case
from tests.policies.surroundings import beside, spent

ROOT = Path(__file__).parents[2]
RULE = Rule(
    name="big",
    when="plan.cost > 10.0",
    effect=Effect.NEEDS_APPROVAL,
    message="{campaign.name} costs ${plan.cost}.",
    approvers=(Role.FINANCE,),
    way_out="Less than $10.",
    source="rules.yaml:3",
)


def told(rule: Rule, **changes: object) -> list[Finding]:
    """What the rule adds to the verdict on the ordinary case."""
    findings = judge(case(rules=(rule,), **changes)).findings
    return [finding for finding in findings if finding.policy == rule.name]


def test_a_rule_that_applies_says_its_effect_message_and_approvers() -> None:
    (finding,) = told(RULE)
    assert finding.reason == "Black Friday push costs $12.34."
    assert (finding.effect, finding.approvers) == (Effect.NEEDS_APPROVAL, (Role.FINANCE,))
    assert finding.way_out == "Less than $10."
    assert "plan.cost > 10.0" in finding.evidence


def test_a_rule_that_does_not_apply_is_silent() -> None:
    assert told(RULE, cost="9.99") == []


def test_an_own_rule_never_makes_a_verdict_milder() -> None:
    note = replace(RULE, when="true", effect=Effect.ALLOW, approvers=())
    refused = case(roles=frozenset(), rules=(note,))
    assert judge(refused).effect is Effect.REFUSE


CONDITIONS = [
    'campaign.weekday == "Fri" && campaign.hour == 18 && campaign.date == "2025-11-28"',
    'campaign.kind == "push" && campaign.groups == ["web"] && campaign.zone == "Europe/Berlin"',
    'campaign.end - campaign.start == campaign.duration && campaign.duration == duration("4h")',
    'campaign.start.getHours("Europe/Berlin") == 18',
    'facts.notice == duration("48h") && facts.now < campaign.start',
    "plan.extra_instances == 10 && !plan.raises_ceiling && !plan.needs_nothing",
    'plan.workloads == ["web"] && plan.regions.exists(r, r.startsWith("europe-"))',
    'requester.roles == ["announcer"] && requester.user == "U0MAYA" && requester.team == ""',
    "facts.overlaps == [] && facts.freezes == [] && !facts.quota_known && facts.weeks_known == 4",
    "plan.peak_rps == 60.0 && campaign.multiplier == 3.0",
    "!facts.quota_known || facts.quota_share > 0.8",
]


@pytest.mark.parametrize("when", CONDITIONS)
def test_a_condition_is_true_of_the_ordinary_case(when: str) -> None:
    (finding,) = told(replace(RULE, when=when))
    assert finding.effect is Effect.NEEDS_APPROVAL


def test_rules_see_the_team_and_other_campaigns() -> None:
    when = 'requester.team == "marketing" && facts.team_spent == 90.0'
    assert told(replace(RULE, when=when), facts=spent(90))
    assert told(replace(RULE, when='"Spring sale" in facts.overlaps'), facts=beside(5))


FAILING = [
    ("a fact that is not known", "facts.quota_share > 0.8", "facts.quota_share"),
    ("a division by zero", "1 / (plan.extra_instances - 10) > 1", "divide by zero"),
    ("an index that is not there", 'campaign.groups[7] == "web"', "Index error"),
    ("an unknown zone", 'campaign.start.getHours("Mars/Base") == 1', "timezone"),
    ("a wrong pattern", 'campaign.name.matches("[")', "regular expression"),
]


@pytest.mark.parametrize(("sentence", "when", "why"), FAILING, ids=[row[0] for row in FAILING])
def test_a_rule_refuses_when_it_meets(sentence: str, when: str, why: str) -> None:
    (finding,) = told(replace(RULE, when=when, effect=Effect.ALLOW, approvers=()))
    assert finding.effect is Effect.REFUSE
    assert finding.reason == "I could not work out the rule “big”, so the answer is no."
    assert finding.evidence.startswith("rules.yaml:3: ") and why in finding.evidence


def test_a_message_is_said_even_when_a_value_in_it_is_not_known() -> None:
    (finding,) = told(replace(RULE, message="{facts.quota_share} {{taken}}"))
    assert finding.reason == "(not known) {taken}"


WORDS = [
    ("{campaign.start}", "Fri 28 Nov 18:00"),
    ('{timestamp("2025-11-28T23:30:00Z")}', "Sat 29 Nov 00:30"),
    ("{campaign.duration} of {campaign.groups}", "4 h of web"),
    ("{plan.raises_ceiling} {plan.extra_instances} {plan.cost}", "no 10 12.34"),
    ("{facts.overlaps}", "none"),
    ('{plan.cost > 10.0 ? "dear" : "cheap"}', "dear"),
]


@pytest.mark.parametrize(("message", "said"), WORDS)
def test_values_are_said_as_people_say_them(message: str, said: str) -> None:
    (finding,) = told(replace(RULE, message=message))
    assert finding.reason == said


FAULTS = [
    ("a name that does not exist", "plan.costs > 1.0", "did you mean plan.cost?"),
    ("a name that is nothing like one", "weather > 1", "see docs/reference/rules.md"),
    ("numbers of two kinds", "plan.cost > 3", "write the number with decimals, as 3.0"),
    ("a text and a number", 'plan.cost > "3"', "found no matching overload"),
    ("a condition that is a number", "plan.cost", "must be true or false"),
    ("half an expression", "plan.cost >", "Syntax error"),
    ("a span as a number", "campaign.duration > 48", 'duration("2h")'),
    ("the map macro", '["a"].map(x, x + x) == []', "undeclared reference"),
]


@pytest.mark.parametrize(("sentence", "when", "said"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_rule_is_not_loaded_when_it_has(sentence: str, when: str, said: str) -> None:
    with pytest.raises(Faulty) as faulty:
        engine_for((replace(RULE, when=when),))
    (fault,) = faulty.value.faults
    assert (fault.source, fault.rule, fault.field) == ("rules.yaml:3", "big", "when")
    assert said in fault.text


def test_all_faults_are_told_at_once() -> None:
    bad = replace(RULE, when="plan.costs > 1.0", message="{weather} {", way_out="}")
    with pytest.raises(Faulty) as faulty:
        engine_for((bad, replace(bad, name="other")))
    fields = [fault.field for fault in faulty.value.faults]
    assert fields == ["when", "message", "message", "way_out"] * 2


def test_faulty_rules_that_reach_a_judgement_refuse() -> None:
    verdict = judge(case(rules=(replace(RULE, when="plan.costs > 1.0"),)))
    assert verdict.effect is Effect.REFUSE
    assert verdict.findings[-1].policy == "own_rules"


def test_the_vocabulary_is_documented_and_has_an_ordinary_value() -> None:
    page = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
    for name in VOCABULARY:
        assert f"| `{name.name}` | {name.kind.value} | {name.meaning} |" in page
    assert set(ORDINARY) == {name.name for name in VOCABULARY}


def test_every_name_has_a_value_or_is_unknown_in_the_ordinary_case() -> None:
    unknown = {name.name for name in VOCABULARY} - set(values_of(case()))
    assert unknown == {"facts.team_spent", "facts.quota_share"}


SOME = [
    *CONDITIONS,
    "false",
    "plan.cost > 99.0 // too dear",
    "facts.team_spent > 1.0",  # not known in the ordinary case: it refuses
    "1 / (campaign.hour - 18) > 0",
    'campaign.groups[7] == "web"',
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SOME), max_size=2 * BATCH + 3))
def test_rules_asked_together_say_what_each_says_alone(conditions: list[str]) -> None:
    rules = tuple(replace(RULE, name=f"rule-{n}", when=when) for n, when in enumerate(conditions))
    asked = case()
    alone = [finding for rule in rules for finding in compiled_engine((rule,)).judge(asked)]
    assert list(compiled_engine(rules).judge(asked)) == alone


def test_one_rule_cannot_change_what_another_one_means() -> None:
    for when in ("true], [true", "true) || (true", "true /*", "[true, false]"):
        with pytest.raises(Faulty):
            engine_for((replace(RULE, when=when), RULE))
