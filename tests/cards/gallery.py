"""Every card in every state, by name: what the golden files hold. Used by test_golden and regenerate."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cards.answers import form_offer, help_card, mistake, trouble
from bot.cards.approval import approval_card
from bot.cards.campaign import CampaignView, campaign_card
from bot.cards.drift import Change, drift_notice, drift_subject
from bot.cards.form import campaign_form, form_metadata
from bot.cards.proof import not_proven_alarm, warm_after_all, warm_reply
from bot.cards.report import report_card
from bot.cards.status import Lag, StatusRow, StatusView, status_card
from bot.core.campaign import CampaignState
from bot.core.draft import Draft, Field, Question
from bot.core.holding import Answer
from bot.core.house import Repair
from bot.core.message import Message, View
from bot.core.verdict import Effect, Finding, Role, Verdict
from tests.cards.advice_gallery import ADVICE
from tests.cards.calendar_gallery import CALENDARS
from tests.cards.digest_gallery import DIGESTS
from tests.cards.home_gallery import HOMES
from tests.cards.incident_gallery import INCIDENTS
from tests.cards.oversight_gallery import OVERSIGHT
from tests.cards.policy_gallery import POLICIES
from tests.cards.reshaping_gallery import RESHAPING
from tests.cards.samples import (
    ALLOWED,
    BACK,
    CAMPAIGN,
    CEILING,
    COLD,
    END,
    GOING_DOWN,
    HOUSE,
    KEY,
    NEEDS_APPROVAL,
    NO,
    NOTHING_WARMED,
    NOW,
    PLAN,
    PROVEN_AT,
    REFUSED,
    REPORT,
    START,
    WARM,
    YES,
    key,
    view,
    workload,
)
from tests.cards.status_gallery import STATUS

S = CampaignState
NOTHING = replace(
    PLAN,
    workloads=(
        workload(key("static-pages"), baseline=0, floor=0, rps=(12.0, 18.0)),
        workload(key("search"), baseline=2, floor=2, rps=(95.4, 143.1)),
    ),
    warnings=(),
)
POOLS = replace(
    PLAN,
    workloads=(
        *PLAN.workloads[:1],
        workload(key("order-events", pool=True), baseline=2, floor=6, rps=(0.0, 0.0)),
        replace(
            workload(key("payments"), baseline=10, floor=140, rps=(300.0, 900.0)),
            ceiling_needed=140,
            warnings=("One request uses 0.4 CPU seconds, more than usual.",),
        ),
    ),
)
_PAYMENTS = workload(key("payments"), baseline=10, floor=11, rps=(300.0, 900.0))
ONLY_ROOM = replace(
    PLAN,
    workloads=(
        *NOTHING.workloads,
        replace(
            _PAYMENTS,
            steps=tuple(replace(step, floor=10) for step in _PAYMENTS.steps),
            ceiling_needed=140,
        ),
    ),
    warnings=(),
)
BUDGET = Finding(
    "budget",
    Effect.NEEDS_APPROVAL,
    "$23.40 is more than may be spent without approval.",
    approvers=(Role.FINANCE,),
)
CHANGED_BY = "deploy@cymbal-shop.iam.gserviceaccount.com"


def _campaign(state: CampaignState, **known: object) -> Callable[[], Message]:
    at = {S.LIVE: START, S.RESTORING: END, S.DONE: BACK}.get(state, NOW)
    return lambda: campaign_card(view(state, **known), house=HOUSE, now=at)


def _approval(state: CampaignState, **known: object) -> Callable[[], Message]:
    shown = view(state, verdict=NEEDS_APPROVAL, confirmed_by="U0MAYA", **known)
    return lambda: approval_card(shown, house=HOUSE, now=NOW)


def _cold() -> CampaignView:
    return view(S.WARMING, holdings=COLD)


def _status(*states: CampaignState, behind: int = 0) -> Message:
    rows = [StatusRow(replace(CAMPAIGN, state=state), PLAN) for state in states]
    oldest = timedelta(minutes=3) if behind else None
    return status_card(StatusView(rows, Lag(behind, oldest)), house=HOUSE, now=NOW)


def _form(draft: Draft) -> View:
    return campaign_form(
        draft, house=HOUSE, metadata=form_metadata(campaign="", channel="C0CAMPAIGN")
    )


TROUBLE = "Google Cloud does not answer at the moment. I keep trying."

CAMPAIGNS: Mapping[str, Callable[[], Message | View]] = {
    "campaign_planning": _campaign(S.PLANNING, plan=None, verdict=None),
    "campaign_planning_trouble": _campaign(S.PLANNING, plan=None, verdict=None, trouble=TROUBLE),
    "campaign_proposed": _campaign(S.PROPOSED),
    "campaign_proposed_pools_and_ceiling": _campaign(S.PROPOSED, plan=POOLS),
    "campaign_proposed_only_room": _campaign(S.PROPOSED, plan=ONLY_ROOM),
    "campaign_proposed_needs_approval": _campaign(S.PROPOSED, verdict=NEEDS_APPROVAL),
    "campaign_proposed_needs_two_approvals": _campaign(
        S.PROPOSED, verdict=Verdict((*ALLOWED.findings, CEILING, BUDGET))
    ),
    "campaign_nothing_needed": _campaign(S.PROPOSED, plan=NOTHING),
    "campaign_awaiting": _campaign(
        S.AWAITING_APPROVAL, verdict=NEEDS_APPROVAL, confirmed_by="U0MAYA"
    ),
    "campaign_scheduled": _campaign(
        S.SCHEDULED, verdict=NEEDS_APPROVAL, confirmed_by="U0MAYA", approvals=(YES,)
    ),
    "campaign_warming": _campaign(S.WARMING, holdings=COLD),
    "campaign_warming_trouble": _campaign(
        S.WARMING,
        holdings=(COLD[0], replace(COLD[1], trouble="The regional CPU quota is used up."), COLD[2]),
    ),
    "campaign_live": _campaign(S.LIVE, holdings=WARM, proven_at=PROVEN_AT),
    "campaign_live_not_proven": _campaign(S.LIVE, holdings=COLD),
    "campaign_live_nothing_needed": _campaign(S.LIVE, plan=NOTHING),
    "campaign_live_past_its_end": lambda: campaign_card(
        view(S.LIVE, holdings=WARM, proven_at=PROVEN_AT), house=HOUSE, now=END
    ),
    "campaign_restoring_not_yet_lowered": _campaign(S.RESTORING, holdings=WARM),
    "campaign_restoring": _campaign(S.RESTORING, holdings=GOING_DOWN),
    "campaign_restoring_stopped": _campaign(
        S.RESTORING, holdings=GOING_DOWN, cancelled_by="U0ERIK", cancelled_at=START
    ),
    "campaign_done": _campaign(S.DONE, report=REPORT, restored_at=BACK),
    "campaign_cancelled": _campaign(S.CANCELLED, cancelled_by="U0MAYA", cancelled_at=NOW),
    "campaign_cancelled_after_warming": _campaign(
        S.CANCELLED, cancelled_by="U0ERIK", cancelled_at=START, restored_at=BACK
    ),
    "campaign_refused": _campaign(S.REFUSED, verdict=REFUSED),
    "campaign_declined": _campaign(S.REFUSED, verdict=NEEDS_APPROVAL, approvals=(NO,)),
    "campaign_expired": _campaign(S.EXPIRED),
    "campaign_expired_unapproved": _campaign(S.EXPIRED, confirmed_by="U0MAYA"),
    "campaign_expired_half_given": _campaign(S.EXPIRED, confirmed_by="U0MAYA", approvals=(YES,)),
}

OTHERS: Mapping[str, Callable[[], Message | View]] = {
    **OVERSIGHT,
    **RESHAPING,
    "approval_open": _approval(S.AWAITING_APPROVAL),
    "approval_half_given": _approval(S.AWAITING_APPROVAL, approvals=(YES,)),
    "approval_not_allowed_any_more": _approval(S.REFUSED, approvals=(YES,)),
    "approval_approved": _approval(S.SCHEDULED, approvals=(YES,)),
    "approval_declined": _approval(S.REFUSED, approvals=(NO,)),
    "approval_withdrawn": _approval(S.CANCELLED),
    "approval_being_changed": _approval(S.PLANNING),
    "approval_expired": _approval(S.EXPIRED),
    "approval_expired_half_given": _approval(S.EXPIRED, approvals=(YES,)),
    "warm_reply": lambda: warm_reply(
        view(S.WARMING, holdings=WARM, proven_at=PROVEN_AT), now=PROVEN_AT
    ),
    "not_proven_alarm": lambda: not_proven_alarm(_cold(), now=START - timedelta(minutes=5)),
    "warm_after_all": lambda: warm_after_all(
        view(S.LIVE, holdings=WARM, proven_at=START + timedelta(minutes=4))
    ),
    "not_proven_alarm_after_start": lambda: not_proven_alarm(
        _cold(), now=START + timedelta(minutes=1)
    ),
    "drift_put_back": lambda: _drift(Repair.AUTO),
    "drift_asked": lambda: _drift(Repair.ASK),
    "drift_left": lambda: _drift(Repair.LEAVE),
    "drift_put_back_by_erik": lambda: _drift(Repair.ASK, answer=Answer.PUT_BACK, written=None),
    "drift_left_by_erik": lambda: _drift(Repair.ASK, answer=Answer.LEAVE, written=None),
    "drift_left_next_time": lambda: _drift(Repair.AUTO, answer=Answer.LEAVE, written=14),
    "drift_raised": lambda: _drift(Repair.AUTO, baseline=20),
    "drift_maximum_put_back": lambda: _drift(Repair.AUTO, maximum=True, baseline_ceiling=10),
    "drift_maximum_asked": lambda: _drift(Repair.ASK, maximum=True, baseline_ceiling=10),
    "drift_maximum_left_by_erik": lambda: _drift(
        Repair.ASK, maximum=True, baseline_ceiling=10, written=14, answer=Answer.LEAVE
    ),
    "drift_maximum_put_back_by_erik": lambda: _drift(
        Repair.ASK, maximum=True, baseline_ceiling=None, answer=Answer.PUT_BACK
    ),
    "report": lambda: report_card(CAMPAIGN, REPORT, house=HOUSE),
    "report_nothing_warmed": lambda: report_card(CAMPAIGN, NOTHING_WARMED, house=HOUSE),
    "report_with_gaps": lambda: report_card(
        CAMPAIGN,
        replace(
            REPORT,
            actual_demand=None,
            actual_cost=None,
            billable_hours=None,
            uplift_seen=None,
            minutes_at_risk=None,
            chart=None,
            missing=("demand", "billable instance time"),
        ),
        house=HOUSE,
    ),
    "status": lambda: _status(S.LIVE, S.SCHEDULED, S.AWAITING_APPROVAL, S.PROPOSED),
    "status_behind": lambda: _status(S.WARMING, behind=4),
    "status_nothing": lambda: _status(),
    "help": lambda: help_card(HOUSE),
    "help_admin": lambda: help_card(HOUSE, {Role.ADMIN}),
    "mistake": lambda: mistake("The end, 18:00, is before the start, 22:00."),
    "trouble": lambda: trouble("Slack did not take a message in #campaigns."),
    "form_offer": lambda: form_offer("When does it start?", "command:T0:1.2", seal=KEY),
    "form_empty": lambda: _form(Draft(zone="Europe/Berlin")),
    "form_filled": lambda: _form(
        Draft(
            name="Black Friday push",
            kind="push",
            date="2025-11-28",
            start="18:00",
            end="14:00",
            until="2025-11-30",
            zone="Europe/Berlin",
            multiplier="3",
            groups=("web", "unknown"),
            questions=(Question(Field.GROUPS, "What is “unknown”? I know Web shop, Checkout."),),
        )
    ),
}


def _drift(repair: Repair, *, maximum: bool = False, **held: Any) -> Message:
    fields: dict[str, Any] = {"baseline": 3, "written": None, "changed_by": CHANGED_BY} | held
    holding = replace(COLD[1], **fields)
    remarks = (
        "A pipeline does that again with its next deploy, unless it leaves the minimum out.",
    )
    by = "U0ERIK" if holding.answer else ""
    subject = drift_subject(holding.key, "c-1", maximum=maximum)
    return drift_notice(Change(holding, subject, repair, () if maximum else remarks, by), KEY)


GALLERY = {
    **CAMPAIGNS,
    **OTHERS,
    **INCIDENTS,
    **HOMES,
    **STATUS,
    **DIGESTS,
    **POLICIES,
    **ADVICE,
    **CALENDARS,
}
