"""Monday morning: what managers, marketers and engineers look at, and what people from outside do not see."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Item, Stage

MONDAY = datetime.fromisoformat("2025-12-01T07:00:00+00:00")  # 08:00 in Berlin
BEGINS = MONDAY - timedelta(minutes=5)
IDLE = "service/cymbal-shop/us-central1/newsletter-api"
SALE = [
    "SUMMARY:Nikolaus sale x4 #web",
    "DESCRIPTION:Push to all customers",
    "DTSTART;TZID=Europe/Berlin:20251205T180000",
    "DTEND;TZID=Europe/Berlin:20251205T210000",
]
_TALKING, _WAITING, _READING = 10.0, 60.0, 6.0
_MONEY = re.compile(r"[$€]\s?\d")
_NOT_FOR_THE_AGENCY = ("cymbal-shop", "Checkout", "checkout-web", "Order pipeline", "maya", "erik")
_FOR_BUSINESS = ("Capacity", "What customers felt", "Cost")
_FOR_ENGINEERS = ("Bottlenecks", "Evidence")
_LINK = re.compile(r"https?://\S+/calendar/\S+\.ics")
_LONG = 240.0


async def play(stage: Stage, tell: Narrator) -> None:
    """Plays all of it; what was promised and seen is in `tell.promises`."""
    stage.town.clock.set_rate(_TALKING)
    await _digests(stage, tell)
    for person in ("maya", "erik", "finn", "ada", "sam", "priya"):
        await stage.look(person)
    await stage.steer("/town/world", {"drift": {"workload": IDLE, "floor": 6}})
    await _status(stage, tell)
    await _calendar(stage, tell)
    await _homes(stage, tell)
    await _advice(stage, tell)


async def _digests(stage: Stage, tell: Narrator) -> None:
    tell.scene("The weekly digests arrive, each for its readers")
    engineers = await _digest(stage, "erik", "headroom-ops", MONDAY)
    business = await _digest(stage, "maya", "marketing", MONDAY + timedelta(minutes=10))
    finance = await _digest(stage, "finn", "finance", MONDAY + timedelta(minutes=15))
    agency = await _digest(stage, "priya", "campaigns", MONDAY + timedelta(minutes=30))
    stage.town.clock.set_rate(_TALKING)
    tell.promise(
        "engineers read what limits growth, with the evidence",
        kept="Bottlenecks" in engineers["text"] and "Evidence" in engineers["text"],
    )
    missing = [word for word in _FOR_BUSINESS if word not in business["text"]]
    technical = [word for word in _FOR_ENGINEERS if word in business["text"]]
    tell.promise(
        "the business reads of capacity, customers and cost, without what only engineers can use",
        kept=not missing and not technical,
        detail=", ".join([*missing, *technical]),
    )
    tell.promise("finance reads what the week cost", kept=bool(_MONEY.search(finance["text"])))
    told = [word for word in _NOT_FOR_THE_AGENCY if word in agency["text"]]
    tell.promise(
        "the agency reads of its own groups, and no money, no person, no project, no other group",
        kept="Web shop" in agency["text"] and not told and not _MONEY.search(agency["text"]),
        detail=", ".join(told),
    )


async def _digest(stage: Stage, person: str, channel: str, due: datetime) -> Item:
    """Waits for it in little of the town's time: weeks of measurements take a while to be made up."""
    if stage.now() < due - timedelta(seconds=20):
        stage.town.clock.jump(due - timedelta(seconds=15))
    stage.town.clock.set_rate(_READING)
    return await stage.sees(person, "", test=_digest_in(channel), within=_LONG)


async def _status(stage: Stage, tell: Narrator) -> None:
    tell.scene("Ada (platform) asks how the fleet stands")
    after = _newest(await stage.look("ada"))
    tell.said(stage.now(), "ada", "/headroom status")
    await stage.say("ada", "/headroom status", "headroom-ops")
    status = await stage.sees("ada", "Web shop", after=after, test=_private, within=_LONG)
    tell.promise(
        "status tells every group and its cost",
        kept="Checkout" in status["text"] and "$" in status["text"],
    )
    tell.promise(
        "status tells what customers feel and whether data are on time",
        kept="What customers feel now" in status["text"]
        and "Is the data right and on time?" in status["text"]
        and "Nightly export" in status["text"],
    )


