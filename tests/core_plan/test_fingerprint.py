"""What a yes is bound to: the same plan has the same fingerprint in every version of Headroom."""

import hashlib
import json
from dataclasses import asdict, replace

from bot.core.fingerprint import content_of
from bot.core.inputs import Inputs
from bot.core.plan import Plan
from tests.cards.samples import PLAN
from tests.core_capacity.test_closed_loop import FLAT, INPUTS


def with_inputs(inputs: Inputs, most: int | None) -> Plan:
    rows = [replace(one, inputs=inputs, revision_ceiling=most) for one in PLAN.workloads]
    return replace(PLAN, workloads=tuple(rows))


def hash_of(plan: object) -> str:
    whole = json.dumps(plan, sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:24]


def test_it_is_the_hash_of_the_whole_plan_as_json() -> None:
    curve = replace(FLAT, least=(800.0,) * 4)
    plan = with_inputs(replace(INPUTS, curve=curve, scales=True), 100)
    assert content_of(plan) == hash_of(asdict(plan))


def test_a_yes_to_a_plan_of_an_earlier_version_still_counts() -> None:
    curve = replace(FLAT, least=())
    plan = with_inputs(replace(INPUTS, curve=curve, scales=False), None)
    before = asdict(plan)
    for workload in before["workloads"]:
        del workload["revision_ceiling"], workload["inputs"]["scales"]
        del workload["inputs"]["curve"]["least"]
    assert content_of(plan) == hash_of(before)


def test_any_change_of_a_plan_changes_it() -> None:
    changed = [
        replace(PLAN, version=PLAN.version + 1),
        replace(PLAN, workloads=PLAN.workloads[:-1]),
    ]
    assert len({content_of(plan) for plan in [PLAN, *changed]}) == 3
