"""Resources of Cloud Monitoring as plain nested values, in the field names of the published messages.

Wanted and found resources are compared in this form, so no field of a message can be overlooked.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TypeAlias

Value: TypeAlias = "str | float | bool | timedelta | tuple[Value, ...] | Mapping[str, Value]"
Document: TypeAlias = Mapping[str, Value]
Leaf: TypeAlias = str | float | bool | timedelta | tuple[Value, ...]

_FINGERPRINT = 16  # characters; a label's value has at most 63


def pruned(document: Document) -> dict[str, Value]:
    """The document without what protobuf does not tell from absent: empty texts, zeros, empty lists.

    A flag is kept: `enabled: False` is a statement.
    """
    kept: dict[str, Value] = {}
    for key, value in document.items():
        small = _pruned(value)
        if isinstance(small, bool) or small:
            kept[key] = small
    return kept


def flat(document: Document, prefix: str = "") -> dict[str, Leaf]:
    """Every leaf by its path: `conditions[too slow].condition_threshold.threshold_value`.

    Items of a list are named by their `display_name`, else by their position; a list of texts is a leaf.
    """
    leaves: dict[str, Leaf] = {}
    for key, value in document.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            leaves |= flat(value, f"{path}.")
        elif isinstance(value, tuple) and any(isinstance(item, Mapping) for item in value):
            for name, item in _named(value):
                leaves |= flat(item, f"{path}[{name}].")
        else:
            leaves[path] = value
    return leaves


def top_field(path: str) -> str:
    """The field of the message that a path of `flat` leads into, as update masks name it."""
    return path.split(".", 1)[0].split("[", 1)[0]


def fingerprint(document: Document) -> str:
    """Equal for equal documents; fits into a label."""
    leaves = sorted((path, shown(leaf)) for path, leaf in flat(pruned(document)).items())
    return hashlib.sha256(repr(leaves).encode()).hexdigest()[:_FINGERPRINT]


def shown(leaf: Leaf) -> str:
    """A leaf as people read it."""
    match leaf:
        case bool():
            return "yes" if leaf else "no"
        case timedelta():
            return _span(leaf)
        case float() | int():
            return f"{leaf:.10g}"
        case tuple():
            return ", ".join(str(item) for item in leaf)
        case _:
            return leaf


def _pruned(value: Value) -> Value:
    if isinstance(value, Mapping):
        return pruned(value)
    if isinstance(value, tuple):
        return tuple(_pruned(item) for item in value)
    return value


def _named(items: tuple[Value, ...]) -> Iterator[tuple[str, Document]]:
    seen: set[str] = set()
    for position, item in enumerate(items):
        if isinstance(item, Mapping):
            name = str(item.get("display_name") or position)
            name = f"{name} #{position}" if name in seen else name
            seen.add(name)
            yield name, item


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds and seconds % 1800 == 0 and seconds >= 3600:
        return f"{seconds / 3600:g} h"
    if seconds and seconds % 60 == 0:
        return f"{seconds / 60:g} min"
    return f"{seconds:g} s"