async def _calendar(stage: Stage, tell: Narrator) -> None:
    tell.scene(
        "Marketing writes an event into its own calendar; it becomes a draft that Maya confirms"
    )
    tell.line(stage.now(), "calendar", "“Nikolaus sale x4 #web”, Friday 18:00 to 21:00")
    await stage.steer("/town/diary", {"uid": "nikolaus", "lines": SALE})
    stage.town.clock.set_rate(_WAITING)
    draft = await stage.sees("maya", "Nikolaus sale", "[Open the form]", within=_LONG)
    stage.town.clock.set_rate(_TALKING)
    seen = await stage.look("maya")
    tell.promise(
        "nothing was planned by itself",
        kept="Nothing is planned before" in draft["text"]
        and not any("Nikolaus" in item["text"] and "[Confirm]" in item["text"] for item in seen),
    )
    await _press(stage, tell, "maya", "Open the form")
    form = await stage.sees("maya", "Nikolaus sale", "2025-12-05", test=_view, after=draft["seq"])
    tell.promise(
        "the form has the event's day and time",
        kept="18:00" in form["text"] and "21:00" in form["text"],
    )
    tell.said(stage.now(), "maya", "sends the form as it is")
    await stage.fill("maya", {})
    plan = await stage.sees("maya", "Nikolaus sale", "[Confirm", after=form["seq"])
    taken = await stage.sees("maya", "made a campaign of it", after=draft["seq"])
    tell.promise(
        "the draft says who made a campaign of it", kept="maya" in taken["text"].casefold()
    )
    await _press(
        stage, tell, "maya", "Confirm and ask" if "[Confirm and ask]" in plan["text"] else "Confirm"
    )
    await _feed(stage, tell, plan)


async def _feed(stage: Stage, tell: Narrator, plan: Item) -> None:
    tell.said(stage.now(), "maya", "/headroom calendar")
    await stage.say("maya", "/headroom calendar")
    shown = await stage.sees("maya", "/calendar/", ".ics", test=_view, after=plan["seq"])
    found = _LINK.search(shown["text"])
    answer = await stage.http.get(found[0]) if found else None
    tell.promise(
        "her calendar program reads the campaign behind her own link",
        kept=answer is not None and answer.is_success and "SUMMARY:Nikolaus sale" in answer.text,
    )


async def _homes(stage: Stage, tell: Narrator) -> None:
    tell.scene("Everybody opens their Home tab")
    maya = await _home(stage, "maya", "What you asked for")
    tell.promise("Maya finds her campaign", kept="Nikolaus sale" in maya["text"])
    erik = await _home(stage, "erik", "The fleet")
    tell.promise(
        "Erik reads the fleet and the calendar",
        kept="Web shop" in erik["text"] and "Nikolaus sale" in erik["text"],
    )
    finn = await _home(stage, "finn", "What you may do")
    tell.promise("Finn reads what finance decides", kept="what campaigns cost" in finn["text"])
    sam = await _home(stage, "sam", "You have no role here yet")
    tell.promise(
        "Sam, who has no role, reads nothing of the company", kept="Nikolaus" not in sam["text"]
    )
    priya = await _home(stage, "priya", "another organisation")
    tell.promise("Priya of the agency is told politely", kept="Web shop" not in priya["text"])


async def _advice(stage: Stage, tell: Narrator) -> None:
    tell.scene(
        "Erik (site reliability) asks what could be cheaper; one advice is applied, by two people"
    )
    after = _newest(await stage.look("erik"))
    tell.said(stage.now(), "erik", "/headroom advice")
    await stage.say("erik", "/headroom advice", "headroom-ops")
    advice = await stage.sees("erik", "newsletter-api", "a month", after=after, within=_LONG)
    tell.promise(
        "an advice says what it saves and what it risks", kept="Saves about" in advice["text"]
    )
    await _press(stage, tell, "erik", "Apply to newsletter-api")
    asked = await stage.sees("ada", "newsletter-api", "wants to apply this", after=after)
    await _press(stage, tell, "ada", "Approve")
    applied = await stage.sees("ada", "newsletter-api", "Applied by", after=asked["seq"])
    tell.promise("it was applied after a second yes", kept="[Put back]" in applied["text"])


async def _home(stage: Stage, person: str, *words: str) -> Item:
    after = _newest(await stage.look(person))
    await stage.steer("/town/home", {"as": person})
    return await stage.sees(person, *words, after=after, test=lambda item: item["kind"] == "home")


async def _press(stage: Stage, tell: Narrator, person: str, label: str) -> None:
    tell.said(stage.now(), person, f"presses {label}")
    await stage.click(person, label)


def _newest(items: list[Item]) -> int:
    return int(items[-1]["seq"]) if items else 0


def _digest_in(channel: str) -> Callable[[Item], bool]:
    return lambda item: channel in str(item["channel"]) and "eekly digest" in item["text"]


def _private(item: Item) -> bool:
    return bool(item["kind"] == "ephemeral")


def _view(item: Item) -> bool:
    return bool(item["kind"] == "view")
