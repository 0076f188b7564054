"""What must change in Cloud Monitoring so that it is as alerts.yaml says, field by field. Pure.

Only what Headroom owns is ever changed or deleted. Labels that people add to its policies are kept.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.thresholds.building import Desired
from bot.core.thresholds.documents import (
    Document,
    Value,
    fingerprint,
    flat,
    pruned,
    shown,
    top_field,
)
from bot.core.thresholds.resources import (
    APPLIED,
    ID,
    Found,
    Kind,
    Wanted,
    is_our_label,
    labels_of,
)

_OUTPUT_ONLY = frozenset(
    "name creation_record mutation_record mutation_records validity verification_status".split()
)
_EVERY = timedelta(seconds=30)  # what Cloud Monitoring assumes where no interval is given


class Act(StrEnum):
    """What is done to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One leaf that differs; "" stands for absent."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do. `document` is what to write, `mask` the fields of it that differ.

    `drifted`: somebody changed it in Cloud Monitoring since Headroom wrote it. `why` is said for deletions.
    """

    act: Act
    kind: Kind
    id: str
    title: str
    name: str = ""
    document: Document | None = None
    fields: tuple[FieldChange, ...] = ()
    mask: tuple[str, ...] = ()
    secret: str = ""
    drifted: bool = False
    found: Found | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes in the order in which they are made, and what needs none."""

    changes: tuple[Change, ...]
    unchanged: int = 0
    others: int = 0

    @property
    def drifted(self) -> tuple[Change, ...]:
        """Those that undo what somebody did in Cloud Monitoring."""
        return tuple(change for change in self.changes if change.drifted)


def compare(wished: Desired, found: Sequence[Found], alert_set: str) -> Comparison:
    """The changes; what has a problem is neither changed nor deleted."""
    own = [one for one in found if one.owned_by(alert_set)]
    channel_ids = {one.name: one.labels[ID] for one in own if one.kind is Kind.CHANNEL}
    first, spare = _by_id(own)
    writes: list[Change] = []
    unchanged = 0
    for wanted in wished.resources:
        change = _write(wanted, first.get((wanted.kind, wanted.id)), channel_ids)
        unchanged += change is None
        writes += [change] if change else []
    kept = {(one.kind, one.id) for one in wished.resources}
    kept |= {(Kind.POLICY, problem.id) for problem in wished.problems}
    deletions = [_deletion(one, "there are two of it") for one in spare]
    deletions += [
        _deletion(one, "it is not in alerts.yaml") for key, one in first.items() if key not in kept
    ]
    deletions.sort(key=lambda one: one.kind is Kind.CHANNEL)  # policies let go of channels first
    others = sum(1 for one in found if one.kind is Kind.POLICY and not one.owned_by(alert_set))
    return Comparison((*writes, *deletions), unchanged, others)


def normalized(document: Document, channel_ids: Mapping[str, str] | None = None) -> Document:
    """The document as it is compared: Google's defaults filled in, names and others' labels left out."""
    kept = {key: value for key, value in document.items() if key not in _OUTPUT_ONLY}
    kept.setdefault("enabled", True)
    kept["user_labels"] = {
        key: value
        for key, value in labels_of(document).items()
        if is_our_label(key) and key != APPLIED
    }
    if isinstance(kept.get("conditions"), tuple):
        kept["conditions"] = _conditions(kept["conditions"])
    channels = kept.get("notification_channels")
    if isinstance(channels, tuple):
        known = channel_ids or {}
        kept["notification_channels"] = tuple(sorted(known.get(str(c), str(c)) for c in channels))
    return pruned(kept)


def differences(wanted: Document, found: Document) -> tuple[FieldChange, ...]:
    """Of two normalized documents, by path."""
    after, before = flat(wanted), flat(found)
    changes = []
    for path in sorted(after.keys() | before.keys()):
        if after.get(path) != before.get(path):
            changes.append(FieldChange(path, _shown(before, path), _shown(after, path)))
    return tuple(changes)


