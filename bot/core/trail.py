"""The record of who did what: its rows, and the chain of hashes that shows whether one was changed.

Each row's hash covers the hash of the row before it. Pruning adds an anchor: a row that names the hash
of the last row taken away, so that what is left can still be verified. Called by flows, store and cli.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

PRUNED = "pruned"
RECORD = "audit"  # the subject of rows about the record itself
HEADROOM = "headroom"
RAISES, LOWERS, MARKS, NOT_WRITTEN = "raises", "lowers", "marks", "could not write"
WRITES = frozenset({RAISES, LOWERS, MARKS, NOT_WRITTEN})  # the ledger has them with their outcomes
_ADDRESS = re.compile(r"[^\s@<>|,;:()]+@[^\s@<>|,;()]+")
_NAMED = re.compile(r"<@(\w+)\|[^>]*>")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the record: who did what to which object, when, and why.

    `actor` is a Slack user id or `headroom`; `version` the version of the plan or thing it was done to
    (0: none); `via` where it was asked for (`slack/C0OPS`, `cli`, "" by Headroom itself).
    """

    at: datetime
    actor: str
    act: str
    subject: str
    detail: str = ""
    version: int = 0
    via: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A row in its place in the chain; `hash` is "" where nobody has chained it yet."""

    id: int
    row: AuditRow
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows are asked for; what is empty does not matter. `limit` keeps the newest."""

    subject: str = ""
    actor: str = ""
    since: datetime | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not fit the chain, and why."""

    id: int
    why: str


def hash_of(row: AuditRow, previous: str) -> str:
    """SHA-256 over the hash before and all that the row says, as hexadecimal text."""
    said = [previous, row.at.astimezone(UTC).isoformat(timespec="microseconds")]
    said += [row.actor, row.act, row.subject, row.detail, str(row.version), row.via]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def first_broken(links: Sequence[Link]) -> Broken | None:
    """The first row (oldest first, all there are) that does not fit; None when all do.

    Rows at the end that are not chained yet are no fault: the next writer chains them.
    """
    if not links:
        return None
    if links[0].previous and links[0].previous not in _anchors(links):
        return Broken(links[0].id, "rows before it are missing, and no pruning took them away")
    previous = links[0].previous
    for index, link in enumerate(links):
        if not link.hash and not any(later.hash for later in links[index:]):
            return None
        if link.previous != previous:
            return Broken(link.id, "a row before it is missing or was put in")
        if link.hash != hash_of(link.row, link.previous):
            return Broken(link.id, "it was changed after it was written")
        previous = link.hash
    return None


def impersonal(row: AuditRow) -> AuditRow:
    """The row with people as ids only: names beside ids and mail addresses are left out.

    An account of Google's that acted becomes a pseudonym, the same for the same address.
    """
    actor = row.actor
    if "@" in actor:
        actor = f"google/{hashlib.sha256(actor.encode()).hexdigest()[:10]}"
    detail = _ADDRESS.sub("(an address)", _NAMED.sub(r"<@\1>", row.detail))
    return replace(row, actor=actor, detail=detail)


def anchor(links: Iterable[Link], at: datetime) -> AuditRow | None:
    """The row that vouches for `links`, the oldest ones, once they are taken away; None for none."""
    gone = list(links)
    if not gone:
        return None
    days = f"{gone[0].row.at:%Y-%m-%d} to {gone[-1].row.at:%Y-%m-%d}"
    detail = f"{gone[-1].hash} {len(gone)} rows, {days}"
    return AuditRow(at, HEADROOM, PRUNED, RECORD, detail, version=gone[-1].id)


def _anchors(links: Sequence[Link]) -> frozenset[str]:
    rows = [link.row for link in links if (link.row.act, link.row.subject) == (PRUNED, RECORD)]
    return frozenset(row.detail.partition(" ")[0] for row in rows)
