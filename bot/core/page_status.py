"""How customers' pages are now, as a section; for `/headroom status`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.digest.section import OURS, Evidence, Section
from bot.core.experience import Breach, Experience, Look, Mark, Page, summarise
from bot.core.figure import Table
from bot.core.wording import say_duration, say_latency, say_list

_HOUR = timedelta(hours=1)
_NAMED = 3  # pages named where all is well
_LISTED = 5  # pages that are listed singly without being asked for
COLUMNS = ("Page", "Now", "Fine looks", "p95", "Last look")


@dataclass(frozen=True, slots=True)
class Watched:
    """A page with the looks at it of the last `span_of` (any order), and what customers feel now."""

    page: Page
    looks: tuple[Look, ...] = ()
    breach: Breach | None = None


@dataclass(frozen=True, slots=True)
class _Now:
    """A page as last seen. `newest` is the newest look that could be made, None where it says nothing about now."""

    watched: Watched
    newest: Look | None
    fine: int
    looks: int
    p95: float | None

    @property
    def bad(self) -> bool:
        """Whether a customer would have felt it at the last look, or feels it for longer."""
        return self.newest is not None and (self.newest.mark.bad or self.watched.breach is not None)


def span_of(rules: Experience) -> timedelta:
    """How far back looks are told of."""
    return max(_HOUR, rules.fresh_for)


def pages_section(
    watched: Sequence[Watched], rules: Experience, now: datetime, *, singly: bool = False
) -> Section | None:
    """Whether the pages are right and fast; what was not looked at lately is missing, not fine."""
    if not watched:
        return None
    found = [_now(one, rules, now) for one in watched]
    known = [one.newest.at for one in found if one.newest is not None]
    return Section(
        title="What customers feel now",
        sentences=tuple(_sentences(found, rules, now)),
        table=_table(found, now) if singly or len(found) <= _LISTED else None,
        evidence=Evidence(
            measured=len(known),
            wanted=len(found),
            newest=max(known, default=None),
            silent=tuple(_missing(one, now) for one in found if one.newest is None),
            what="pages",
        ),
        audiences=OURS,
    )


def _now(watched: Watched, rules: Experience, now: datetime) -> _Now:
    seen = [one for one in watched.looks if one.mark is not Mark.UNSEEN]
    newest = max(seen, key=lambda one: one.at, default=None)
    fresh = newest if newest is not None and now - newest.at <= rules.fresh_for else None
    summary = summarise(watched.page, watched.looks)
    return _Now(watched, fresh, summary.fine, summary.looks, summary.p95)


def _sentences(found: Sequence[_Now], rules: Experience, now: datetime) -> list[str]:
    known = [one for one in found if one.newest is not None]
    bad = [one for one in known if one.bad]
    if not known:
        return ["What customers feel now is not known: no page was looked at lately."]
    if not bad:
        return [_all_fine(known, len(found))]
    are = "is not as it" if len(bad) == 1 else "are not as they"
    first = f"{len(bad):,} of {len(known):,} pages {are} should be."
    if len(known) == 1:
        first = ""
    said = [_trouble(one, span_of(rules), now) for one in bad]
    return [one for one in (first, *said) if one]


def _all_fine(known: Sequence[_Now], pages: int) -> str:
    if len(known) <= _NAMED:
        names = say_list([one.watched.page.title for one in known])
    else:
        names = f"All {len(known):,} pages" + (" that were looked at" if len(known) < pages else "")
    slowest = max((one.p95 for one in known if one.p95 is not None), default=None)
    speed = "" if slowest is None else f"; p95 {say_latency(slowest)}"
    speed += " at the slowest" if speed and len(known) > 1 else ""
    return f"{names} {'is' if len(known) == 1 else 'are'} right and fast{speed}."


def _trouble(one: _Now, span: timedelta, now: datetime) -> str:
    title, breach = one.watched.page.title, one.watched.breach
    share = f"{one.fine:,} of {one.looks:,} looks in {say_duration(span)} were fine"
    if breach is not None:
        lasts = say_duration(now - breach.since)
        return f"{title} {breach.mark.meaning}, for {lasts} so far ({breach.reason}); {share}."
    if one.newest is None:
        return ""
    reason = f" ({one.newest.reason})" if one.newest.reason else ""
    return f"{title} {one.newest.mark.meaning} as of the last look{reason}; {share}."


def _missing(one: _Now, now: datetime) -> str:
    """Which page is not known, since when, and why where we know that."""
    title = one.watched.page.title
    last = max(one.watched.looks, key=lambda look: look.at, default=None)
    if last is not None and last.mark is Mark.UNSEEN:
        return f"{title} ({last.reason or 'it could not be looked at'})"
    when = (
        "not looked at lately" if last is None else f"last look {say_duration(now - last.at)} ago"
    )
    return f"{title} ({when})"


def _table(found: Sequence[_Now], now: datetime) -> Table:
    rows = []
    for one in found:
        breach, newest = one.watched.breach, one.newest
        state = "?" if newest is None else str(newest.mark if breach is None else breach.mark)
        p95 = "?" if one.p95 is None else say_latency(one.p95)
        ago = "?" if newest is None else f"{say_duration(now - newest.at)} ago"
        rows.append((one.watched.page.title, state, f"{one.fine:,} of {one.looks:,}", p95, ago))
    return Table("By page", COLUMNS, tuple(rows))
