"""The digest's sections about what customers felt, data, and advice; gathered and cut to groups."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from bot.core.advice.advising import advise
from bot.core.advice.book import AdviceBook
from bot.core.digest.advice import advice_section
from bot.core.digest.data import data_section
from bot.core.digest.experience import experience_section
from bot.core.digest.facts import DigestFacts
from bot.core.digest.redaction import cut_for_vendors, cut_to_groups
from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience, Cadence
from bot.core.experience import Objective, PageSummary
from bot.core.objectives import kept
from bot.core.pipelines import Pipeline, Signal, Timeliness, health_of
from bot.core.series import Series
from bot.core.sources import Fleet
from bot.core.windows import Window
from bot.errors import TryAgain
from bot.felt import gather_everything
from bot.ports.data import Signals
from bot.store.database import Database
from tests.advice.scenes import HOUSE, NOW, SPAN, seen
from tests.flows.town import Town
from tests.store_fixture import database, wakeups

__all__ = ["database", "wakeups"]


class SilentMetrics:
    """Cloud Monitoring that does not answer."""

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        raise TryAgain("Monitoring is down")


FINE = PageSummary("Front page", 100, 100, 0.4, 2.0, groups=("web",))
BROKEN = PageSummary("Purchase", 100, 80, 3.1, 2.0, "HTTP 503", ("checkout",))
ORDERS = Pipeline("orders", "Order pipeline", "p", ("pipeline",), ("order-worker",), "orders")
UNKNOWN = health_of(ORDERS, {}, now=NOW)


@pytest.fixture
def facts() -> DigestFacts:
    return DigestFacts(
        house=HOUSE,
        cadence=Cadence.DAILY,
        span=SPAN,
        zone="Europe/Berlin",
        fleet=Fleet(SPAN, (), NOW, NOW),
        pages=(FINE, BROKEN),
        objectives=(kept(Objective("web"), "Web shop", [], [], []),),
        pipelines=(UNKNOWN,),
        advice=AdviceBook(NOW, SPAN, advise(seen()), 1),
    )


def test_pages_that_were_not_as_they_should_be_come_first(facts: DigestFacts) -> None:
    section = experience_section(facts, NOW)
    assert section is not None
    assert section.sentences[0].startswith("1 of 2 pages were not as they should be")
    assert section.sentences[1] == "Purchase: 80 of 100 looks were fine (HTTP 503)."
    assert "nothing was measured" in section.sentences[2]


def test_data_that_are_not_known_are_not_called_on_time(facts: DigestFacts) -> None:
    section = data_section(facts, NOW)
    assert section is not None
    assert section.title == "Is the data right and on time?"
    assert section.sentences[0] == "As far as is known: 0 of 1 pipelines kept their target."
    assert UNKNOWN.timeliness is Timeliness.UNKNOWN


def test_advice_is_for_engineers_and_finance_and_never_old(facts: DigestFacts) -> None:
    section = advice_section(facts, NOW)
    assert section is not None
    assert section.audiences == {Audience.ENGINEERS, Audience.FINANCE}
    assert "Keep 5 instead of 8 instances" in section.sentences[1]
    assert advice_section(facts, NOW + timedelta(days=4)) is None


def test_a_channel_of_one_group_hears_of_its_own_only(facts: DigestFacts) -> None:
    cut = cut_to_groups(facts, ["web"])
    assert cut.pages == (FINE,)
    assert cut.pipelines == ()
    assert cut.advice is not None
    assert cut.advice.advice
    other = cut_to_groups(facts, ["checkout"])
    assert other.advice is not None
    assert not other.advice.advice


def test_vendors_hear_nothing_of_it(facts: DigestFacts) -> None:
    cut = cut_for_vendors(facts, ["web"])
    for section in (experience_section, data_section, advice_section):
        assert section(cut, NOW) is None


class WeeklySuccess:
    """A job that finished four days ago; remembers what it was asked."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.asked: list[tuple[list[str], Window, timedelta]] = []

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        self.asked.append(([one.name for one in pipelines], window, step))
        steps = range(window.duration // step)
        starts = [window.start + place * step for place in steps]
        values = tuple(1.0 if one <= self.at < one + step else math.nan for one in starts)
        found = Series(window.start, step, values)
        return {one.name: {Signal.SUCCEEDED: found} for one in pipelines if one.job}


async def test_a_weekly_job_is_not_late_in_the_digest_of_a_day(database: Database) -> None:
    town = Town(database)
    now = town.clock.now()
    weekly = Pipeline("w", "Weekly export", "p", job="weekly", every=timedelta(days=7))
    nightly = Pipeline("n", "Nightly export", "p", job="nightly", every=timedelta(hours=26))
    data = WeeklySuccess(now - timedelta(days=4))
    town.kit = replace(town.kit, data=data)
    town.house(pipelines=(ORDERS, weekly, nightly))
    one = Subscription("C", Cadence.DAILY, Audience.ENGINEERS, "Europe/Berlin", time(8), 0, ())
    facts = await gather_everything(town.kit, one, Window(now - timedelta(days=1), now))
    states = {health.pipeline.name: health.timeliness for health in facts.pipelines}
    assert states == {
        "orders": Timeliness.UNKNOWN,
        "w": Timeliness.ON_TIME,
        "n": Timeliness.LATE,
    }
    days = {name: window.duration / timedelta(days=1) for (name,), window, _ in data.asked}
    assert days == {"orders": 1, "n": pytest.approx(52 / 24), "w": 14}


async def test_a_silent_monitoring_is_named_and_nothing_is_called_late(database: Database) -> None:
    town = Town(database)
    town.kit = replace(town.kit, data=SilentMetrics())
    town.house(pipelines=(ORDERS,))
    now = town.clock.now()
    one = Subscription("C", Cadence.DAILY, Audience.ENGINEERS, "Europe/Berlin", time(8), 0, ())
    facts = await gather_everything(town.kit, one, Window(now - timedelta(days=1), now))
    assert [health.timeliness for health in facts.pipelines] == [Timeliness.UNKNOWN]
    assert facts.pipelines_silent == ("the pipelines (Monitoring is down)",)
