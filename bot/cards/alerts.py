"""What is said about alerts as a whole: the answer to /headroom alerts, and notices about the way they come.

Called by the flows answer, alerts, watch and publish.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.blocks import button, context, header, message, section
from bot.cards.buttons import Action
from bot.cards.incident import sealed
from bot.cards.incident_wording import at_place, sign, state_line, title_of
from bot.cards.noise import noise_lines
from bot.cards.text import rows, said
from bot.cards.wording import count, duration, mention, moment
from bot.core.alert import Unreadable, Via
from bot.core.house import House
from bot.core.incident import Incident, Snooze
from bot.core.message import Block, Message
from bot.core.noise import Noise
from bot.core.on_call import next_handover, on_call
from bot.core.routes import read_key

_MOST, _OPENED = 15, 8
_MOST_QUIET, _OPENED_QUIET = 5, 3
_MOST_ROTATIONS = 5
_CAN_WAIT = "*Can wait* (nobody was called; the digest tells of these)"


@dataclass(frozen=True, slots=True)
class AlertsView:
    """All open incidents, the worst first, and the snoozes that last; `seal` signs the buttons."""

    incidents: Sequence[Incident]
    snoozes: Sequence[Snooze]
    noise: Noise
    seal: bytes


def alerts_card(view: AlertsView, *, house: House, now: datetime) -> Message:
    """Open incidents, each with its form a click away; what is snoozed; and whether all was worth it."""
    loud = [one for one in view.incidents if not one.quiet and not one.inhibited_by]
    quiet = [one for one in view.incidents if one.quiet and not one.inhibited_by]
    title = f"{count(len(loud), 'open incident')}" if loud else "No open incident"
    rest = [
        rows([_open(one, house, now) for one in loud[_OPENED:]], most=_MOST - _OPENED),
        _explained(view.incidents),
    ]
    after = [
        rows([_open(one, house, now) for one in quiet[_OPENED_QUIET:]], most=_MOST_QUIET),
        _snoozed(view.snoozes, house),
        _on_call(house, now),
        noise_lines(view.noise),
    ]
    can_wait = [section(_CAN_WAIT)] if quiet else []
    blocks = [
        *(_with_button(one, view.seal, house, now) for one in loud[:_OPENED]),
        *(section(part) for part in rest if part),
        *can_wait,
        *(_with_button(one, view.seal, house, now) for one in quiet[:_OPENED_QUIET]),
        *(section(part) for part in after if part),
    ]
    shown = [
        title,
        *(_open(one, house, now) for one in loud[:_OPENED]),
        *rest,
        _CAN_WAIT if quiet else "",
        *(_open(one, house, now) for one in quiet[:_OPENED_QUIET]),
        *after,
    ]
    return message("\n".join(part for part in shown if part), [header(title), *blocks])


def unreadable_card(found: Sequence[Unreadable], *, total: int) -> Message:
    """To the engineers: notifications that are no alerts we know, the newest first."""
    title = f"{count(total, 'notification')} could not be understood"
    lines = [f"• {said(one.why, 120)}\n```{_code(one.excerpt)}```" for one in found[:5]]
    small = "Kept as they came in the table `alerts`; nothing was dropped. Shown here once a day."
    blocks = [header(title), *(section(line) for line in lines), context(small)]
    return message("\n".join([title, *lines, small]), blocks)


def way_works_card(at: datetime, via: Via, *, house: House) -> Message:
    """The console's test button was pressed: the way works."""
    way = "by Pub/Sub" if via is Via.PUBSUB else "through the webhook"
    text = f":white_check_mark: A test notification came {way}, {moment(at, house.zone)}."
    return message(text, [section(text)])


def silence_card(
    since: datetime | None, allowed: timedelta, *, house: House, back_at: datetime | None = None
) -> Message:
    """Nothing has come for too long, not even a test; or it comes again."""
    when = "ever" if since is None else f"since {moment(since, house.zone)}"
    if back_at is not None:
        text = f":white_check_mark: Notifications come again since {moment(back_at, house.zone)}."
        return message(text, [section(text)])
    text = (
        f":rotating_light: No notification of Cloud Monitoring has come {when}, not even the daily "
        f"test; {duration(allowed)} is allowed. Alerts may be lost on their way: check the Pub/Sub "
        "subscription and its push endpoint. In Google Cloud's console the alerts are complete."
    )
    owner = f"\n{mention(house.alerts.owner)}" if house.alerts.owner else ""
    return message(text + owner, [section(text + owner)])


def closed_card(channel: str, why: str, there: str) -> Message:
    """To the owner: a channel cannot be posted to, and where its alerts are meanwhile."""
    place = f"in <#{there}>" if there[:1] in {"C", "G"} else "here"
    text = (
        f":warning: I cannot post alerts in <#{channel}>: {said(why, 200)}. They are {place} "
        "meanwhile. Invite me there with /invite, or change its route in headroom.yaml; I try "
        "again each hour."
    )
    return message(text, [section(text)])


def moved_card(name: str, channel: str, there: str, why: str) -> Message:
    """To who announced a campaign: its channel is closed to Headroom, and where it is shown now."""
    text = (
        f":warning: I cannot post in <#{channel}> any more: {said(why, 200)}. "
        f"You find *{said(name, 80)}* in <#{there}> from now on; nothing else has changed."
    )
    return message(text, [section(text)])


def _open(one: Incident, house: House, now: datetime) -> str:
    title = f"*{title_of(one, 80)}*{at_place(one)}"
    return f"• {sign(one, now)} {title}: {state_line(one, house.zone, now)}"


def _with_button(one: Incident, seal: bytes, house: House, now: datetime) -> Block:
    more = button("Open", action_id=Action.MORE, value=sealed(seal, Action.MORE, one))
    return {**section(_open(one, house, now)), "accessory": more}


def _explained(incidents: Sequence[Incident]) -> str:
    inhibited = sum(bool(one.inhibited_by) for one in incidents)
    return f"{inhibited:,} more explained by one of these" if inhibited else ""


def _on_call(house: House, now: datetime) -> str:
    """`*On call* Erik until Mon 09:00, then Ada`, a line a rotation."""
    lines = []
    for one in house.alerts.rotations[:_MOST_ROTATIONS]:
        until = next_handover(one, now)
        who, following = on_call(one, now), on_call(one, until)
        then = f", then {mention(following)}" if following != who else ""
        lines.append(
            f"• {said(one.name, 60)}: {mention(who)} until {moment(until, house.zone)}{then}"
        )
    return "\n".join(["*On call*", *lines]) if lines else ""


def _snoozed(snoozes: Sequence[Snooze], house: House) -> str:
    lines = [
        f"• {_group(one.group_key)} until {moment(one.until, house.zone)} by {mention(one.by)}"
        for one in snoozes
    ]
    return f"*Snoozed*\n{rows(lines, most=5)}" if lines else ""


def _group(key: str) -> str:
    """`p95 latency is high (storefront-web, europe-west1)`; the route's name where the policy is not known."""
    route, facets = read_key(key)
    title = said(facets.pop("policy", "") or route, 60)
    rest = ", ".join(said(value, 40) for value in facets.values() if value)
    return f"*{title}*{f' ({rest})' if rest else ''}"


def _code(text: str) -> str:
    return said(text, 500).replace("```", "'''")
