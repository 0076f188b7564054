"""The story of one workload as plain text and as JSON values; printed by `headroom ledger`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.trail import AuditRow

_OUTCOMES = {
    Outcome.INTENDED: "not known yet",
    Outcome.ACCEPTED: "accepted, being rolled out",
    Outcome.DONE: "done",
    Outcome.STALE: "not written: somebody else wrote first",
    Outcome.FAILED: "not written",
}


@dataclass(frozen=True, slots=True)
class WorkloadStory:
    """Everything that is stored of one workload; `ledger` newest first, `record` oldest first."""

    key: WorkloadKey
    holding: Holding | None
    claims: Sequence[Claim]
    ledger: Sequence[LedgerEntry]
    record: Sequence[AuditRow]


def story_text(story: WorkloadStory, zone: str) -> str:
    """How it stands, who claims it, and then what happened, oldest first."""
    place = ZoneInfo(zone)
    lines = [str(story.key), *_standing(story, place), *_claimed(story, place)]
    events = [(entry.at, _write(entry)) for entry in story.ledger]
    events += [(row.at, _deed(row)) for row in story.record]
    lines.append("What happened" if events else "Nothing has happened yet.")
    lines += [f"  {_at(at, place)}  {words}" for at, words in sorted(events, key=lambda e: e[0])]
    return "\n".join(lines)


def story_values(story: WorkloadStory) -> dict[str, object]:
    """The same for machines: every value under its own name, ready for a JSON encoder."""
    return {
        "workload": str(story.key),
        "holding": story.holding,
        "claims": list(story.claims),
        "writes": list(reversed(story.ledger)),
        "record": list(story.record),
    }


def _standing(story: WorkloadStory, place: ZoneInfo) -> list[str]:
    holding = story.holding
    if holding is None:
        return ["  Headroom has never looked at it for a campaign."]
    baseline = f"  baseline {holding.baseline}"
    if holding.baseline_ceiling is not None:
        baseline += f", ceiling {holding.baseline_ceiling}"
    seen = f"; seen {holding.observed}" if holding.observed_at else ""
    seen += f" at {_at(holding.observed_at, place)}" if holding.observed_at else ""
    if holding.restored_at is not None:
        held = f"  given back at {_at(holding.restored_at, place)}"
    elif holding.written is None:
        held = "  nothing of Headroom's stands"
    else:
        held = f"  held at {holding.written}, {holding.wanted} wanted"
    trouble = [f"  trouble: {holding.trouble}"] if holding.trouble else []
    return [baseline + seen, held, *trouble]


def _claimed(story: WorkloadStory, place: ZoneInfo) -> list[str]:
    if not story.claims:
        return ["Nobody claims it."]
    lines = [
        f"  {_at(claim.hold.start, place)} – {_at(claim.hold.end, place)}  at least {claim.floor}"
        f"  {claim.reason} ({claim.requester})"
        for claim in sorted(story.claims, key=lambda claim: claim.hold.start)
    ]
    return ["Claims", *lines]


def _write(entry: LedgerEntry) -> str:
    change = f"floor {entry.previous_floor} → {entry.floor}"
    if entry.ceiling is not None:
        change += f", ceiling {_ceiling(entry.previous_ceiling)} → {_ceiling(entry.ceiling)}"
    outcome = _OUTCOMES[entry.outcome] + (f" ({entry.detail})" if entry.detail else "")
    return f"write #{entry.id}  {change}: {outcome}. {entry.reason}".rstrip()


def _deed(row: AuditRow) -> str:
    return f"{row.actor}: {row.act}" + (f" ({row.detail})" if row.detail else "")


def _ceiling(value: int | None) -> str:
    return str(value) if value else "none"


def _at(at: datetime | None, place: ZoneInfo) -> str:
    return f"{at.astimezone(place):%a %d %b %H:%M:%S}" if at else "never"
