"""What is shown while the window of a campaign is changed that is prepared or live, by name. Used by gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards import change_request
from bot.cards import reshaping as cards
from bot.cards.form import pressed_metadata
from bot.cards.home import HomeView, home_view
from bot.cards.nudging import nudge, reminder, settled_nudge
from bot.cards.requests import handed_to_you
from bot.cards.window_form import window_form
from bot.core.campaign import Approval, CampaignState, Delegation
from bot.core.message import Message, View
from bot.core.money import Money
from bot.core.verdict import Role
from bot.core.windows import Window
from bot.core.wish import Deed
from tests.cards.samples import (
    ALLOWED,
    CAMPAIGN,
    END,
    HOUSE,
    KEY,
    NEEDS_APPROVAL,
    PLAN,
    REFUSED,
    START,
    view,
)

HOUR = timedelta(hours=1)
LIVE = replace(CAMPAIGN, state=CampaignState.LIVE)
_MORE = Money(PLAN.cost.amount * 5 / 4, PLAN.cost.currency)
LONGER = replace(PLAN, version=2, window=Window(START, END + HOUR), cost=_MORE)
LATER = replace(LONGER, window=Window(START + HOUR, END + HOUR))
SHORTER = replace(PLAN, version=2, window=Window(START, END - HOUR))
ASKED = cards.Change(LIVE, PLAN, LONGER, NEEDS_APPROVAL, "U0MAYA")
ALLOWED_AT_ONCE = replace(ASKED, verdict=ALLOWED)
MOVED = replace(ALLOWED_AT_ONCE, after=LATER)
PRESSED = pressed_metadata("v1.sealed", "C0CAMPAIGN")
WAITS = replace(
    view(CampaignState.LIVE, plan_version=2, confirmed_by="U0MAYA", asked_at=START + HOUR),
    plan=LONGER,
    before=PLAN,
    verdict=NEEDS_APPROVAL,
)
HALF = replace(
    WAITS,
    approvals=(Approval(CAMPAIGN.id, 2, "U0FINN", True, START + 2 * HOUR),),
    handed=(Delegation(CAMPAIGN.id, 2, "U0ERIK", "U0SAM", START + HOUR),),
)
OVERTAKEN = replace(HALF, overtaken_by="U0ERIK", overtaken_as="shortened")

RESHAPING: Mapping[str, Callable[[], Message | View]] = {
    "window_form_extend": lambda: window_form(LIVE, Deed.EXTEND, PRESSED),
    "window_form_later": lambda: window_form(LIVE, Deed.MOVE, PRESSED),
    "change_extended": lambda: cards.done(ALLOWED_AT_ONCE, []),
    "change_extended_after_a_yes": lambda: cards.done(ASKED, ["U0FINN"]),
    "change_shortened": lambda: cards.done(replace(ALLOWED_AT_ONCE, after=SHORTER), []),
    "change_moved": lambda: cards.done(MOVED, []),
    "change_ended": lambda: cards.ended(LIVE, PLAN, "U0ERIK", SHORTER),
    "change_waits": lambda: cards.waiting(ASKED, KEY),
    "change_asked": lambda: change_request.question(WAITS),
    "change_half_given": lambda: change_request.question(HALF),
    "change_said_yes": lambda: cards.answered(ASKED, ["U0FINN"], allowed=True),
    "change_said_no": lambda: cards.answered(ASKED, ["U0FINN"], allowed=False),
    "change_refused": lambda: cards.refused(replace(ASKED, verdict=REFUSED)),
    "change_asked_already": lambda: cards.asked_already(ASKED),
    "change_lapsed": lambda: change_request.lapsed(WAITS),
    "change_lapsed_half_given": lambda: change_request.lapsed(HALF),
    "change_withdrawn": lambda: change_request.lapsed(replace(HALF, withdrawn_by="U0MAYA")),
    "change_overtaken": lambda: change_request.lapsed(OVERTAKEN),
    "change_overtaken_settled": lambda: change_request.settled(OVERTAKEN),
    "change_settled": lambda: change_request.settled(HALF),
    "change_reminder": lambda: reminder(WAITS),
    "change_nudge": lambda: nudge(WAITS, "C0OPS"),
    "change_nudge_settled": lambda: settled_nudge(WAITS),
    "change_handed_to_you": lambda: handed_to_you(LIVE, "U0FINN", "C0OPS"),
    "home_approver_of_a_change": lambda: home_view(
        HomeView(frozenset({Role.FINANCE}), KEY, waiting=(WAITS,)), house=HOUSE, now=START
    ),
}
