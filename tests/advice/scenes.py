"""Workloads and how they were used, for the tests of advice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.advice.advising import Seen
from bot.core.advice.usage import Usage
from bot.core.fleet import (
    BillingMode,
    InstanceSize,
    Scaling,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.house import Group, House, Place
from bot.core.windows import Window

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
SPAN = Window(NOW - timedelta(days=14), NOW)
KEY = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "shop")
HOUSE = House(
    company="Cymbal Retail",
    zone="Europe/Berlin",
    places=(Place("cymbal-shop", ("europe-west1",)),),
    groups=(Group("web", "Web shop"),),
    engineers="C0OPS",
    default_channel="C0CAMPAIGN",
    roles={},
)
USED = Usage(SPAN, 2016, 2016, needed=4, busy=2.5, instances=5.0, least=4.0, requests=5e6, cpu=0.5)


def shop(**scaling: Any) -> Workload:
    """A service of the web shop; floor 8, ceiling 40 unless told otherwise."""
    bounds: dict[str, Any] = {"mode": ScalingMode.AUTOMATIC, "floor": 8, "ceiling": 40} | scaling
    size = InstanceSize(1.0, 0.5)
    return Workload(
        KEY, ("web",), size, BillingMode.REQUEST, 80, Scaling(**bounds), "etag", "shop-00001"
    )


def seen(workload: Workload | None = None, house: House = HOUSE, **usage: Any) -> Seen:
    """A workload with how it was used."""
    return Seen(workload or shop(), replace(USED, **usage), house)
