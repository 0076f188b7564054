"""What holds for all tests: how long an example takes says nothing on a busy machine; files are in memory."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("headroom", deadline=None)
settings.load_profile("headroom")

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30
_MADE = pytest.StashKey[Path]()
_WAITING, _WORKING = ("stories", "processes"), ("flows", "store")


def pytest_configure(config: pytest.Config) -> None:
    """Thousands of small databases are synced at every commit, which a disk takes its time for."""
    asked_for = config.option.basetemp is not None or hasattr(config, "workerinput")
    if not asked_for and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        config.stash[_MADE] = Path(tempfile.mkdtemp(prefix="headroom-tests-", dir=_MEMORY))
        config.option.basetemp = str(config.stash[_MADE] / "pytest")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, tests that wait for a clock run beside those that compute; short ones come last."""
    if not hasattr(config, "workerinput"):
        return
    waiting = [item for item in items if _room(item) in _WAITING]
    working = [item for item in items if _room(item) in _WORKING]
    others = [item for item in items if _room(item) not in _WAITING + _WORKING]
    items[:] = [*_mixed(waiting, working), *others]


def pytest_collection_finish() -> None:
    """What all tests share stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


def _mixed(few: list[pytest.Item], many: list[pytest.Item]) -> list[pytest.Item]:
    """Both in their own order, the few spread evenly over the many."""
    placed = [
        ((number + 0.5) / len(group), which, item)
        for which, group in enumerate((few, many))
        for number, item in enumerate(group)
    ]
    return [item for *_, item in sorted(placed, key=lambda one: one[:2])]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a failed test wrote is kept to be looked at."""
    made = session.config.stash.get(_MADE, None)
    if made is not None and not session.testsfailed:
        shutil.rmtree(made, ignore_errors=True)
