"""The parts of headroom.yaml that set further limits: freezes, calendars, teams, dependencies, caps, environments."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from bot.core.fences import Fences, Team
from bot.core.freeze import APPROVERS, Feed, Freeze
from bot.core.limits import Dependency, Quota, Resource, SpendCap
from bot.core.money import Money
from bot.core.verdict import Effect, Role
from bot.core.windows import Window
from bot.settings.yaml_file import Part

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
_Title = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_Amount = Annotated[Decimal, Field(ge=0)]
_Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Objection = Literal[Effect.REFUSE, Effect.NEEDS_APPROVAL]


class _FreezePart(Part):
    """One entry under `freezes`; times without an offset are the company's."""

    name: _Title
    start: datetime = Field(alias="from")
    until: datetime
    groups: list[str] = []
    effect: _Objection = Effect.REFUSE
    approvers: list[Role] = list(APPROVERS)


class _CalendarPart(Part):
    """One entry under `calendars`."""

    name: _Title
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]
    groups: list[str] = []
    effect: _Objection = Effect.REFUSE
    approvers: list[Role] = list(APPROVERS)


class _TeamPart(Part):
    """One entry under `teams`."""

    name: _Name
    title: _Title
    people: list[Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]] = []
    channels: list[Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]+$")]] = []
    month_usd: _Amount | None = None
    most_usd: _Amount | None = None
    approvers: list[Role] = [Role.FINANCE]


class _DependencyPart(Part):
    """One entry under `dependencies`."""

    name: _Name
    title: _Title
    groups: list[str] = []
    capacity: _Number
    unit: _Title = "connections"
    per_instance: _Number = 0
    per_rps: _Number = 0
    used: _Number | None = None


class _SpendCapPart(Part):
    """One entry under `spend_caps`."""

    project: str
    limit_usd: _Amount
    spent_usd: _Amount | None = None
    enforced: bool = False
    budget: Annotated[str, StringConstraints(max_length=200)] = ""


class _QuotaPart(Part):
    """One entry under `quotas`; what is used is what others use."""

    project: str
    region: str
    resource: Resource = Resource.VCPU
    limit: _Number
    used: _Number = 0


class _EnvironmentsPart(Part):
    """What is production, and where things are only tried out."""

    production_projects: list[str] = []
    test_channels: list[str] = []


class _LimitsPart(Part):
    """Shares of limits above which engineers are asked."""

    unproven_multiplier: Annotated[float, Field(ge=1)] = 2
    quota_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    dependency_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    shared_share: Annotated[float, Field(gt=0, le=1)] = 0.95


class FencesPart(Part):
    """The keys at the top level of headroom.yaml that belong here."""

    freezes: list[_FreezePart] = []
    calendars: list[_CalendarPart] = []
    teams: list[_TeamPart] = []
    dependencies: list[_DependencyPart] = []
    spend_caps: list[_SpendCapPart] = []
    quotas: list[_QuotaPart] = []
    read_quotas: bool = False
    environments: _EnvironmentsPart = _EnvironmentsPart()
    limits: _LimitsPart = _LimitsPart()


def fences_of(part: FencesPart, zone: str) -> Fences:
    """The values; raises ValueError for a freeze that does not end after it starts."""
    return Fences(
        freezes=tuple(_freeze(one, zone) for one in part.freezes),
        feeds=tuple(_feed(one) for one in part.calendars),
        teams=tuple(_team(one) for one in part.teams),
        dependencies=tuple(_dependency(one) for one in part.dependencies),
        spend_caps=tuple(_spend_cap(one) for one in part.spend_caps),
        quotas=tuple(
            Quota(one.project, one.region, one.resource, one.limit, one.used) for one in part.quotas
        ),
        read_quotas=part.read_quotas,
        production_projects=tuple(part.environments.production_projects),
        test_channels=tuple(part.environments.test_channels),
        unproven_multiplier=part.limits.unproven_multiplier,
        quota_share=part.limits.quota_share,
        dependency_share=part.limits.dependency_share,
        shared_share=part.limits.shared_share,
    )


def unknown_groups(part: FencesPart, known: Sequence[str]) -> list[str]:
    """`freezes._Name: webb`, for every group named that does not exist."""
    named = [
        *((f"freezes.{one.name}", one.groups) for one in part.freezes),
        *((f"calendars.{one.name}", one.groups) for one in part.calendars),
        *((f"dependencies.{one.name}", one.groups) for one in part.dependencies),
    ]
    return [f"{where}: {g}" for where, groups in named for g in groups if g not in known]


def _freeze(part: _FreezePart, zone: str) -> Freeze:
    window = Window(_instant(part.start, zone), _instant(part.until, zone))
    return Freeze(part.name, window, tuple(part.groups), part.effect, tuple(part.approvers))


def _instant(at: datetime, zone: str) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _feed(part: _CalendarPart) -> Feed:
    return Feed(part.name, part.url, tuple(part.groups), part.effect, tuple(part.approvers))


def _team(part: _TeamPart) -> Team:
    return Team(
        name=part.name,
        title=part.title,
        people=tuple(part.people),
        channels=tuple(part.channels),
        month=None if part.month_usd is None else Money(part.month_usd),
        most=None if part.most_usd is None else Money(part.most_usd),
        approvers=tuple(part.approvers),
    )


def _dependency(part: _DependencyPart) -> Dependency:
    return Dependency(
        name=part.name,
        title=part.title,
        groups=tuple(part.groups),
        capacity=part.capacity,
        unit=part.unit,
        per_instance=part.per_instance,
        per_rps=part.per_rps,
        used=part.used,
    )


def _spend_cap(part: _SpendCapPart) -> SpendCap:
    spent = None if part.spent_usd is None else Money(part.spent_usd)
    return SpendCap(part.project, Money(part.limit_usd), spent, part.enforced, part.budget)
