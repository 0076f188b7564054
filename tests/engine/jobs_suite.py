"""What every engine must do (bot.ports.jobs.Jobs); a subclass gives the fixture `workshop`."""

import logging
from datetime import timedelta

import pytest

from bot.errors import GiveUp, Stale, TryAgain
from bot.ports.jobs import Job
from tests.engine.workshop import Gate, Recorder, Workshop, quiet, working

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class JobsSuite:
    """The promises of the port, one test each."""

    async def test_a_job_runs_once_when_it_is_woken(self, workshop: Workshop) -> None:
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            await workshop.wake_now("a")
            assert await look.called(1) == ["a"]
            await quiet()
        assert look.calls == ["a"]

    async def test_a_job_waits_when_it_is_not_due(self, workshop: Workshop) -> None:
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            await workshop.wake(Job("look", "a"), workshop.clock.now() + 60 * SECOND)
            await quiet()
            assert look.calls == []
            workshop.clock.advance(60 * SECOND)
            assert await look.called(1) == ["a"]

    async def test_jobs_run_in_the_order_of_their_due_times(self, workshop: Workshop) -> None:
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        for delay, key in ((3, "c"), (1, "a"), (2, "b")):
            await workshop.wake(Job("look", key), workshop.clock.now() + delay * SECOND)
        workshop.clock.advance(5 * SECOND)
        async with working(jobs):
            assert await look.called(3) == ["a", "b", "c"]

    async def test_the_earlier_wake_counts_when_there_are_two(self, workshop: Workshop) -> None:
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        now = workshop.clock.now()
        for delay in (50, 10, 90):
            await workshop.wake(Job("look", "a"), now + delay * SECOND)
        workshop.clock.advance(10 * SECOND)
        async with working(jobs):
            assert await look.called(1) == ["a"]
            workshop.clock.advance(200 * SECOND)
            await quiet()
        assert look.calls == ["a"]

    async def test_a_job_runs_again_when_its_handler_asks_for_it(self, workshop: Workshop) -> None:
        look, jobs = Recorder([workshop.clock.now() + 30 * SECOND]), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            await workshop.wake_now("a")
            await look.called(1)
            await quiet()
            assert look.calls == ["a"]
            workshop.clock.advance(30 * SECOND)
            await look.called(2)

    async def test_one_key_never_runs_twice_at_a_time(self, workshop: Workshop) -> None:
        gate, first, second = Gate(), workshop.worker(), workshop.worker()
        for jobs in (first, second):
            jobs.register("look", gate)
        async with working(first, second):
            for _ in range(3):
                await workshop.wake_now("a")
            await gate.entered(1)
            await workshop.wake_now("a")
            await quiet()
            assert gate.entries == ["a"]
            gate.let_out()
            await gate.entered(2)
        assert gate.most == 1

    async def test_different_keys_run_at_the_same_time(self, workshop: Workshop) -> None:
        gate, jobs = Gate(), workshop.worker()
        jobs.register("look", gate)
        async with working(jobs):
            await workshop.wake_now(*"abcdefgh")
            await gate.entered(8)
            assert gate.most == 8
            gate.let_out()

    async def test_the_same_key_of_another_name_is_another_job(self, workshop: Workshop) -> None:
        gate, jobs = Gate(), workshop.worker()
        jobs.register("look", gate)
        jobs.register("tell", gate)
        async with working(jobs):
            await workshop.wake_now("a", name="look")
            await workshop.wake_now("a", name="tell")
            await gate.entered(2)
            assert gate.most == 2
            gate.let_out()

    async def test_more_jobs_than_run_at_once_all_run(self, workshop: Workshop) -> None:
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        keys = [f"{number:03}" for number in range(100)]
        await workshop.wake_now(*keys)
        async with working(jobs):
            assert sorted(await look.called(100)) == keys

    async def test_a_wake_during_a_run_makes_it_run_once_more(self, workshop: Workshop) -> None:
        gate, jobs = Gate(), workshop.worker()
        jobs.register("look", gate)
        async with working(jobs):
            await workshop.wake_now("a")
            await gate.entered(1)
            await workshop.wake_now("a")
            await workshop.wake_now("a")
            gate.let_out()
            await gate.entered(2)
            await quiet()
        assert gate.entries == ["a", "a"]

    async def test_a_later_wake_during_a_run_waits_until_then(self, workshop: Workshop) -> None:
        gate, jobs = Gate(), workshop.worker()
        jobs.register("look", gate)
        async with working(jobs):
            await workshop.wake_now("a")
            await gate.entered(1)
            await workshop.wake(Job("look", "a"), workshop.clock.now() + 60 * SECOND)
            gate.let_out()
            await quiet()
            assert gate.entries == ["a"]
            workshop.clock.advance(60 * SECOND)
            await gate.entered(2)

    async def test_a_job_woken_while_nobody_works_runs_afterwards(self, workshop: Workshop) -> None:
        await workshop.wake_now("a")
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            assert await look.called(1) == ["a"]

    async def test_a_stop_lets_a_running_handler_finish(self, workshop: Workshop) -> None:
        gate, look = Gate(), Recorder()
        first, second = workshop.worker(), workshop.worker()
        first.register("look", gate)
        second.register("look", look)
        async with working(first):
            await workshop.wake_now("a")
            await gate.entered(1)
            gate.let_out()
        assert gate.inside == []
        async with working(second):
            await quiet()
        assert look.calls == []

    async def test_a_failure_is_repeated_when_its_wait_is_over(self, workshop: Workshop) -> None:
        look, jobs = Recorder([TryAgain("busy", 7 * SECOND)]), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            await workshop.wake_now("a")
            await look.called(1)
            workshop.clock.advance(6 * SECOND)
            await quiet()
            assert look.calls == ["a"]
            workshop.clock.advance(1 * SECOND)
            await look.called(2)

    @pytest.mark.parametrize("failure", [TryAgain("away"), Stale("changed"), KeyError("a bug")])
    async def test_the_wait_doubles_when_a_job_fails_again(
        self, workshop: Workshop, failure: Exception
    ) -> None:
        look, jobs = Recorder([failure] * 3), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            await workshop.wake_now("a")
            for calls, wait in ((1, 1), (2, 2), (3, 4)):
                await look.called(calls)
                await quiet(0.1)
                workshop.clock.advance((wait - 0.1) * SECOND)
                await quiet(0.3)
                assert len(look.calls) == calls
                workshop.clock.advance(0.1 * SECOND)
            await look.called(4)

    async def test_a_job_that_gave_up_runs_at_the_next_wake_only(
        self, workshop: Workshop, caplog: pytest.LogCaptureFixture
    ) -> None:
        look, jobs = Recorder([GiveUp("the channel is archived")]), workshop.worker()
        jobs.register("look", look)
        async with working(jobs):
            await workshop.wake_now("a")
            await look.called(1)
            workshop.clock.advance(3600 * SECOND)
            await quiet()
            assert look.calls == ["a"]
            await workshop.wake_now("a")
            await look.called(2)
        assert "the channel is archived" in caplog.text

    async def test_an_unknown_failure_is_logged_with_a_reference(
        self, workshop: Workshop, caplog: pytest.LogCaptureFixture
    ) -> None:
        look, jobs = Recorder([ZeroDivisionError("oops")]), workshop.worker()
        jobs.register("look", look)
        with caplog.at_level(logging.ERROR):
            async with working(jobs):
                await workshop.wake_now("a")
                await look.called(1)
                await quiet(0.1)
        [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
        assert "look a failed [" in record.getMessage()
        assert record.exc_info is not None

    async def test_other_jobs_run_when_one_fails(self, workshop: Workshop) -> None:
        look, bad, jobs = Recorder(), Recorder([RuntimeError("bug")] * 9), workshop.worker()
        jobs.register("look", look)
        jobs.register("bad", bad)
        async with working(jobs):
            await workshop.wake_now("x", name="bad")
            await bad.called(1)
            await workshop.wake_now("a", "b")
            assert sorted(await look.called(2)) == ["a", "b"]

    async def test_due_jobs_run_when_the_clock_is_set_forward(self, workshop: Workshop) -> None:
        look, jobs = Recorder(), workshop.worker()
        jobs.register("look", look)
        await workshop.wake(Job("look", "a"), workshop.clock.now() + 3 * HOUR)
        async with working(jobs):
            await quiet()
            workshop.clock.advance(5 * HOUR)
            assert await look.called(1) == ["a"]

    async def test_every_job_is_looked_at_when_the_clock_is_set_back(
        self, workshop: Workshop
    ) -> None:
        now = workshop.clock.now()
        look, jobs = Recorder([now - HOUR + 60 * SECOND]), workshop.worker()
        jobs.register("look", look)
        await workshop.wake(Job("look", "a"), now + 60 * SECOND)
        async with working(jobs):
            await quiet()
            workshop.clock.set(now - HOUR)
            await quiet(1.5)
            assert look.calls == ["a"]
            workshop.clock.advance(60 * SECOND)
            await look.called(2)
