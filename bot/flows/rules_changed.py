"""Puts on record that the house rules are others than before. Called once, when a worker begins."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from bot.core.trail import HEADROOM
from bot.ports.kit import Kit
from bot.ports.store import AuditRow

_SUBJECT = "policy"


async def note_rules(kit: Kit) -> None:
    """One row where any part has changed since the last one; it names the parts and their fingerprints."""
    house, now = kit.house, kit.clock.now()
    parts = {
        "roles": (house.roles, house.role_groups),
        "guardrails": house.guardrails,
        "fences": house.fences,
        "rules": house.rules,
        "approvals": house.oversight,
        "floors": house.ux_floors,
        "groups": (house.places, house.groups),
        "capacity": (house.timing, house.capacity, house.repair),
        "alerts": house.alerts,
    }
    said = {name: f"{name} {_fingerprint(part)}" for name, part in parts.items()}
    async with kit.store.begin() as tx:
        rows = await tx.audit.about(_SUBJECT)
        before = rows[-1].detail if rows else ""
        changed = [name for name, text in said.items() if text not in before]
        if changed:
            detail = f"{', '.join(changed)} ({'; '.join(said.values())})"
            version = rows[-1].version + 1 if rows else 1
            row = AuditRow(
                now, HEADROOM, "rules changed", _SUBJECT, detail, version, "headroom.yaml"
            )
            await tx.audit.add(row)


def _fingerprint(part: object) -> str:
    return hashlib.sha256(_said(part).encode()).hexdigest()[:12]


def _said(part: object) -> str:
    """The same text in every process: sets and mappings have an order here."""
    if is_dataclass(part):
        inside = [f"{one.name}={_said(getattr(part, one.name))}" for one in fields(part)]
        return f"{type(part).__name__}({', '.join(inside)})"
    if isinstance(part, Mapping):
        return f"{{{', '.join(sorted(f'{_said(k)}: {_said(v)}' for k, v in part.items()))}}}"
    if isinstance(part, frozenset | set):
        return f"{{{', '.join(sorted(_said(one) for one in part))}}}"
    if isinstance(part, tuple | list):
        return f"[{', '.join(_said(one) for one in part)}]"
    return repr(part)
