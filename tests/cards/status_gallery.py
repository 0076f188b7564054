"""The status card over fleets in every condition; part of the gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards.status import Lag, StatusRow, StatusView, status_card
from bot.core.campaign import CampaignState
from bot.core.fleet_status import Standing, fleet_section
from bot.core.limits import Dependency
from bot.core.message import Message, View
from bot.core.series import Metric
from bot.core.sources import Fleet
from tests.cards.samples import CAMPAIGN, HOUSE, NOW, PLAN, dollars
from tests.core_digest.fleets import fleet, without, workload

SHOP, SEARCH, CART = workload("shop"), workload("search"), workload("cart", "checkout", floor=1)

DATABASE = Dependency("orders-db", "Orders database", ("checkout",), 60, per_instance=4, used=2)
BOOKED = replace(HOUSE, fences=replace(HOUSE.fences, dependencies=(DATABASE,)))
_NOT_YET = Lag(0, None)


def _card(
    found: Fleet, *, title: str = "", single: bool = False, whole: Fleet | None = None
) -> Message:
    earlier = replace(
        found,
        measured={
            metric: {
                key: replace(one, values=tuple(v * 0.9 for v in one.values))
                for key, one in by_key.items()
            }
            for metric, by_key in found.measured.items()
        },
    )
    standing = Standing(
        house=BOOKED,
        whole=whole or found,
        fleet=found,
        today=found,
        week_ago=earlier,
        planned=dollars("23.40"),
        by_workload=single,
    )
    rows = [StatusRow(replace(CAMPAIGN, state=CampaignState.LIVE), PLAN)]
    view = StatusView(rows, _NOT_YET, (fleet_section(standing, NOW),), (), title)
    return status_card(view, house=BOOKED, now=NOW)


BUSY = fleet(SHOP, SEARCH, CART, pending={"cart": 12.0}, cpu={"shop": 0.82}, errors={"cart": 22.0})

STATUS: Mapping[str, Callable[[], Message | View]] = {
    "status_fleet": lambda: _card(fleet(SHOP, SEARCH, CART)),
    "status_fleet_busy": lambda: _card(BUSY),
    "status_fleet_partly_measured": lambda: _card(
        without(fleet(SHOP, SEARCH, CART), Metric.ERRORS, Metric.BILLABLE, Metric.ACTIVE)
    ),
    "status_fleet_old_list": lambda: _card(
        replace(
            fleet(SHOP, CART, silent={"the workloads": "Cloud Run does not answer"}),
            seen_at=NOW - timedelta(minutes=50),
        )
    ),
    "status_fleet_not_measured": lambda: _card(without(fleet(SHOP, CART), *Metric)),
    "status_group": lambda: _card(fleet(SHOP, SEARCH), title="Web shop", single=True),
    "status_no_workload": lambda: _card(fleet()),
}
