"""The story of the guardrails, as `make run STORY=guardrails` plays it; then what the command line says of it."""

from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox.stories import guardrails
from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Stage
from tests.warm_start import done_warm

FROZEN = "Push Sat 29 Nov 10:00-12:00 Europe/Berlin x3 #web"
RULE = """\
rules:
  - name: dear
    when: plan.cost > 60.0
    effect: refuse
    message: "${plan.cost} is too much."
"""


async def headroom(stage: Stage, *words: str) -> str:
    """A command, where the bot lives; its output."""
    status, said = await done_warm(words, stage.town.bot_environment())
    assert status == 0, said
    return said


async def test_every_promise_of_the_guardrails_is_kept(stage: Stage, tmp_path: Path) -> None:
    tell = Narrator(ZoneInfo("Europe/Berlin"))
    await guardrails.play(stage, tell)
    assert len(tell.promises) == 13
    assert [promise for promise in tell.promises if not promise.kept] == []

    said = await headroom(stage, "policy", "explain", FROZEN)
    assert "✘ freeze: refuse" in said and "✔ budget: allow" in said
    assert "→ a start on" in said

    (tmp_path / "dear.yaml").write_text(RULE)
    said = await headroom(stage, "policy", "dry-run", str(tmp_path / "dear.yaml"))
    assert "“Cyber Monday sale”: dear would refuse (harder than then: needs approval)." in said
    assert "4 past campaigns; nothing was changed." in said
    assert "1  dear (refuse)" in said
