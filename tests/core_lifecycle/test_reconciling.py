"""What a tick of a workload is about."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.claims import Claim
from bot.core.fleet import ScalingChange, ScalingMode
from bot.core.holding import Answer, Holding, LedgerEntry, Outcome
from bot.core.house import Repair, Timing
from bot.core.reconciling import Known, Purpose, Sight, failure_of, purpose, raising
from bot.core.windows import Window
from bot.errors import GiveUp, NotAllowed, NotFound, Refused, SlowDown, Stale, TryAgain
from tests.core_lifecycle.sample import (
    GIVE_BACK,
    RAISE,
    SHOP,
    START,
    claim,
    entry,
    holding,
    wanted,
    workload,
)

NOW = START + timedelta(minutes=1)
PROVEN = {"proven_floor": 61, "proven_at": START}
CLAIM = claim()
OURS: dict[str, Any] = {"claims": (CLAIM.id,)}


def sight(held: Holding, floor: int, target: int, *claims: Claim) -> Sight:
    return Sight(held, workload(floor), wanted(target, *claims), NOW)


@pytest.mark.parametrize(
    ("sentence", "seen", "expected"),
    [
        ("claimed and too low", sight(holding(), 2, 61, CLAIM), Purpose.RAISE),
        (
            "claimed, high enough, not proven",
            sight(holding(written=61), 61, 61, CLAIM),
            Purpose.PROVE,
        ),
        ("claimed and proven", sight(holding(written=61, **PROVEN), 61, 61, CLAIM), Purpose.HOLD),
        (
            "claimed and proven for less than is wanted now",
            sight(holding(written=80, **PROVEN), 80, 80, CLAIM),
            Purpose.PROVE,
        ),
        ("not claimed any more", sight(holding(written=61), 61, 2), Purpose.LOWER),
        (
            "another claim needs less",
            sight(holding(written=61, **PROVEN), 61, 30, CLAIM),
            Purpose.LOWER,
        ),
        ("back at the baseline", sight(holding(), 2, 2), Purpose.REST),
        (
            "only the ceiling is still ours",
            sight(holding(written_ceiling=150), 2, 2),
            Purpose.LOWER,
        ),
        ("a high baseline is not ours to lower", sight(holding(baseline=70), 70, 70), Purpose.REST),
        (
            "unclaimed and under the UX floor: not ours to raise",
            sight(holding(), 2, 3),
            Purpose.REST,
        ),
    ],
)
def test_a_tick_has_one_purpose(sentence: str, seen: Sight, expected: Purpose) -> None:
    assert purpose(seen, last=None, repair=Repair.AUTO) is expected, sentence


@pytest.mark.parametrize(
    ("sentence", "last", "repair", "expected"),
    [
        (
            "our write took effect and somebody undid it",
            entry(1, 61, Outcome.DONE, **OURS),
            Repair.LEAVE,
            Purpose.LEAVE,
        ),
        (
            "the house asks",
            entry(1, 61, Outcome.DONE, **OURS),
            Repair.ASK,
            Purpose.ASK,
        ),
        ("the house repairs", entry(1, 61, Outcome.DONE, **OURS), Repair.AUTO, Purpose.RAISE),
        ("our write failed", entry(1, 61, Outcome.FAILED, **OURS), Repair.LEAVE, Purpose.RAISE),
        ("our write is not answered", entry(1, 61, **OURS), Repair.LEAVE, Purpose.RAISE),
        (
            "more is wanted than was written",
            entry(1, 40, Outcome.DONE, **OURS),
            Repair.LEAVE,
            Purpose.RAISE,
        ),
        (
            "it was written for a campaign that is over",
            entry(1, 61, Outcome.DONE, claims=("c-0/service/cymbal-shop/europe-west1/shop/0",)),
            Repair.LEAVE,
            Purpose.RAISE,
        ),
        (
            "it was given back since",
            entry(1, 61, Outcome.DONE),
            Repair.ASK,
            Purpose.RAISE,
        ),
        ("nothing was ever written", None, Repair.LEAVE, Purpose.RAISE),
    ],
)
def test_a_lowered_floor_is_left_only_when_the_house_does_not_repair(
    sentence: str, last: LedgerEntry | None, repair: Repair, expected: Purpose
) -> None:
    assert purpose(sight(holding(), 2, 61, CLAIM), last=last, repair=repair) is expected, sentence


def test_what_a_person_decided_to_leave_stays_so_for_a_campaign_that_joins() -> None:
    left = replace(holding(), answer=Answer.LEAVE)
    before = entry(1, 61, Outcome.DONE, claims=("c-0/service/cymbal-shop/europe-west1/shop/0",))
    seen = sight(left, 2, 61, CLAIM)
    assert purpose(seen, last=before, repair=Repair.ASK) is Purpose.LEAVE


@pytest.mark.parametrize(
    ("sentence", "floor", "ceiling", "target_ceiling", "expected"),
    [
        ("only the floor", 2, None, None, ScalingChange(61)),
        ("the service's ceiling is too low", 2, 50, 150, ScalingChange(61, 150)),
        ("the ceiling is high enough", 2, 200, 150, ScalingChange(61)),
        ("no ceiling is set and the revision's 100 suffice", 2, None, 90, ScalingChange(61)),
        (
            "no ceiling is set and the revision's 100 do not suffice",
            2,
            None,
            150,
            ScalingChange(61, 150),
        ),
        ("only the ceiling", 61, 50, 150, ScalingChange(61, 150)),
        ("a higher floor of somebody else stays", 70, 50, 150, ScalingChange(70, 150)),
    ],
)
def test_raising_writes_floor_and_ceiling_at_once_and_lowers_neither(
    sentence: str,
    floor: int,
    ceiling: int | None,
    target_ceiling: int | None,
    expected: ScalingChange,
) -> None:
    seen = Sight(
        holding(),
        workload(floor, ceiling=ceiling),
        wanted(61, CLAIM, ceiling=target_ceiling),
        NOW,
    )

    assert raising(seen) == expected, sentence


def test_a_manual_workload_has_no_ceiling_to_raise() -> None:
    seen = workload(61, ceiling=50, mode=ScalingMode.MANUAL)
    sight = Sight(holding(written=61, **PROVEN), seen, wanted(61, CLAIM, ceiling=150), NOW)

    assert purpose(sight, last=None, repair=Repair.AUTO) is Purpose.HOLD


@pytest.mark.parametrize(
    ("sentence", "error", "outcome", "words", "pause"),
    [
        ("somebody wrote first", Stale("etag"), Outcome.STALE, "", timedelta(0)),
        (
            "the quota says when",
            SlowDown("quota", timedelta(seconds=20)),
            Outcome.FAILED,
            "Google's write quota is used up for the moment",
            timedelta(seconds=20),
        ),
        (
            "the quota does not say when",
            SlowDown("quota"),
            Outcome.FAILED,
            "Google's write quota is used up for the moment",
            timedelta(seconds=60),
        ),
        (
            "no answer: it may have happened",
            TryAgain("503"),
            Outcome.INTENDED,
            "Google Cloud does not answer (503)",
            timedelta(seconds=15),
        ),
        (
            "the values are refused",
            Refused("28 or fewer"),
            Outcome.FAILED,
            "28 or fewer",
            timedelta(minutes=2),
        ),
        (
            "a permission is missing",
            NotAllowed("actAs"),
            Outcome.FAILED,
            "actAs",
            timedelta(minutes=2),
        ),
        ("it is gone", NotFound("gone"), Outcome.FAILED, "gone", timedelta(minutes=2)),
    ],
)
def test_a_failed_write_says_what_to_do_next(
    sentence: str, error: TryAgain | GiveUp, outcome: Outcome, words: str, pause: timedelta
) -> None:
    failure = failure_of(error, Timing())

    assert (failure.outcome, failure.words, failure.pause) == (outcome, words, pause), sentence


def test_a_workload_is_idle_until_its_first_claim_begins() -> None:
    later = claim(hold=Window(NOW + timedelta(hours=1), NOW + timedelta(hours=2)))

    known = Known(SHOP, None, [later], [], NOW)

    assert known.idle
    assert known.next_start == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("sentence", "held", "claims", "idle"),
    [
        ("claimed now", None, [CLAIM], False),
        ("not given back yet", holding(written=61), [], False),
        ("given back", holding(restored_at=GIVE_BACK), [], True),
        ("given back, but claimed again", holding(restored_at=RAISE), [CLAIM], False),
    ],
)
def test_a_workload_needs_care_while_it_is_claimed_or_not_given_back(
    sentence: str, held: Holding | None, claims: list[Claim], idle: bool
) -> None:
    known = Known(SHOP, held, claims, [entry(3, 61)], NOW)

    assert known.idle is idle, sentence
    assert known.campaigns == (["c-1"] if claims else []), sentence
    assert known.last == entry(3, 61), sentence
