"""What customers feel raises floors or calls people, never the other way round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.closed_loop import Adjustment, Turn, Watched
from bot.core.experience import Breach, Experience, Mark, Page, Step
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.heeding import Felt, felt_by, heed
from bot.core.house import CapacityRules, LoopMode
from bot.core.money import ZERO
from bot.core.plan import Band, Driver, Need, Sizing, WorkloadPlan
from bot.core.plan import Step as Hold
from bot.core.windows import Window

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
KEY = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "shop")
PAGE = Page("shop", "Front page", ("web",), (Step("/shop"),))
BREACH = Breach("shop", Mark.SLOW, NOW - timedelta(minutes=5), NOW, "4 s")
SIZING = Sizing(1.0, 80, 0.03, 0.2)
RULES = CapacityRules()


def plan(floor: int, ceiling: int) -> WorkloadPlan:
    return WorkloadPlan(
        KEY, 2, ceiling, None, Band(90, 100, 110), Band(280, 300, 330), SIZING,
        Need(floor, Driver.CPU, floor, 1),
        (Hold(Window(NOW - timedelta(hours=1), NOW + timedelta(hours=3)), floor),),
        InstanceSize(1, 0.5), BillingMode.REQUEST, ZERO, ZERO, ZERO, groups=("web",),
    )  # fmt: skip


def watched(floor: int = 20, *, ceiling: int = 100, affordable: int = 100) -> Watched:
    return Watched(plan(floor, ceiling), floor, SIZING, None, affordable, timedelta(hours=1))


def change(turn: Turn, floor: int) -> Adjustment:
    return Adjustment(KEY, turn, floor, 100.0, "as demand says")


def felt(mark: Mark = Mark.SLOW, raised_at: datetime | None = None) -> Felt:
    return Felt(PAGE, replace(BREACH, mark=mark, raised_at=raised_at))


def test_nothing_changes_while_customers_feel_nothing() -> None:
    back = change(Turn.GIVE_BACK, 5)
    assert heed(back, watched(), (), RULES, now=NOW) is back


def test_a_slow_page_raises_the_floor_by_a_quarter() -> None:
    found = heed(change(Turn.HOLD, 20), watched(), [felt()], RULES, now=NOW)
    assert (found.turn, found.floor) == (Turn.RAISE, 25)
    assert found.reason == "Front page is slow for customers"


def test_what_was_given_back_early_comes_back_at_once_where_customers_feel_it() -> None:
    seen = replace(watched(20), floor=5)
    found = heed(change(Turn.HOLD, 5), seen, [felt()], CapacityRules(loop=LoopMode.ASK), now=NOW)
    assert (found.turn, found.floor) == (Turn.BRING_BACK, 20)
    assert found.reason == "Front page is slow for customers"


def test_a_raise_has_five_minutes_to_show() -> None:
    early = felt(raised_at=NOW - timedelta(minutes=4))
    assert heed(change(Turn.HOLD, 20), watched(), [early], RULES, now=NOW).turn is Turn.HOLD
    late = felt(raised_at=NOW - timedelta(minutes=5))
    assert heed(change(Turn.HOLD, 20), watched(), [late], RULES, now=NOW).turn is Turn.RAISE


def test_a_person_is_asked_beyond_what_may_be_spent() -> None:
    poor = watched(affordable=20)
    found = heed(change(Turn.HOLD, 20), poor, [felt()], RULES, now=NOW)
    assert (found.turn, found.floor) == (Turn.ASK, 25)


def test_a_page_with_wrong_content_raises_nothing_and_gives_nothing_back() -> None:
    broken = [felt(Mark.WRONG)]
    held = heed(change(Turn.GIVE_BACK, 5), watched(), broken, RULES, now=NOW)
    assert (held.turn, held.floor) == (Turn.HOLD, 20)


def test_only_pages_of_the_workloads_own_groups_are_felt() -> None:
    rules = Experience(pages=(PAGE,))
    assert felt_by(("web",), rules, [BREACH])
    assert not felt_by(("checkout",), rules, [BREACH])
    assert not felt_by(("web",), Experience(), [BREACH])


_marks = st.sampled_from([Mark.SLOW, Mark.FAILED, Mark.WRONG, Mark.UNREACHED])
_changes = st.builds(change, st.sampled_from(list(Turn)), st.integers(0, 120))


@given(
    _changes,
    st.integers(1, 100),
    st.integers(1, 150),
    st.lists(_marks, min_size=1, max_size=3),
    st.sampled_from(list(LoopMode)),
)
def test_a_breach_never_lowers_what_is_held(
    asked: Adjustment, floor: int, affordable: int, marks: list[Mark], loop: LoopMode
) -> None:
    if asked.turn is not Turn.GIVE_BACK:
        asked = replace(asked, floor=max(asked.floor, floor))
    at = watched(floor, affordable=affordable)
    found = heed(asked, at, [felt(mark) for mark in marks], CapacityRules(loop=loop), now=NOW)
    assert found.turn is not Turn.GIVE_BACK
    assert found.floor >= floor
    if asked.turn is Turn.RAISE:
        assert found == asked
    if found.turn is Turn.RAISE and asked.turn is not Turn.RAISE:
        assert loop is LoopMode.AUTO
        assert found.floor <= min(1.5 * floor, affordable, 100)
