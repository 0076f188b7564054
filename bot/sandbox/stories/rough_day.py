"""A busy day on which everything goes wrong that does: Google's faults, quota, drift, kill -9, changed plans."""

from datetime import datetime, timedelta

from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.rough_log import Log
from bot.sandbox.stories.stage import Item, Stage

_FRIDAY = "/campaign Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"
_EVENING = "/campaign Evening push Fri 28 Nov 20:00-21:15 Europe/Berlin x2 #web"
_GIFT = "/campaign Gift push Fri 28 Nov 20:40-21:30 Europe/Berlin x2 #recommendations"
_START = datetime.fromisoformat("2025-11-28T17:00:00+00:00")
_END = datetime.fromisoformat("2025-11-28T21:30:00+00:00")  # once it is extended
WEB = "service/cymbal-shop/europe-west1/storefront-web"
_RECOS = "service/cymbal-shop/europe-west1/recommendations-api"
SEARCH = "service/cymbal-shop/europe-west1/search-api"
_PIPELINE = "cloudbuild@cymbal-shop.iam.gserviceaccount.com"
_TERRAFORM = "terraform@cymbal-shop.iam.gserviceaccount.com"
_REGION, _VCPU = "europe-west1", 400
_MINUTE = timedelta(minutes=1)
_TALKING, _WARMING, _SELLING, _WAITING = 20.0, 100.0, 100.0, 300.0


async def play(stage: Stage, tell: Narrator) -> None:
    """Plays it; what was promised and seen is in `tell.promises`."""
    log = Log(stage, tell)
    await log.begin("maya", "erik", "ada")
    await _morning(log)
    await _warm_up(log)
    await drift(log)
    await _blind(log)
    await _changes(log)
    await _night(log)
    log.table()


async def _morning(log: Log) -> None:
    log.scene("Three campaigns are announced, while Google is away and the bot is killed")
    log.stage.town.clock.set_rate(_TALKING)
    await log.world(google={"code": "UNAVAILABLE", "seconds": 40})
    await log.says("maya", _FRIDAY)
    await log.stage.sees("maya", "Black Friday push", "Google")
    await log.kill("while it asked Google for the plan")
    plan = await log.stage.sees("maya", "Black Friday push", "[Confirm]")
    one = await log.posts("Black Friday push")
    log.row(
        "Google away, then kill -9, while a plan was made",
        "Maya was told at once; the plan came, in one message",
        kept=one == 1,
    )
    await log.press("maya", "Confirm", plan)
    await log.stage.sees("maya", "Black Friday push: scheduled")
    await log.says("maya", _EVENING)
    plan = await log.stage.sees("maya", "Evening push", "[Confirm]")
    await log.press("maya", "Confirm", plan)
    await log.stage.sees("maya", "Evening push: scheduled")
    await log.says("maya", _GIFT)
    plan = await log.stage.sees("maya", "Gift push", "[Confirm")
    await _confirmed(log, plan)
    await log.stage.sees("maya", "Gift push: scheduled")


async def _confirmed(log: Log, plan: Item) -> None:
    """Once the fleet has been counted, three campaigns nearly use up the quota, and an engineer is asked."""
    if "[Confirm and ask]" not in plan["text"]:
        await log.press("maya", "Confirm", plan)
        return
    await log.press("maya", "Confirm and ask", plan)
    asked = await log.stage.sees("erik", "Gift push", "[Approve]")
    await log.press("erik", "Approve", asked)
    await log.stage.sees("maya", "Approved by", "Gift push", test=_in_thread)
    await log.stage.sees("erik", "Gift push: approved")
    log.row(
        "three campaigns would nearly use up the region's quota",
        "the plan said so, and an engineer was asked first",
        kept="quota" in plan["text"],
    )


async def _warm_up(log: Log) -> None:
    log.scene("17:40 — warming: writes fail, the region's quota is too small, the bot dies")
    stage = log.stage
    log.jump(_START - 22 * _MINUTE)
    await log.world(google={"code": "UNAVAILABLE", "method": "UpdateService", "calls": 3})
    await log.world(
        google={"code": "DEADLINE_EXCEEDED", "method": "UpdateService", "calls": 1, "lost": True}
    )
    await log.world(google={"code": "RESOURCE_EXHAUSTED", "method": "UpdateService", "calls": 2})
    await log.world(quota={"region": _REGION, "vcpu": 150, "at": "set"})
    await log.world(quota={"region": _REGION, "vcpu": 45, "at": "run"})
    stage.town.clock.set_rate(_WARMING)
    told = await stage.sees("erik", "storefront-web", "150", test=_in_ops, within=60)
    await log.kill("in the middle of raising")
    log.happens("Ada has Google raise the quota for maximums to 400 vCPU")
    await log.world(quota={"region": _REGION, "vcpu": _VCPU, "at": "set"})
    raised = await log.eventually(lambda fleet: fleet[WEB]["floor"] > 20)
    log.row(
        "six writes failed, one answer was lost, Google refused one for quota; kill -9",
        "tried again; the engineers were told both numbers; raised once it fitted",
        kept=raised and "quota" in told["text"],
    )
    alarm = await stage.sees(
        "erik", "not proven warm", "raise the quota there", test=_in_ops, within=60
    )
    log.row(
        "the region ran out of CPU: instances did not start",
        "not proven 5 min before the start: escalated, with cause and what helps",
        kept="What helps" in alarm["text"],
    )
    log.happens("Ada frees CPU in the region")
    await log.world(quota={"region": _REGION, "vcpu": _VCPU, "at": "run"})
    await stage.sees("maya", "It is warm", test=_in_thread, within=60)
    late = stage.now() - _START
    when = "before the start" if late < _MINUTE else f"{late // _MINUTE} min after the start"
    log.row("CPU was freed", f"proven warm {when}, and Maya was told")


