"""Frozen dataclasses to JSON text and back; used by the column types and the posts."""

import hashlib
import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json, to_jsonable_python


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode(value: Any) -> str:
    """JSON text of a dataclass, enum, datetime, Decimal or container of them; NaN and Infinity survive."""
    return to_json(value, inf_nan_mode="constants").decode()


def decode(kind: Any, text: str) -> Any:
    """The value of type `kind` that `encode` made `text` from; raises ValidationError for other text."""
    return _adapter(kind).validate_json(text)


def fingerprint(*values: Any) -> str:
    """A digest that is equal for equal content, whatever the order of mapping keys."""
    canonical = json.dumps(to_jsonable_python(values), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
