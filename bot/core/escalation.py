"""Who is to be told now, and when to look again. Called by the escalate flow, under the incident's version.

The flow stores the page, the incident that `paged` gives and the wish for its message in one
transaction: an acknowledgement in between makes the save stale, and nobody is paged.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.alert_rules import AlertRules, QuietHours, Rotation, Schedule, Target, TargetKind
from bot.core.change import Changed
from bot.core.incident import Event, EventKind, Incident, Phase
from bot.core.mirroring import awake_again
from bot.core.on_call import next_handover, on_call, quiet_until
from bot.core.page import CLIMBING, Page, PageReason, Turn
from bot.core.responding import heard
from bot.core.routes import explained_by


def next_page(incident: Incident, rules: AlertRules, now: datetime) -> Turn:
    """The page that is due, and when to look again; what is silent or over pages nobody.

    Looking earlier than asked, or twice, gives the same pages.
    """
    waking = _waking(incident, now)
    schedule = rules.schedule(incident.schedule)
    silent = incident.quiet or incident.hushed(now) or incident.calm_at is not None
    if not incident.open or silent or schedule is None or not schedule.levels:
        return Turn(None, waking)
    if incident.phase is Phase.ACKNOWLEDGED:
        return _while_held(incident, schedule, rules, now)
    return _until_acknowledged(incident, schedule, rules, now)


def paged(incident: Incident, page: Page, rules: AlertRules) -> Changed:
    """The incident after that page: the next level is next."""
    schedule = rules.schedule(incident.schedule)
    levels = 1 if schedule is None else max(1, len(schedule.levels))
    before = incident.escalation
    after = replace(
        before,
        pages=page.number,
        paged_at=page.at,
        urged=False,
        urged_by="",
        on_call=() if schedule is None else _on_call(schedule, rules, page.at),
    )
    if page.reason in CLIMBING:
        last = page.level + 1 >= levels
        after = replace(
            after, level=0 if last else page.level + 1, rounds=before.rounds + int(last)
        )
    told = Event(incident.id, page.at, EventKind.PAGED, detail=_told(page))
    return Changed(replace(incident, escalation=after, changed_at=page.at), (told,))


def settle(
    incident: Incident, open_incidents: Sequence[Incident], rules: AlertRules, now: datetime
) -> Changed | None:
    """What time alone changes; None: nothing now.

    A snooze ends, what explained the incident is over (or something else explains it), a flapping one
    has calmed down. What still fires is heard and pages from now on.
    """
    if not incident.open:
        return None
    if incident.calm_at is not None and incident.calm_at <= now:
        return _calmed(incident, now)
    changed, events = incident, []
    if incident.snoozed_until is not None and incident.snoozed_until <= now:
        changed, ended = awake_again(replace(changed, snoozed_until=None), now)
        events += [Event(incident.id, now, EventKind.AWAKE), *ended]
    if changed.inhibited_by and _is_over(incident.inhibited_by, open_incidents):
        other = explained_by(replace(changed, inhibited_by=""), open_incidents, rules)
        changed = replace(changed, inhibited_by=other.id if other else "")
        kind = EventKind.INHIBITED if other else EventKind.RELEASED
        events.append(Event(incident.id, now, kind, detail=other.id if other else ""))
    if not events:
        return None
    if not changed.hushed(now) and changed.phase is Phase.TRIGGERED:
        changed = replace(changed, escalation=replace(changed.escalation, since=now))
    return Changed(replace(heard(changed, now), changed_at=now), tuple(events))


def _until_acknowledged(
    incident: Incident, schedule: Schedule, rules: AlertRules, now: datetime
) -> Turn:
    state = incident.escalation
    if state.urged:
        page = _page(incident, PageReason.URGED, state.level, rules, now)
        return Turn(replace(page, by=state.urged_by), None)
    reason, level = PageReason.NEXT, state.level
    if state.paged_at is None:
        reason = PageReason.FIRST
        due: datetime | None = state.since or incident.lapped_at or incident.opened_at
    elif state.rounds >= schedule.rounds:
        reason, level = PageReason.UNANSWERED, len(schedule.levels) - 1
        due = None if schedule.remind is None else state.paged_at + schedule.remind
    else:
        due = state.paged_at + schedule.levels[state.level - 1].wait
        due = max(due, state.since or due)
    if due is None:
        return Turn(None, None)
    due = _audible(schedule.quiet, incident, max(due, now))
    if due > now:
        return Turn(None, due)
    return Turn(_page(incident, reason, level, rules, now), None)


def _while_held(incident: Incident, schedule: Schedule, rules: AlertRules, now: datetime) -> Turn:
    """Somebody has it: only reminders, and hand-overs to whoever comes on call."""
    state = incident.escalation
    instants = [ack.at for ack in incident.acknowledgements]
    instants += [state.paged_at] if state.paged_at else []
    since = max(instants, default=incident.opened_at)
    due = []
    came = tuple(one for one in _on_call(schedule, rules, now) if one not in state.on_call)
    if state.on_call and came:
        at = _audible(schedule.quiet, incident, now)
        if at <= now:
            return Turn(_to(incident, PageReason.HANDOVER, came, now), None)
        due.append(at)
    if schedule.remind is not None:
        at = _audible(schedule.quiet, incident, max(since + schedule.remind, now))
        holders = _holders(incident)
        if at <= now:
            return Turn(_to(incident, PageReason.REMINDER, holders, now), None)
        due.append(at)
    due += [next_handover(one, now) for one in _rotations(schedule, rules)]
    return Turn(None, min(due, default=None))


def _page(
    incident: Incident, reason: PageReason, level: int, rules: AlertRules, now: datetime
) -> Page:
    """A page for a level; who has acknowledged already (of several that must) is left in peace."""
    schedule = rules.schedule(incident.schedule)
    targets = schedule.levels[level].targets if schedule is not None else ()
    have = {ack.by for ack in incident.acknowledgements}
    people = [person for target in targets for person in _people(target, rules, now)]
    return Page(
        incident_id=incident.id,
        lap=incident.lap,
        number=incident.escalation.pages + 1,
        at=now,
        reason=reason,
        level=level,
        people=tuple(dict.fromkeys(one for one in people if one not in have)),
        user_groups=tuple(one.id for one in targets if one.kind is TargetKind.USER_GROUP),
        targets=targets,
    )


def _to(incident: Incident, reason: PageReason, people: tuple[str, ...], now: datetime) -> Page:
    return Page(
        incident_id=incident.id,
        lap=incident.lap,
        number=incident.escalation.pages + 1,
        at=now,
        reason=reason,
        level=incident.escalation.level,
        people=people,
    )


def _people(target: Target, rules: AlertRules, now: datetime) -> tuple[str, ...]:
    match target.kind:
        case TargetKind.USER:
            return (target.id,)
        case TargetKind.USER_GROUP:
            return ()
        case TargetKind.ROTATION:
            return tuple(on_call(one, now) for one in rules.rotations if one.name == target.id)


def _holders(incident: Incident) -> tuple[str, ...]:
    people = [incident.assignee, *(ack.by for ack in incident.acknowledgements)]
    return tuple(dict.fromkeys(person for person in people if person))


def _rotations(schedule: Schedule, rules: AlertRules) -> list[Rotation]:
    names = {
        target.id
        for level in schedule.levels
        for target in level.targets
        if target.kind is TargetKind.ROTATION
    }
    return [one for one in rules.rotations if one.name in names]


def _on_call(schedule: Schedule, rules: AlertRules, now: datetime) -> tuple[str, ...]:
    return tuple(dict.fromkeys(on_call(one, now) for one in _rotations(schedule, rules)))


def _audible(quiet: QuietHours | None, incident: Incident, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours it falls into."""
    return (quiet_until(quiet, incident.severity, at) if quiet else None) or at


def _waking(incident: Incident, now: datetime) -> datetime | None:
    """When time alone changes something."""
    if not incident.open:
        return None
    instants = [at for at in (incident.snoozed_until, incident.calm_at) if at is not None]
    return min((max(at, now) for at in instants), default=None)


def _is_over(incident_id: str, open_incidents: Sequence[Incident]) -> bool:
    return not any(one.id == incident_id and one.open for one in open_incidents)


def _calmed(incident: Incident, now: datetime) -> Changed:
    calm = replace(
        incident,
        phase=Phase.RESOLVED,
        resolved_at=now,
        flapping=False,
        calm_at=None,
        inhibited_by="",
        changed_at=now,
    )
    return Changed(calm, (Event(incident.id, now, EventKind.RESOLVED, detail="it calmed down"),))


def _told(page: Page) -> str:
    people = ", ".join((*page.people, *page.user_groups))
    return f"{page.reason}: {people or 'nobody is configured'}"
