"""The cards about advice and about what customers feel, for the golden files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.cards.advice import advice_card, application_card, refused_advice
from bot.cards.campaign import campaign_card
from bot.cards.report import report_card
from bot.core.advice.advising import advise
from bot.core.advice.book import AdviceBook, Application, Stage
from bot.core.advice.judging import AdviceCase, judge_advice
from bot.core.campaign import CampaignState
from bot.core.experience import PageSummary
from bot.core.message import Message
from bot.core.money import Money
from bot.core.settled import Settled
from tests.advice.scenes import HOUSE, NOW, SPAN, seen, shop
from tests.cards.samples import CAMPAIGN, REPORT, view
from tests.cards.samples import HOUSE as SHOP_HOUSE
from tests.cards.samples import NOW as SHOP_NOW

_SEAL = b"the cards' own secret, 32 bytes!"
_BOOK = AdviceBook(
    NOW - timedelta(minutes=10),
    SPAN,
    advise(seen()) + advise(seen(needed=20, waiting=9, waiting_days=3, wanted_then=12)),
    14,
    unknown=("cart: no advice from 14 days, 20% of them measured.",),
    silent=("CPU: it did not answer in time",),
    priced_on="Google's list of 24 Nov 2026, before free tier and tax",
)
_IDLE = _BOOK.advice[0]
_WANTED = Application("a-1", _IDLE, _BOOK.at, "U0ERIK", NOW)
_DECIDED = {"decided_by": "U0ADA", "decided_at": NOW + timedelta(minutes=5)}
_CASE = AdviceCase(_IDLE, _BOOK.at, shop(), HOUSE, NOW)


def _application(stage: Stage, **known: object) -> Message:
    wanted = replace(_WANTED, stage=stage, **known)  # type: ignore[arg-type]
    return application_card(wanted, judge_advice(_CASE), house=HOUSE, seal=_SEAL)


def _refused() -> Message:
    changed = replace(_CASE, workload=shop(floor=9), held=True)
    return refused_advice(_IDLE, judge_advice(changed))


_PAGES = (
    PageSummary("Front page", 240, 240, 0.42, 2.0),
    PageSummary("Purchase", 240, 238, 1.1, 4.0),
)
_SLOW = (_PAGES[0], PageSummary("Purchase <b>", 240, 190, 5.2, 4.0, "Pay: HTTP 503"))
_SETTLED = Settled("bf", "Black Friday", "2025-11", NOW, Money(Decimal(40)), Money(Decimal("36.2")))
_LEARNT = "the last 5 campaigns came to 0.92 times their estimate (0.80 to 1.05)"


def _report(pages: tuple[PageSummary, ...]) -> Message:
    full = replace(
        REPORT,
        pages=pages,
        pages_before=_PAGES,
        pages_after=_PAGES,
        settled=_SETTLED,
        learnt=_LEARNT,
    )
    return report_card(CAMPAIGN, full, house=SHOP_HOUSE)


def _live(pages: tuple[PageSummary, ...]) -> Message:
    live = replace(view(CampaignState.LIVE), pages=pages)
    return campaign_card(live, house=SHOP_HOUSE, now=SHOP_NOW)


ADVICE: Mapping[str, Callable[[], Message]] = {
    "advice": lambda: advice_card(_BOOK, None, house=HOUSE, seal=_SEAL, now=NOW),
    "advice_none": lambda: advice_card(
        replace(_BOOK, advice=()), HOUSE.groups[0], house=HOUSE, seal=_SEAL, now=NOW
    ),
    "advice_refused": _refused,
    "advice_asked": lambda: _application(Stage.ASKED),
    "advice_applied": lambda: _application(Stage.APPLIED, **_DECIDED),
    "advice_declined": lambda: _application(Stage.DECLINED, **_DECIDED),
    "advice_not_possible": lambda: _application(Stage.REFUSED, why="Its UX floor is 6."),
    "advice_put_back": lambda: _application(Stage.PUT_BACK, **_DECIDED),
    "report_pages_fast": lambda: _report(_PAGES),
    "report_pages_slow": lambda: _report(_SLOW),
    "live_pages": lambda: _live(_PAGES),
    "live_pages_slow": lambda: _live(_SLOW),
}
