"""Values for the tables: one campaign, one workload, one claim, each with what a case changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.core.campaign import Announcement, Campaign, CampaignKind, CampaignState
from bot.core.claiming import Wanted
from bot.core.claims import Claim
from bot.core.fleet import (
    BillingMode,
    InstanceSize,
    Scaling,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.money import Money
from bot.core.plan import Plan
from bot.core.series import Series
from bot.core.windows import Window

START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)
END = START + timedelta(hours=4)
RAISE = START - timedelta(minutes=20)
GIVE_BACK = END + timedelta(minutes=10)
SHOP = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "shop")
MINUTE = timedelta(minutes=1)


def campaign(state: CampaignState = CampaignState.WARMING, **more: Any) -> Campaign:
    said = Announcement(
        "Black Friday", CampaignKind.PUSH, Window(START, END), "Europe/Berlin", 3.0, ("web",)
    )
    fields: dict[str, Any] = {"state": state, "plan_version": 1} | more
    return Campaign("c-1", said, "C0CAMPAIGN", "U0MAYA", START - timedelta(hours=3), **fields)


def plan(**more: Any) -> Plan:
    nothing = Money(Decimal(0))
    fields: dict[str, Any] = {"workloads": ()} | more
    return Plan(
        campaign_id="c-1",
        version=1,
        made_at=START - timedelta(hours=3),
        window=Window(START, END),
        raise_at=RAISE,
        give_back_at=GIVE_BACK,
        cost=nothing,
        worst_cost=nothing,
        traffic_cost=nothing,
        priced_on="a day",
        **fields,
    )


def claim(floor: int = 61, *, key: WorkloadKey = SHOP, hold: Window | None = None) -> Claim:
    return Claim(
        id=f"c-1/{key}/0",
        campaign_id="c-1",
        workload=key,
        hold=hold or Window(RAISE, GIVE_BACK),
        floor=floor,
        usual_rps=0.0,
        added_rps=0.0,
        sizing=None,
        ceiling=None,
        requester="U0MAYA",
        reason="Black Friday",
    )


def holding(**more: Any) -> Holding:
    fields: dict[str, Any] = {"baseline": 2, "baseline_ceiling": None} | more
    return Holding(SHOP, **fields)


def workload(
    floor: int = 2, *, ceiling: int | None = None, mode: ScalingMode = ScalingMode.AUTOMATIC
) -> Workload:
    return Workload(
        key=SHOP,
        groups=("web",),
        size=InstanceSize(1, 0.5),
        billing=BillingMode.REQUEST,
        concurrency=80,
        scaling=Scaling(mode, floor, ceiling),
        token="etag-1",
        revision="shop-00001",
    )


def entry(number: int, floor: int, outcome: Outcome = Outcome.INTENDED, **more: Any) -> LedgerEntry:
    fields: dict[str, Any] = {"at": START, "ceiling": None, "claims": ()} | more
    return LedgerEntry(
        id=number,
        workload=SHOP,
        previous_floor=2,
        floor=floor,
        previous_ceiling=None,
        token="etag-1",
        reason="",
        outcome=outcome,
        **fields,
    )


def wanted(floor: int, *claims: Claim, ceiling: int | None = None) -> Wanted:
    return Wanted(floor, ceiling, claims, None)


def series(value: float, *, at: datetime) -> Series:
    """One point that covers the minute from `at` on."""
    return Series(at, MINUTE, (value,))
