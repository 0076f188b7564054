"""The answer to `/headroom policy`, for somebody with a role and for a stranger. Used by gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.cards.policy import PolicyView, policy_card
from bot.core.budgeting import TeamSpend
from bot.core.fences import Team
from bot.core.freeze import Freeze, FreezeCalendar
from bot.core.message import Message
from bot.core.money import Money
from bot.core.rules import Rule
from bot.core.verdict import Effect, Role
from bot.core.windows import Window
from tests.cards.samples import BACK, HOUSE, NOW

_TEAM = Team("marketing", "Marketing", month=Money(Decimal(300)), most=Money(Decimal(1000)))
_FREEZE = Freeze("Stocktaking", Window(BACK, BACK + timedelta(hours=8)), groups=("checkout",))
_RULE = Rule("no Friday evenings", "true", Effect.NEEDS_APPROVAL, "Friday evenings need a yes.")
_RULED = replace(HOUSE, rules=(_RULE,))
_KNOWN = PolicyView(
    frozenset({Role.ANNOUNCER}),
    FreezeCalendar((_FREEZE,), unreadable=("Retail calendar",)),
    (TeamSpend(_TEAM, "2025-11", Money(Decimal("118.40")), 3),),
)

POLICIES: Mapping[str, Callable[[], Message]] = {
    "policy": lambda: policy_card(_KNOWN, house=_RULED, now=NOW),
    "policy_stranger": lambda: policy_card(
        replace(_KNOWN, roles=frozenset()), house=_RULED, now=NOW
    ),
}
