"""Guardrails: within budget, over budget, inside a freeze, and asked by a stranger."""

import re

from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Item, Stage

WITHIN = "/campaign Friday push Fri 28 Nov 18:00-20:00 Europe/Berlin x2 #web"
DEAR = "/campaign Cyber Monday sale Mon 1 Dec 10:00-23:30 Europe/Berlin x5 #web"
FROZEN = "/campaign Saturday push Sat 29 Nov 10:00-12:00 Europe/Berlin x3 #web"
STRANGER = "/campaign Warehouse party Fri 28 Nov 20:00-21:00 Europe/Berlin x2 #web"
TALKING = 60.0
_TAKE = re.compile(r"\[(Take [^\]]+)\]")


async def play(stage: Stage, tell: Narrator) -> None:
    """Plays it; what was promised and seen is in `tell.promises`."""
    stage.town.clock.set_rate(TALKING)
    for person in ("maya", "finn", "erik", "sam", "priya"):
        await stage.look(person)
    await _within_budget(stage, tell)
    await _over_budget(stage, tell)
    await _in_a_freeze(stage, tell)
    await _a_stranger(stage, tell)
    await _another_organisation(stage, tell)


async def _within_budget(stage: Stage, tell: Narrator) -> None:
    tell.scene("Within budget: nobody has to be asked")
    plan = await _announce(stage, tell, WITHIN, "Friday push", "[Confirm]")
    tell.promise(
        "the plan says why it is allowed, with numbers",
        kept="Why this is allowed" in plan["text"] and "needs no approval" in plan["text"],
    )
    await _press(stage, tell, "maya", "Confirm")
    done = await stage.sees("maya", "Friday push: scheduled", after=plan["seq"])
    tell.promise("one click was enough", kept=bool(done))


async def _over_budget(stage: Stage, tell: Narrator) -> None:
    tell.scene("Over budget: finance is asked, where finance is")
    plan = await _announce(stage, tell, DEAR, "Cyber Monday sale", "[Confirm and ask]")
    tell.promise(
        "the plan names its price, whose yes it needs, and what would need none",
        kept="finance" in plan["text"] and "$" in plan["text"] and "[Take " in plan["text"],
    )
    await _press(stage, tell, "maya", "Confirm and ask")
    asked = await stage.sees("finn", "Cyber Monday sale", "[Approve]")
    tell.promise(
        "Finn was asked in the channel of finance", kept="finance" in str(asked["channel"])
    )
    waiting = await stage.sees("maya", "waiting for approval", after=plan["seq"])
    tell.promise("Maya sees who is asked", kept="finance" in waiting["text"])
    await _press(stage, tell, "finn", "Approve")
    settled = await stage.sees("maya", "Cyber Monday sale: scheduled", after=waiting["seq"])
    told = await stage.sees("maya", "Approved by", "finn", after=plan["seq"])
    tell.promise(
        "the yes was enough: it is scheduled, and Maya was told by whom",
        kept=bool(settled and told),
    )


async def _in_a_freeze(stage: Stage, tell: Narrator) -> None:
    tell.scene("In a freeze: refused, with a way out that is taken")
    refused = await _announce(stage, tell, FROZEN, "Saturday push", "Inventory weekend")
    offered = _TAKE.search(refused["text"])
    tell.promise(
        "the refusal names the freeze and offers the nearest plan that passes",
        kept="not possible" in refused["text"] and offered is not None,
        detail=offered[1] if offered else "",
    )
    if offered is None:
        return
    await _press(stage, tell, "maya", offered[1])
    plan = await stage.sees("maya", "Saturday push", "[Confirm]", after=refused["seq"])
    tell.promise("the way out, judged again, passes", kept="Why this is allowed" in plan["text"])
    await _press(stage, tell, "maya", "Confirm")
    done = await stage.sees("maya", "Saturday push: scheduled", after=plan["seq"])
    tell.promise("it is scheduled outside the freeze", kept=bool(done))


async def _a_stranger(stage: Stage, tell: Narrator) -> None:
    tell.scene("A stranger asks")
    tell.said(stage.now(), "sam", STRANGER)
    await stage.say("sam", STRANGER)
    refused = await stage.sees("sam", "Warehouse party", "not possible")
    tell.promise(
        "Sam was refused politely, and knows whom to ask",
        kept="Ask a platform admin to be added" in refused["text"],
    )
    tell.promise(
        "nothing was offered to press that would not help", kept="[Take" not in refused["text"]
    )


async def _another_organisation(stage: Stage, tell: Narrator) -> None:
    tell.scene("Somebody of another organisation asks, in the channel shared with them")
    asked = "@headroom campaign Agency push Fri 28 Nov 20:00-21:00 Europe/Berlin x2 #web"
    tell.said(stage.now(), "priya", asked)
    await stage.say("priya", asked)
    answer = await stage.sees("priya", "another organisation")
    tell.promise(
        "Priya was told politely that she cannot, and whom to ask",
        kept="nothing was changed" in answer["text"] and "your contact here" in answer["text"],
    )
    shown = await stage.look("maya")
    tell.promise(
        "nothing was announced in her name",
        kept=not any("Agency push" in item["text"] and "[" in item["text"] for item in shown),
    )


async def _announce(stage: Stage, tell: Narrator, command: str, *words: str) -> Item:
    tell.said(stage.now(), "maya", command)
    await stage.say("maya", command)
    return await stage.sees("maya", *words)


async def _press(stage: Stage, tell: Narrator, person: str, label: str) -> None:
    tell.said(stage.now(), person, f"presses {label}")
    await stage.click(person, label)
