"""The Black Friday push at Cymbal Retail in each of its states, as values; used by the card tests and goldens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.cards.campaign import CampaignView
from bot.core.campaign import Announcement, Approval, Campaign, CampaignKind, CampaignState
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.holding import Holding
from bot.core.house import Group, House, Place
from bot.core.money import Money
from bot.core.plan import Band, Driver, Need, Plan, Sizing, Step, WorkloadPlan
from bot.core.report import Chart, Report, ReportRow
from bot.core.verdict import Effect, Finding, Role, Verdict
from bot.core.windows import Window

KEY = b"a key for tests, not a secret"
NOW = datetime(2025, 11, 28, 14, 2, tzinfo=UTC)
START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)
END = datetime(2025, 11, 28, 21, 0, tzinfo=UTC)
RAISE = START - timedelta(minutes=22)
BACK = END + timedelta(minutes=18)

HOUSE = House(
    company="Cymbal Retail",
    zone="Europe/Berlin",
    places=(Place("cymbal-shop", ("europe-west1", "us-central1")),),
    groups=(
        Group("web", "Web shop", ("shop",)),
        Group("checkout", "Checkout"),
        Group("recommendations", "Recommendations"),
        Group("pipeline", "Order pipeline"),
    ),
    engineers="C0OPS",
    default_channel="C0CAMPAIGN",
    roles={"U0MAYA": (Role.ANNOUNCER,), "U0ERIK": (Role.ENGINEER,)},
)

CAMPAIGN = Campaign(
    id="c-7f3a",
    announcement=Announcement(
        name="Black Friday push",
        kind=CampaignKind.PUSH,
        window=Window(START, END),
        zone="Europe/Berlin",
        multiplier=3.0,
        groups=("web",),
    ),
    channel="C0CAMPAIGN",
    announcer="U0MAYA",
    announced_at=NOW - timedelta(seconds=4),
    state=CampaignState.PROPOSED,
    plan_version=1,
)


def key(name: str, region: str = "europe-west1", *, pool: bool = False) -> WorkloadKey:
    """A workload of the shop."""
    kind = WorkloadKind.WORKER_POOL if pool else WorkloadKind.SERVICE
    return WorkloadKey(kind, "cymbal-shop", region, name)


def dollars(text: str) -> Money:
    """An amount in USD."""
    return Money(Decimal(text))


def workload(
    name: WorkloadKey, *, baseline: int, floor: int, rps: tuple[float, float], cost: str = "7.80"
) -> WorkloadPlan:
    """A workload plan that goes from `baseline` to `floor` (equal: nothing is held)."""
    steps = (Step(Window(RAISE, BACK), floor),) if floor > baseline else ()
    pool = name.kind is WorkloadKind.WORKER_POOL
    return WorkloadPlan(
        key=name,
        baseline=baseline,
        ceiling=100,
        ceiling_needed=None,
        usual=Band(rps[0] * 0.8, rps[0], rps[0] * 1.3),
        expected=Band(rps[1] * 0.8, rps[1], rps[1] * 1.3),
        sizing=None if pool else Sizing(1.0, 80, 0.05, 0.12),
        need=Need(floor, Driver.PROPORTION if pool else Driver.CPU, floor, 1),
        steps=steps,
        size=InstanceSize(1.0, 1.0),
        billing=BillingMode.INSTANCE if pool else BillingMode.REQUEST,
        cost=dollars(cost),
        worst_cost=dollars("20.10"),
        traffic_cost=dollars("9.40"),
        evidence=(
            f"Usual peak {rps[0]:g} requests/s on four Fridays.",
            "The autoscaler keeps up: demand rises slower than instances start.",
        ),
    )


PLAN = Plan(
    campaign_id="c-7f3a",
    version=1,
    made_at=NOW,
    window=Window(START, END),
    raise_at=RAISE,
    give_back_at=BACK,
    workloads=(
        workload(key("web-frontend"), baseline=4, floor=41, rps=(420.0, 1260.0), cost="14.20"),
        workload(key("search"), baseline=2, floor=14, rps=(95.4, 286.2), cost="4.60"),
        workload(
            key("search", "us-central1"), baseline=1, floor=13, rps=(80.0, 240.0), cost="4.60"
        ),
        workload(key("static-pages"), baseline=0, floor=0, rps=(12.0, 36.0), cost="0"),
    ),
    cost=dollars("23.40"),
    worst_cost=dollars("60.30"),
    traffic_cost=dollars("28.20"),
    priced_on="Google's list prices of 24 Nov 2026",
    warnings=("Only three of four weeks had data; the week of 7 Nov was left out.",),
)

ALLOWED = Verdict(
    (
        Finding("requester", Effect.ALLOW, "You may announce campaigns.", "You are an announcer."),
        Finding(
            "budget",
            Effect.ALLOW,
            "The cost is within what anybody may spend on a campaign.",
            "$23.40 planned; up to $50.00 needs no approval, above $2,000.00 is refused.",
        ),
        Finding(
            "lead_time",
            Effect.ALLOW,
            "There is enough time to warm up.",
            "It starts in 2 h 58 min.",
        ),
    )
)
CEILING = Finding(
    "ceiling",
    Effect.NEEDS_APPROVAL,
    "The maximum of web-frontend must rise.",
    "100 now, 140 needed.",
    "About x2.1 fits under the present maximum.",
    (Role.APPROVER, Role.ENGINEER),
)
NEEDS_APPROVAL = Verdict((*ALLOWED.findings, CEILING))
REFUSED = Verdict(
    (
        *ALLOWED.findings,
        Finding(
            "uplift",
            Effect.REFUSE,
            "40 times the usual demand is beyond what I may prepare.",
            "The most is 20 times.",
            "Ask for x20 or less, or talk to the engineers.",
        ),
    )
)


def holding(name: WorkloadKey, floor: int, **known: object) -> Holding:
    """What is held of a workload; baseline 2."""
    return replace(Holding(name, baseline=2, baseline_ceiling=None, wanted=floor), **known)  # type: ignore[arg-type]


PROVEN_AT = START - timedelta(minutes=16)
COLD = (
    holding(key("web-frontend"), 41, written=41, observed=41, proven_floor=41, proven_at=PROVEN_AT),
    holding(key("search"), 14, written=14, observed=14),
    holding(key("search", "us-central1"), 13, written=13, operation="operations/1"),
)
WARM = tuple(
    holding(
        key(name, region),
        floor,
        written=floor,
        observed=floor,
        proven_floor=floor,
        proven_at=PROVEN_AT,
    )
    for name, region, floor in (
        ("web-frontend", "europe-west1", 41),
        ("search", "europe-west1", 14),
        ("search", "us-central1", 13),
    )
)
GOING_DOWN = (
    holding(key("web-frontend"), 2, observed=20, written=20),
    holding(key("search"), 2, observed=2, restored_at=BACK),
    holding(key("search", "us-central1"), 2, observed=2, restored_at=BACK),
)


def row(name: WorkloadKey, planned: int, **known: object) -> ReportRow:
    """A report row with everything measured unless `known` says otherwise."""
    made = ReportRow(
        key=name,
        baseline=2,
        planned_instances=planned,
        actual_instances=planned,
        needed_instances=planned - 3,
        usual_demand=420.0,
        planned_demand=1260.0,
        actual_demand=1185.5,
        uplift=2.82,
        minutes_at_risk=0,
        planned_cost=dollars("14.20"),
        actual_cost=dollars("13.05"),
        billable_hours=182.4,
        proven_at=PROVEN_AT,
        restored_at=BACK,
    )
    return replace(made, **known)  # type: ignore[arg-type]


REPORT = Report(
    campaign_id="c-7f3a",
    made_at=BACK + timedelta(minutes=5),
    uplift_announced=3.0,
    uplift_seen=2.82,
    planned_demand=1786.2,
    actual_demand=1680.0,
    minutes_at_risk=0,
    planned_cost=dollars("23.40"),
    actual_cost=dollars("21.15"),
    billable_hours=301.0,
    proven_at=PROVEN_AT,
    restored_at=BACK,
    rows=(row(key("web-frontend"), 41), row(key("search"), 14, notes=("The peak came at 18:02.",))),
    chart=Chart(
        title="Demand, planned and actual",
        labels=tuple(f"{18 + i // 4}:{15 * (i % 4):02}" for i in range(16)),
        planned=tuple(1786.2 * (0.4 + 0.6 * 0.8**i) for i in range(16)),
        actual=tuple(None if i == 7 else 1680.0 * (0.4 + 0.6 * 0.82**i) for i in range(16)),
    ),
    lessons=("The push brought 2.82 times the usual demand, a little less than announced.",),
)
NOTHING_WARMED = replace(
    REPORT,
    actual_cost=dollars("0"),
    proven_at=None,
    restored_at=None,
    rows=tuple(
        row(
            key(name),
            floor,
            held_instances=2,
            actual_cost=dollars("0"),
            proven_at=None,
            restored_at=None,
        )
        for name, floor in (("web-frontend", 41), ("search", 14))
    ),
)

YES = Approval("c-7f3a", 1, "U0ERIK", True, NOW + timedelta(minutes=3))
NO = replace(YES, approved=False)


def view(state: CampaignState, **known: object) -> CampaignView:
    """The campaign in `state`, allowed and without holdings unless `known` says otherwise."""
    campaign = {name: known.pop(name) for name in list(known) if name in Campaign.__slots__}
    made = CampaignView(
        campaign=replace(CAMPAIGN, state=state, **campaign),  # type: ignore[arg-type]
        plan=PLAN,
        verdict=ALLOWED,
        holdings=(),
        approvals=(),
        seal=KEY,
    )
    return replace(made, **known)  # type: ignore[arg-type]
