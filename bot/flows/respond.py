"""A button or the form of an incident: acknowledge, snooze, resolve, escalate and more. The key is the delivery's identity.

Every click is judged anew: signature, permission, lap and state. What changes nothing is answered
privately and politely; nobody can undo by a late click what somebody else did meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.incident_form import incident_form, read_incident_metadata
from bot.cards.storm import StormView, storm_view
from bot.core import responding
from bot.core.alert import Severity
from bot.core.change import Changed, Click, Result, Unchanged
from bot.core.delivery import Delivery
from bot.core.incident import Incident, Phase
from bot.core.message import Message, View, WantedPost
from bot.core.naps import Nap, nap_end
from bot.core.responders import may_respond, paged_groups
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import answer_to, look_up_roles
from bot.flows.outside import turned_away
from bot.incidents import channels_of, keep, view_of
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_WAIT_FOR_ROLES = timedelta(minutes=1)
_LOOKS = frozenset({Action.MORE, Action.SHOW_ALL})
_GONE = "I don't know this incident any more; /headroom alerts lists what is open."
_NOT_YOURS = (
    "You can read this, but not change it: that is for engineers and whoever is on call. "
    "Ask an administrator for the role."
)
_DEEDS: Mapping[str, Callable[[Incident, Click], Result]] = {
    "ack": responding.acknowledge,
    "resolve": responding.resolve,
    "escalate": responding.escalate,
    "unack": responding.unacknowledge,
    "unsnooze": responding.unsnooze,
}
_NOT_OPENED = "Slack did not let me open it in time. Please press the button again."


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody asks for; `value` was sealed by us, so it is what the button or the form said."""

    delivery: Delivery
    value: ButtonValue
    now: datetime

    @property
    def click(self) -> Click:
        return Click(self.delivery.user, self.now, self.value.version)

    @property
    def subject(self) -> str:
        return self.value.subject.partition("/")[0]

    @property
    def is_form(self) -> bool:
        return bool(self.delivery.metadata)


