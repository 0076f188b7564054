"""`/headroom policy`: what is allowed at once, what needs a yes, and what never happens, for who asks."""

from datetime import timedelta

from tests.flows.town import MAYA, Town


async def ask(town: Town, by: str = MAYA) -> str:
    await town.say("policy", command="/headroom", by=by)
    await town.run(timedelta(seconds=5))
    return town.whispers()[-1]


async def test_the_guardrails_are_told_with_their_limits(town: Town) -> None:
    said = await ask(town)
    rails = town.kit.house.guardrails
    for words in (
        "Allowed at once",
        f"up to {rails.auto_multiplier:g}× the usual demand",
        f"${rails.auto_budget.amount}.00 for holding instances",
        f"more than {rails.max_multiplier:g}×",
        "a yes from finance",
    ):
        assert words in said, words


async def test_somebody_without_a_role_hears_whom_to_ask_and_nothing_else(town: Town) -> None:
    said = await ask(town, by="U0SAM")
    assert "You have no role here yet" in said
    assert "×" not in said
