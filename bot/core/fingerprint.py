"""What a person said yes to, as a short text: the fingerprint of a plan's content. Called by cards and flows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from bot.core.plan import Plan

# Fields that plans from before do not have, and what stands for that: left out then, so that a yes given
# to such a plan goes on counting.
_LATER: Mapping[str, object] = {
    "WorkloadPlan.revision_ceiling": None,
    "Curve.least": (),
    "Inputs.scales": False,
}
_ABSENT = object()


def content_of(plan: Plan) -> str:
    """The first 24 hexadecimal digits (96 bits) of the SHA-256 of the plan as JSON, its version included."""
    text = json.dumps(plan, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(value: Any) -> Any:
    """One level at a time: a plan of a fleet is large, and copying it whole takes longer than all else."""
    if is_dataclass(value):
        return {
            field.name: getattr(value, field.name)
            for field in fields(value)
            if _LATER.get(f"{type(value).__name__}.{field.name}", _ABSENT)
            != getattr(value, field.name)
        }
    return str(value)
