"""Random days against the reference model: whatever happens, no floor is lost and none is left behind."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.core.fleet import WorkloadKey
from tests.flows.model import ERRORS, KEYS, Day, Stage

CALLS = ("read", "set_scaling", "operation", "proof", "discover")
WORKLOADS = st.sampled_from(KEYS)


class RandomDay(RuleBasedStateMachine):
    """The acts that a day is made of."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.day = Day(self.stage)

    @initialize(minutes=st.integers(20, 60), lasting=st.integers(40, 180), times=st.integers(3, 5))
    def begin(self, minutes: int, lasting: int, times: int) -> None:
        """Every day has a campaign, so that there is something to lose."""
        self.day.announce(minutes, lasting, times)

    @rule(minutes=st.integers(5, 90), lasting=st.integers(20, 180), times=st.integers(2, 5))
    def announce(self, minutes: int, lasting: int, times: int) -> None:
        """Maya announces a campaign."""
        self.day.announce(minutes, lasting, times)

    @rule()
    def approve(self) -> None:
        """The approvers look into their channel."""
        self.day.approve()

    @rule(which=st.integers(0, 3))
    def cancel(self, which: int) -> None:
        """Maya changes her mind."""
        self.day.cancel(which)

    @rule(key=WORKLOADS, floor=st.sampled_from([0, 1, 3, 7, 13, 61, 77]))
    def drift(self, key: WorkloadKey, floor: int) -> None:
        """Terraform sets a floor."""
        self.day.drift(key, floor)

    @rule(key=WORKLOADS, number=st.integers(2, 99))
    def deploy(self, key: WorkloadKey, number: int) -> None:
        """A pipeline deploys."""
        self.day.deploy(key, number)

    @rule(
        call=st.sampled_from(CALLS), error=st.sampled_from(sorted(ERRORS)), times=st.integers(1, 4)
    )
    def trouble(self, call: str, error: str, times: int) -> None:
        """Google has a bad moment."""
        self.day.trouble(call, error, times, lost=False)

    @rule(times=st.integers(1, 2))
    def lose_answers(self, times: int) -> None:
        """The next writes take effect, but nobody hears of it."""
        self.day.trouble("set_scaling", "unavailable", times, lost=True)

    @rule(minutes=st.integers(1, 40), down=st.booleans())
    def silence(self, minutes: int, down: bool) -> None:
        """Cloud Monitoring has a bad moment."""
        self.day.silence(minutes, down=down)

    @rule(moment=st.integers(1, 80), minutes=st.integers(1, 60))
    def kill(self, moment: int, minutes: int) -> None:
        """Somebody kills the process."""
        self.day.kill(moment, minutes)

    @rule()
    def lose_jobs(self) -> None:
        """The job table is lost."""
        self.day.lose_jobs()

    @rule(late=st.integers(0, 15))
    def come_to_the_next_turn(self, late: int) -> None:
        """Time goes by until shortly after something begins or ends."""
        self.day.pass_to_the_next_edge(late)

    @rule(minutes=st.integers(1, 45))
    def pass_time(self, minutes: int) -> None:
        """Nothing happens for a while."""
        self.day.pass_time(minutes)

    @rule()
    def check(self) -> None:
        """All trouble is over, and everything is as it should be."""
        self.day.check_held()

    def teardown(self) -> None:
        """The day ends, and so does everything in it."""
        self.day.check_rest()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One database for all days."""
    made = Stage()
    yield made
    made.close()


def play(stage: Stage, *, days: int, acts: int, same: bool) -> None:
    """Plays that many random days of up to that many acts; the first broken promise is shrunk and raised.

    `same` plays the same days every time.
    """
    machine = type("ThisDay", (RandomDay,), {"stage": stage})
    quietly = settings(
        max_examples=days,
        stateful_step_count=acts,
        deadline=None,
        derandomize=same,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=quietly)


def test_no_floor_is_lost_and_none_is_left_behind_whatever_happens(stage: Stage) -> None:
    play(stage, days=28, acts=30, same=True)
    assert stage.ticks > 2000
