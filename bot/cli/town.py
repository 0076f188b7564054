"""Commands that run the sandbox: story, stories, sandbox, clock."""

import argparse
import asyncio
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from bot.cli.running import RunningTown, remove_note, running_town, write_note
from bot.errors import AskedWrong
from bot.sandbox.stories import alert_storm, black_friday, guardrails, monday_morning, rough_day
from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Item, NotSeen, Stage, staged

Play = Callable[[Stage, Narrator], Awaitable[None]]

STORIES: dict[str, tuple[Play, str]] = {
    "alert-storm": (alert_storm.play, "alerts that are told once, taken, and never lost"),
    "guardrails": (
        guardrails.play,
        "allowed, asked for, refused with a way out, and asked by a stranger",
    ),
    "monday-morning": (
        monday_morning.play,
        "digests, status, Home tabs, an advice applied, and a calendar's event that Maya confirms",
    ),
    "rough-day": (
        rough_day.play,
        "faults, quota, drift, kill -9 and changed plans, and a day that ends right all the same",
    ),
    "black-friday": (black_friday.play, "the main job, from the announcement to the report"),
}
_BEGINS = {"monday-morning": monday_morning.BEGINS}  # all others on Black Friday
_ZONE = ZoneInfo("Europe/Berlin")
_TOLD_TO_END = "told to end"
_TIME = re.compile(r"\b\d\d:\d\d\b")
_PRIVATE = {"ephemeral", "view", "home", "error"}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of one of the four commands."""
    match command:
        case "story":
            parser.add_argument("name", nargs="?", default="", help="see `headroom stories`")
        case "sandbox":
            parser.add_argument("--rate", type=float, default=1.0, help="town seconds per second")
            parser.add_argument("--port", type=int, default=8090, help="of the web page")
        case "clock":
            parser.add_argument("--rate", type=float, help="town seconds per second")
            parser.add_argument("--to", help="jump forward to HH:MM (Berlin) or an ISO instant")


async def run(arguments: argparse.Namespace) -> int:
    """Runs the named command; told to end (SIGTERM), it ends the bot and the town before itself."""
    running = asyncio.ensure_future(_run(arguments))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel, _TOLD_TO_END)
    try:
        return await running
    except asyncio.CancelledError as ended:
        if ended.args != (_TOLD_TO_END,):  # Ctrl-C, which asyncio.run says itself
            raise
        return 128 + signal.SIGTERM


async def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "stories":
            for name, (_, text) in STORIES.items():
                print(f"{name:<14} {text}")
            return 0
        case "clock":
            return await _clock(arguments)
        case "sandbox":
            return await _stay(arguments.rate, arguments.port)
        case _:
            return await _story(arguments.name)


async def _story(name: str) -> int:
    play, text = _chosen(name or "black-friday")
    print(f"Headroom at Cymbal Retail: {text}.")
    told = await _played(play, _BEGINS.get(name))
    if not told:
        return 1
    if not name and sys.stdin.isatty() and sys.stdout.isatty():
        return await _stay(1.0, 8090)
    return 0


def _chosen(name: str) -> tuple[Play, str]:
    if name not in STORIES:
        raise AskedWrong(f"There is no story {name!r}. There are: {', '.join(STORIES)}.")
    return STORIES[name]


async def _played(play: Play, starts_at: datetime | None) -> bool:
    """Plays on a fresh town; its files are kept (and named) only when a promise was broken."""
    directory = Path(tempfile.mkdtemp(prefix="headroom-story-"))
    tell = Narrator(_ZONE)
    print("Opening the town (Slack, Google Cloud, twelve services) and starting the bot ...")
    async with staged(directory, starts_at=starts_at) as stage:
        stage.watch = _watcher(stage, tell)
        print(f"The town's page: {stage.town.url}/", flush=True)
        try:
            await play(stage, tell)
        except NotSeen as missing:
            tell.promise("the story went on", kept=False, detail=str(missing))
    kept = tell.verdict()
    if kept:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"The bot's log and database are in {directory}.")
    return kept


def _watcher(stage: Stage, tell: Narrator) -> Callable[[str, Item], None]:
    """Prints what people see, once, however many of them see it."""
    printed: set[int] = set()

    def watch(person: str, item: Item) -> None:
        if item["seq"] in printed or item["who"] == person or item["kind"] == "ack":
            return
        printed.add(item["seq"])
        private = item["kind"] in _PRIVATE or not item.get("channel")
        place = f"→ {person}" if private else f"#{str(item['channel']).lstrip('#')}"
        zone = stage.town.slack.scenario.person(person).zone
        if zone != str(_ZONE) and _TIME.search(str(item["text"])):
            place += f" (read in {zone.rpartition('/')[2].replace('_', ' ')})"
        tell.seen(stage.now(), place, str(item.get("ts") or item["seq"]), str(item["text"]))

    return watch


async def _stay(rate: float, port: int) -> int:
    """A fresh town that stays up until Ctrl-C and says how to talk to it."""
    directory = Path(tempfile.mkdtemp(prefix="headroom-town-"))
    try:
        async with staged(directory, rate=rate, http_port=port) as stage:
            write_note(RunningTown(stage.town.url, stage.town.bot_environment()))
            print(_welcome(stage), flush=True)
            await asyncio.Event().wait()
    finally:
        remove_note()
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def _welcome(stage: Stage) -> str:
    headroom = Path(sys.argv[0]) if Path(sys.argv[0]).name == "headroom" else Path("headroom")
    now = stage.now().astimezone(_ZONE)
    return f"""
A fresh town is open: it is {now:%a %d %b %Y %H:%M} in Berlin, and time runs at {stage.town.clock.rate:g}×.

  The page:        {stage.town.url}/
  Speak as Maya:   {headroom} say --as maya "{black_friday.COMMAND}"
  Press a button:  {headroom} click --as maya Confirm
  What Erik sees:  {headroom} sees --as erik --follow
  A plan only:     {headroom} plan "{black_friday.COMMAND.removeprefix("/campaign ")}" --json
  Faster, later:   {headroom} clock --rate 120     {headroom} clock --to 17:40

Ctrl-C ends it."""


async def _clock(arguments: argparse.Namespace) -> int:
    async with httpx.AsyncClient(base_url=running_town().url, timeout=10) as client:
        now = datetime.fromisoformat((await client.get("/town/clock")).json()["now"])
        body: dict[str, object] = {}
        if arguments.rate is not None:
            body["rate"] = arguments.rate
        if arguments.to:
            body["jump_to"] = _instant(arguments.to, now).isoformat()
        response = await client.post("/town/clock", json=body)
        if response.is_error:
            raise AskedWrong(response.text)
        answer = response.json()
    shown = datetime.fromisoformat(answer["now"]).astimezone(_ZONE)
    print(f"{shown:%a %d %b %Y %H:%M:%S} Berlin, {answer['rate']:g}x")
    return 0


def _instant(text: str, now: datetime) -> datetime:
    try:
        if "T" in text or len(text) > len("HH:MM"):
            return datetime.fromisoformat(text)
        hour, minute = (int(part) for part in text.split(":"))
        wanted = now.astimezone(_ZONE).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError as error:
        raise AskedWrong(f"{text!r} is neither HH:MM nor an ISO instant.") from error
    return wanted if wanted > now else wanted + timedelta(days=1)