async def drift(log: Log) -> None:
    """Ada decides on what gcloud, Terraform and a deploy do to floors that a live campaign holds."""
    log.scene("18:10 — others change what is held: gcloud, Terraform, a deploy; and the bot dies")
    stage = log.stage
    stage.town.clock.set_rate(_SELLING)
    await stage.until(_START + 10 * _MINUTE)
    await log.kill("while the campaign was live")
    held = await log.floor(WEB)
    await log.drift("erik@cymbal.example", "gcloud", WEB, 1)
    notice = await stage.sees(
        "ada", "storefront-web", "lowered", "Leave it next time", test=_in_ops
    )
    back = await log.eventually(lambda fleet: fleet[WEB]["floor"] == held)
    log.row(
        "somebody lowered a floor with gcloud", "put back, and the engineers told who", kept=back
    )
    await log.press("ada", "Leave it next time", notice)
    await stage.sees("ada", "the next such change is left", test=_in_ops)
    await log.drift(_TERRAFORM, "terraform apply", WEB, 3)
    notice = await stage.sees("ada", "next apply", "Put back", test=_in_ops)
    await stage.until(stage.now() + 4 * _MINUTE)
    left = await log.floor(WEB) == 3
    log.row(
        "Terraform lowered it again, after Ada had said: leave it",
        "recognised as Terraform, said that it comes again, left so",
        kept=left,
    )
    await log.press("ada", "Put back", notice)
    back = await log.eventually(lambda fleet: fleet[WEB]["floor"] == held)
    log.row("Ada pressed Put back", "put back", kept=back)
    await log.drift(_PIPELINE, "a deploy", SEARCH, 2)
    await log.world(deploy={"workload": SEARCH, "by": _PIPELINE})
    await stage.sees("ada", "search-api", "next deploy", test=_in_ops)
    back = await log.eventually(lambda fleet: fleet[SEARCH]["floor"] > 2)
    log.row("a deploy reset another floor", "recognised as a pipeline, put back", kept=back)


async def _blind(log: Log) -> None:
    log.scene("18:20 — Cloud Monitoring is silent")
    stage = log.stage
    before = await log.floor(WEB)
    await log.world(metrics_missing={"seconds": 1500})
    stage.town.clock.set_rate(_WAITING)
    said = await stage.sees("maya", "Black Friday push", "held as it is", within=60)
    held = await log.floor(WEB) == before
    log.row(
        "metrics were missing for 25 min", "held as it is, and said so", kept=held and bool(said)
    )


async def _changes(log: Log) -> None:
    log.scene("19:30 — plans change: longer, overlapping, called off")
    stage = log.stage
    log.jump(_START + 90 * _MINUTE)
    stage.town.clock.set_rate(_WARMING)
    card = await stage.sees("maya", "Black Friday push: live", "[Extend]")
    await log.press("maya", "Extend", card)
    await stage.sees("maya", "How much longer", after=card["seq"])
    log.tell.said(stage.now(), "maya", "chooses 30 min")
    await stage.fill("maya", {"minutes": "30 min"})
    done = await stage.sees("maya", "lasts until", test=_in_thread)
    log.row(
        "Maya wanted half an hour more",
        "judged, allowed, held until 22:30",
        kept="$" in done["text"],
    )
    alone = await log.floor(WEB)
    log.jump(_START + 105 * _MINUTE)
    stage.town.clock.set_rate(_WAITING)
    both = await log.eventually(lambda fleet: fleet[WEB]["floor"] > alone, within=30)
    log.row(
        "a second campaign on the same workloads",
        "their demand is added: the floor rose",
        kept=both,
    )
    card = await stage.sees("maya", "Gift push: warming", within=60)
    stage.town.clock.set_rate(_WARMING)
    await log.press("maya", "Stop and give back", card)
    await stage.sees("maya", "Gift push: cancelled", within=60)
    kept = await log.floor(_RECOS) == 2 and await log.floor(WEB) > alone
    log.row(
        "a third one was called off while it was warmed",
        "its share given back, the others' kept",
        kept=kept,
    )
    log.jump(_START + 194 * _MINUTE)
    stage.town.clock.set_rate(_WAITING)
    share = await log.eventually(lambda fleet: fleet[WEB]["floor"] == alone, within=40)
    log.row("the second one was over", "only its own share went back", kept=share)


async def _night(log: Log) -> None:
    log.scene("22:25 — the bot is dead when the campaign ends")
    stage = log.stage
    await stage.bot.kill()
    log.happens("kill -9, and nobody starts it again for half an hour")
    log.jump(_END + 25 * _MINUTE)
    await log.world(google={"code": "UNAVAILABLE", "seconds": 60})
    await stage.bot.start()
    stage.town.clock.set_rate(_WAITING)
    report = await stage.sees("maya", "Black Friday push", "the report", "$", within=60)
    log.row(
        "kill -9; the campaign ended while Headroom was down; Google away",
        "given back step by step once it was there again, and reported",
        kept=bool(report),
    )
    await stage.sees("maya", "Evening push", "the report", within=60)
    await log.verify(expected={WEB: 3, SEARCH: 2})


def _in_ops(item: Item) -> bool:
    return str(item.get("channel")).lstrip("#") == "headroom-ops"


def _in_thread(item: Item) -> bool:
    return bool(item.get("thread_ts"))
