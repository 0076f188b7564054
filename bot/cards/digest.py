"""A digest as one message, and the private answers about digests. Called by the digest flows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards.blocks import context, header, message, section
from bot.cards.sections import evidence_line, few_charts, section_blocks, section_text
from bot.cards.text import said
from bot.cards.wording import duration, listing, mention, moment
from bot.core.digest.schedule import Due, Mute, Subscription, next_due, span_of
from bot.core.digest.section import Audience, Cadence, Evidence, Section
from bot.core.house import House
from bot.core.message import Block, Message
from bot.core.wording import say_clock, say_day

_READERS = {
    Audience.ENGINEERS: "engineers",
    Audience.BUSINESS: "business",
    Audience.FINANCE: "finance",
    Audience.VENDORS: "partners",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class DigestView:
    """`late` is how late it comes (None: in time), `missed` the days of digests that were never sent."""

    subscription: Subscription
    due: Due
    sections: Sequence[Section]
    late: timedelta | None = None
    missed: Sequence[date] = ()
    preview: bool = False


def digest_card(view: DigestView, *, house: House, now: datetime) -> Message:
    """The headline names the days; then late or not, then the sections."""
    zone = view.subscription.zone
    title = digest_title(view)
    first = _late(view)
    blocks: list[Block] = [header(title)]
    texts = [title]
    if first:
        blocks.append(context(first))
        texts.append(first)
    if not view.sections:
        nothing = "There is nothing to tell: no workload, no campaign and no alert in these days."
        blocks.append(section(nothing))
        texts.append(nothing)
    for one in map(_only_gaps, view.sections):
        blocks += section_blocks(one, zone, now)
        texts.append(section_text(one, zone, now))
    small = [line for line in (_measured(view, now), _small(view, house)) if line]
    blocks.append(context(*small))
    return message("\n\n".join([*texts, "\n".join(small)]), few_charts(blocks))


def digest_title(view: DigestView) -> str:
    """`Daily digest: Thu 27 Nov`, or a week's first and last day."""
    zone = view.subscription.zone
    covers = say_day(view.due.covers)
    word = "Preview of the " if view.preview else ""
    if view.subscription.cadence is Cadence.DAILY:
        name = f"{word}daily digest"
        return f"{name[0].upper()}{name[1:]}: {covers}"
    first = span_of(view.subscription, view.due).start.astimezone(ZoneInfo(zone)).date()
    name = f"{word}weekly digest"
    return f"{name[0].upper()}{name[1:]}: {say_day(first)} to {covers}"


def subscribed_card(subscription: Subscription, *, now: datetime) -> Message:
    """To everybody in the channel: what will come, for whom, by whose wish."""
    first = moment(next_due(subscription, now).at, subscription.zone)
    text = (
        f"{mention(subscription.by)} subscribed this channel to the {subscription.cadence} digest for "
        f"{_READERS[subscription.audience]}, {_rhythm(subscription)}. The first comes {first}."
    )
    return message(text, [section(text)])


def state_card(
    subscriptions: Sequence[Subscription], mute: Mute | None, *, zone: str, now: datetime
) -> Message:
    """Privately: what this channel gets, and how to change it."""
    lines = [
        f"• the *{one.cadence}* digest for {_READERS[one.audience]}, {_rhythm(one)};"
        f" next {moment(next_due(one, now).at, one.zone)}"
        + ("" if one.by else " (set in headroom.yaml)")
        for one in subscriptions
    ]
    head = "This channel gets" if lines else "This channel gets no digest."
    parts = ["\n".join([head, *lines])]
    if mute is not None and mute.lasts(now):
        until = moment(mute.until, zone) if mute.until else "somebody unmutes them"
        parts.append(f":mute: {mention(mute.by)} muted digests here until {until}.")
    parts.append(
        "`/headroom digest subscribe daily at 08:00` · `subscribe weekly on Mon at 08:00` · "
        "`preview` · `mute` · `unmute` · `unsubscribe`"
    )
    return message("\n".join(parts), [section(part) for part in parts])


def withheld_card(one: Subscription) -> Message:
    """To the engineers: a digest of our own was not sent, because others read the channel."""
    text = (
        f":lock: I did not send the {one.cadence} digest for {_READERS[one.audience]} to <#{one.channel}>: "
        "people of another company read that channel. Give it `audience: vendors` with the groups that "
        "they may see in headroom.yaml, or take its digest away."
    )
    return message(text, [section(text)])


def _rhythm(subscription: Subscription) -> str:
    clock = f"{subscription.clock:%H:%M} {subscription.zone}"
    if subscription.cadence is Cadence.DAILY:
        return f"every day at {clock}"
    return f"every {_WEEKDAYS[subscription.weekday]} at {clock}"


def _late(view: DigestView) -> str:
    parts = []
    if view.late is not None:
        clock = say_clock(view.due.at, view.subscription.zone)
        parts.append(
            f":hourglass: This comes {duration(view.late)} late: I could not send it at {clock}."
        )
    if view.missed:
        days = listing([say_day(day) for day in view.missed], most=4)
        of = "of" if view.subscription.cadence is Cadence.DAILY else "of the week up to"
        one = len(view.missed) == 1
        verb = "The digest" if one else "The digests"
        parts.append(f"{verb} {of} {days} {'was' if one else 'were'} never sent.")
    return " ".join(parts)


def _only_gaps(one: Section) -> Section:
    """What is wholly measured is said once, at the end."""
    return replace(one, evidence=Evidence()) if one.evidence.whole else one


def _measured(view: DigestView, now: datetime) -> str:
    wholes = [one.evidence for one in view.sections if one.evidence.whole and one.evidence.wanted]
    return evidence_line(wholes[0], view.subscription.zone, now) if wholes else ""


def _small(view: DigestView, house: House) -> str:
    one = view.subscription
    titles = [said(group.title, 40) for group in house.groups if group.name in one.groups] or [
        "all groups"
    ]
    parts = [f"For {_READERS[one.audience]}", listing(titles), f"times in {one.zone}"]
    if one.audience is not Audience.VENDORS:
        parts.append("`/headroom digest mute` silences it here")
    return " · ".join(parts)
