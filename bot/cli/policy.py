"""`headroom policy check|test|explain|dry-run`: the guardrails and own rules, before they decide anything."""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bot import app
from bot.cli.plan import preview, surrounding_environment
from bot.core.campaign import Campaign
from bot.core.case import Case
from bot.core.plan import Plan
from bot.core.rules import Rule
from bot.core.verdict import Effect, Finding, Verdict
from bot.core.wording import say_list
from bot.errors import AskedWrong
from bot.facts import roles_of
from bot.flows.proposing import facts_now
from bot.ports.kit import Kit
from bot.settings.environment import environment, house_rules, read_settings
from bot.settings.rule_files import TESTS, RuleFile, load_rule_file, load_rules
from policies import judge
from policies.rule_engine import engine_for
from policies.rule_facts import values_of
from policies.rule_tests import run_tests

_MARKS = {Effect.ALLOW: "✔", Effect.NEEDS_APPROVAL: "?", Effect.REFUSE: "✘"}
_PAST = 1000
Loaded = TypeVar("Loaded")


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the four subcommands."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="check|test|explain|dry-run")
    check = parts.add_parser(
        "check", help="are these rules right? (default: those of headroom.yaml)"
    )
    check.add_argument("paths", nargs="*", type=Path)
    test = parts.add_parser("test", help=f"run the tests beside the rules (*{TESTS})")
    test.add_argument("paths", nargs="*", type=Path)
    explain = parts.add_parser("explain", help="every guardrail's word on a plan")
    explain.add_argument("plan", help="a campaign's id (c-…), or an announcement in quotes")
    explain.add_argument("--as", dest="user", default="", help="whose roles are judged (a user id)")
    dry_run = parts.add_parser("dry-run", help="what rules would have said of past campaigns")
    dry_run.add_argument("paths", nargs="+", type=Path)
    dry_run.add_argument("--last", type=int, default=100, help="how many campaigns (default 100)")


async def run(arguments: argparse.Namespace) -> int:
    """Does the subcommand; 0 when all is well, 1 when a test is red, 2 for faulty rules."""
    match arguments.part:
        case "check":
            return _check(arguments.paths)
        case "test":
            return _test(arguments.paths)
        case "explain":
            return await _explain(arguments.plan, arguments.user)
        case _:
            return await _dry_run(arguments.paths, min(arguments.last, _PAST))


def _check(paths: Sequence[Path]) -> int:
    rules = _rules(paths)
    for rule in rules:
        asked = f", by {say_list(rule.approvers, last='or')}" if rule.approvers else ""
        print(f"ok  {rule.name} ({rule.source}): {rule.effect}{asked}, when {_one_line(rule.when)}")
    right = f"{len(rules)} rules are right" if len(rules) != 1 else "1 rule is right"
    file = environment().get("HEADROOM_CONFIG") or "headroom.yaml"
    if not paths:
        right = f"{file} is right; {right if rules else 'it lists no own rules'}"
    print(f"{right}.")
    return 0


def _rules(paths: Sequence[Path]) -> tuple[Rule, ...]:
    """Those of the files, checked together; without any, those of the house file."""
    if paths:
        return _listed(lambda: load_rules([str(path) for path in paths], Path()))
    return house_rules(environment()).rules


def _test(paths: Sequence[Path]) -> int:
    named = [path for path in paths if not path.name.endswith(TESTS)]
    files = (
        _listed(lambda: [load_rule_file(path) for path in named]) if paths else _tested(_rules(()))
    )
    if not files:
        raise AskedWrong("There are no rules to test: name files, or list them in headroom.yaml.")
    red = sum(_tell_tests(file) for file in files)
    total = sum(len(file.tests) for file in files)
    print(f"{total - red} of {total} tests are green." if red else f"All {total} tests are green.")
    return 1 if red else 0


def _listed(load: Callable[[], Loaded]) -> Loaded:
    """Every fault on a line of its own, under a heading."""
    try:
        return load()
    except AskedWrong as wrong:
        raise AskedWrong(f"These rules cannot be used:\n- {wrong}") from wrong


def _tested(rules: Sequence[Rule]) -> list[RuleFile]:
    paths = dict.fromkeys(Path(rule.source.rpartition(":")[0]) for rule in rules)
    return [load_rule_file(path) for path in paths]


def _tell_tests(file: RuleFile) -> int:
    """Prints every test of one file; returns how many are red."""
    if not file.tests:
        print(f"--   {file.path.name} has no tests beside it ({file.path.stem}{TESTS})")
    red = 0
    for result in run_tests(file.rules, file.tests):
        red += bool(result.faults)
        print(f"{'RED ' if result.faults else 'ok  '} {file.path.name}: {result.test.name}")
        for fault in result.faults:
            print(f"       {result.test.source}: {fault}")
    return red


