"""What a person said yes to, as a short text: the fingerprint of a plan's content. Called by cards and flows."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from bot.core.plan import Plan


def content_of(plan: Plan) -> str:
    """The first 24 hexadecimal digits (96 bits) of the SHA-256 of the plan as JSON, its version included."""
    text = json.dumps(plan, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(value: Any) -> Any:
    """One level at a time: a plan of a fleet is large, and copying it whole takes longer than all else."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)
