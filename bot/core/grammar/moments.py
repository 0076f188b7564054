"""Days and clocks into a window of UTC instants; shared by the typed line and the form.

Here live the checks on time: past, too far, too long, back to front, and clock changes.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.draft import Field, Question
from bot.core.grammar.clocktimes import DAY, LONGEST_NIGHT, Clock
from bot.core.grammar.zones import ZoneSaid
from bot.core.windows import Window
from bot.core.wording import say_date, say_day, say_duration

LONGEST = timedelta(days=14)
FURTHEST = timedelta(days=366)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """What was said of the time; `until` is the day of the end, `ahead` counts from now."""

    day: date | None = None
    until: date | None = None
    start: Clock | None = None
    end: Clock | None = None
    length: timedelta | None = None
    ahead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The window, or the questions that stand in its way; the rest as text for the form."""

    window: Window | None = None
    date: str = ""
    start: str = ""
    end: str = ""
    until: str = ""
    questions: tuple[Question, ...] = field(default=())


def settle(said: TimeSaid, zone: ZoneSaid, now: datetime) -> Settled:
    """The window that `said` means in `zone`, seen from `now`; parts that are missing are left open."""
    said = _completed(said, zone, now)
    texts = as_text(said)
    if said.day is None:
        return texts
    wrong_day = _day_question(said.day, zone, now)
    if wrong_day:
        return _asking(texts, Field.DATE, wrong_day)
    if said.start is None:
        return texts
    start = _instant(said.day, said.start, zone)
    if isinstance(start, Question):
        return replace(texts, questions=(start,))
    if start <= now:
        return _asking(texts, Field.START, _passed(said.day, said.start, zone, now))
    if said.end is None and said.length is None:
        return texts
    return _with_end(said, zone, (start, now), texts)


def _with_end(
    said: TimeSaid, zone: ZoneSaid, bounds: tuple[datetime, datetime], texts: Settled
) -> Settled:
    start, now = bounds
    end = _end(said, zone, start)
    if isinstance(end, Question):
        return replace(texts, questions=(end,))
    if end <= start:
        return _asking(texts, Field.END, "It ends before it starts. When does it end?")
    if end - start > LONGEST:
        long = f"That is {say_duration(end - start)}; I plan at most {LONGEST.days} days at once."
        return _asking(texts, Field.END, f"{long} When does it end?")
    if start > now + FURTHEST:
        return _asking(texts, Field.DATE, _TOO_FAR)
    unseasonable = _out_of_season(zone, start, end)
    if unseasonable is not None:
        return replace(texts, questions=(unseasonable,))
    return replace(_shown(texts, end, zone, said), window=Window(start, end))


_TOO_FAR = "That is more than a year ahead. Write a day within the next twelve months."


def local(instant: datetime, zone: str) -> datetime:
    """The wall clock in an IANA zone, without its zone."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _completed(said: TimeSaid, zone: ZoneSaid, now: datetime) -> TimeSaid:
    """What follows from what was said: 00:00 closes the day before it, "in 2 hours" is a clock."""
    if said.end is not None and said.end.minute == 0:
        closed = said.until and said.until - timedelta(1)
        said = replace(said, end=Clock(DAY, said.end.offset), until=closed)
    return _counted(said, zone, now) if said.ahead is not None and said.start is None else said


def _counted(said: TimeSaid, zone: ZoneSaid, now: datetime) -> TimeSaid:
    """A start that counts from now, as a day and a clock: the next full minute, always after now."""
    assert said.ahead is not None
    wanted = now + min(said.ahead, 2 * FURTHEST)
    start = wanted.replace(second=0, microsecond=0)
    if start < wanted or start <= now:
        start += _MINUTE
    here = start.astimezone(ZoneInfo(zone.name))
    clock = Clock(here.hour * 60 + here.minute, here.utcoffset())
    return replace(said, day=here.date(), start=clock)


def as_text(said: TimeSaid) -> Settled:
    """What was said, for the form's fields; the last day only where it would not be assumed."""
    if said.end is None and said.length is not None and said.start is not None:
        minutes = said.start.minute + int(said.length / _MINUTE)
        days, minute = divmod(minutes - 1, DAY)
        until = said.day + timedelta(days) if said.day and days < DAY else None
        said = replace(said, end=Clock(minute + 1), until=until)
    return Settled(
        date=said.day.isoformat() if said.day else "",
        start="" if said.start is None else str(said.start),
        end="" if said.end is None else str(said.end),
        until=said.until.isoformat() if said.until and said.until != _assumed(said) else "",
    )


def _shown(texts: Settled, end: datetime, zone: ZoneSaid, said: TimeSaid) -> Settled:
    """An end that came from a length, as a clock."""
    if said.end is not None or said.start is None or said.day is None:
        return texts
    here = local(end, zone.name)
    until, clock = closing(here)
    return as_text(replace(said, end=clock, until=until))


def closing(wall: datetime) -> tuple[date, Clock]:
    """An end on the wall clock: midnight closes the day before."""
    minute = wall.hour * 60 + wall.minute
    return (wall.date(), Clock(minute)) if minute else (wall.date() - timedelta(1), Clock(DAY))


