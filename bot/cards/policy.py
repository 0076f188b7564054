"""What the guardrails let anybody do, what they ask a yes for, and what they refuse; the answer to `/headroom policy`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.blocks import context, header, message, section
from bot.cards.home_rest import freeze_lines, rights
from bot.cards.text import rows, said
from bot.cards.wording import count, duration, listing, money, number, roles
from bot.core.budgeting import TeamSpend
from bot.core.freeze import FreezeCalendar
from bot.core.house import House
from bot.core.message import Message
from bot.core.verdict import Effect, Role
from bot.core.wording import say_month_of

_SECTION = 2600
_DOES = {
    Effect.ALLOW: "tells",
    Effect.NEEDS_APPROVAL: "asks a yes",
    Effect.REFUSE: "refuses",
}


@dataclass(frozen=True, slots=True)
class PolicyView:
    """Who asks, and what only the database and the calendars know."""

    roles: frozenset[Role]
    calendar: FreezeCalendar
    spent: tuple[TeamSpend, ...]


def policy_card(view: PolicyView, *, house: House, now: datetime) -> Message:
    """The limits in the order in which they matter to somebody who plans a campaign."""
    if not view.roles:
        return _for_strangers(house)
    parts = [
        "*Allowed at once, when you confirm*\n" + rows(_free(house)),
        "*With a yes*\n" + rows(_asked(house)),
        "*Never*\n" + rows(_never(house)),
        _titled("Money of the teams", [_spent(one) for one in view.spent]),
        _titled("Freezes", freeze_lines(view.calendar.freezes, house=house, now=now)),
        _titled("Rules of our own", _own_rules(house)),
        _unread(view.calendar),
    ]
    shown = [part for part in parts if part]
    blocks = [header("What the guardrails allow"), *(section(part) for part in shown)]
    blocks += rights(view.roles, house)
    blocks.append(
        context(
            "Every plan is judged by all of them and says why. *Why?* on a plan shows its numbers."
        )
    )
    return message("\n".join(["What the guardrails allow", *shown]), blocks)


def _for_strangers(house: House) -> Message:
    return message("You have no role here yet.", rights(frozenset(), house))


def _titled(title: str, lines: Sequence[str]) -> str:
    return f"*{title}*\n{rows(lines, most=20, limit=_SECTION)}" if lines else ""


def _free(house: House) -> list[str]:
    rails = house.guardrails
    lines = [
        f"• up to {number(rails.auto_multiplier)}× the usual demand",
        f"• up to {money(rails.auto_budget)} for holding instances",
        f"• announced at least {duration(rails.min_notice)} before the start",
    ]
    if house.fences.unproven_multiplier < rails.auto_multiplier:
        most = number(house.fences.unproven_multiplier)
        lines.append(f"• up to {most}× where the usual demand is not known from earlier weeks")
    return lines


def _asked(house: House) -> list[str]:
    rails = house.guardrails
    return [
        f"• more than that, up to {number(rails.max_multiplier)}× and {money(rails.max_budget)}",
        f"• what costs more: a yes from {roles(rails.budget_approvers)}",
        f"• a higher maximum of instances: a yes from {roles(rails.ceiling_raise_needs)}",
        "• nobody says yes to their own plan"
        if not rails.self_approval
        else "• an approver may say yes to their own plan",
    ]


def _never(house: House) -> list[str]:
    rails = house.guardrails
    return [
        f"• more than {number(rails.max_multiplier)}× or {money(rails.max_budget)}",
        "• fewer instances than customers need, to save money",
        "• more than Google's quota or what is behind the workloads can bear",
    ]


def _spent(one: TeamSpend) -> str:
    limits = []
    if one.team.month is not None:
        limits.append(f"{money(one.team.month)} need no yes")
    if one.team.most is not None:
        limits.append(f"above {money(one.team.most)} is refused")
    taken = f"{money(one.taken)} taken in {say_month_of(one.month)} by {count(one.campaigns, 'campaign')}"
    return f"• *{said(one.team.title, 60)}*: {taken}; {'; '.join(limits) or 'no limit is set'}"


def _own_rules(house: House) -> list[str]:
    return [f"• *{said(rule.name, 60)}* {_DOES[rule.effect]}" for rule in house.rules]


def _unread(calendar: FreezeCalendar) -> str:
    names = [said(name, 60) for name in calendar.unreadable]
    return (
        f":warning: I cannot read {listing(names)}; until I can, every plan needs a yes."
        if names
        else ""
    )
