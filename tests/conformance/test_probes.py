"""Every prober says the same of the same page: the fake, and the real one over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.probes import WebProbes
from bot.core.experience import Experience, Mark, Page, Step
from bot.ports.probes import NoProbes, Probes
from tests.experience.strange_shop import strange_shop
from tests.fakes import FakeProbes

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
# A path of the strange shop that is answered so.
PATHS = {Mark.FINE: "/", Mark.FAILED: "/500", Mark.WRONG: "/404", Mark.SLOW: "/"}


@dataclass
class Stage:
    """A prober, and a page that is as the test wants."""

    probes: Probes
    page: Callable[[Mark], Page]


def page(path: str, mark: Mark) -> Page:
    slow_after = timedelta(microseconds=1) if mark is Mark.SLOW else timedelta(seconds=5)
    return Page("front", "Front page", ("web",), (Step(path),), slow_after)


@asynccontextmanager
async def fake() -> AsyncIterator[Stage]:
    probes = FakeProbes()

    def make(mark: Mark) -> Page:
        probes.put("front", mark)
        return page("/", mark)

    yield Stage(probes, make)


@asynccontextmanager
async def real() -> AsyncIterator[Stage]:
    async with strange_shop() as address:
        rules = Experience(base=address, private_hosts=("127.0.0.1",))
        yield Stage(WebProbes(rules), lambda mark: page(PATHS[mark], mark))


@pytest.fixture(params=[fake, real], ids=["fake", "real"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with request.param() as made:
        yield made


@pytest.mark.parametrize("mark", PATHS)
async def test_a_look_names_its_page_its_time_and_what_it_found(stage: Stage, mark: Mark) -> None:
    found = await stage.probes.look(stage.page(mark), NOW)
    assert (found.page, found.at, found.mark) == ("front", NOW, mark)
    assert bool(found.reason) is (mark is not Mark.FINE)


async def test_a_fine_look_has_its_times_and_status(stage: Stage) -> None:
    found = await stage.probes.look(stage.page(Mark.FINE), NOW)
    assert found.first_byte is not None
    assert found.total is not None
    assert 0 < found.first_byte <= found.total
    assert found.status == 200


async def test_where_nothing_may_be_looked_at_nothing_is_seen() -> None:
    found = await NoProbes().look(page("/", Mark.FINE), NOW)
    assert found.mark is Mark.UNSEEN
