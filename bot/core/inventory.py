"""All workloads of the house as last seen, what is unusual about each, and what has changed; taken by the inventory flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.fleet import ScalingMode, Workload, WorkloadKey, WorkloadKind
from bot.core.house import House
from bot.core.wording import say_list

KEPT = timedelta(days=30)
MOST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """Something that somebody changed, seen at `at`."""

    at: datetime
    key: WorkloadKey
    what: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every service and worker pool of the configured places, and the changes of the last 30 days.

    `busiest` is the most instances of the day before `measured_at` by `str(key)`, where it is known.
    """

    at: datetime
    workloads: tuple[Workload, ...]
    changes: tuple[Change, ...] = ()
    busiest: Mapping[str, float] = field(default_factory=dict)
    measured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The workloads of one group; `title` is what people read."""

    title: str
    workloads: tuple[Workload, ...]


def look_again(before: Inventory | None, found: Sequence[Workload], now: datetime) -> Inventory:
    """The inventory of now, with what differs from the last one; the first one differs from nothing."""
    workloads = tuple(sorted(found, key=lambda one: one.key))
    if before is None:
        return Inventory(now, workloads)
    kept = [change for change in before.changes if now - change.at < KEPT]
    changes = (*kept, *differences(before.workloads, workloads, now))
    return Inventory(now, workloads, changes[-MOST:])


def differences(
    before: Sequence[Workload], after: Sequence[Workload], now: datetime
) -> list[Change]:
    """What came, went and was set otherwise; not what Headroom itself holds, and not mere deploys."""
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    found = [Change(now, key, "is new") for key in new.keys() - old.keys()]
    found += [Change(now, key, "is gone") for key in old.keys() - new.keys()]
    for key in old.keys() & new.keys():
        found += [Change(now, key, what) for what in _changed(old[key], new[key])]
    return sorted(found, key=lambda change: (change.key, change.what))


def surprises(workload: Workload) -> tuple[str, ...]:
    """What also a plan must say of it, in plain sentences."""
    scaling, said = workload.scaling, []
    if workload.key.kind is WorkloadKind.SERVICE and scaling.mode is ScalingMode.MANUAL:
        said.append(f"It is scaled by hand ({scaling.floor} instances): nothing grows by itself.")
    if workload.gpu:
        said.append(
            f"Its instances have a GPU ({workload.gpu}): GPU quota may be short, and a start takes longer."
        )
    return tuple(said)


def oddities(workload: Workload) -> tuple[str, ...]:
    """What an engineer should know of it before a campaign, in plain sentences."""
    scaling, said = workload.scaling, list(surprises(workload))
    by_hand = scaling.mode is ScalingMode.MANUAL
    if workload.key.kind is WorkloadKind.WORKER_POOL and not by_hand:
        said.append("It is a worker pool with an autoscaler of its own; its count is left alone.")
    if not by_hand and scaling.revision_floor > 0:
        said.append(
            f"A deploy keeps {scaling.revision_floor} instances in the revision itself; Headroom never"
            " writes there."
        )
    return tuple(said)


def by_group(inventory: Inventory, house: House) -> list[Shelf]:
    """The groups in the house's order, then unknown labels, then what is in no group."""
    shelves = []
    names = [group.name for group in house.groups]
    seen = {name for one in inventory.workloads for name in one.groups}
    for name in [*names, *sorted(seen - set(names))]:
        group = house.group(name)
        title = group.title if group else f"{name} (not in headroom.yaml)"
        found = tuple(one for one in inventory.workloads if name in one.groups)
        shelves.append(Shelf(title, found))
    lone = tuple(one for one in inventory.workloads if not one.groups)
    return [*shelves, Shelf("In no group: no campaign warms these", lone)] if lone else shelves


def as_text(inventory: Inventory, house: House) -> str:
    """For a terminal."""
    lines = [f"{len(inventory.workloads)} workloads, seen {inventory.at:%Y-%m-%d %H:%M} UTC"]
    for shelf in by_group(inventory, house):
        lines += ["", shelf.title]
        for one in shelf.workloads:
            lines.append(f"  {_line(one)}")
            lines += [f"      {sentence}" for sentence in oddities(one)]
        if not shelf.workloads:
            lines.append("  nothing carries its label")
    lines += ["", "Changed in the last 30 days"]
    lines += [f"  {c.at:%Y-%m-%d %H:%M}  {c.key.name} {c.what}" for c in inventory.changes]
    return "\n".join(lines if inventory.changes else [*lines, "  nothing"])


def _line(one: Workload) -> str:
    scaling = one.scaling
    most = "" if scaling.mode is ScalingMode.MANUAL else f" to {scaling.effective_ceiling}"
    return (
        f"{one.key.name} ({one.key.region}, {one.key.kind}): {scaling.floor}{most} instances,"
        f" {one.size.vcpu:g} vCPU, {one.size.memory_gib:g} GiB, {one.billing}"
    )


def _changed(old: Workload, new: Workload) -> list[str]:
    said = []
    if old.groups != new.groups:
        said.append(f"is in {_groups(new)}, was in {_groups(old)}")
    if old.size != new.size:
        said.append(f"has {_size(new)}, had {_size(old)}")
    if old.billing is not new.billing:
        said.append(f"has {new.billing} billing, had {old.billing}")
    if old.concurrency != new.concurrency:
        said.append(f"takes {new.concurrency} requests at once, took {old.concurrency}")
    if old.scaling.mode is not new.scaling.mode:
        said.append(f"is scaled {_mode(new)}, was scaled {_mode(old)}")
    # While Headroom holds it, its floor and ceiling are no news.
    if old.marks is None and new.marks is None:
        said += _limits(old, new)
    if old.scaling.revision_floor != new.scaling.revision_floor:
        said.append(
            f"keeps {new.scaling.revision_floor} instances in its revision,"
            f" kept {old.scaling.revision_floor}"
        )
    return said


def _limits(old: Workload, new: Workload) -> list[str]:
    pairs = (
        ("minimum", old.scaling.floor, new.scaling.floor),
        ("maximum", old.scaling.effective_ceiling, new.scaling.effective_ceiling),
    )
    return [f"has a {what} of {now}, had {was}" for what, was, now in pairs if was != now]


def _groups(workload: Workload) -> str:
    return say_list(workload.groups) or "no group"


def _size(workload: Workload) -> str:
    return f"{workload.size.vcpu:g} vCPU and {workload.size.memory_gib:g} GiB"


def _mode(workload: Workload) -> str:
    return "by hand" if workload.scaling.mode is ScalingMode.MANUAL else "automatically"
