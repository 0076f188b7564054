"""The shop of the sandbox as its customers feel it, end to end: looked at over HTTP, told in Slack."""

from datetime import timedelta

from bot.sandbox.stories.stage import Stage

FAST = 600.0


async def test_the_engineers_hear_of_a_wrong_page_and_that_it_is_mended(stage: Stage) -> None:
    await stage.look("erik")
    await stage.steer("/town/world", {"page": {"path": "/shop", "text": "Sorry, we are closed"}})
    stage.town.clock.set_rate(FAST)
    heard = await stage.sees("erik", "Front page", "something else than the page")
    assert "Web shop" in heard["text"]
    await stage.steer("/town/world", {"page": {"path": "/shop", "text": ""}})
    await stage.sees("erik", "Front page", "Resolved")


async def test_the_shop_really_is_as_slow_as_its_world(stage: Stage) -> None:
    fast = await stage.http.get("/shop")
    assert fast.elapsed < timedelta(seconds=3)
    assert "Add to cart" in fast.text
    await stage.look("erik")
    start, end = stage.now(), stage.now() + timedelta(hours=6)
    flood = {"name": "flood", "groups": ["web"], "kind": "drop", "multiplier": 8}
    await stage.steer("/town/world", {"quota": {"region": "europe-west1", "vcpu": 40}})
    await stage.steer(
        "/town/world", {"event": {**flood, "start": f"{start:%FT%TZ}", "end": f"{end:%FT%TZ}"}}
    )
    stage.town.clock.set_rate(FAST)
    await stage.sees("erik", "Front page", "does not answer")
