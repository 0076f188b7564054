"""Values that the store's tests put in and expect back unchanged."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.core.campaign import Announcement, Campaign, CampaignKind
from bot.core.claims import Claim
from bot.core.delivery import Delivery
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.holding import LedgerEntry
from bot.core.message import Message, WantedPost
from bot.core.money import Money
from bot.core.plan import Band, Driver, Need, Plan, Sizing, Step, WorkloadPlan
from bot.core.verdict import Effect, Finding, Role, Verdict
from bot.core.windows import Window

NOW = datetime(2025, 11, 28, 14, 0, 0, 123456, tzinfo=UTC)
WINDOW = Window(NOW + timedelta(hours=3), NOW + timedelta(hours=7))
KEY = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "storefront")
SIZING = Sizing(vcpu=2, concurrency=80, cpu_seconds=0.02, latency_seconds=0.3)


def campaign(id: str = "black-friday", **changes: object) -> Campaign:
    """Black Friday, just announced."""
    announcement = Announcement(
        "Black Friday", CampaignKind.PUSH, WINDOW, "Europe/Berlin", 3.0, ("web", "checkout")
    )
    return Campaign(id, announcement, "C0CAMPAIGN", "U0MAYA", NOW, **changes)  # type: ignore[arg-type]


def plan(campaign_id: str = "black-friday", version: int = 1) -> Plan:
    """A plan with every kind of field filled in."""
    money = Money(Decimal("12.3456789"))
    workload = WorkloadPlan(
        key=KEY,
        baseline=2,
        ceiling=100,
        ceiling_needed=120,
        usual=Band(10, 20, 30),
        expected=Band(30, 60, 90),
        sizing=SIZING,
        need=Need(11, Driver.CPU, 11, 4),
        steps=(Step(WINDOW, 11),),
        size=InstanceSize(2, 1.5),
        billing=BillingMode.REQUEST,
        cost=money,
        worst_cost=money,
        traffic_cost=money,
        evidence=("the last 4 Fridays",),
        warnings=("one <@U0ERIK> & more",),
    )
    return Plan(
        campaign_id,
        version,
        made_at=NOW,
        window=WINDOW,
        raise_at=NOW + timedelta(hours=2),
        give_back_at=NOW + timedelta(hours=8),
        workloads=(workload,),
        cost=money,
        worst_cost=money,
        traffic_cost=money,
        priced_on="2025-11-01",
    )


VERDICT = Verdict(
    (
        Finding(
            "budget", Effect.NEEDS_APPROVAL, "It costs 60 USD", "60 > 50", approvers=(Role.FINANCE,)
        ),
    )
)


def claim(id: str = "black-friday/storefront", campaign_id: str = "black-friday") -> Claim:
    """Black Friday's claim on the storefront."""
    return Claim(id, campaign_id, KEY, WINDOW, 11, 20.0, 40.0, SIZING, None, "U0MAYA", "x3")


def delivery(identity: str = "T1", text: str = "Black Friday") -> Delivery:
    """A slash command."""
    return Delivery(identity, "U0MAYA", "T0CYMBAL", NOW, command="/campaign", text=text)


def entry(**changes: object) -> LedgerEntry:
    """An intent to raise the storefront."""
    return LedgerEntry(0, KEY, NOW, 2, 11, None, 120, ("black-friday",), "etag", "x3", **changes)  # type: ignore[arg-type]


def post(subject: str = "campaign/1", text: str = "hello", **fields: object) -> WantedPost:
    """A message wanted in #campaigns."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return WantedPost("C0CAMPAIGN", subject, Message(text, (block,)), **fields)  # type: ignore[arg-type]
