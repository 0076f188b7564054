"""The next step of a campaign at an instant."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.campaign import CampaignState
from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.holding import Holding
from bot.core.house import Timing
from bot.core.lifecycle import Act, Situation, Step, given_back, next_step, unproven
from bot.core.windows import Window
from tests.core_lifecycle.sample import (
    END,
    GIVE_BACK,
    MINUTE,
    RAISE,
    SHOP,
    START,
    campaign,
    claim,
    holding,
    plan,
)

TIMING = Timing()
DEADLINE = START - TIMING.prove_before
CART = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "cart")
WARM = holding(
    proven_floor=61, proven_at=START - 10 * MINUTE, observed=61, observed_at=RAISE, wanted=61
)
EARLY = RAISE - 5 * MINUTE
COLD = holding(observed=61)
S = CampaignState


def at(
    now: datetime,
    state: CampaignState,
    *,
    holdings: tuple[Holding, ...] = (),
    claims: tuple[Claim, ...] = (claim(),),
    **more: Any,
) -> Situation:
    nothing = bool(more.pop("nothing_to_do", False))
    return Situation(
        campaign=campaign(state, **more),
        plan=plan(),
        claims=claims,
        holdings={one.key: one for one in holdings},
        now=now,
        timing=TIMING,
        nothing_to_do=nothing,
    )


@pytest.mark.parametrize(
    ("sentence", "now", "state", "act", "again"),
    [
        ("a new campaign is planned", RAISE, S.PLANNING, Act.PLAN, RAISE),
        ("a proposal waits for the start", RAISE, S.PROPOSED, Act.WAIT, START),
        ("an unanswered proposal expires", START, S.PROPOSED, Act.EXPIRE, START),
        ("a question to approvers waits", RAISE, S.AWAITING_APPROVAL, Act.WAIT, START),
        ("silence of the approvers is a no", START, S.AWAITING_APPROVAL, Act.EXPIRE, START),
        ("scheduled until the lead time", RAISE - MINUTE, S.SCHEDULED, Act.WAIT, RAISE),
        ("warming begins with the lead time", RAISE, S.SCHEDULED, Act.RAISE, RAISE),
        ("late is better than never", END - MINUTE, S.SCHEDULED, Act.RAISE, END - MINUTE),
        ("after the end nothing is raised", END, S.SCHEDULED, Act.GIVE_BACK, END),
        ("done is done", END, S.DONE, Act.NOTHING, None),
        ("cancelled is over", END, S.CANCELLED, Act.NOTHING, None),
        ("refused is over", END, S.REFUSED, Act.NOTHING, None),
        ("expired is over", END, S.EXPIRED, Act.NOTHING, None),
    ],
)
def test_a_campaign_takes_the_step_that_is_due(
    sentence: str, now: datetime, state: CampaignState, act: Act, again: datetime | None
) -> None:
    assert next_step(at(now, state)) == Step(act, again), sentence


def test_a_campaign_that_needs_nothing_is_watched_without_anybodys_click() -> None:
    assert next_step(at(START, S.PROPOSED, nothing_to_do=True)).act is Act.GO_LIVE
    assert next_step(at(RAISE, S.PROPOSED, nothing_to_do=True)) == Step(Act.WAIT, START)


@pytest.mark.parametrize(
    ("sentence", "now", "holdings", "more", "act", "again"),
    [
        ("not warm yet, time left", RAISE, (COLD,), {}, Act.WAIT, DEADLINE),
        ("nothing seen yet", RAISE, (), {}, Act.WAIT, DEADLINE),
        ("all proven", RAISE, (WARM,), {}, Act.TELL_WARM, RAISE),
        ("told already", RAISE, (WARM,), {"proven_at": RAISE}, Act.WAIT, DEADLINE),
        ("not proven in time", DEADLINE, (COLD,), {}, Act.ALARM, DEADLINE),
        ("alarmed already", DEADLINE, (COLD,), {"alarmed_at": DEADLINE}, Act.WAIT, START),
        (
            "proven after the alarm",
            DEADLINE,
            (WARM,),
            {"alarmed_at": DEADLINE},
            Act.TELL_WARM,
            DEADLINE,
        ),
        ("starts although cold", START, (COLD,), {"alarmed_at": DEADLINE}, Act.GO_LIVE, START),
        ("starts warm", START, (WARM,), {"proven_at": RAISE}, Act.GO_LIVE, START),
        ("the alarm comes before the start is noted", START, (COLD,), {}, Act.ALARM, START),
    ],
)
def test_warming_is_told_alarmed_and_ended_by_the_start(
    sentence: str,
    now: datetime,
    holdings: tuple[Holding, ...],
    more: dict[str, Any],
    act: Act,
    again: datetime,
) -> None:
    assert next_step(at(now, S.WARMING, holdings=holdings, **more)) == Step(act, again), sentence


@pytest.mark.parametrize(
    ("sentence", "now", "holdings", "more", "act", "again"),
    [
        ("nothing new", START, (WARM,), {"proven_at": RAISE}, Act.WAIT, END),
        ("proven late", START, (WARM,), {"alarmed_at": START}, Act.TELL_WARM, START),
        ("began cold while nobody looked", START, (COLD,), {}, Act.ALARM, START),
        ("over", END, (WARM,), {}, Act.GIVE_BACK, END),
    ],
)
def test_a_live_campaign_waits_for_its_end(
    sentence: str,
    now: datetime,
    holdings: tuple[Holding, ...],
    more: dict[str, Any],
    act: Act,
    again: datetime,
) -> None:
    assert next_step(at(now, S.LIVE, holdings=holdings, **more)) == Step(act, again), sentence


@pytest.mark.parametrize(
    ("sentence", "now", "holdings", "more", "act"),
    [
        ("cooling down", END, (WARM,), {}, Act.WAIT),
        ("not given back yet", GIVE_BACK, (WARM,), {}, Act.WAIT),
        ("given back", GIVE_BACK, (holding(restored_at=GIVE_BACK),), {}, Act.RESTORED),
        (
            "noted, report due",
            GIVE_BACK,
            (holding(restored_at=GIVE_BACK),),
            {"restored_at": GIVE_BACK},
            Act.REPORT,
        ),
        (
            "a cancelled one is closed without report",
            GIVE_BACK,
            (),
            {"cancelled_at": START},
            Act.CLOSE,
        ),
        ("nothing was ever held", GIVE_BACK, (), {}, Act.RESTORED),
    ],
)
def test_restoring_ends_with_a_report_or_a_cancellation(
    sentence: str, now: datetime, holdings: tuple[Holding, ...], more: dict[str, Any], act: Act
) -> None:
    assert next_step(at(now, S.RESTORING, holdings=holdings, **more)).act is act, sentence


def test_the_report_waits_until_the_metrics_of_the_end_are_visible() -> None:
    step = next_step(at(END, S.RESTORING, claims=(), restored_at=END))

    assert step == Step(Act.WAIT, END + TIMING.metric_delay)


@pytest.mark.parametrize(
    ("sentence", "held", "proven"),
    [
        ("nothing seen", (), False),
        ("seen but not proven", (COLD,), False),
        ("proven for less", (holding(proven_floor=40, proven_at=RAISE),), False),
        ("proven", (WARM,), True),
        ("proven before its claim was counted", (replace(WARM, observed_at=EARLY),), False),
        ("proven for less than all campaigns need", (replace(WARM, wanted=90),), False),
        (
            "proven for an earlier campaign",
            (holding(proven_floor=61, proven_at=RAISE, restored_at=RAISE),),
            False,
        ),
    ],
)
def test_a_workload_is_unproven_until_its_promised_floor_is_proven(
    sentence: str, held: tuple[Holding, ...], proven: bool
) -> None:
    assert unproven(at(RAISE, S.WARMING, holdings=held)) == (() if proven else (SHOP,)), sentence


def test_every_workload_must_be_proven() -> None:
    both = (claim(), claim(20, key=CART))

    assert unproven(at(RAISE, S.WARMING, holdings=(WARM,), claims=both)) == (CART,)


def test_only_what_is_due_at_the_start_must_be_proven_before_it() -> None:
    later = claim(80, hold=Window(START + timedelta(hours=1), END))

    assert unproven(at(RAISE, S.WARMING, holdings=(WARM,), claims=(claim(), later))) == ()


@pytest.mark.parametrize(
    ("sentence", "held", "back"),
    [
        ("restored", holding(restored_at=GIVE_BACK), True),
        ("never touched", None, True),
        ("still up", holding(observed=61, wanted=2, observed_at=GIVE_BACK + MINUTE), False),
        (
            "others need what is up",
            holding(observed=61, wanted=61, observed_at=GIVE_BACK + MINUTE),
            True,
        ),
        (
            "not looked at since",
            holding(observed=61, wanted=61, observed_at=GIVE_BACK - MINUTE),
            False,
        ),
    ],
)
def test_capacity_is_given_back_once_nothing_is_up_for_this_campaign(
    sentence: str, held: Holding | None, back: bool
) -> None:
    situation = at(GIVE_BACK + MINUTE, S.RESTORING, holdings=(held,) if held else ())

    assert given_back(situation) is back, sentence
