"""What several stories do: announce, confirm, get to the proof; and how they read what people see."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox.stories.black_friday import COMMAND, START
from bot.sandbox.stories.guardrails import DEAR
from bot.sandbox.stories.stage import Item, Stage, staged
from tests.warm_start import started_warm

NAME = "Black Friday push"
LEAD = timedelta(minutes=19)
MONDAY_9 = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


async def propose(stage: Stage, text: str = COMMAND) -> Item:
    """Maya types the command and sees the plan."""
    await stage.say("maya", text)
    return await stage.sees("maya", NAME, "[Confirm]")


async def schedule(stage: Stage) -> Item:
    """... and confirms it."""
    await propose(stage)
    await stage.click("maya", "Confirm")
    return await stage.sees("maya", NAME, "Scheduled.")


async def prove(stage: Stage) -> None:
    """... and the capacity is warm before the start."""
    await schedule(stage)
    stage.town.clock.jump(START - LEAD)
    await warm_in_time(stage, START, fastest=90)


async def warm_in_time(
    stage: Stage, start: datetime, *, fastest: float, campaigns: int = 1
) -> None:
    """Maya sees the proofs of so many campaigns before `start`.

    The clock goes slower towards it: a busy machine is no broken promise.
    """
    whole = (start - stage.now()).total_seconds()
    while len(messages(await stage.look("maya", wait=1.0), "It is warm", reply=True)) < campaigns:
        left = (start - stage.now()).total_seconds()
        assert left > 0, (await stage.look("maya"))[-1]["text"]
        stage.town.clock.set_rate(fastest * max(left / whole, 0.05))
    assert stage.now() < start
    stage.town.clock.set_rate(fastest)


@asynccontextmanager
async def monday_morning(folder: Path, *, rate: float) -> AsyncIterator[Stage]:
    """Two hours before a sale that finance is asked about."""
    morning = MONDAY_9 - timedelta(hours=2)
    async with staged(folder, rate=rate, starts_at=morning, starter=started_warm) as stage:
        yield stage


async def ask_finance(stage: Stage) -> None:
    """Maya announces that sale and confirms it; Finn presses Approve."""
    await stage.say("maya", DEAR)
    await stage.sees("maya", "Cyber Monday sale", "[Confirm and ask]")
    await stage.click("maya", "Confirm and ask")
    await stage.sees("finn", "Cyber Monday sale", "[Approve]")
    await stage.click("finn", "Approve")


def is_reply(item: Item) -> bool:
    """In a thread."""
    return bool(item.get("thread_ts"))


def is_settled(item: Item) -> bool:
    """A message that no longer waits for Confirm."""
    return item["kind"] in {"message", "edit"} and "[Confirm]" not in item["text"]


def is_private(item: Item) -> bool:
    """Only the reader sees it."""
    return bool(item["kind"] == "ephemeral")


def floors(fleet: dict[str, dict[str, int]]) -> dict[str, int]:
    """The floor of each workload."""
    return {key: row["floor"] for key, row in fleet.items()}


def messages(items: list[Item], words: str, *, reply: bool = False) -> set[str]:
    """The different messages (by ts) that were posted with these words."""
    return {
        str(item["ts"])
        for item in items
        if item["kind"] == "message" and words in item["text"] and is_reply(item) is reply
    }


async def newest(stage: Stage, person: str) -> int:
    """The number of the last thing that person saw."""
    items = await stage.look(person)
    return int(items[-1]["seq"]) if items else 0
