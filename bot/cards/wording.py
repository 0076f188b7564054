"""How numbers, money, times, people and workloads are said, everywhere the same; called by the cards."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.cards.text import said
from bot.core.fleet import WorkloadKey
from bot.core.money import Money
from bot.core.verdict import Role
from bot.core.windows import Window

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_ROLES = {
    Role.ANNOUNCER: "an announcer",
    Role.APPROVER: "an approver",
    Role.ENGINEER: "an engineer",
    Role.FINANCE: "finance",
    Role.ADMIN: "an administrator",
}
_SPARKS = "▁▂▃▄▅▆▇█"


def number(value: float) -> str:
    """`1,240`, `12`, `0.4`; not a number is said as `?`."""
    if not math.isfinite(value):
        return "?"
    digits = 0 if abs(value) >= 10 else 1
    text = f"{value:,.{digits}f}"
    return text.removesuffix(".0")


def money(value: Money) -> str:
    """`$23.40`; what rounds to nothing but is something is said as `under $0.01`."""
    cents = value.cents().amount
    sign = _SIGNS.get(value.currency)
    amount = f"{sign}{abs(cents):,.2f}" if sign else f"{abs(cents):,.2f} {said(value.currency, 8)}"
    if cents == 0 and value.amount > 0:
        return f"under {sign or ''}0.01" + ("" if sign else f" {said(value.currency, 8)}")
    return f"-{amount}" if cents < 0 else amount


def duration(span: timedelta) -> str:
    """`45 s`, `35 min`, `4 h 40 min`, `2 days 3 h`; the two largest units that are not zero."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [count(days, "day")] if days else []
    if hours:
        parts.append(f"{hours} h")
    if minutes and len(parts) < 2:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def moment(at: datetime, zone: str, *, only_time: bool = False) -> str:
    """An instant in the reader's own zone; the fallback says it in `zone`."""
    shown = "{time}" if only_time else "{date_short_pretty} {time}"
    place, name = _zone(zone)
    fallback = f"{at.astimezone(place):%H:%M} {name}"
    if not only_time:
        fallback = f"{_day(at, place)} {fallback}"
    return f"<!date^{int(at.timestamp())}^{shown}|{fallback}>"


def span(window: Window, zone: str) -> str:
    """A window as the reader's time, with the campaign's own zone named after it."""
    place, name = _zone(zone)
    start, end = window.start.astimezone(place), window.end.astimezone(place)
    same_day = start.date() == end.date()
    until = f"{end:%H:%M}" if same_day else f"{_day(window.end, place)} {end:%H:%M}"
    theirs = f"{_day(window.start, place)} {start:%H:%M}–{until} {name}"
    reader = f"{moment(window.start, zone)} to {moment(window.end, zone, only_time=same_day)}"
    return f"{reader} ({theirs})"


def labels(keys: Iterable[WorkloadKey]) -> dict[WorkloadKey, str]:
    """Workloads by name; region (then project and kind) only where the name alone is ambiguous."""
    known = list(dict.fromkeys(keys))
    by_name = Counter(key.name for key in known)
    by_region = Counter((key.name, key.region) for key in known)
    found: dict[WorkloadKey, str] = {}
    for key in known:
        label = said(key.name, 50)
        if by_name[key.name] > 1:
            label += f" ({said(key.region, 30)})"
        if by_region[key.name, key.region] > 1:
            label += f" [{key.kind}, {said(key.project, 30)}]"
        found[key] = label
    return found


def mention(user: str) -> str:
    """A person, notified; anything that is not a Slack id is said as plain text."""
    if user.isascii() and user.isalnum() and user[:1] in {"U", "W"} and len(user) <= 40:
        return f"<@{user}>"
    return said(user) or "somebody"


def roles(wanted: Iterable[Role]) -> str:
    """`an approver or an engineer`."""
    return listing([_ROLES[role] for role in dict.fromkeys(wanted)], last="or") or "an approver"


def listing(words: Sequence[str], *, last: str = "and", most: int = 6) -> str:
    """`a, b and c`; beyond `most` words the rest is counted."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{len(words) - most:,} more")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def count(amount: int, one: str, many: str = "") -> str:
    """`1 workload`, `1,200 workloads`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def bar(done: int, total: int, *, width: int = 6) -> str:
    """`▰▰▰▱▱▱`: full only when all is done, empty only when nothing is."""
    share = 1.0 if total <= 0 else min(1.0, max(0.0, done / total))
    full = round(share * width)
    if share < 1.0:
        full = min(full, width - 1)
    if share > 0.0:
        full = max(full, 1)
    return "▰" * full + "▱" * (width - full)


def sparkline(values: Sequence[float], *, width: int = 24) -> str:
    """A series as one line of small bars on a scale from zero; gaps are dots."""
    points = list(values) if len(values) <= width else _thinned(values, width)
    top = max((value for value in points if math.isfinite(value)), default=0.0)
    return "".join(_spark(value, top) for value in points)


def _spark(value: float, top: float) -> str:
    if not math.isfinite(value):
        return "·"
    if top <= 0 or value <= 0:
        return _SPARKS[0]
    return _SPARKS[min(len(_SPARKS) - 1, int(value / top * len(_SPARKS)))]


def _thinned(values: Sequence[float], width: int) -> list[float]:
    """The highest value of each of `width` slices: peaks are what matters."""
    edges = [i * len(values) // width for i in range(width + 1)]
    slices = [values[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    return [max((v for v in part if math.isfinite(v)), default=math.nan) for part in slices]


def _zone(name: str) -> tuple[tzinfo, str]:
    """The zone and its name; UTC where the name is not one (zone data may be older than the name)."""
    try:
        return ZoneInfo(name), name
    except (ValueError, KeyError, OSError):
        return UTC, "UTC"


def _day(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}"
