"""The status card over fleets in every condition; part of the gallery."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.cards.status import Lag, StatusRow, StatusView, status_card
from bot.core.campaign import CampaignState
from bot.core.digest.data import pipelines_section
from bot.core.digest.section import Section
from bot.core.experience import Breach, Experience, Look, Mark, Page, Step
from bot.core.fleet_status import Standing, fleet_section
from bot.core.limits import Dependency
from bot.core.message import Message, View
from bot.core.page_status import Watched, pages_section
from bot.core.pipelines import Health, Pipeline, Timeliness
from bot.core.series import Metric
from bot.core.sources import Fleet
from tests.cards.samples import CAMPAIGN, HOUSE, NOW, PLAN, dollars
from tests.core_digest.fleets import fleet, without, workload

SHOP, SEARCH, CART = workload("shop"), workload("search"), workload("cart", "checkout", floor=1)

DATABASE = Dependency("orders-db", "Orders database", ("checkout",), 60, per_instance=4, used=2)
BOOKED = replace(HOUSE, fences=replace(HOUSE.fences, dependencies=(DATABASE,)))
_NOT_YET = Lag(0, None)
_MINUTE = timedelta(minutes=1)


def _card(
    found: Fleet,
    *,
    title: str = "",
    single: bool = False,
    whole: Fleet | None = None,
    felt: Sequence[Section | None] = (),
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
    more = [one for one in felt if one is not None]
    view = StatusView(rows, _NOT_YET, (fleet_section(standing, NOW), *more), (), title)
    return status_card(view, house=BOOKED, now=NOW)


BUSY = fleet(SHOP, SEARCH, CART, pending={"cart": 12.0}, cpu={"shop": 0.82}, errors={"cart": 22.0})

_RULES = Experience()
_PAGES = [
    Page(name, title, ("web",), (Step("/"),))
    for name, title in (("front", "Front page"), ("pay", "Purchase"))
]


def _watched(page: Page, *marks: Mark, reason: str = "") -> Watched:
    made = tuple(
        Look(page.name, NOW - (place * 5 + 2) * _MINUTE, mark, 0.2, 0.4, 200, reason)
        for place, mark in enumerate(reversed(marks))
    )
    return Watched(page, made)


def _felt_fine() -> list[Section | None]:
    fine = [_watched(page, *[Mark.FINE] * 12) for page in _PAGES]
    orders = Health(
        pipeline=Pipeline("orders", "Order pipeline", "p", fresh=5 * _MINUTE),
        timeliness=Timeliness.ON_TIME,
        sentence="the oldest message waited 12 s (at most 5 min)",
        measured=10,
        wanted=10,
        newest=NOW - 3 * _MINUTE,
    )
    return [pages_section(fine, _RULES, NOW), pipelines_section((orders,), ())]


def _felt_bad() -> list[Section | None]:
    marks = [*[Mark.FINE] * 9, *[Mark.SLOW] * 3]
    slow = _watched(_PAGES[1], *marks, reason="6.2 s, at most 4 s")
    why = "3 of the last 5 looks were slow: 6.2 s, at most 4 s"
    breach = Breach("pay", Mark.SLOW, NOW - 12 * _MINUTE, NOW - 2 * _MINUTE, why)
    pages = [_watched(_PAGES[0]), replace(slow, breach=breach)]
    export = Health(
        Pipeline("export", "Nightly export", "p", job="nightly-export"),
        Timeliness.FAILED,
        "last finished 1 day 6 h ago, due every 1 day 2 h, and has failed 2 times since",
        measured=3,
        wanted=3,
        newest=NOW - 3 * _MINUTE,
    )
    words = "only 4 of 10 points of its backlog were measured"
    orders = Health(
        Pipeline("orders", "Order pipeline", "p"), Timeliness.UNKNOWN, words, measured=4, wanted=10
    )
    return [pages_section(pages, _RULES, NOW), pipelines_section((export, orders), ())]


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
    "status_felt": lambda: _card(fleet(SHOP, SEARCH, CART), felt=_felt_fine()),
    "status_felt_badly": lambda: _card(
        fleet(SHOP, SEARCH, CART), felt=_felt_bad(), title="Web shop", single=True
    ),
    "status_no_workload": lambda: _card(fleet()),
}
