"""What is shown around approvals, the record and kill switches, by name. Used by gallery."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.cards import requests, rulings
from bot.cards.approval import approval_card
from bot.cards.campaign import campaign_card
from bot.cards.delegating import delegation_form
from bot.cards.form import pressed_metadata
from bot.cards.history import history_view
from bot.cards.home import outsider_view
from bot.cards.nudging import nudge, reminder, settled_nudge
from bot.cards.pauses import pause_card
from bot.core.campaign import CampaignState, Delegation
from bot.core.message import Message, View
from bot.core.pausing import Pause
from bot.core.trail import HEADROOM, AuditRow
from tests.cards.samples import (
    CAMPAIGN,
    HOUSE,
    NEEDS_APPROVAL,
    NO,
    NOW,
    REFUSED,
    START,
    YES,
    view,
)

S = CampaignState
MINUTE = timedelta(minutes=1)
ASKED = {"verdict": NEEDS_APPROVAL, "confirmed_by": "U0MAYA", "asked_at": NOW}
HANDED = Delegation("c-7f3a", 1, "U0ERIK", "U0SAM", NOW + MINUTE)
WAITING = view(S.AWAITING_APPROVAL, **ASKED)
HALF = view(S.AWAITING_APPROVAL, **ASKED, approvals=(YES,), handed=(HANDED,))
ALL = Pause("all", "U0ADA", NOW, None, "we look at the database")
CHECKOUT = Pause("group/checkout", "U0ADA", NOW, NOW + timedelta(hours=2))
ABOUT = "campaign/c-7f3a"


def _row(minute: int, actor: str, act: str, detail: str = "", via: str = "slack/C0OPS") -> AuditRow:
    version = 0 if act == "announced" else 1
    return AuditRow(NOW + minute * MINUTE, actor, act, ABOUT, detail, version, via)


ROWS = (
    _row(0, "U0MAYA", "announced", "Black Friday push tomorrow 18:00 x3 #web", "slack/C0CAMPAIGN"),
    _row(0, HEADROOM, "judged", "needs approval: ceiling, budget", ""),
    _row(0, HEADROOM, "proposed", "", ""),
    _row(1, "U0MAYA", "confirmed", "asks for approval", "slack/C0CAMPAIGN"),
    _row(3, "U0ERIK", "approved", "fingerprint 5f1d7a84e95d5f0b9c2d4e6f"),
    _row(9, "U0ERIK", "took back", "the yes"),
    _row(15, "U0FINN", "declined", "fingerprint 5f1d7a84e95d5f0b9c2d4e6f", "slack/dm"),
)


OVERSIGHT: Mapping[str, Callable[[], Message | View]] = {
    "approval_handed_on": lambda: approval_card(HALF, house=HOUSE, now=NOW),
    "approval_reminder": lambda: reminder(WAITING),
    "approval_nudge": lambda: nudge(WAITING, "C0OPS"),
    "approval_nudge_settled": lambda: settled_nudge(view(S.SCHEDULED)),
    "approval_asked_again": lambda: requests.asked_again(
        CAMPAIGN, list(NEEDS_APPROVAL.findings[-1:])
    ),
    "approval_counted_later": lambda: requests.counted_later(CAMPAIGN, START),
    "approval_handed_to_you": lambda: requests.handed_to_you(CAMPAIGN, "U0ERIK", "C0OPS"),
    "approval_delegation_form": lambda: delegation_form(
        CAMPAIGN, pressed_metadata("v1.sealed", "C0OPS")
    ),
    "approval_settled_yes": lambda: rulings.settled_reply(
        CAMPAIGN, [YES.by, "U0FINN"], approved=True
    ),
    "approval_settled_no": lambda: rulings.settled_reply(CAMPAIGN, [NO.by], approved=False),
    "stopped_before_warming": lambda: rulings.stopped(
        CAMPAIGN, list(REFUSED.findings[-1:]), asker=True
    ),
    "outsider": requests.from_outside,
    "home_of_an_outsider": outsider_view,
    "history": lambda: history_view(CAMPAIGN, ROWS),
    "history_long": lambda: history_view(CAMPAIGN, ROWS * 20),
    "pause_everything": lambda: pause_card(ALL, HOUSE),
    "pause_group_until": lambda: pause_card(CHECKOUT, HOUSE),
    "pause_resumed": lambda: pause_card(ALL, HOUSE, resumed_by="U0ERIK"),
    "campaign_scheduled_paused": lambda: campaign_card(
        view(S.SCHEDULED, pauses=(ALL,)), house=HOUSE, now=START - 5 * MINUTE
    ),
}
