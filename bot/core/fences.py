"""The further limits of self-service in headroom.yaml: freezes, teams' money, what is behind the workloads, environments."""

from dataclasses import dataclass

from bot.core.freeze import Feed, Freeze
from bot.core.limits import Dependency, Quota, SpendCap
from bot.core.money import Money
from bot.core.verdict import Role


@dataclass(frozen=True, slots=True)
class Team:
    """Who spends together: people and channels (Slack ids), and what they may spend in a month.

    Up to `month` nobody is asked, up to `most` the `approvers` are, above it is refused (None: no limit).
    """

    name: str
    title: str
    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    month: Money | None = None
    most: Money | None = None
    approvers: tuple[Role, ...] = (Role.FINANCE,)


@dataclass(frozen=True, slots=True)
class Fences:
    """All of them; the defaults restrict nobody who configured nothing.

    `unproven_multiplier` is the largest uplift where the usual demand is not known. `quota_share` and
    `dependency_share` are the shares of a limit above which engineers are asked; above 1 it is refused.
    `quotas` come before those that are read from Google, if `read_quotas`. `shared_share` is the same for a ceiling that several campaigns share.
    """

    freezes: tuple[Freeze, ...] = ()
    feeds: tuple[Feed, ...] = ()
    teams: tuple[Team, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    spend_caps: tuple[SpendCap, ...] = ()
    quotas: tuple[Quota, ...] = ()
    read_quotas: bool = False
    production_projects: tuple[str, ...] = ()
    test_channels: tuple[str, ...] = ()
    unproven_multiplier: float = 2.0
    quota_share: float = 0.8
    dependency_share: float = 0.8
    shared_share: float = 0.95
