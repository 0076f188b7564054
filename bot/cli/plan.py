"""`headroom plan`: the plan and the verdict for an announcement, without announcing it."""

import argparse
import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot import app
from bot.cards.campaign import campaign_card
from bot.cards.view import CampaignView
from bot.cli.running import running_town
from bot.core.announcement import understand
from bot.core.campaign import Announcement, Campaign, CampaignState
from bot.core.draft import Draft
from bot.core.explanation import as_text, explanation
from bot.core.picture import Picture, picture_of
from bot.core.plan import Plan
from bot.core.verdict import Role, Verdict
from bot.errors import AskedWrong
from bot.facts import gather_evidence, roles_of
from bot.flows.proposing import Basis, propose
from bot.ports.kit import Kit
from bot.settings.environment import environment, read_settings

_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the announcement and how to print the plan."""
    parser.add_argument("text", help='e.g. "Push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"')
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="print every number with its formula, source and uncertainty",
    )
    parser.add_argument("--chart", default="", metavar="FILE.png", help="draw the plan")
    parser.add_argument("--dark", action="store_true", help="draw it for a dark background")
    parser.add_argument(
        "--as",
        dest="user",
        default="",
        help="Slack user id whose roles are judged (default: somebody who may announce)",
    )


async def run(arguments: argparse.Namespace) -> int:
    """Plans against the configured project, or against the sandbox that is running here."""
    settings = read_settings(surrounding_environment())
    async with app.parts(settings) as parts:
        plan, verdict, campaign = await preview(parts.kit, arguments.text, arguments.user)
        if arguments.chart:
            announcement = campaign.announcement
            picture = picture_of(plan, f"{announcement.name}: the plan", announcement.zone)
            _draw(parts.kit, picture, Path(arguments.chart), dark=arguments.dark)
        if arguments.json:
            print(json.dumps(plan_json(plan, verdict), indent=2, ensure_ascii=False))
            return 0
        view = CampaignView(campaign, plan, verdict, (), (), settings.seal)
        print(
            for_terminal(campaign_card(view, house=settings.house, now=parts.kit.clock.now()).text)
        )
        if arguments.explain:
            print(f"\n{as_text(explanation(plan, campaign.announcement.zone))}")
    return 0


def _draw(kit: Kit, picture: Picture | None, file: Path, *, dark: bool) -> None:
    """Writes the picture; raises AskedWrong where there is none, or no room for it."""
    drawn = kit.charts.draw(picture, dark=dark) if picture else None
    if drawn is None:
        raise AskedWrong("Nothing is raised by this plan, so there is nothing to draw.")
    try:
        file.write_bytes(drawn)
    except OSError as error:
        raise AskedWrong(f"I cannot write {file}: {error.strerror}.") from error


async def preview(kit: Kit, text: str, user: str) -> tuple[Plan, Verdict, Campaign]:
    """What would be planned and judged now if `user` ("": anybody who may announce) announced `text`."""
    now = kit.clock.now()
    campaign = Campaign(
        id="preview",
        announcement=_announced(text, kit),
        channel=kit.house.default_channel,
        announcer=user,
        announced_at=now,
        state=CampaignState.PROPOSED,
    )
    roles = await roles_of(kit, user) if user else frozenset({Role.ANNOUNCER})
    evidence = await gather_evidence(kit, campaign)
    plan, verdict = await propose(Basis(campaign, evidence, roles, now), kit)
    return plan, verdict, campaign


def _announced(text: str, kit: Kit) -> Announcement:
    said = understand(text, now=kit.clock.now(), house=kit.house)
    if isinstance(said, Draft):
        questions = "\n".join(f"- {question.text}" for question in said.questions)
        raise AskedWrong(f"That is not complete yet:\n{questions}")
    return said


def surrounding_environment() -> Mapping[str, str]:
    """What is set here, completed by the running sandbox when Slack is not configured at all."""
    here = environment()
    return here if here.get("SLACK_BOT_TOKEN") else {**here, **running_town().bot_environment}


def for_terminal(text: str) -> str:
    """Slack's text without its markup: dates in the words that stand in for them, nothing in bold."""
    return unescape(_BOLD.sub(r"\1", _DATE.sub(r"\1", text)))


def plan_json(plan: Plan, verdict: Verdict) -> dict[str, Any]:
    """The plan as it is documented in docs/reference/plan.md."""
    body: dict[str, Any] = TypeAdapter(Plan).dump_python(plan, mode="json")
    for planned, row in zip(plan.workloads, body["workloads"], strict=True):
        row["key"] = str(planned.key)
        row["floor"] = planned.floor
    body["needs_nothing"] = plan.needs_nothing
    body["verdict"] = {
        "effect": verdict.effect.value,
        "findings": TypeAdapter(list[Any]).dump_python(list(verdict.findings), mode="json"),
    }
    return body
