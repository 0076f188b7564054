"""Google's bill of Cloud Run as its BigQuery export tells it: where it is, what was read, and which spans are complete.

Kept in the store; read by settlement, `headroom costs` and the digests. Amounts are USD, with every
discount but without free tier, promotions and tax: those belong to the account, not to the usage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.core.fleet import WorkloadKey
from bot.core.money import ZERO, Money
from bot.core.windows import Window
from bot.core.wording import say_date

LATE = timedelta(days=2)
"""Rows come hours late, and Google promises nothing: what is this old, and followed by newer usage, is all there."""
_FOLLOWED = timedelta(days=1)
_UNREAD_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class BillingTable:
    """The export's `table` (`project.dataset.table`), and how it is asked.

    `project` runs the query and pays for it, `location` is the dataset's ("": BigQuery finds it),
    `detailed` whether its rows name single services, `most_bytes` what one query may read.
    """

    table: str
    project: str
    location: str = ""
    detailed: bool = True
    most_bytes: int = 20 * 2**30


@dataclass(frozen=True, slots=True)
class BilledHour:
    """What one workload cost (requests, vCPU and memory) in one span of the bill, an hour as a rule."""

    project: str
    region: str
    name: str
    window: Window
    cost: Money


@dataclass(frozen=True, slots=True)
class BillBook:
    """All that Cloud Run cost by local day (`2025-11-28`), network included; `newest` is the end of the newest usage.

    Asked last at `asked_at`, and read at `read_at` (None: never yet); `trouble` is why not the last time.
    """

    asked_at: datetime
    read_at: datetime | None = None
    days: Mapping[str, Money] = field(default_factory=dict)
    newest: datetime | None = None
    trouble: str = ""

    def complete_until(self, instant: datetime) -> bool:
        """Whether all usage before `instant` is in what was read."""
        if self.read_at is None or self.newest is None:
            return False
        return instant + LATE <= self.read_at and instant + _FOLLOWED <= self.newest


def span_to_read(now: datetime, zone: str) -> Window:
    """From the beginning of the last full month in `zone` until now: late rows of it are read anew each day."""
    today = now.astimezone(ZoneInfo(zone)).date()
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return Window(_midnight(last_month, zone), now)


def of_month(book: BillBook | None, month: str, zone: str) -> tuple[Money, bool] | None:
    """What Cloud Run cost in `month` (`2025-11`), and whether that is all of it; None where nothing was read."""
    days = [one for day, one in book.days.items() if day.startswith(month)] if book else []
    if book is None or not days:
        return None
    year, number = map(int, month.split("-"))
    following = date(year + number // 12, number % 12 + 1, 1)
    complete = book.complete_until(_midnight(following, zone))
    return sum(days, start=ZERO), complete


def months_of(book: BillBook | None) -> tuple[str, ...]:
    """Those of which something was read."""
    return tuple(sorted({day[:7] for day in book.days})) if book else ()


def billed_in(window: Window, key: WorkloadKey, hours: Sequence[BilledHour]) -> Money | None:
    """What the workload cost in the window; an hour that is partly in it counts by its share.

    None where the bill has no row of it.
    """
    place = (key.project, key.region, key.name)
    own = [one for one in hours if (one.project, one.region, one.name) == place]
    parts = [_share(one, window) for one in own if one.window.overlaps(window)]
    return sum(parts, start=ZERO) if parts else None


def unread_bill(now: datetime, book: BillBook | None) -> str:
    """A sentence for people when the bill, asked once a day, has not been read lately, else ""."""
    if not _stale(now, book):
        return ""
    why = "Google's bill has not been read yet"
    if book is not None and book.trouble:
        why = f"{book.trouble[0].upper()}{book.trouble[1:]}"
    if book is None or book.read_at is None:
        return f"{why}; costs come from billable time."
    return f"{why}; what is billed is as of {_dated(book.read_at)}."


def silent_bill(now: datetime, book: BillBook | None) -> str:
    """The same as the name of a source that did not answer, with its age and the reason."""
    if not _stale(now, book):
        return ""
    read_at = book.read_at if book else None
    known = "not read yet" if read_at is None else f"as of {_dated(read_at)}"
    return f"Google's bill ({known}{f': {book.trouble}' if book and book.trouble else ''})"


def _stale(now: datetime, book: BillBook | None) -> bool:
    return book is None or book.read_at is None or now - book.read_at > _UNREAD_AFTER


def _dated(instant: datetime) -> str:
    return f"{say_date(instant.date())} {instant.year}"


def _share(hour: BilledHour, window: Window) -> Money:
    inside = min(hour.window.end, window.end) - max(hour.window.start, window.start)
    share = Decimal(inside // timedelta(seconds=1)) / Decimal(
        hour.window.duration // timedelta(seconds=1)
    )
    return Money(hour.cost.amount * share, hour.cost.currency)


def _midnight(day: date, zone: str) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return local.astimezone(ZoneInfo("UTC"))
