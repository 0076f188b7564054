"""The main job: Maya announces Black Friday, and everybody sees what they should."""

import asyncio
import csv
import io
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Item, Stage

COMMAND = "/campaign Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"
START = datetime.fromisoformat("2025-11-28T17:00:00+00:00")
END = datetime.fromisoformat("2025-11-28T21:00:00+00:00")
DRIFT_AT = START + timedelta(minutes=90)
BY_HAND = 1
ZONE = ZoneInfo("Europe/Berlin")
WORKLOADS = 6
VICTIM = "service/cymbal-shop/europe-west1/storefront-web"

TALKING, WAITING, SELLING = 20.0, 240.0, 400.0


async def play(stage: Stage, tell: Narrator) -> None:
    """Plays it; what was promised and seen is in `tell.promises`."""
    baseline = await _floors(stage)
    for person in ("maya", "erik", "finn"):
        await stage.look(person)
    await _announce(stage, tell)
    await _warm_up(stage, tell)
    await _sell(stage, tell)
    await _give_back(stage, tell, baseline)


async def _announce(stage: Stage, tell: Narrator) -> None:
    tell.scene("Maya (marketing) announces a campaign")
    stage.town.clock.set_rate(TALKING)
    tell.said(stage.now(), "maya", COMMAND)
    began = asyncio.get_running_loop().time()
    await stage.say("maya", COMMAND)
    plan = await stage.sees("maya", "[Confirm]", "Black Friday push")
    took = asyncio.get_running_loop().time() - began
    tell.promise("Maya saw the plan within seconds", kept=took < 10, detail=f"{took:.1f} s")
    tell.promise("the plan names its price", kept="$" in plan["text"])
    tell.said(stage.now(), "maya", "presses Confirm")
    await stage.click("maya", "Confirm")
    await stage.sees(
        "maya", "Black Friday push", test=lambda i: "[Confirm]" not in i["text"], after=plan["seq"]
    )
    tell.promise("one click was enough", kept=True)
    status_after = (await stage.look("maya"))[-1]["seq"]
    tell.said(stage.now(), "maya", "/headroom status")
    await stage.say("maya", "/headroom status")
    await stage.sees("maya", "Black Friday push", after=status_after, test=_private)
    tell.promise("status says that it is scheduled", kept=True)


async def _warm_up(stage: Stage, tell: Narrator) -> None:
    tell.scene("Before the start: capacity is raised and proven")
    stage.town.clock.jump(START - timedelta(minutes=25))
    stage.town.clock.set_rate(60)
    proof = await stage.sees(
        "maya", "It is warm", within=60, test=lambda i: bool(i.get("thread_ts"))
    )
    early = START - stage.now()
    tell.promise(
        "capacity was proven warm before the start, and Maya was told",
        kept=early > timedelta(0) and "maya" in proof["text"].casefold(),
        detail=f"{early.total_seconds() / 60:.0f} min before",
    )
    stage.town.clock.set_rate(WAITING)
    await stage.until(START)


async def _sell(stage: Stage, tell: Narrator) -> None:
    tell.scene("18:00 — the push goes out")
    before = _at_risk(await stage.fleet())
    stage.town.clock.set_rate(SELLING)
    for minutes in (5, 30, 60, 90):
        await stage.until(START + timedelta(minutes=minutes))
        _tell_fleet(stage, tell, await stage.fleet())
    tell.line(
        stage.now(),
        "somebody",
        f"sets the minimum of {VICTIM.rsplit('/', 1)[1]} to {BY_HAND} by hand",
    )
    await stage.steer("/town/world", {"drift": {"workload": VICTIM, "floor": BY_HAND}})
    lowered = stage.now()
    notice = await stage.sees("erik", "storefront-web", within=30)
    mended = await _eventually(stage, lambda fleet: fleet[VICTIM]["floor"] > BY_HAND)
    tell.promise(
        "a floor lowered by hand was put back, and the engineers were told",
        kept=mended and bool(notice),
        detail=f"{(stage.now() - lowered).total_seconds() / 60:.0f} min",
    )
    await stage.until(END)
    risk = _at_risk(await stage.fleet()) - before
    tell.promise("no request waited for an instance", kept=risk < 1, detail=f"{risk:.0f} at risk")


async def _give_back(stage: Stage, tell: Narrator, baseline: dict[str, int]) -> None:
    tell.scene("22:00 — it is over: capacity is given back, and everybody hears what happened")
    # The CSV beside it names "planned" and "report" too, but no price in dollars.
    report = await stage.sees("maya", "planned", "report", "$", within=60)
    tell.promise("a report with planned against actual was posted", kept="$" in report["text"])
    # A floor set by hand during the campaign is the baseline from then on: somebody wanted it.
    wanted = baseline | {VICTIM: BY_HAND}
    tell.promise("every floor is back at its baseline", kept=await _floors(stage) == wanted)
    file = await stage.sees("maya", within=30, test=lambda i: i["kind"] == "file")
    rows = list(csv.DictReader(io.StringIO(await stage.download(file))))
    tell.scene("Summary (from the report's table)")
    tell.table(
        ("workload", "baseline", "floor", "proven at", "restored at", "cost"),
        [_summary(row) for row in rows],
    )
    tell.promise("the report's table has every workload", kept=len(rows) == WORKLOADS)


def _summary(row: dict[str, str]) -> tuple[str, ...]:
    return (
        f"{row['workload']} ({row['region']})",
        row["baseline"],
        row["planned_instances"],
        _clock(row["proven_at"]),
        _clock(row["restored_at"]),
        f"${row['actual_cost']}",
    )


def _clock(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%H:%M}" if text else "never"


def _private(item: Item) -> bool:
    return bool(item["kind"] == "ephemeral")


async def _floors(stage: Stage) -> dict[str, int]:
    return {key: int(row["floor"]) for key, row in (await stage.fleet()).items()}


async def _eventually(stage: Stage, test: Any, within: float = 20) -> bool:
    began = asyncio.get_running_loop().time()
    while not test(await stage.fleet()):
        if asyncio.get_running_loop().time() - began > within:
            return False
        await asyncio.sleep(0.1)
    return True


def _at_risk(fleet: dict[str, Any]) -> float:
    return sum(float(row["at_risk"]) for key, row in fleet.items() if "web" in row["group"])


def _tell_fleet(stage: Stage, tell: Narrator, fleet: dict[str, Any]) -> None:
    for key, row in fleet.items():
        if row["group"] == "web":
            region, name = key.split("/")[2:]
            tell.line(
                stage.now(),
                "world",
                f"{name} ({region}): {row['rps']:.0f} requests/s, {row['ready']} instances"
                f" (floor {row['floor']}), {row['pending']:.0f} waiting",
            )