async def respond(key: str, kit: Kit) -> datetime | None:
    """Does what is asked for, once; or answers why not."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    sealed = delivery.value or read_incident_metadata(delivery.metadata)
    try:
        wish = _Wish(delivery, unseal(sealed, kit.seal), now)
    except AskedWrong as error:
        await _answer(delivery, str(error), kit)
        return None
    if wish.value.action in _LOOKS and not wish.is_form:
        await _answer(delivery, await _open(wish, kit), kit)
        return None
    if not await _allowed(wish, kit):
        await _answer(delivery, _NOT_YOURS, kit)
        return None
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(key, now):
            said = await _do(tx, wish, kit)
            if said:
                await tx.posts.want(answer_to(delivery, mistake(said), kit.house), now)
    return None


async def _allowed(wish: _Wish, kit: Kit) -> bool:
    """Fails closed; while Slack does not say who is in a group, the click waits."""
    user, rules = wish.delivery.user, kit.house.alerts
    roles = await look_up_roles(kit, user)
    if may_respond(user, roles.held, rules):
        return True
    certain = roles.certain
    for group in sorted(paged_groups(rules)):
        try:
            if user in await kit.chat.members(group):
                return True
        except TryAgain:
            certain = False
        except GiveUp:
            continue
    if not certain and wish.now - wish.delivery.received_at < _WAIT_FOR_ROLES:
        raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
    return False


async def _do(tx: Transaction, wish: _Wish, kit: Kit) -> str:
    """What to tell the person; "" where the messages tell it."""
    if wish.value.action is Action.TAKE_ALL:
        return await _take_all(tx, wish, kit)
    incident = await tx.alerts.get(wish.subject)
    if incident is None:
        return _GONE
    if wish.is_form:
        return await _form(tx, incident, wish, kit)
    result = _by_button(incident, wish, kit)
    return await _settle(tx, result, wish, kit)


def _by_button(incident: Incident, wish: _Wish, kit: Kit) -> Result:
    match wish.value.action:
        case Action.ACKNOWLEDGE:
            return responding.acknowledge(incident, wish.click)
        case Action.RESOLVE:
            return responding.resolve(incident, wish.click)
        case Action.ESCALATE:
            return responding.escalate(incident, wish.click)
        case Action.SNOOZE:
            nap = Nap(wish.value.subject.partition("/")[2])
            until = nap_end(nap, wish.now, kit.house.zone)
            return responding.snooze(incident, wish.click, until)
        case other:
            raise GiveUp(f"{other} is no button of an incident")


async def _form(tx: Transaction, incident: Incident, wish: _Wish, kit: Kit) -> str:
    """Each field that was filled in, one after the other; what cannot be is answered."""
    said = []
    for name in ("note", "assign", "severity", "deed"):
        given = wish.delivery.values.get(name, "")
        if not given:
            continue
        current = await tx.alerts.get(incident.id) or incident
        # The form was opened on this lap; what it did itself does not make it outdated.
        result = await _by_form(tx, current, (name, given), wish, kit)
        said.append(await _settle(tx, result, wish, kit))
    return "\n".join(text for text in said if text)


async def _by_form(
    tx: Transaction, incident: Incident, entry: tuple[str, str], wish: _Wish, kit: Kit
) -> Result:
    """`entry` is a field of the form and what was entered; AskedWrong for what the form does not offer."""
    click = wish.click
    match entry:
        case "note", text:
            return responding.note(incident, click, text)
        case "assign", person:
            return responding.assign(incident, click, person)
        case "severity", word if word in set(Severity):
            return responding.set_severity(incident, click, Severity(word))
        case "deed", "reopen":
            latest = await tx.alerts.latest(incident.group_key)
            return responding.reopen(incident, click, latest=latest)
        case "deed", word if word in _DEEDS:
            return _DEEDS[word](incident, click)
        case "deed", word if word.removeprefix("snooze:") in set(Nap):
            return _snooze(incident, Nap(word.removeprefix("snooze:")), wish, kit)
    raise AskedWrong(f"The form does not offer {entry[1]!r}.")


def _snooze(incident: Incident, nap: Nap, wish: _Wish, kit: Kit) -> Result:
    until = nap_end(nap, wish.now, kit.house.zone)
    result = responding.snooze(incident, wish.click, until)
    mirrored = "mirror" in wish.delivery.values.get("mirror", "")
    if isinstance(result, Changed) and result.snooze is not None and mirrored:
        return replace(result, snooze=replace(result.snooze, mirrored=True))
    return result


async def _settle(tx: Transaction, result: Result, wish: _Wish, kit: Kit) -> str:
    """Keeps the change with all that follows from it; returns what to tell the person."""
    if isinstance(result, Unchanged):
        return result.text
    before = await tx.alerts.snooze(result.incident.group_key)
    if result.snooze is not None and before is not None and before.mirrored:
        result = replace(result, snooze=replace(result.snooze, mirrored=True))
    newest = await _in_newest(tx, result, wish)
    for change in (result, *newest):
        incident = await keep(tx, change, kit, wish.now)
        for event in change.events:
            await tx.audit.add(_on_record(wish, event.kind.value, incident.id, event.detail))
        if change.snooze is not None and change.snooze.mirrored:
            await tx.jobs.wake(Job(JobName.MIRROR, incident.id), wish.now)
        await tx.jobs.wake(Job(JobName.ESCALATE, incident.id), wish.now)
    return ""


async def _in_newest(tx: Transaction, result: Changed, wish: _Wish) -> Sequence[Changed]:
    """A snooze is of the group: whichever of its messages it came from, what fires now sleeps or wakes too."""
    snooze = result.snooze
    newest = None if snooze is None else await tx.alerts.latest(snooze.group_key)
    if snooze is None or newest is None or newest.id == result.incident.id or not newest.open:
        return ()
    click = replace(wish.click, lap=None)
    if snooze.until > wish.now:
        change = responding.snooze(newest, click, snooze.until, snooze.reason)
    else:
        change = responding.unsnooze(newest, click)
    return (replace(change, snooze=snooze),) if isinstance(change, Changed) else ()


def _on_record(wish: _Wish, act: str, incident: str, detail: str) -> AuditRow:
    by, via = wish.delivery.user, wish.delivery.via
    return AuditRow(wish.now, by, act, f"incident/{incident}", detail, via=via)


async def _take_all(tx: Transaction, wish: _Wish, kit: Kit) -> str:
    """Acknowledges what nobody has of a storm; its pages that nobody has seen are taken back."""
    storm = await tx.storms.get(wish.subject)
    if storm is None:
        return _GONE
    incidents = await tx.storms.incidents(storm.id)
    waiting = [one for one in incidents if one.phase is Phase.TRIGGERED]
    taken = [await _take(tx, one, wish, kit) for one in waiting]
    if not any(taken):
        return "Nothing of this storm waits for anybody any more."
    root, user = f"storm/{storm.id}", wish.delivery.user
    closed = await tx.reach.closed()
    text = f":eyes: <@{user}> looks at all {sum(taken):,} incidents that nobody had."
    for channel in {c for one in waiting for c in channels_of(one, kit.house, closed)}:
        await tx.posts.withdraw(channel, root, begins=f"{root}/page/")
        subject = f"{root}/taken/{wish.delivery.identity}"
        await tx.posts.want(WantedPost(channel, subject, Message(text), thread_of=root), wish.now)
    row = AuditRow(
        wish.now, user, "acknowledged", root, f"{sum(taken)} incidents", via=wish.delivery.via
    )
    await tx.audit.add(row)
    await tx.jobs.wake(Job(JobName.STORM, storm.id), wish.now)
    await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), wish.now)
    return ""


async def _take(tx: Transaction, incident: Incident, wish: _Wish, kit: Kit) -> bool:
    """What the storm does not show any more has a message of its own, which must tell it too."""
    result = responding.acknowledge(incident, Click(wish.delivery.user, wish.now, incident.lap))
    if isinstance(result, Unchanged):
        return False
    if not incident.folded:
        await keep(tx, result, kit, wish.now)
        await tx.jobs.wake(Job(JobName.ESCALATE, incident.id), wish.now)
        return True
    await tx.alerts.save(result.incident)
    await tx.alerts.tell(result.events)
    return True


async def _open(wish: _Wish, kit: Kit) -> str:
    """Opens a modal; "" once it is open."""
    async with kit.store.begin() as tx:
        view = await _view(tx, wish, kit)
    if view is None:
        return _GONE
    try:
        await kit.chat.open_view(wish.delivery.trigger_id, view, on_top=not wish.delivery.channel)
    except (TryAgain, GiveUp):
        return _NOT_OPENED
    return ""


async def _view(tx: Transaction, wish: _Wish, kit: Kit) -> View | None:
    if wish.value.action is Action.SHOW_ALL:
        storm = await tx.storms.get(wish.subject)
        if storm is None:
            return None
        incidents = tuple(await tx.storms.incidents(storm.id))
        return storm_view(StormView(storm, incidents, kit.seal), now=wish.now)
    incident = await tx.alerts.get(wish.subject)
    if incident is None:
        return None
    timeline = await tx.alerts.timeline(incident.id)
    shown = await view_of(tx, incident, kit)
    channel = wish.delivery.channel or _first(channels_of(incident, kit.house, {}))
    return incident_form(shown, timeline, channel=channel, house=kit.house, now=wish.now)


def _first(channels: Sequence[str]) -> str:
    return channels[0] if channels else ""


async def _answer(delivery: Delivery, said: str, kit: Kit) -> None:
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now) and said:
            await tx.posts.want(answer_to(delivery, mistake(said), kit.house), now)
