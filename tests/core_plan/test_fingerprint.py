"""What a yes is bound to: the same plan has the same fingerprint in every version of Headroom."""

import hashlib
import json
from dataclasses import asdict, replace

from bot.core.fingerprint import content_of
from tests.cards.samples import PLAN

# Fields that plans of earlier versions do not have.
LATER = ("revision_ceiling",)


def test_it_is_the_hash_of_the_whole_plan_as_json() -> None:
    limited = [replace(one, revision_ceiling=100) for one in PLAN.workloads]
    plan = replace(PLAN, workloads=tuple(limited))
    whole = json.dumps(asdict(plan), sort_keys=True, default=str)
    assert content_of(plan) == hashlib.sha256(whole.encode()).hexdigest()[:24]


def test_a_yes_to_a_plan_of_an_earlier_version_still_counts() -> None:
    before = asdict(PLAN)
    for workload in before["workloads"]:
        for name in LATER:
            assert workload.pop(name) is None
    whole = json.dumps(before, sort_keys=True, default=str)
    assert content_of(PLAN) == hashlib.sha256(whole.encode()).hexdigest()[:24]


def test_any_change_of_a_plan_changes_it() -> None:
    changed = [
        replace(PLAN, version=PLAN.version + 1),
        replace(PLAN, workloads=PLAN.workloads[:-1]),
    ]
    assert len({content_of(plan) for plan in [PLAN, *changed]}) == 3
