"""Whether a floor is proven warm."""

from datetime import timedelta

import pytest

from bot.core.fleet import AdminProof
from bot.core.house import Timing
from bot.core.proving import look_again_in, not_seen, warmth
from bot.core.series import Series
from tests.core_lifecycle.sample import MINUTE, START, series

NOW = START
STALE = timedelta(minutes=6)
READY = AdminProof(settled=True, provisioned=61, warming=False)


@pytest.mark.parametrize(
    ("sentence", "proof", "instances", "admin", "proven", "trouble"),
    [
        ("both agree", READY, series(61, at=NOW - 3 * MINUTE), True, True, ""),
        ("more than asked for", READY, series(80, at=NOW - 3 * MINUTE), True, True, ""),
        (
            "still rolling out",
            AdminProof(False, 61, False),
            series(61, at=NOW),
            False,
            False,
            "instances still starting: 61 of 61",
        ),
        (
            "not all provisioned",
            AdminProof(True, 41, False),
            series(61, at=NOW),
            False,
            False,
            "instances still starting: 41 of 61",
        ),
        (
            "still warming",
            AdminProof(True, 61, True),
            None,
            False,
            False,
            "instances still starting: 61 of 61",
        ),
        ("no metric", READY, None, True, False, "Cloud Monitoring shows no instances yet"),
        (
            "a metric without points",
            READY,
            Series(NOW, MINUTE, ()),
            True,
            False,
            "Cloud Monitoring shows no instances yet",
        ),
        (
            "an old metric proves nothing",
            READY,
            series(61, at=NOW - 20 * MINUTE),
            True,
            False,
            "the newest instance metric is 19 min old",
        ),
        (
            "the metrics see fewer",
            READY,
            series(41, at=NOW - 3 * MINUTE),
            True,
            False,
            "Cloud Monitoring shows 41 of 61 instances",
        ),
    ],
)
def test_warmth_needs_the_admin_api_and_the_metrics(
    sentence: str,
    proof: AdminProof,
    instances: Series | None,
    admin: bool,
    proven: bool,
    trouble: str,
) -> None:
    unseen = not_seen(instances, floor=61, now=NOW, stale_after=STALE)
    found = warmth(proof, unseen, floor=61)

    assert (found.admin, found.proven, found.trouble) == (admin, proven, trouble), sentence


@pytest.mark.parametrize(
    "text",
    [
        "7 of 61 min instances could be provisioned: quota exceeded.",
        "The request failed because the project exceeded its quota limit for "
        "run.googleapis.com/cpu_allocation recently.",
    ],
)
def test_a_quota_that_is_used_up_at_run_time_is_told_as_such(text: str) -> None:
    proof = AdminProof(settled=True, provisioned=7, warming=True, reason=text)
    found = warmth(proof, "Cloud Monitoring shows no instances yet", floor=61)

    assert found.trouble == (
        "instances still starting: 7 of 61; the region's CPU or memory quota is used up "
        f"({text.rstrip('.')}): free some or ask Google for more"
    )


@pytest.mark.parametrize(
    ("waited", "again"),
    [(0, 15), (30, 15), (80, 40), (100, 50), (900, 60), (9000, 60)],
)
def test_a_floor_that_takes_long_is_looked_at_less_often(waited: int, again: int) -> None:
    assert look_again_in(timedelta(seconds=waited), Timing()) == timedelta(seconds=again)
