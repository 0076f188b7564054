"""`headroom alerts`: alert policies and notification channels as code: check, diff, apply, adopt, export."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot import app
from bot.adapters.clock import clock_called
from bot.cli.recording import CLI, put_on_record
from bot.cli.running import running_town
from bot.core.thresholds.adopting import adoption
from bot.core.thresholds.building import rehearsed
from bot.core.thresholds.comparing import Act
from bot.core.thresholds.exporting import as_json
from bot.core.thresholds.library import TEMPLATES
from bot.core.thresholds.resources import Kind
from bot.core.thresholds.spec import AlertSet
from bot.core.thresholds.telling import told, told_change
from bot.core.trail import AuditRow
from bot.errors import AskedWrong
from bot.flows.thresholds import Outcome, Survey, carry_out, survey, with_secrets_again
from bot.settings.environment import environment
from bot.settings.house_file import load_house
from bot.settings.thresholds_file import load_alerts

DIFFERENT = 3
"""The exit status of `diff --exit-code` when there is something to change."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work with."""

    alert_set: AlertSet
    parts: app.AlertingParts
    secrets: Mapping[str, str]

    async def survey(self) -> Survey:
        """What is wanted and what is there."""
        return await survey(self.alert_set, self.parts.cloud, self.parts.alerting)


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """The subcommands and their arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    check = acts.add_parser("check", help="check alerts.yaml; needs no network")
    diff = acts.add_parser("diff", help="show what apply would change, field by field")
    diff.add_argument(
        "--exit-code", action="store_true", help=f"exit with {DIFFERENT} if there is any difference"
    )
    apply = acts.add_parser("apply", help="create, change and delete what differs")
    apply.add_argument("--dry-run", action="store_true", help="only show what would be done")
    apply.add_argument(
        "--keep", action="store_true", help="delete nothing, even if it is not in alerts.yaml"
    )
    apply.add_argument(
        "--leave-drift",
        action="store_true",
        help="leave alone what somebody changed in Cloud Monitoring",
    )
    apply.add_argument("--secrets", action="store_true", help="write the secrets of channels again")
    adopt = acts.add_parser("adopt", help="take over a policy that was made by hand")
    adopt.add_argument("policy", help="its title, or its name projects/…/alertPolicies/…")
    adopt.add_argument("id", help="the alert in alerts.yaml that it becomes")
    adopt.add_argument("--dry-run", action="store_true", help="only show what would be done")
    acts.add_parser("export", help="print the wanted resources as JSON of the Monitoring API")
    for one in (check, *[acts.choices[name] for name in ("diff", "apply", "adopt", "export")]):
        one.add_argument("--file", type=Path, help="alerts.yaml (default: beside headroom.yaml)")


async def run(arguments: argparse.Namespace) -> int:
    """Runs one subcommand."""
    if arguments.act == "check":
        return _check(arguments)
    async with _desk(arguments) as desk:
        match arguments.act:
            case "diff":
                return await _diff(desk, exit_code=arguments.exit_code)
            case "apply":
                return await _apply(desk, arguments)
            case "adopt":
                return await _adopt(desk, arguments)
            case _:
                return await _export(desk)


def _check(arguments: argparse.Namespace) -> int:
    _, alert_set = _files(_environment(), arguments.file)
    if problems := rehearsed(alert_set):
        raise AskedWrong("\n".join(f"{problem.id}: {problem.why}" for problem in problems))
    for alert in alert_set.alerts:
        pages = "may page" if TEMPLATES[alert.template].symptom else "never pages"
        print(f"{alert.id:42} {alert.severity:9} {pages}")
    print(
        f"{len(alert_set.alerts)} alerts, {len(alert_set.channels)} channels: alerts.yaml is valid."
    )
    return 0


async def _diff(desk: Desk, *, exit_code: bool) -> int:
    seen = await desk.survey()
    print(told(seen.comparison, seen.wished.problems))
    different = bool(seen.comparison.changes or seen.wished.problems)
    return DIFFERENT if exit_code and different else 0


async def _apply(desk: Desk, arguments: argparse.Namespace) -> int:
    seen = _narrowed(await desk.survey(), keep=arguments.keep, leave_drift=arguments.leave_drift)
    if arguments.secrets:
        seen = with_secrets_again(seen)
    if arguments.dry_run:
        print(told(seen.comparison, seen.wished.problems))
        print("Nothing was changed: this was a dry run.")
        return 0
    outcomes = await carry_out(seen, desk.alert_set, desk.parts.alerting, desk.secrets)
    _tell_outcomes(outcomes)
    await _put_on_record(desk, outcomes)
    for problem in seen.wished.problems:
        print(f"! skipped  {problem.id}: {problem.why}")
    failed = [one for one in outcomes if one.error]
    print(
        f"{len(outcomes) - len(failed)} done, {len(failed)} failed, {seen.comparison.unchanged} as wanted."
    )
    if failed:
        print("Run apply again: it continues with what is missing.")
    return 1 if failed or seen.wished.problems else 0


async def _put_on_record(desk: Desk, outcomes: Sequence[Outcome]) -> None:
    made = [one.change for one in outcomes if not one.error]
    now = clock_called(desk.secrets.get("HEADROOM_CLOCK", "system")).now()
    subject = f"alerts/{desk.alert_set.name}"
    rows = [
        AuditRow(now, CLI, f"{one.act}d in Cloud Monitoring", subject, one.id, via=CLI)
        for one in made
    ]
    await put_on_record(desk.secrets, rows)


async def _adopt(desk: Desk, arguments: argparse.Namespace) -> int:
    seen = await desk.survey()
    change = adoption(arguments.policy, arguments.id, seen.wished, seen.found, desk.alert_set.name)
    print("\n".join(told_change(change)))
    if arguments.dry_run:
        print("Nothing was changed: this was a dry run.")
        return 0
    assert change.document is not None
    await desk.parts.alerting.update(change.kind, change.name, change.document, change.mask)
    await _put_on_record(desk, [Outcome(change)])
    print(f"Adopted as {change.id}. `headroom alerts diff` shows what apply would change in it.")
    return 0


async def _export(desk: Desk) -> int:
    wished = (await desk.survey()).wished
    body = {
        "notificationChannels": [
            as_json(one.document) for one in wished.resources if one.kind is Kind.CHANNEL
        ],
        "alertPolicies": [
            as_json(one.document) for one in wished.resources if one.kind is Kind.POLICY
        ],
    }
    print(json.dumps(body, indent=2, ensure_ascii=False))
    return 0


def _narrowed(seen: Survey, *, keep: bool, leave_drift: bool) -> Survey:
    changes = tuple(
        change
        for change in seen.comparison.changes
        if not (keep and change.act is Act.DELETE) and not (leave_drift and change.drifted)
    )
    return replace(seen, comparison=replace(seen.comparison, changes=changes))


def _tell_outcomes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        change = outcome.change
        mark = "FAILED" if outcome.error else "ok    "
        note = f": {outcome.error}" if outcome.error else ""
        drift = "  (put back)" if change.drifted and not outcome.error else ""
        print(f"{mark}  {change.act}  {change.kind}  {change.id}{drift}{note}")


@asynccontextmanager
async def _desk(arguments: argparse.Namespace) -> AsyncIterator[Desk]:
    environ = _environment()
    house_path, alert_set = _files(environ, arguments.file)
    endpoint = environ.get("HEADROOM_GOOGLE_ENDPOINT", "")
    async with app.alerting_parts(load_house(house_path), endpoint) as parts:
        yield Desk(alert_set, parts, environ)


def _files(environ: Mapping[str, str], file: Path | None) -> tuple[Path, AlertSet]:
    house_path = Path(environ.get("HEADROOM_CONFIG", "headroom.yaml"))
    path = file or house_path.with_name("alerts.yaml")
    return house_path, load_alerts(path, load_house(house_path).groups)


def _environment() -> Mapping[str, str]:
    """What is set here; where nothing is, the sandbox that is running here, else headroom.yaml here."""
    here = environment()
    if "HEADROOM_CONFIG" in here:
        return here
    try:
        town = running_town()
    except AskedWrong as wrong:
        if Path("headroom.yaml").exists():
            return here
        raise AskedWrong(f"There is no headroom.yaml here. {wrong}") from wrong
    print("(This is the sandbox that is running here.)", file=sys.stderr)
    return {**here, **town.bot_environment}
