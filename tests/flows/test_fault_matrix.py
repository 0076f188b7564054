"""Each error of Google's in each phase of a campaign: it has its own words, costs no floor and leaves none behind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.errors import GiveUp, NotAllowed, Refused, SlowDown, Stale, TryAgain
from tests.flows.town import CAMPAIGNS, CART, HOUSE, OPS, SHOP, START, STORY, Town, everything

MINUTE = timedelta(minutes=1)
SHORT = STORY.replace("22:00", "19:00")
END = START + 60 * MINUTE
RAISE = START - 19 * MINUTE
OFTEN = 10_000
QUOTA = "56 vCPU asked for, the region's quota is 20"
UNREADABLE = "Google does not let Headroom read shop: it needs run.services.get/list"
DENIED = "Google does not let Headroom set the scaling of shop: it needs run.services.update"


@dataclass(frozen=True, slots=True)
class Fault:
    """How it begins and ends, and what people are told of it in which phases."""

    begins: Callable[[Town], None]
    ends: Callable[[Town], None]
    words: str
    told_in: frozenset[str]


def calls(error: TryAgain | GiveUp, *names: str, lost: bool = False) -> Callable[[Town], None]:
    """These calls fail from now on."""

    def begin(town: Town) -> None:
        for name in names:
            town.cloud.faults.add(name, error, times=OFTEN, after_effect=lost)

    return begin


def over(town: Town) -> None:
    town.cloud.faults.clear()


def breaks(town: Town) -> None:
    town.cloud.operation_error = "an internal error"


def works(town: Town) -> None:
    town.cloud.operation_error = ""


def no_room(town: Town) -> None:
    town.cloud.cold.add(SHOP.key)


def room(town: Town) -> None:
    town.cloud.cold.clear()


def deleted(town: Town) -> None:
    town.cloud.remove(SHOP.key)


def moved(town: Town) -> None:
    """There it has lost its label, so no campaign finds it by its group."""
    deleted(town)
    there = replace(SHOP.key, region="us-central1")
    town.cloud.add(replace(SHOP, key=there, groups=(), token=""))


def moved_back(town: Town) -> None:
    town.cloud.remove(replace(SHOP.key, region="us-central1"))
    created(town)


def created(town: Town) -> None:
    """As a pipeline brings it back: as it was deployed once, without anything of Headroom's."""
    town.cloud.add(replace(SHOP, token=""))


ALL = ("discover", "read", "set_scaling", "operation", "proof")
HOLDING = frozenset({"warming", "live"})
ACTING = frozenset({"warming", "live", "restoring"})
FAULTS = {
    "UNAVAILABLE": Fault(
        calls(TryAgain("HTTP 503"), *ALL), over, "HTTP 503", ACTING | {"planning"}
    ),
    "INTERNAL": Fault(
        calls(TryAgain("something failed inside Google"), *ALL),
        over,
        "something failed inside Google",
        ACTING | {"planning"},
    ),
    "DEADLINE_EXCEEDED, not done": Fault(
        calls(TryAgain("no answer in time"), "set_scaling"), over, "no answer in time", ACTING
    ),
    "DEADLINE_EXCEEDED, done": Fault(
        calls(TryAgain("no answer (DeadlineExceeded)"), "set_scaling", lost=True),
        over,
        "",
        frozenset(),
    ),
    "RESOURCE_EXHAUSTED to read": Fault(
        calls(SlowDown("slower", timedelta(seconds=20)), *ALL),
        over,
        "Google's read quota is used up for the moment",
        ACTING,
    ),
    "RESOURCE_EXHAUSTED": Fault(
        calls(SlowDown("slower", timedelta(seconds=20)), "set_scaling"),
        over,
        "Google's write quota is used up for the moment",
        ACTING,
    ),
    "ABORTED": Fault(
        lambda town: town.cloud.faults.add("set_scaling", Stale("version A, current B"), times=3),
        over,
        "",
        frozenset(),
    ),
    "NOT_FOUND": Fault(deleted, created, "does not exist", ACTING),
    "moved": Fault(moved, moved_back, "there is a shop in us-central1: if it was moved", HOLDING),
    "PERMISSION_DENIED to read": Fault(
        calls(NotAllowed(UNREADABLE), *ALL), over, "run.services.get", ACTING | {"planning"}
    ),
    "PERMISSION_DENIED": Fault(
        calls(NotAllowed(DENIED), "set_scaling"), over, "run.services.update", ACTING
    ),
    "INVALID_ARGUMENT": Fault(
        calls(Refused(QUOTA, code="QUOTA"), "set_scaling"), over, "vCPU asked for", ACTING
    ),
    "half-done operation": Fault(breaks, works, "an internal error", ACTING),
    "quota at run time": Fault(no_room, room, "instances still starting", HOLDING),
}


async def planning(town: Town) -> None:
    await town.say(SHORT)


async def scheduled(town: Town) -> None:
    await town.scheduled(SHORT)
    await town.run(RAISE - 30 * MINUTE)


async def warming(town: Town) -> None:
    await town.scheduled(SHORT)
    await town.run(RAISE - MINUTE)


async def live(town: Town) -> None:
    """Somebody lowers the floor in the worst moment."""
    await town.scheduled(SHORT)
    await town.run(START + 10 * MINUTE)
    town.cloud.someone_sets(SHOP.key, 3)


async def restoring(town: Town) -> None:
    await town.scheduled(SHORT)
    await town.run(END + 9 * MINUTE)


PHASES = {one.__name__: one for one in (planning, scheduled, warming, live, restoring)}


def said(town: Town) -> str:
    """Everything that anybody was ever shown."""
    posts = [post for post in town.chat.posts if post.channel in {CAMPAIGNS, OPS}]
    return "".join(everything(one) for post in posts for one in [*post.edits, post.message])


async def settled(town: Town) -> None:
    """The plan is confirmed, if the fault came before that."""
    await town.run(5 * MINUTE)
    if await town.state() is CampaignState.PROPOSED:
        await town.click("Confirm")
        await town.run()


def lost(floors: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    """The writes that lowered the floor while it was promised."""
    return [(at, floor) for at, floor in floors if RAISE <= at < END and floor < 55]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("name", FAULTS)
async def test_no_floor_is_lost_or_left_behind(name: str, phase: str, town: Town) -> None:
    fault = FAULTS[name]
    town.house(timing=replace(HOUSE.timing, look_again_warming=MINUTE))
    del town.cloud.fleet[CART.key]
    await PHASES[phase](town)
    fault.begins(town)
    await town.run(9 * MINUTE)
    told = said(town)
    fault.ends(town)
    await settled(town)
    assert not fault.words or (fault.words in told) is (phase in fault.told_in)

    gone = name in {"NOT_FOUND", "moved"}
    held = phase != "restoring" and not (gone and phase == "planning")
    await town.run(START + 30 * MINUTE)
    assert (town.cloud.floor(SHOP.key) == 55) is held
    await town.run(END + 3 * timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == (3 if phase == "live" and not gone else 2)
    assert lost([(w.at, w.change.floor) for w in town.cloud.writes]) == []
    assert (await town.state()).final
