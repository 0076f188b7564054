"""A case that every guardrail allows, to be changed one thing at a time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.core.campaign import Announcement, Campaign, CampaignKind, CampaignState
from bot.core.case import Case, Facts
from bot.core.fences import Fences
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.house import Guardrails, House
from bot.core.money import ZERO, Money
from bot.core.plan import Band, Driver, Need, Plan, Step, WorkloadPlan
from bot.core.rules import Rule
from bot.core.verdict import Role
from bot.core.windows import Window

START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)  # 18:00 in Berlin
WINDOW = Window(START, START + timedelta(hours=4))
LEAD = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Told:
    """What the tests vary."""

    cost: str = "12.34"
    currency: str = "USD"
    multiplier: float = 3.0
    notice: timedelta = timedelta(days=2)
    lead: timedelta = LEAD
    roles: frozenset[Role] = frozenset({Role.ANNOUNCER})
    ceilings: tuple[tuple[str, int, int | None], ...] = (("web", 40, None),)
    state: CampaignState = CampaignState.PLANNING
    guardrails: Guardrails = Guardrails()
    fences: Fences = Fences()
    facts: Facts = Facts()
    rules: tuple[Rule, ...] = ()
    ux_floors: tuple[tuple[str, int], ...] = ()
    name: str = "Black Friday push"
    channel: str = "C0CAMPAIGN"
    weeks: int | None = 4
    joint_floor: int = 0


def case(**told: object) -> Case:
    """The case that `Told` describes; keywords are its fields."""
    return case_of(replace(Told(), **told))  # type: ignore[arg-type]


def case_of(told: Told) -> Case:
    """One campaign of four hours, its plan, its announcer's roles and the house's guardrails."""
    announcement = Announcement(
        told.name,
        CampaignKind.PUSH,
        WINDOW,
        "Europe/Berlin",
        told.multiplier,
        ("web",),
    )
    now = START - told.notice
    campaign = Campaign("c1", announcement, told.channel, "U0MAYA", now, state=told.state)
    house = House(
        "Cymbal Retail",
        "Europe/Berlin",
        (),
        (),
        "C0OPS",
        "C0",
        {},
        guardrails=told.guardrails,
        fences=told.fences,
        rules=told.rules,
        ux_floors=dict(told.ux_floors),
    )
    return Case(campaign, plan(told), told.roles, house, now, told.facts)


def plan(told: Told) -> Plan:
    """A plan of that cost and those ceilings."""
    money = Money(Decimal(told.cost), told.currency)
    return Plan(
        campaign_id="c1",
        version=1,
        made_at=START - told.notice,
        window=WINDOW,
        raise_at=START - told.lead,
        give_back_at=WINDOW.end + timedelta(minutes=10),
        workloads=tuple(
            replace(workload(*ceiling), weeks=told.weeks, joint_floor=told.joint_floor)
            for ceiling in told.ceilings
        ),
        cost=money,
        worst_cost=money,
        traffic_cost=ZERO,
        priced_on="2025-11-01",
    )


def workload(name: str, ceiling: int, ceiling_needed: int | None) -> WorkloadPlan:
    """One service that is held at 12 instances during the window."""
    return WorkloadPlan(
        key=WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", name),
        baseline=2,
        ceiling=ceiling,
        ceiling_needed=ceiling_needed,
        usual=Band(10, 20, 30),
        expected=Band(30, 60, 90),
        sizing=None,
        need=Need(12, Driver.CPU, 12, 4),
        steps=(Step(WINDOW, 12),),
        size=InstanceSize(1, 0.5),
        billing=BillingMode.REQUEST,
        cost=ZERO,
        worst_cost=ZERO,
        traffic_cost=ZERO,
    )
