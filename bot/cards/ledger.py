"""The story of one workload as plain text and as JSON values; printed by `headroom ledger`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.trail import AuditRow


@dataclass(frozen=True, slots=True)
class WorkloadStory:
    """Everything that is stored of one workload; `ledger` newest first, `record` oldest first."""

    key: WorkloadKey
    holding: Holding | None
    claims: Sequence[Claim]
    ledger: Sequence[LedgerEntry]
    record: Sequence[AuditRow]


def story_text(story: WorkloadStory, zone: str) -> str:
    """What it is, how it stands, who claims it, and then what happened, day by day, oldest first."""
    place = ZoneInfo(zone)
    lines = [_what(story.key), *_standing(story, place), *_claimed(story, place)]
    # What others did comes first: the write of the same instant answers it.
    events = [(row.at, 0, _deed(row)) for row in story.record]
    events += [(entry.at, entry.id, _write(entry)) for entry in story.ledger]
    lines.append("What happened" if events else "Nothing has happened yet.")
    day = ""
    for at, _, words in sorted(events, key=lambda event: event[:2]):
        local = at.astimezone(place)
        if f"{local:%a %d %b %Y}" != day:
            day = f"{local:%a %d %b %Y}"
            lines.append(f"  {day}")
        lines.append(f"    {local:%H:%M:%S}  {words}")
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


def _what(key: WorkloadKey) -> str:
    kind = "Cloud Run service" if key.kind is WorkloadKind.SERVICE else "Cloud Run worker pool"
    return f"{key.name}: {kind} in {key.region}, project {key.project} ({key})"


def _standing(story: WorkloadStory, place: ZoneInfo) -> list[str]:
    holding = story.holding
    if holding is None:
        return ["  Headroom has never looked at it for a campaign."]
    if holding.restored_at is not None:
        held = f"  Nothing is held: it was given back at {_at(holding.restored_at, place)}."
    elif holding.written is None:
        held = "  Nothing that Headroom wrote stands there now."
    else:
        held = (
            f"  Headroom holds {holding.written} instances at least; {holding.wanted} are wanted."
        )
    others = f"  Without Headroom it would have {holding.baseline} at least"
    if holding.baseline_ceiling is not None:
        others += f" and {holding.baseline_ceiling} at most"
    others += "."
    if holding.observed_at is not None:
        others += f" Seen last: {holding.observed}, at {_at(holding.observed_at, place)}."
    trouble = [f"  Trouble: {holding.trouble}."] if holding.trouble else []
    return [held, others, *trouble]


def _claimed(story: WorkloadStory, place: ZoneInfo) -> list[str]:
    if not story.claims:
        return ["Nobody claims it."]
    lines = [
        f"  {_at(claim.hold.start, place)} to {_at(claim.hold.end, place)}: at least {claim.floor} for"
        f" {claim.reason}, asked by {claim.requester}"
        for claim in sorted(story.claims, key=lambda claim: claim.hold.start)
    ]
    return ["Who claims it", *lines]


def _write(entry: LedgerEntry) -> str:
    deed, reason = _change(entry), f": {entry.reason}" if entry.reason else ""
    detail = f" ({entry.detail})" if entry.detail else ""
    match entry.outcome:
        case Outcome.DONE:
            told = f"Headroom {_PAST[deed[0]]} {deed[1]}{reason}{detail}."
        case Outcome.ACCEPTED:
            told = f"Headroom {_PAST[deed[0]]} {deed[1]}{reason}; Google is rolling it out."
        case Outcome.INTENDED:
            told = (
                f"Headroom asked Google to {deed[0]} {deed[1]}{reason}; the outcome is not known."
            )
        case Outcome.STALE:
            told = f"Headroom was to {deed[0]} {deed[1]}, but somebody else wrote first: it looked again."
        case Outcome.FAILED:
            told = f"Headroom was to {deed[0]} {deed[1]}, and could not{detail}."
        case _:
            assert_never(entry.outcome)
    return f"{told} [write {entry.id}]"


_PAST = {"raise": "raised", "lower": "lowered", "set": "set", "renew": "renewed"}


def _change(entry: LedgerEntry) -> tuple[str, str]:
    """The verb and what it is done to."""
    before, after = entry.previous_floor, entry.floor
    if entry.ceiling is not None:
        maximum = (
            f"the maximum from {_ceiling(entry.previous_ceiling)} to {_ceiling(entry.ceiling)}"
        )
        floor = f"the minimum from {before} to {after} and " if before != after else ""
        return "set", f"{floor}{maximum}"
    if before == after:
        return "renew", "what the workload says of who holds it"
    return "raise" if after > before else "lower", f"the minimum from {before} to {after}"


def _deed(row: AuditRow) -> str:
    """A line of the record as a sentence; what is not known here is said as it was written."""
    known = _SENTENCES.get(row.act)
    if known is None:
        return f"{row.actor}: {row.act}" + (f" ({row.detail})" if row.detail else "")
    actor = f"Somebody ({row.actor})" if row.actor.startswith("google/") else row.actor
    return known.format(actor=actor, detail=row.detail)


_SENTENCES = {
    "proven": "Proven: {detail}.",
    "lowered": "{actor} lowered it: {detail}.",
    "raised": "{actor} raised it: {detail}; that is its own minimum from now on.",
    "ceiling changed": "{actor} changed its maximum: {detail}.",
    "put back": "{actor} decided to put it back.",
    "leave it": "{actor} decided to leave it so.",
    "drained": "{actor} said that it is drained.",
    "raise": "More demand than planned, raised to {detail}.",
    "bring back": "Needed after all, back up to {detail}.",
    "give back": "Less demand than planned, given back early to {detail}.",
    "gone": "It is gone: {detail}.",
}


def _ceiling(value: int | None) -> str:
    return str(value) if value else "none"


def _at(at: datetime | None, place: ZoneInfo) -> str:
    return f"{at.astimezone(place):%a %d %b %H:%M:%S}" if at else "never"