async def _explain(plan: str, user: str) -> int:
    settings = read_settings(surrounding_environment())
    async with app.parts(settings) as parts:
        kit = parts.kit
        if plan.startswith("c-"):
            campaign, planned, verdict, case = await _stored(plan, kit)
        else:
            planned, verdict, campaign = await preview(kit, plan, user)
            roles = await roles_of(kit, user)
            facts = await facts_now(campaign, kit)
            case = Case(campaign, planned, roles, kit.house, kit.clock.now(), facts)
    name = campaign.announcement.name
    print(f"{name}, plan {planned.version}: {verdict.effect}.\n")
    for finding in verdict.findings:
        _tell_finding(finding)
    _tell_silent(case, verdict)
    for way in verdict.ways_out:
        print(f"→ {way.change}: {way.effect}, {way.cost.cents().amount} {way.cost.currency}")
    return 0


async def _stored(campaign_id: str, kit: Kit) -> tuple[Campaign, Plan, Verdict, Case]:
    """The campaign's present plan, judged as of now; its ways out are those found when it was made."""
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(campaign_id)
        stored = campaign and await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if campaign is None or not stored:
        raise AskedWrong(f"There is no campaign {campaign_id} with a plan.")
    plan, before = stored
    roles = await roles_of(kit, campaign.announcer)
    facts = await facts_now(campaign, kit)
    case = Case(campaign, plan, roles, kit.house, kit.clock.now(), facts)
    return campaign, plan, Verdict(judge(case).findings, before.ways_out), case


def _tell_finding(finding: Finding) -> None:
    print(f"{_MARKS[finding.effect]} {finding.policy}: {finding.effect}")
    print(f"    {finding.reason} {finding.evidence}".rstrip())
    if finding.approvers:
        print(f"    Could say yes: {say_list(finding.approvers, last='or')}.")
    if finding.way_out:
        print(f"    → {finding.way_out}")


def _tell_silent(case: Case, verdict: Verdict) -> None:
    spoken = {finding.policy for finding in verdict.findings}
    silent = [rule.name for rule in case.house.rules if rule.name not in spoken]
    if silent:
        print(f"Own rules that do not apply: {', '.join(silent)}.")


async def _dry_run(paths: Sequence[Path], last: int) -> int:
    """Nothing is decided: each past plan is shown to the rules as it was judged then."""
    rules = _rules(paths)
    engine = engine_for(rules)
    settings = read_settings(surrounding_environment())
    counts: Counter[str] = Counter()
    async with app.parts(settings) as parts:
        for case, then in await _past(parts.kit, last):
            counts["campaigns"] += 1
            outcomes = engine.outcomes(values_of(case), case)
            for finding in [one.finding for one in outcomes if one.finding is not None]:
                counts[finding.policy] += 1
                _tell_outcome(case, then, finding)
    print(
        f"\n{counts['campaigns']} past campaigns; nothing was changed. How often each rule spoke:"
    )
    for rule in rules:
        print(f"  {counts[rule.name]:>4}  {rule.name} ({rule.effect})")
    print("Roles, freezes and other campaigns are those of today.")
    return 0


async def _past(kit: Kit, last: int) -> list[tuple[Case, Verdict]]:
    async with kit.store.begin() as tx:
        campaigns = await tx.campaigns.recent(last)
        plans = [await tx.campaigns.plan(one.id, one.plan_version) for one in campaigns]
    cases = []
    for campaign, stored in zip(campaigns, plans, strict=True):
        if stored is not None:
            plan, then = stored
            roles = await roles_of(kit, campaign.announcer)
            facts = await facts_now(campaign, kit)
            cases.append((Case(campaign, plan, roles, kit.house, plan.made_at, facts), then))
    return cases


def _tell_outcome(case: Case, then: Verdict, finding: Finding) -> None:
    campaign = case.campaign
    change = "as then" if then.effect.severity >= finding.effect.severity else "harder than then"
    print(
        f"{campaign.announcement.window.start:%Y-%m-%d} {campaign.id} "
        f"“{campaign.announcement.name}”: {finding.policy} would {_verb(finding.effect)} "
        f"({change}: {then.effect}). {finding.reason}"
    )


def _verb(effect: Effect) -> str:
    return {Effect.ALLOW: "note", Effect.NEEDS_APPROVAL: "ask", Effect.REFUSE: "refuse"}[effect]


def _one_line(text: str) -> str:
    return " ".join(text.split())
