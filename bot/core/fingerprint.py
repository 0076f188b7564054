"""What a person said yes to, as a short text: the fingerprint of a plan's content. Called by cards and flows."""

import hashlib
import json
from dataclasses import asdict

from bot.core.plan import Plan


def content_of(plan: Plan) -> str:
    """The first 24 hexadecimal digits (96 bits) of the SHA-256 of the plan as JSON, its version included."""
    text = json.dumps(asdict(plan), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
