"""Reads what a backtest replays: a CSV series and its events, in whatever order and grain; used by bot.cli.backtest.

Text in, values out. What cannot be used is refused in plain words; what was repaired is said in notes.
"""

import csv
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean, median

from bot.core.series import Series
from bot.core.windows import Window
from bot.errors import AskedWrong

_MILLISECONDS_FROM = 1e11
_POINTS_AT_MOST = 2_000_000
_COMMON = 0.2


@dataclass(frozen=True, slots=True)
class Event:
    """Something announced: its window, its kind in the file's own word, and the multiplier if one was said."""

    window: Window
    kind: str
    announced: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One series in requests/s with its events, oldest first; `notes` say what was repaired."""

    name: str
    series: Series
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()


def read_trace(name: str, table: str, events: str, *, scale: float = 1.0) -> Trace:
    """A trace from the text of its CSV (`timestamp,value`) and of its events file (a JSON list).

    Timestamps are ISO 8601 (UTC where they name no zone) or Unix seconds or milliseconds. `scale` turns
    the values into requests/s. Raises AskedWrong naming the file and what is wrong.
    """
    points, notes = _points(name, table)
    series = _gridded(name, points, scale)
    found = read_events(name, events)
    covered = Window(series.start, series.start + len(series.values) * series.step)
    inside = [event for event in found if event.window.overlaps(covered)]
    if len(inside) < len(found):
        notes.append(f"{len(found) - len(inside)} events lie outside the series and are left out.")
    return Trace(name, series, tuple(inside), tuple(notes))


def read_events(name: str, text: str) -> list[Event]:
    """The events, oldest first; raises AskedWrong."""
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise AskedWrong(f"{name}: the events are not JSON: {error}.") from error
    if not isinstance(rows, list):
        raise AskedWrong(f"{name}: the events must be a JSON list of objects with start and end.")
    events = [_event(f"{name}: event {number}", row) for number, row in enumerate(rows, 1)]
    return sorted(events, key=lambda event: event.window)


def _event(place: str, row: object) -> Event:
    if not isinstance(row, Mapping):
        raise AskedWrong(f"{place} is not an object.")
    try:
        window = Window(_instant(str(row["start"])), _instant(str(row["end"])))
    except KeyError as error:
        raise AskedWrong(f"{place} has no {error.args[0]}.") from error
    except ValueError as error:
        raise AskedWrong(f"{place}: {error}.") from error
    return Event(window, str(row.get("kind", "other")), _announced(place, row))


def _announced(place: str, row: Mapping[object, object]) -> float | None:
    said = row.get("announced_multiplier")
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise AskedWrong(f"{place}: announced_multiplier must be a number, not {said!r}.")
    if said < 1:
        raise AskedWrong(f"{place}: announced_multiplier {said} is less than usual.")
    return float(said)


def _points(name: str, table: str) -> tuple[list[tuple[datetime, float]], list[str]]:
    """The sound points, oldest first, one for each instant."""
    seen: dict[datetime, list[float]] = {}
    last: datetime | None = None
    counts = {"impossible": 0, "disorder": 0, "double": 0}
    for number, row in enumerate(csv.reader(table.splitlines()), 1):
        point = _row(f"{name}, line {number}", row, header=number == 1)
        if point is None:
            continue
        at, value = point
        counts["disorder"] += last is not None and at < last
        counts["double"] += at in seen
        sound = math.isfinite(value) and value >= 0
        counts["impossible"] += not (sound or math.isnan(value))
        seen.setdefault(at, []).extend([value] if sound else [])
        last = at
    points = [(at, fmean(values)) for at, values in sorted(seen.items()) if values]
    return points, _repaired(counts)


def _repaired(counts: Mapping[str, int]) -> list[str]:
    words = {
        "impossible": "values are impossible (negative or infinite) and are taken as gaps",
        "disorder": "lines are out of order and were sorted",
        "double": "instants come twice; their mean is taken",
    }
    return [f"{count} {words[what]}." for what, count in counts.items() if count]


def _row(place: str, row: Sequence[str], *, header: bool) -> tuple[datetime, float] | None:
    """The point of one line; None for a header and for an empty line."""
    if not any(cell.strip() for cell in row):
        return None
    try:
        at = _instant(row[0])
        text = row[1].strip() if len(row) > 1 else ""
        return at, float(text) if text else math.nan
    except ValueError as error:
        if header:
            return None
        raise AskedWrong(f"{place}: {','.join(row)!r} is no timestamp,value.") from error


def _instant(text: str) -> datetime:
    """Raises ValueError in plain words."""
    try:
        number = float(text)
    except ValueError:
        return _iso(text)
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{text!r} is no time") from error


def _iso(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no time") from error
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _gridded(name: str, points: Sequence[tuple[datetime, float]], scale: float) -> Series:
    """The points on a regular grid; means where several meet, NaN in gaps."""
    if len(points) < 2:
        raise AskedWrong(f"{name}: a series needs at least two measured points.")
    gaps = [(b[0] - a[0]).total_seconds() for a, b in pairwise(points)]
    step = timedelta(seconds=_usual_gap(gaps))
    start, end = points[0][0], points[-1][0]
    count = (end - start) // step + 1
    if count > _POINTS_AT_MOST:
        raise AskedWrong(f"{name}: {count:,} points are more than can be replayed.")
    cells: list[list[float]] = [[] for _ in range(count)]
    for at, value in points:
        cells[(at - start) // step].append(value * scale)
    return Series(start, step, tuple(fmean(cell) if cell else math.nan for cell in cells))


def _usual_gap(gaps: Sequence[float]) -> float:
    """The commonest distance between points; where none is common (jittered stamps), the median."""
    counted = Counter(gaps)
    most = max(counted.values())
    if most < _COMMON * len(gaps):
        return max(1.0, median(gaps))
    return min(gap for gap, count in counted.items() if count == most)