def _assumed(said: TimeSaid) -> date | None:
    """The day of the end where none was said: the same, or the next for a night of up to 12 hours."""
    if said.day is None or said.start is None or said.end is None:
        return None
    if said.end.minute > said.start.minute:
        return said.day
    night = (said.end.minute - said.start.minute) % DAY
    return said.day + timedelta(1) if 0 < night <= LONGEST_NIGHT else None


def _end(said: TimeSaid, zone: ZoneSaid, start: datetime) -> datetime | Question:
    if said.end is None:
        assert said.length is not None
        if said.length <= timedelta(0):
            return Question(Field.END, "How long does it last?")
        return start + said.length
    day = said.until or _assumed(said)
    if day is None:
        return _back_to_front(said)
    if said.day is not None and day - said.day > LONGEST + timedelta(1):
        return Question(Field.END, f"I plan at most {LONGEST.days} days at once. When does it end?")
    end = _instant(day, said.end, zone, field=Field.END)
    if said.length is not None and isinstance(end, datetime) and end - start != said.length:
        question = f"The times say {say_duration(end - start)}, but the length says {say_duration(said.length)}."
        return Question(Field.END, f"{question} When does it end?")
    return end


def _back_to_front(said: TimeSaid) -> Question:
    """An end that is not after its start, and too far from it to be the end of a night."""
    assert said.day is not None
    if said.end == said.start:
        return Question(Field.END, f"It starts and ends at {said.start}. When does it end?")
    next_day = say_date(said.day + timedelta(1))
    hint = f"“{say_date(said.day)} {said.start} until {next_day} {said.end}”"
    question = (
        f"{said.end} is before {said.start}. When does it end? For the next day, type {hint}."
        f" In the form, choose {next_day} as the last day."
    )
    return Question(Field.END, question)


def _day_question(day: date, zone: ZoneSaid, now: datetime) -> str:
    today = local(now, zone.name).date()
    if day < today:
        return f"{say_day(day, year=True)} has passed. Which day is still ahead?"
    return _TOO_FAR if day - today > FURTHEST else ""


def _passed(day: date, start: Clock, zone: ZoneSaid, now: datetime) -> str:
    here = local(now, zone.name)
    return (
        f"{start} on {say_day(day)} has passed: it is {here:%H:%M} in {zone.name}. "
        "Which start is still ahead?"
    )


def _instant(
    day: date, clock: Clock, zone: ZoneSaid, *, field: Field = Field.START
) -> datetime | Question:
    """The UTC instant of a wall clock; a clock that a change skips or repeats is asked about."""
    wall = datetime.combine(day, time()) + clock.minute * _MINUTE
    first, second = (wall.replace(tzinfo=ZoneInfo(zone.name), fold=fold) for fold in (0, 1))
    if local(first.astimezone(UTC), zone.name) != wall:
        return Question(field, _skipped(wall, zone))
    options = [first] if first.utcoffset() == second.utcoffset() else [first, second]
    if clock.offset is not None:
        options = [option for option in options if option.utcoffset() == clock.offset]
    elif zone.abbreviation and len(options) > 1:
        options = [option for option in options if option.tzname() == zone.abbreviation]
    if not options:
        return _mismatch(
            first, zone, zone.abbreviation if clock.offset is None else _utc(clock.offset)
        )
    return (
        options[0].astimezone(UTC) if len(options) == 1 else Question(field, _twice(options, zone))
    )


def _skipped(wall: datetime, zone: ZoneSaid) -> str:
    return (
        f"{wall:%H:%M} does not exist on {say_day(wall.date())} in {zone.name}: the clocks go forward then. "
        "Write a time before or after the change."
    )


def _twice(options: list[datetime], zone: ZoneSaid) -> str:
    first, second = (_spoken_zone(option) for option in options)
    return (
        f"{options[0]:%H:%M} comes twice on {say_day(options[0].date())} in {zone.name}: the clocks go back "
        f"then. Write the zone as {first} for the first, or {second} for the second."
    )


def _mismatch(there: datetime, zone: ZoneSaid, said: str) -> Question:
    return Question(
        Field.ZONE,
        f"On {say_day(there.date())} the clocks in {zone.name} show {_spoken_zone(there)}, not {said}. "
        f"Write {zone.name}, or the zone you mean.",
    )


def _out_of_season(zone: ZoneSaid, start: datetime, end: datetime) -> Question | None:
    """CEST in winter: the abbreviation must be shown at one end of the window at least."""
    here = [instant.astimezone(ZoneInfo(zone.name)) for instant in (start, end)]
    if not zone.abbreviation or zone.abbreviation in {there.tzname() for there in here}:
        return None
    return _mismatch(here[0], zone, zone.abbreviation)


def _spoken_zone(there: datetime) -> str:
    """CET, or UTC+3 where the zone has no letters of its own."""
    name = there.tzname() or ""
    return name if name.isalpha() else _utc(there.utcoffset() or timedelta(0))


def _utc(offset: timedelta) -> str:
    hours, minutes = divmod(abs(int(offset.total_seconds() // 60)), 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def _asking(texts: Settled, about: Field, question: str) -> Settled:
    return replace(texts, questions=(Question(about, question),))
