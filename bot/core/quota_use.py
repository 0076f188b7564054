"""How much of the regional quotas is taken before a campaign: by every workload, and by other campaigns; used for the facts."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.case import OtherCampaign
from bot.core.fleet import InstanceSize, Workload, WorkloadKey
from bot.core.inventory import Inventory
from bot.core.limits import Quota, Resource
from bot.core.windows import Window


def quotas_now(
    limits: Sequence[Quota],
    inventory: Inventory,
    groups: Sequence[str],
    others: Sequence[OtherCampaign],
    hold: Window,
) -> tuple[Quota, ...]:
    """The limits with what they are used by, beside what a campaign on `groups` adds during `hold`.

    A workload of these groups counts with its own minimum, as the plan counts from there on; any other
    with its minimum or its busiest five minutes of the last day, whichever is more, and what
    campaigns at the same time hold above that. What was configured as used comes on top.
    """
    mine = set(groups)
    extra: dict[WorkloadKey, int] = {}
    for other in others:
        if other.hold.overlaps(hold):
            for claim in other.claims:
                extra[claim.key] = extra.get(claim.key, 0) + claim.extra
    uses = [
        (one, _floor(one))
        if mine & set(one.groups)
        else (one, max(_floor(one) + extra.get(one.key, 0), inventory.busiest.get(str(one.key), 0)))
        for one in inventory.workloads
    ]
    return tuple(replace(quota, used=quota.used + _taken(quota, uses)) for quota in limits)


def _taken(quota: Quota, uses: Sequence[tuple[Workload, float]]) -> float:
    return sum(
        count * of_one(one.size, quota.resource)
        for one, count in uses
        if (one.key.project, one.key.region) == (quota.project, quota.region)
    )


def of_one(size: InstanceSize, resource: Resource) -> float:
    """How much of the resource one instance takes."""
    match resource:
        case Resource.VCPU:
            return size.vcpu
        case Resource.MEMORY_GIB:
            return size.memory_gib
        case Resource.INSTANCES:
            return 1.0


def _floor(workload: Workload) -> int:
    """What stands without Headroom."""
    scaling, marks = workload.scaling, workload.marks
    return max(scaling.floor if marks is None else marks.baseline, scaling.revision_floor)
