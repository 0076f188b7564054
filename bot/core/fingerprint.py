"""What a person said yes to, as a short text: the fingerprint of a plan's content. Called by cards and flows."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from bot.core.plan import Plan

# Fields that plans from before do not have: left out where they are None, so that a yes given to such a
# plan goes on counting.
_LATER = frozenset({"revision_ceiling"})


def content_of(plan: Plan) -> str:
    """The first 24 hexadecimal digits (96 bits) of the SHA-256 of the plan as JSON, its version included."""
    text = json.dumps(plan, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(value: Any) -> Any:
    """One level at a time: a plan of a fleet is large, and copying it whole takes longer than all else."""
    if is_dataclass(value):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: one for name, one in named.items() if not (name in _LATER and one is None)}
    return str(value)
