"""What may be known around a plan: freezes, money, other campaigns, quota, dependencies, caps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.core.budgeting import TeamSpend
from bot.core.case import Facts, OtherCampaign, OtherClaim
from bot.core.fences import Team
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.freeze import Freeze, FreezeCalendar
from bot.core.limits import Dependency, Heard, Quota, Resource, SpendCap
from bot.core.money import Money
from bot.core.verdict import Effect, Role
from bot.core.windows import Window
from tests.policies.cases import START, WINDOW

HOUR = timedelta(hours=1)


def dollars(amount: float | str) -> Money:
    return Money(Decimal(str(amount)))


def freeze(
    start: datetime = START - HOUR,
    end: datetime = WINDOW.end,
    groups: tuple[str, ...] = (),
    effect: Effect = Effect.REFUSE,
) -> Freeze:
    """A freeze over the whole campaign, unless told otherwise."""
    return Freeze("Inventory", Window(start, end), groups, effect, (Role.ENGINEER,))


def frozen(*freezes: Freeze) -> Facts:
    return Facts(calendar=FreezeCalendar(freezes))


def spent(taken: float, month: float | None = 100, most: float | None = 200) -> Facts:
    """Marketing has taken that much of its month's money."""
    team = Team(
        "marketing",
        "Marketing",
        month=None if month is None else dollars(month),
        most=None if most is None else dollars(most),
    )
    return Facts(team=TeamSpend(team, "2025-11", dollars(taken), 2))


def quota(used: float, limit: float = 100, resource: Resource = Resource.VCPU) -> Facts:
    """One quota of the plan's region; its workload adds 10 instances of 1 vCPU and 0.5 GiB."""
    return Facts(quotas=(Quota("cymbal-shop", "europe-west1", resource, limit, used, START),))


def database(
    capacity: float, used: float | None = 0.0, groups: tuple[str, ...] = (), per_rps: float = 0.0
) -> Facts:
    """Each of the plan's 12 instances takes 10 connections."""
    behind = Dependency("db", "Orders database", groups, capacity, "connections", 10, per_rps, used)
    return Facts(dependencies=(behind,))


def cap(spent: float | None, limit: float = 1000, *, enforced: bool = False) -> Facts:
    money = None if spent is None else dollars(spent)
    return Facts(spend_caps=(SpendCap("cymbal-shop", dollars(limit), money, enforced),))


def said_cap(spent: float, *, days_ago: float = 1, month: int = 11) -> Facts:
    """A cap of 1,000 of which a budget spoke that long before the start, of that month."""
    heard = Heard(WINDOW.start - timedelta(days=days_ago + 2), datetime(2025, month, 1, tzinfo=UTC))
    one = SpendCap("cymbal-shop", dollars(1000), dollars(spent), budget="Shop", heard=heard)
    return Facts(spend_caps=(one,))


def beside(
    extra: int,
    name: str = "web",
    hold: Window = WINDOW,
    rps: float = 0.0,
    busy: Window | None = None,
) -> Facts:
    """Another campaign that was settled first and holds that much of a workload; its demand comes while `busy`."""
    key = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", name)
    other = OtherCampaign("c0", "Spring sale", "U0SAM", hold, (OtherClaim(key, extra, rps),), busy)
    return Facts(others=(other,))
