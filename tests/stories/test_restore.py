"""The database is lost while capacity is held: `headroom restore` gives it back by the marks alone."""

from datetime import timedelta
from pathlib import Path

from bot.sandbox.stories.black_friday import END, START
from bot.sandbox.stories.stage import Stage
from tests.stories.steps import floors, prove
from tests.warm_start import done_warm


async def restore(stage: Stage, database: Path, *words: str) -> tuple[int, str]:
    """The command, with an empty database; its exit status and what it prints."""
    own = {**stage.town.bot_environment(), "DATABASE_URL": f"sqlite:///{database}"}
    return await done_warm(("restore", *words), own)


async def test_capacity_is_given_back_by_the_marks_when_the_database_is_lost(
    stage: Stage, tmp_path: Path
) -> None:
    before, lost = floors(await stage.fleet()), tmp_path / "empty.db"
    await prove(stage)
    await stage.bot.kill()
    held = floors(await stage.fleet())
    status, said = await restore(stage, lost, "--dry-run")
    assert status == 0 and said.count("left alone") == 6, said
    assert floors(await stage.fleet()) == held

    stage.town.clock.jump(START + timedelta(hours=1))
    stage.town.clock.jump(END + timedelta(minutes=30))
    for _ in range(12):
        status, said = await restore(stage, lost)
        assert "Going by the marks alone" in said
        if status == 0:
            break
        stage.town.clock.jump(stage.now() + timedelta(minutes=10))
    assert floors(await stage.fleet()) == before
    assert "0 with something left to give back" in said
