"""What is shown while the window of a campaign is changed that is prepared or live, by name. Used by gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards import reshaping as cards
from bot.cards.window_form import window_form
from bot.core.campaign import CampaignState
from bot.core.message import Message, View
from bot.core.money import Money
from bot.core.windows import Window
from bot.core.wish import Deed
from tests.cards.samples import ALLOWED, CAMPAIGN, END, KEY, NEEDS_APPROVAL, PLAN, REFUSED, START

HOUR = timedelta(hours=1)
LIVE = replace(CAMPAIGN, state=CampaignState.LIVE)
_MORE = Money(PLAN.cost.amount * 5 / 4, PLAN.cost.currency)
LONGER = replace(PLAN, version=2, window=Window(START, END + HOUR), cost=_MORE)
LATER = replace(LONGER, window=Window(START + HOUR, END + HOUR))
SHORTER = replace(PLAN, version=2, window=Window(START, END - HOUR))
ASKED = cards.Change(LIVE, PLAN, LONGER, NEEDS_APPROVAL, "U0MAYA")
ALLOWED_AT_ONCE = replace(ASKED, verdict=ALLOWED)
MOVED = replace(ALLOWED_AT_ONCE, after=LATER)

RESHAPING: Mapping[str, Callable[[], Message | View]] = {
    "window_form_extend": lambda: window_form(LIVE, Deed.EXTEND, "v1.sealed", channel="C0CAMPAIGN"),
    "window_form_later": lambda: window_form(LIVE, Deed.MOVE, "v1.sealed", channel="C0CAMPAIGN"),
    "change_extended": lambda: cards.done(ALLOWED_AT_ONCE, []),
    "change_extended_after_a_yes": lambda: cards.done(ASKED, ["U0FINN"]),
    "change_shortened": lambda: cards.done(replace(ALLOWED_AT_ONCE, after=SHORTER), []),
    "change_moved": lambda: cards.done(MOVED, []),
    "change_ended": lambda: cards.ended(LIVE, PLAN, "U0ERIK", SHORTER),
    "change_waits": lambda: cards.waiting(ASKED),
    "change_asked": lambda: cards.question(ASKED, KEY, []),
    "change_half_given": lambda: cards.question(ASKED, KEY, ["U0FINN"]),
    "change_said_yes": lambda: cards.answered(ASKED, ["U0FINN"], allowed=True),
    "change_said_no": lambda: cards.answered(ASKED, ["U0FINN"], allowed=False),
    "change_refused": lambda: cards.refused(replace(ASKED, verdict=REFUSED)),
    "change_asked_already": lambda: cards.asked_already(ASKED),
    "change_too_late": lambda: cards.too_late(LIVE),
}
