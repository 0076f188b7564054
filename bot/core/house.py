"""The house rules: everything the platform engineer configures in headroom.yaml, as checked values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.core.alert_rules import AlertRules
from bot.core.bill import BillingTable
from bot.core.digest.schedule import Subscription
from bot.core.experience import Experience
from bot.core.fences import Fences
from bot.core.marketing import CalendarRules
from bot.core.money import Money
from bot.core.oversight import Oversight
from bot.core.pipelines import Pipeline
from bot.core.rules import Rule
from bot.core.slack_features import SlackFeatures
from bot.core.verdict import Role


@dataclass(frozen=True, slots=True)
class Place:
    """A Google Cloud project and the regions of it that Headroom looks at."""

    project: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of workloads that business people know.

    A workload belongs to it by its label `headroom-group=<name>` or by being listed in `workloads`
    (names without project and region). `title` is what people read; `aliases` what they may also say.
    """

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guardrails:
    """The limits of self-service."""

    auto_budget: Money = field(default_factory=lambda: Money(Decimal(50)))
    max_budget: Money = field(default_factory=lambda: Money(Decimal(2000)))
    min_notice: timedelta = timedelta(minutes=30)
    auto_multiplier: float = 5.0
    max_multiplier: float = 20.0
    ceiling_raise_needs: tuple[Role, ...] = (Role.APPROVER, Role.ENGINEER)
    budget_approvers: tuple[Role, ...] = (Role.FINANCE, Role.APPROVER)
    self_approval: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """How early, how often, how carefully.

    lead time = learned startup p95 + `metric_delay` + `time_to_fix`. Capacity must be proven
    `prove_before` the start or the engineers hear it. `cooldown` after the end before the first step
    down, `step_down_every` between steps; metrics older than `stale_after` mean hold.
    """

    metric_delay: timedelta = timedelta(minutes=3)
    time_to_fix: timedelta = timedelta(minutes=15)
    default_startup: timedelta = timedelta(seconds=30)
    prove_before: timedelta = timedelta(minutes=5)
    cooldown: timedelta = timedelta(minutes=10)
    step_down_every: timedelta = timedelta(minutes=3)
    stale_after: timedelta = timedelta(minutes=6)
    look_again: timedelta = timedelta(seconds=60)
    look_again_warming: timedelta = timedelta(seconds=15)


class Repair(StrEnum):
    """What happens to a floor that somebody else lowers during a campaign; a person may decide otherwise."""

    AUTO = "auto"  # put back at once, and told
    ASK = "ask"  # left until an engineer decides
    LEAVE = "leave"  # left, and told


class LoopMode(StrEnum):
    """What happens while a campaign is live and the demand is not what was planned."""

    AUTO = "auto"  # raised and given back within the guardrails, else asked
    ASK = "ask"  # always asked before a raise
    OFF = "off"


@dataclass(frozen=True, slots=True)
class CapacityRules:
    """How Headroom deals with Google and with demand that is not as planned.

    `writes_per_minute` of one project and region; Google's own limit is 30 or more. While live the
    floor may rise to `beyond_plan` times the planned one without asking, at an extra cost of up to
    `Guardrails.auto_budget`. `survivors` are worker pools (name, key or group) whose work survives that
    an instance is stopped.
    """

    writes_per_minute: int = 20
    loop: LoopMode = LoopMode.AUTO
    beyond_plan: float = 1.5
    survivors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdviceRules:
    """How the fleet is looked at for advice: over `days`, once a day if `daily`.

    What saves less than `least_usd` a month is not said. `commitment` is the share that a flexible
    commitment for one year takes off.
    """

    days: int = 14
    daily: bool = True
    least_usd: Decimal = Decimal(5)
    commitment: Decimal = Decimal("0.17")


@dataclass(frozen=True, slots=True)
class House:
    """All of it. `roles` maps a Slack user id to roles, `role_groups` a Slack user-group id to roles;
    who is in neither has none. `engineers`, `finance` ("": none of its own) and `default_channel` are
    Slack channel ids. `discount` is a share, `gpu_prices` USD an hour by accelerator, `billing` Google's
    billing export (None: it is not read).
    """

    company: str
    zone: str
    places: tuple[Place, ...]
    groups: tuple[Group, ...]
    engineers: str
    default_channel: str
    roles: Mapping[str, tuple[Role, ...]]
    role_groups: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
    guardrails: Guardrails = field(default_factory=Guardrails)
    timing: Timing = field(default_factory=Timing)
    discount: Decimal = Decimal(0)
    catalog_prices: bool = False
    gpu_prices: Mapping[str, Decimal] = field(default_factory=dict)
    billing: BillingTable | None = None
    weeks_of_history: int = 8
    spare: float = 0.1
    ux_floors: Mapping[str, int] = field(default_factory=dict)
    repair: Repair = Repair.AUTO
    capacity: CapacityRules = field(default_factory=CapacityRules)
    holidays: Mapping[date, str] = field(default_factory=dict)
    fences: Fences = field(default_factory=Fences)
    rules: tuple[Rule, ...] = ()
    oversight: Oversight = field(default_factory=Oversight)
    finance: str = ""
    alerts: AlertRules = field(default_factory=AlertRules)
    digests: tuple[Subscription, ...] = ()
    experience: Experience = field(default_factory=Experience)
    advice: AdviceRules = field(default_factory=AdviceRules)
    calendar: CalendarRules = field(default_factory=CalendarRules)
    pipelines: tuple[Pipeline, ...] = ()
    slack: SlackFeatures = field(default_factory=SlackFeatures)

    def group(self, name: str) -> Group | None:
        """The group called `name` (or an alias), case-insensitively; None if there is none."""
        wanted = name.strip().lstrip("#").casefold()
        for group in self.groups:
            if wanted in {word.casefold() for word in (group.name, group.title, *group.aliases)}:
                return group
        return None
