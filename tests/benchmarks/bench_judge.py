"""What one full judgement costs: the built-in guardrails and 50 own rules in CEL, against the same rules in Python.

`ratio` is the time of a judgement with the rules in CEL over one with the same rules as plain Python
functions; also how it grows with the number of rules, and how many judgements a second one core makes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from bot.core.case import Case
from bot.core.rules import Rule
from bot.core.verdict import Effect, Finding, Role, Verdict
from policies import POLICIES, Policy, judge, judge_by
from policies.rule_engine import compiled_engine
from tests.benchmarks.outcome import Outcome
from tests.policies.cases import case

GOAL = 5.0
RULES = 50
SIZES = (0, 10, 50, 100, 200)
ROUNDS = 15
SECONDS = 0.1

Condition = Callable[[Case], bool]


def _asked(case: Case) -> float:
    return case.campaign.announcement.multiplier


def _cost(case: Case) -> float:
    return float(case.plan.cost.amount)


# The same ten conditions twice; the number makes each of the 50 rules another one.
CONDITIONS: Sequence[tuple[str, Callable[[int], Condition]]] = (
    (
        "plan.cost > {n}00.0 && plan.raises_ceiling",
        lambda n: lambda c: _cost(c) > n * 100 and _raises(c),
    ),
    ("campaign.multiplier > {n}.5", lambda n: lambda c: _asked(c) > n + 0.5),
    (
        '"checkout" in campaign.groups && plan.cost > {n}.0',
        lambda n: lambda c: "checkout" in c.campaign.announcement.groups and _cost(c) > n,
    ),
    (
        'campaign.kind == "TV" || campaign.hour > 2{n}',
        lambda n: lambda c: _is_tv(c) or _hour(c) > 20 + n,
    ),
    ("plan.extra_instances > {n}00", lambda n: lambda c: _extra(c) > n * 100),
    ('campaign.name.startsWith("test-{n}")', lambda n: lambda c: _name(c).startswith(f"test-{n}")),
    (
        '!("announcer" in requester.roles) && {n} > 0',
        lambda n: lambda c: Role.ANNOUNCER not in c.roles,
    ),
    (
        'facts.notice < duration("{n}m")',
        lambda n: lambda c: (c.campaign.announcement.window.start - c.now).total_seconds() < n * 60,
    ),
    ("size(facts.overlaps) > {n}", lambda n: lambda c: len(c.facts.others) > n),
    (
        'plan.regions.exists(r, r == "asia-east{n}")',
        lambda n: lambda c: any(w.key.region == f"asia-east{n}" for w in c.plan.workloads),
    ),
)


def run() -> Outcome:
    """Measures all sizes in alternating rounds."""
    ours = {size: _with_rules(size) for size in SIZES}
    plain = {size: _in_python(size) for size in SIZES}
    for size in SIZES:
        assert _spoken(ours[size]()) == _spoken(plain[size]())
    cel = {size: _microseconds(ours[size]) for size in SIZES}
    python = {size: _microseconds(plain[size]) for size in SIZES}
    ratio = cel[RULES] / python[RULES]
    per_rule = (cel[SIZES[-1]] - cel[0]) / SIZES[-1]
    rate = 1_000_000 / cel[RULES]
    table = [
        f"One judgement: {len(POLICIES)} built-in guardrails and own rules (medians of {ROUNDS} rounds, one core)",
        f"{'own rules':<12}{'in CEL, µs':>12}{'in Python, µs':>15}{'ratio':>8}{'judgements/s':>15}",
        *(_line(size, cel[size], python[size]) for size in SIZES),
        f"each further rule costs {per_rule:.1f} µs in CEL; compiling {RULES} rules takes {_compiling():.1f} ms",
    ]
    numbers = {"cel_us": cel, "python_us": python, "per_second": rate, "us_per_rule": per_rule}
    return Outcome("judge", ratio, GOAL, table, numbers)


def _line(size: int, cel: float, python: float) -> str:
    return f"{size:<12}{cel:>12,.0f}{python:>15,.0f}{cel / python:>8.2f}{1_000_000 / cel:>15,.0f}"


def _rules(size: int) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            name=f"rule-{number}",
            when=CONDITIONS[number % 10][0].replace("{n}", str(number // 10)),
            effect=Effect.NEEDS_APPROVAL,
            message="It costs {plan.cost}.",
            approvers=(Role.ENGINEER,),
        )
        for number in range(size)
    )


def _with_rules(size: int) -> Callable[[], Verdict]:
    asked = case()
    asked = replace(asked, house=replace(asked.house, rules=_rules(size)))
    return lambda: judge(asked)


def _in_python(size: int) -> Callable[[], Verdict]:
    asked = case()
    policies = (*POLICIES, *(_policy(number) for number in range(size)))
    return lambda: judge_by(policies, asked)


def _policy(number: int) -> tuple[str, Policy]:
    """The rule as somebody would write it in Python; silent rules say nothing, as those in CEL."""
    name, condition = f"rule-{number}", CONDITIONS[number % 10][1](number // 10)
    silent = Finding(name, Effect.ALLOW, "")

    def check(case: Case) -> Finding:
        if not condition(case):
            return silent
        reason = f"It costs {_cost(case)}."
        return Finding(name, Effect.NEEDS_APPROVAL, reason, approvers=(Role.ENGINEER,))

    return name, check


def _spoken(verdict: Verdict) -> list[str]:
    return [f.policy for f in verdict.findings if f.effect is not Effect.ALLOW]


def _microseconds(judged: Callable[[], Verdict]) -> float:
    judged()
    rounds = []
    for _ in range(ROUNDS):
        count, began = 0, time.process_time()
        while time.process_time() - began < SECONDS:
            judged()
            count += 1
        rounds.append((time.process_time() - began) / count * 1_000_000)
    return median(rounds)


def _compiling() -> float:
    rules = _rules(RULES)
    compiled_engine.cache_clear()
    began = time.process_time()
    compiled_engine(rules)
    return (time.process_time() - began) * 1000


def _raises(case: Case) -> bool:
    return any(workload.ceiling_needed is not None for workload in case.plan.workloads)


def _is_tv(case: Case) -> bool:
    return case.campaign.announcement.kind.value == "TV"


def _hour(case: Case) -> int:
    return case.campaign.announcement.window.start.hour + 1


def _extra(case: Case) -> int:
    return sum(max(0, w.floor - w.baseline) for w in case.plan.workloads)


def _name(case: Case) -> str:
    return case.campaign.announcement.name