def _write(wanted: Wanted, found: Found | None, channel_ids: Mapping[str, str]) -> Change | None:
    aim = normalized(wanted.document)
    mark = fingerprint(aim)
    if found is None:
        fields = differences(aim, {})
        document = _marked(wanted.document, mark, {})
        return Change(
            Act.CREATE,
            wanted.kind,
            wanted.id,
            wanted.title,
            document=document,
            fields=fields,
            secret=wanted.secret,
        )
    present = normalized(found.document, channel_ids)
    fields = differences(aim, present)
    if not fields:
        return None
    applied = found.labels.get(APPLIED, "")
    mask = {top_field(field.path) for field in fields} | (
        {"user_labels"} if applied != mark else set()
    )
    return Change(
        Act.UPDATE,
        wanted.kind,
        wanted.id,
        wanted.title,
        name=found.name,
        document=_marked(_with_condition_names(wanted.document, found), mark, found.labels),
        fields=fields,
        mask=tuple(sorted(mask)),
        secret=wanted.secret,
        drifted=bool(applied) and applied != fingerprint(present),
        found=found,
    )


def _marked(document: Document, mark: str, present: Mapping[str, str]) -> Document:
    """With the fingerprint of what is written, and with the labels that other people gave."""
    theirs: dict[str, Value] = {key: v for key, v in present.items() if not is_our_label(key)}
    return {**document, "user_labels": {**theirs, **labels_of(document), APPLIED: mark}}


def _with_condition_names(document: Document, found: Found) -> Document:
    """Conditions that stay keep their names, so that their open incidents stay too."""
    conditions = document.get("conditions")
    if not isinstance(conditions, tuple):
        return document
    names = {str(one.get("display_name")): one.get("name") for one in _items(found.document)}
    named = []
    for one in conditions:
        known = names.get(str(one.get("display_name"))) if isinstance(one, Mapping) else None
        named.append({**one, "name": known} if isinstance(one, Mapping) and known else one)
    return {**document, "conditions": tuple(named)}


def _items(document: Document) -> tuple[Document, ...]:
    conditions = document.get("conditions")
    if not isinstance(conditions, tuple):
        return ()
    return tuple(one for one in conditions if isinstance(one, Mapping))


def _deletion(found: Found, why: str) -> Change:
    return Change(
        Act.DELETE, found.kind, found.labels[ID], found.title, found.name, found=found, why=why
    )


def _by_id(own: Sequence[Found]) -> tuple[dict[tuple[Kind, str], Found], list[Found]]:
    """The one of each id that counts, the oldest by name, and the spare ones."""
    groups: dict[tuple[Kind, str], list[Found]] = defaultdict(list)
    for one in sorted(own, key=lambda one: (len(one.name), one.name)):
        groups[one.kind, one.labels.get(ID, "")].append(one)
    first = {key: ones[0] for key, ones in groups.items()}
    return first, [one for ones in groups.values() for one in ones[1:]]


def _conditions(conditions: Value) -> tuple[Value, ...]:
    """In the order of their titles, which says nothing, and with what Google assumes where nothing is said."""
    filled = [_filled(one) for one in conditions if isinstance(one, Mapping)]  # type: ignore[union-attr]
    return tuple(sorted(filled, key=lambda one: str(one.get("display_name", ""))))


def _filled(condition: Document) -> Document:
    full = {key: value for key, value in condition.items() if key != "name"}
    for key in ("condition_threshold", "condition_absent"):
        body = full.get(key)
        if isinstance(body, Mapping) and not body.get("trigger"):
            full[key] = {**body, "trigger": {"count": 1}}
    promql = full.get("condition_prometheus_query_language")
    if isinstance(promql, Mapping) and not promql.get("evaluation_interval"):
        full["condition_prometheus_query_language"] = {**promql, "evaluation_interval": _EVERY}
    return full


def _shown(leaves: Mapping[str, Value], path: str) -> str:
    value = leaves.get(path)
    return "" if value is None or isinstance(value, Mapping) else shown(value)
