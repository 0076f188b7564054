"""What a person wants of a campaign's window: longer, shorter, moved, ended. Read from words, then from how
the campaign stands. Pure; used by the reshape flow.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.campaign import Campaign, CampaignState
from bot.core.command import Verb
from bot.core.consent import CHANGEABLE
from bot.core.windows import Window, utc
from bot.core.wording import say_clock, say_list
from bot.errors import AskedWrong

LONGEST = timedelta(days=14)
LENGTHS = tuple(timedelta(minutes=n) for n in (15, 30, 60, 120))  # what the form offers
# A time of day further behind the end than this is rather a slip than a wish for the next day.
_NEXT_DAY = timedelta(hours=12)
_NAMES = 6
_HOURS = re.compile(
    r"(?i)(?<![\w.,])(\d{1,3}(?:[.,]\d{1,2})?)\s*h(?:(?:ou)?rs?|our)?"
    r"(?:\s*(?:and\s+)?(\d{1,2})\s*(?:m(?:in(?:ute)?s?)?)?)?$"
)
_MINUTES = re.compile(r"(?i)(?<![\w.,])(\d{1,4})\s*m(?:in(?:ute)?s?)?$")
_UNTIL = re.compile(r"(?i)\s*\b(?:until|till|til|to|at)\s+(\d{1,2}):(\d{2})$")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_EARLIER = re.compile(r"(?i)\s*\b(earlier|later|longer|shorter|more|less)$")
_BEFORE_LENGTH = re.compile(r"(?i)(?:\s*\b(?:by|for|another))+$")


class Deed(StrEnum):
    """What is wanted of the window."""

    EXTEND = "extend"
    SHORTEN = "shorten"
    MOVE = "move"
    END = "end"


@dataclass(frozen=True, slots=True)
class Wish:
    """`by` is how much (negative: a move to an earlier time), `until` the clock (hour, minute) it ends at.

    To END needs neither. For a MOVE `until` is the clock that it starts at.
    """

    deed: Deed
    by: timedelta | None = None
    until: tuple[int, int] | None = None


_DEEDS = {
    Verb.EXTEND: Deed.EXTEND,
    Verb.SHORTEN: Deed.SHORTEN,
    Verb.MOVE: Deed.MOVE,
    Verb.END: Deed.END,
}
DEED_VERBS = frozenset(_DEEDS)
# What the record says once it is done.
DONE = {
    Deed.EXTEND: "extended",
    Deed.SHORTEN: "shortened",
    Deed.MOVE: "moved",
    Deed.END: "ended",
}


def understand_wish(verb: Verb, text: str, campaigns: Sequence[Campaign]) -> tuple[Campaign, Wish]:
    """`Black Friday push by 30m`, `Black Friday push until 22:30`; the name may be left out where one runs.

    Raises AskedWrong, with what there is, where the campaign or the length is not clear.
    """
    deed = _DEEDS[verb]
    rest = text.strip()
    back = _EARLIER.search(rest)
    if back is not None:
        rest = rest[: back.start()]
    until = _UNTIL.search(rest)
    if until is not None:
        rest, by = rest[: until.start()], None
        clock = (int(until[1]), int(until[2]))
        if clock > (23, 59) or clock[1] > 59:
            raise AskedWrong(f"{until[1]}:{until[2]} is not a time of day.")
    else:
        rest, by = _length(rest)
        clock = None
    if (
        deed is Deed.MOVE
        and by is not None
        and back is not None
        and back[1].casefold() == "earlier"
    ):
        by = -by
    campaign = _named(rest, campaigns)
    if deed is not Deed.END and by is None and clock is None:
        raise AskedWrong(
            f"By how much? For example: `/headroom {deed} {campaign.announcement.name} 30m`."
        )
    return campaign, Wish(deed, None if deed is Deed.END else by, clock)


def chosen_wish(deed: Deed, values: Mapping[str, str]) -> Wish:
    """What the form says: `until` (HH:MM) where it is filled in, else `minutes`; AskedWrong for neither."""
    until, minutes = values.get("until", "").strip(), values.get("minutes", "").strip()
    if until:
        clock = _CLOCK.fullmatch(until)
        if clock is None:
            raise AskedWrong(f"“{until[:20]}” is not a time of day. Say it like 22:30.")
        return Wish(deed, None, (int(clock[1]), int(clock[2])))
    if not re.fullmatch(r"[0-9]{1,5}", minutes) or not int(minutes):
        raise AskedWrong("By how much? Please choose a length or a time.")
    return Wish(deed, _within_reason(timedelta(minutes=int(minutes))))


def new_window(campaign: Campaign, wish: Wish, now: datetime) -> Window:
    """The window as it is wanted, in whole minutes; raises AskedWrong where that makes no sense as it stands."""
    state = campaign.state
    begun = state is CampaignState.LIVE
    if not (begun or state is CampaignState.WARMING or state in CHANGEABLE):
        raise AskedWrong(f"{_named_as(campaign)} is over, so there is nothing left to {wish.deed}.")
    if wish.deed is Deed.END:
        return _ended(campaign, wish, now)
    if wish.deed is Deed.MOVE:
        return _moved(campaign, wish, now)
    return _reaching(campaign, wish, _end_of(campaign, wish, now), now)


def _ended(campaign: Campaign, wish: Wish, now: datetime) -> Window:
    window = campaign.announcement.window
    if wish.until is not None:
        return _reaching(campaign, Wish(Deed.SHORTEN), _clock(campaign, wish.until, now), now)
    if campaign.state is not CampaignState.LIVE or now <= window.start:
        raise AskedWrong(
            f"{_named_as(campaign)} has not begun yet, so it cannot end. Its message has a button that "
            "calls it off."
        )
    return Window(window.start, now)


def _moved(campaign: Campaign, wish: Wish, now: datetime) -> Window:
    window, zone = campaign.announcement.window, campaign.announcement.zone
    name = _named_as(campaign)
    if campaign.state is CampaignState.LIVE:
        raise AskedWrong(f"{name} is live: it can be extended, shortened or ended, but not moved.")
    by = wish.by
    if wish.until is not None:
        by = _start_at(campaign, wish.until) - window.start
        if not by:
            raise AskedWrong(f"{name} starts at {say_clock(window.start, zone)} already.")
    if by is None:
        raise AskedWrong("Say by how much it moves, or to when: `30m`, `1h earlier` or `to 19:00`.")
    if campaign.state is CampaignState.WARMING and by < timedelta(0):
        raise AskedWrong(
            f"{name} is being warmed for {say_clock(window.start, zone)}; that cannot be hurried."
        )
    moved = window.shifted(by)
    if moved.start <= now:
        raise AskedWrong(
            f"{name} would have begun at {say_clock(moved.start, zone)}, which is past."
        )
    return moved


def _reaching(campaign: Campaign, wish: Wish, end: datetime, now: datetime) -> Window:
    window, zone = campaign.announcement.window, campaign.announcement.zone
    name, old = _named_as(campaign), say_clock(window.end, zone)
    if wish.deed is Deed.EXTEND and end <= window.end:
        raise AskedWrong(f"{name} lasts until {old} already.")
    if wish.deed is Deed.SHORTEN and end >= window.end:
        raise AskedWrong(f"{name} ends at {old} anyway.")
    if end <= max(window.start, now):
        raise AskedWrong(
            f"{name} would end at {say_clock(end, zone)}, which is past. `/headroom end` ends it now."
            if campaign.state is CampaignState.LIVE
            else f"{name} would end before it begins."
        )
    if end - window.start > LONGEST:
        raise AskedWrong(f"I hold capacity for at most {LONGEST.days} days at once.")
    return Window(window.start, end)


def _end_of(campaign: Campaign, wish: Wish, now: datetime) -> datetime:
    end = campaign.announcement.window.end
    if wish.until is not None:
        if wish.deed is not Deed.EXTEND:
            return _clock(campaign, wish.until, now)
        later = _first(wish.until, campaign.announcement.zone, after=end)
        return later if later - end <= _NEXT_DAY else end
    by = wish.by or timedelta(0)
    return end - by if wish.deed is Deed.SHORTEN else end + by


def _clock(campaign: Campaign, clock: tuple[int, int], now: datetime) -> datetime:
    """The first such time of day once it has begun."""
    after = max(campaign.announcement.window.start, now)
    return _first(clock, campaign.announcement.zone, after=after)


def _start_at(campaign: Campaign, clock: tuple[int, int]) -> datetime:
    """That time on the day of the start; while it is warmed, the first such time not before the start."""
    zone = ZoneInfo(campaign.announcement.zone)
    start = campaign.announcement.window.start
    local = start.astimezone(zone)
    at = local.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0, fold=0)
    over_midnight = campaign.state is CampaignState.WARMING and start - utc(at) > _NEXT_DAY
    return _first(clock, campaign.announcement.zone, after=start) if over_midnight else utc(at)


def _first(clock: tuple[int, int], name: str, *, after: datetime) -> datetime:
    """The first such time of day after an instant, in that zone."""
    zone = ZoneInfo(name)
    there = after.astimezone(zone).replace(tzinfo=None)
    said = there.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    if said <= there:
        said += timedelta(days=1)
    return utc(said.replace(tzinfo=zone))


def _length(text: str) -> tuple[str, timedelta | None]:
    """The words without the length at their end, and the length."""
    hours = _HOURS.search(text)
    minutes = _MINUTES.search(text)
    found = hours or minutes
    if found is None:
        return text, None
    if hours is not None:
        by = timedelta(hours=float(hours[1].replace(",", ".")), minutes=int(hours[2] or 0))
    else:
        by = timedelta(minutes=int(found[1]))
    return _BEFORE_LENGTH.sub("", text[: found.start()].rstrip()), _within_reason(by)


def _within_reason(by: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= by <= LONGEST:
        raise AskedWrong(f"That must be between one minute and {LONGEST.days} days.")
    return by


def _named(text: str, campaigns: Sequence[Campaign]) -> Campaign:
    """The campaign meant: by id, by name, by a part of the name; without any, the one that runs."""
    wanted = text.strip(" \t\"'“”„‘’").casefold()
    running = [c for c in campaigns if c.state in {CampaignState.LIVE, CampaignState.WARMING}]
    if not wanted:
        found = running
    else:
        found = [c for c in campaigns if wanted in {c.id, _plain(c)}]
        found = found or [c for c in campaigns if wanted in _plain(c)]
    if len(found) == 1:
        return found[0]
    known = say_list([f"“{c.announcement.name}”" for c in campaigns[:_NAMES]])
    if not campaigns:
        raise AskedWrong("There is no campaign that has not ended.")
    if not found:
        raise AskedWrong(
            f"I know no open campaign called “{text.strip()[:60]}”. There is: {known}."
        )
    if wanted:
        ids = say_list([f"`{c.id}`" for c in found[:_NAMES]], last="or")
        raise AskedWrong(
            f"That could be any of {len(found)} campaigns: say {ids} instead of the name."
        )
    raise AskedWrong(f"Which one? There is: {known}.")


def _plain(campaign: Campaign) -> str:
    return " ".join(campaign.announcement.name.split()).casefold()


def _named_as(campaign: Campaign) -> str:
    return campaign.announcement.name
