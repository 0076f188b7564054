"""What was really held for a campaign, as the ledger of writes tells it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.claiming import claims_of
from bot.core.claims import Claim
from bot.core.held import held, hours_above
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.plan import Step
from bot.core.planner import make_plan
from bot.core.windows import Window
from tests.core_plan.scenes import HOUSE, KEY, NOW, campaign, evidence

HOUR = timedelta(hours=1)
PLAN = make_plan(campaign(), [evidence()], house=HOUSE, now=NOW)
UP, DOWN = PLAN.raise_at, PLAN.give_back_at
MINE = claims_of(PLAN, campaign())
IDS = tuple(claim.id for claim in MINE)
OTHER = "c2/a/0"
HELD = Holding(KEY, 2, None, raised_at=UP, restored_at=DOWN + HOUR)
NEVER = replace(HELD, raised_at=None)
LAST = DOWN + 2 * HOUR


def write(
    number: int,
    at: datetime,
    floors: tuple[int, int],
    claims: tuple[str, ...] = IDS,
    outcome: Outcome = Outcome.DONE,
) -> LedgerEntry:
    return LedgerEntry(number, KEY, at, *floors, None, None, claims, "", "", outcome)


FIRST, BACK = write(1, UP, (2, 78)), write(9, DOWN, (78, 2), ())


def spans(
    *ledger: LedgerEntry, claims: tuple[Claim, ...] = MINE, holding: Holding | None = HELD
) -> list[tuple[Window, int]] | None:
    found = held(claims, ledger, holding, LAST)
    return None if found is None else [(one.window, one.floor) for one in found if one.floor > 2]


def test_a_raise_counts_from_when_it_was_written() -> None:
    raised = tuple(replace(claim, floor=100) for claim in MINE)
    more = write(2, UP + HOUR, (78, 100))
    down = write(9, DOWN, (100, 2), ())
    assert spans(FIRST, more, down, claims=raised) == [
        (Window(UP, UP + HOUR), 78),
        (Window(UP + HOUR, DOWN), 100),
    ]


def test_what_was_given_back_early_counts_until_then() -> None:
    less = tuple(replace(claim, floor=20) for claim in MINE)
    down = write(2, UP + HOUR, (78, 20))
    assert spans(FIRST, down, write(9, DOWN, (20, 2), ()), claims=less) == [
        (Window(UP, UP + HOUR), 78),
        (Window(UP + HOUR, DOWN), 20),
    ]


def test_beside_another_campaign_only_its_own_floor_counts() -> None:
    joint = write(2, UP + HOUR, (78, 120), (*IDS, OTHER))
    theirs = write(3, DOWN, (120, 60), (OTHER,))
    assert spans(FIRST, joint, theirs) == [
        (Window(UP, UP + HOUR), 78),
        (Window(UP + HOUR, DOWN), 78),
    ]


@pytest.mark.parametrize(
    ("why", "ledger", "holding"),
    [
        ("nothing was written", (), NEVER),
        ("nor looked at", (), None),
        ("Google refused", (replace(FIRST, outcome=Outcome.FAILED),), HELD),
        ("an earlier campaign's, taken back by somebody", (write(1, UP - HOUR, (2, 90)),), None),
        ("only marks on a floor of somebody else's", (write(1, UP, (90, 90)),), NEVER),
        ("another campaign's, later", (write(1, DOWN + HOUR, (2, 50), (OTHER,)),), None),
    ],
)
def test_nothing_was_held(why: str, ledger: tuple[LedgerEntry, ...], holding: Holding) -> None:
    assert spans(*ledger, holding=holding) == [], why


def test_what_another_campaign_had_raised_before_counts_up_to_the_own_floor() -> None:
    before = replace(HELD, raised_at=UP - HOUR)
    found = spans(write(1, UP - HOUR, (2, 100), (OTHER,)), BACK, holding=before)
    assert found == [(Window(UP, DOWN), 78)]


def test_a_workload_that_is_gone_is_not_held_any_longer() -> None:
    gone = replace(HELD, restored_at=UP + HOUR)
    assert spans(FIRST, holding=gone) == [(Window(UP, UP + HOUR), 78)]


def test_a_raise_without_a_write_on_record_is_not_known() -> None:
    assert spans() is None


def test_hours_count_above_a_level_only() -> None:
    steps = (Step(Window(UP, UP + HOUR), 10), Step(Window(UP + HOUR, UP + 3 * HOUR), 4))
    assert hours_above(2, steps) == 8 + 4
    assert hours_above(5, steps) == 5
