"""Workloads of several groups: what holds one of these holds a campaign of another that would raise them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.case import Case, Facts
from bot.core.house import Group
from bot.core.pausing import Pause
from bot.core.rules import Rule
from bot.core.verdict import Effect
from policies import freeze, judge, paused
from tests.policies.cases import START, case
from tests.policies.surroundings import freeze as entry
from tests.policies.surroundings import frozen

ALLOW, REFUSE = Effect.ALLOW, Effect.REFUSE
PAUSED = Facts(pauses=(Pause("group/checkout", "U0ADA", START - timedelta(days=3), None),))
FROZEN = frozen(entry(groups=("checkout",)))


def shared(facts: Facts, *, raised: bool = True) -> Case:
    """A campaign of #web whose only workload belongs to #checkout too."""
    one = case(facts=facts)
    (workload,) = one.plan.workloads
    workload = replace(workload, groups=("web", "checkout"))
    workload = workload if raised else replace(workload, steps=())
    house = replace(one.house, groups=(Group("checkout", "Checkout"),))
    return replace(one, plan=replace(one.plan, workloads=(workload,)), house=house)


@pytest.mark.parametrize("raised", [True, False])
def test_the_other_group_of_a_workload_counts_where_it_is_raised(raised: bool) -> None:
    effect = REFUSE if raised else ALLOW
    assert freeze.check(shared(FROZEN, raised=raised)).effect is effect
    assert paused.check(shared(PAUSED, raised=raised)).effect is effect


def test_the_workloads_that_bring_the_other_group_in_are_named() -> None:
    said = "It also raises what belongs to Checkout: web."
    assert freeze.check(shared(FROZEN)).evidence == f"Fri 28 Nov 17:00 to Fri 28 Nov 22:00. {said}"
    assert paused.check(shared(PAUSED)).evidence == f"No reason was given. {said}"


def test_nothing_is_named_where_the_group_was_announced() -> None:
    everywhere = frozen(entry(groups=("web", "pipeline")))
    assert freeze.check(shared(everywhere)).evidence == "Fri 28 Nov 17:00 to Fri 28 Nov 22:00."


def test_own_rules_see_the_freeze_of_the_other_group() -> None:
    rule = Rule("own", 'facts.freezes == ["Inventory"]', REFUSE, "No.", source="rules.yaml:1")
    one = shared(FROZEN)
    verdict = judge(replace(one, house=replace(one.house, rules=(rule,))))
    assert "own" in [finding.policy for finding in verdict.with_effect(REFUSE)]
