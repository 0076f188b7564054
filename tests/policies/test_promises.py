"""What was settled stands: which refusals may take an unchanged plan back, and what a change of it meets."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.campaign import SETTLED, CampaignState
from bot.core.case import Case, Facts
from bot.core.house import Guardrails
from bot.core.money import Money
from bot.core.rules import Rule
from bot.core.verdict import Effect
from policies import judge, team_budget
from tests.policies.cases import case
from tests.policies.surroundings import beside, cap, dollars, freeze, frozen, quota, spent

ALLOW, ASK, REFUSE = Effect.ALLOW, Effect.NEEDS_APPROVAL, Effect.REFUSE
STATES = sorted(SETTLED, key=lambda state: state.value)
POOR = Guardrails(auto_budget=dollars(1), max_budget=dollars(2))


def rule(when: str) -> Rule:
    return Rule("own", when, REFUSE, "No.", source="rules.yaml:1")


def settled(**told: Any) -> Case:
    """Version 1 of the plan is settled, and is judged again as it is."""
    one = case(**{"state": CampaignState.SCHEDULED, **told})
    return replace(one, campaign=replace(one.campaign, plan_version=1))


def changed(one: Case) -> Case:
    """A change of it is judged: the next version."""
    return replace(one, plan=replace(one.plan, version=2))


STANDS: list[tuple[str, dict[str, Any]]] = [
    ("others have taken the team's money", {"facts": spent(190)}),
    ("another campaign took the room", {"facts": beside(100)}),
    ("together it is more than may be prepared for", {"facts": beside(0, rps=400)}),
    ("the least instances are more now", {"ux_floors": (("web", 30),)}),
    ("a campaign may cost less now", {"guardrails": POOR}),
    ("an own rule counts the hours", {"rules": (rule('facts.notice < duration("72h")'),)}),
    ("an own rule counts the money", {"facts": spent(9), "rules": (rule("facts.team_spent > 1.0"),)}),
    ("an own rule asks where it stands", {"rules": (rule('campaign.state != "planning"'),)}),
    ("an own rule cannot be worked out", {"rules": (rule("facts.quota_share > 0.8"),)}),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), STANDS, ids=[row[0] for row in STANDS])
def test_a_settled_plan_stands_when(sentence: str, told: dict[str, Any]) -> None:
    one = settled(**told)
    assert judge(one).effect is not REFUSE
    assert judge(changed(one)).effect is REFUSE


STOPPED: list[tuple[str, dict[str, Any]]] = [
    ("nothing may be changed then", {"facts": frozen(freeze())}),
    ("the announcer has lost the role", {"roles": frozenset()}),
    ("Google has no room for it", {"facts": quota(500)}),
    ("Google pauses what it is for", {"facts": cap(100, enforced=True)}),
    (
        "an own rule minds a freeze",
        {
            "facts": frozen(freeze(effect=ASK)),
            "rules": (rule('facts.freezes.size() > 0 && facts.notice < duration("72h")'),),
        },
    ),
    ("an own rule minds its size", {"rules": (rule("plan.extra_instances > 1"),)}),
]


@pytest.mark.parametrize(("sentence", "told"), STOPPED, ids=[row[0] for row in STOPPED])
def test_a_settled_plan_stops_when(sentence: str, told: dict[str, Any]) -> None:
    assert judge(settled(**told)).effect is REFUSE


def test_what_stands_says_so_and_what_would_be_said_anew() -> None:
    finding = next(
        one for one in judge(settled(facts=spent(190))).findings if one.policy == "team_budget"
    )
    assert finding.reason == (
        "It was settled before, so it stands. Anew it would be refused: "
        "Marketing would spend more than it may in a month."
    )
    assert finding.way_out == ""


def taken(others: float, own: float) -> Facts:
    """What others of the team have taken, of 200 at the most, and what is reserved for the campaign."""
    facts = spent(others)
    assert facts.team is not None
    return replace(facts, team=replace(facts.team, reserved=dollars(own)))


@pytest.mark.parametrize("state", STATES)
def test_what_was_reserved_is_allowed_whatever_others_have_cost_since(state: CampaignState) -> None:
    finding = team_budget.check(changed(case(facts=taken(190, 12.34), state=state)))
    assert finding.effect is ALLOW
    assert finding.reason == "It was reserved before, so it stands."
    assert finding.evidence == "It costs $12.34; $12.34 is reserved for it in November 2025."


def test_what_goes_beyond_what_was_reserved_is_judged() -> None:
    dearer = changed(case(facts=taken(190, 12.34), state=CampaignState.LIVE))
    dearer = replace(dearer, plan=replace(dearer.plan, cost=Money(dearer.plan.cost.amount + 1)))
    assert team_budget.check(dearer).effect is REFUSE


def test_a_line_of_the_books_promises_nothing_before_it_is_settled() -> None:
    again = case(facts=taken(190, 12.34), state=CampaignState.AWAITING_APPROVAL)
    assert team_budget.check(again).effect is REFUSE
