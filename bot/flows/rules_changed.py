"""Puts on record that the house rules are others than before. Called once, when a worker begins."""

import hashlib

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
    return hashlib.sha256(repr(part).encode()).hexdigest()[:12]
