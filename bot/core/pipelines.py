"""Data that must be right and on time: pipelines with their freshness targets, and whether they were kept.

Pure; made by the settings and from what the DataMetrics port measured, read by a section of the digests.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.readings import sound
from bot.core.series import Series
from bot.core.wording import say_duration

_NEVER = "did not finish once, as far as was measured"
_ENOUGH = 0.8  # of the points, below which nothing is said about the whole span


class Signal(StrEnum):
    """What is measured of a pipeline."""

    AGE = "age"  # of the oldest message that waits, seconds
    WAITING = "waiting"  # messages
    SUCCEEDED = "succeeded"  # job executions in the step
    FAILED = "failed"  # job executions in the step


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A subscription that workers empty, a Cloud Run job, or both.

    `fresh` is how old the oldest waiting message may be, `most_waiting` how many may wait, `every` how
    long after a success the next one is due. `workers` are the worker pools or services that empty it.
    """

    name: str
    title: str
    project: str
    groups: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    subscription: str = ""
    job: str = ""
    region: str = ""
    fresh: timedelta | None = None
    most_waiting: int | None = None
    every: timedelta | None = None


class Timeliness(StrEnum):
    """Whether the data were right and on time."""

    ON_TIME = "on time"
    LATE = "late"
    FAILED = "failed"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Health:
    """One pipeline over a span, with the sentence that says it; `measured` of `wanted` points."""

    pipeline: Pipeline
    timeliness: Timeliness
    sentence: str
    measured: int = 0
    wanted: int = 0
    newest: datetime | None = None
    oldest_age: timedelta | None = None
    late_for: timedelta = timedelta(0)
    waiting: int | None = None
    failures: int = 0


def health_of(pipeline: Pipeline, measured: Mapping[Signal, Series], *, now: datetime) -> Health:
    """What the signals say; a pipeline is on time only if that was measured."""
    if pipeline.job:
        job = _job(pipeline, measured, now)
        if job.timeliness is not Timeliness.ON_TIME or not pipeline.subscription:
            return job
    return _backlog(pipeline, measured)


def _backlog(pipeline: Pipeline, measured: Mapping[Signal, Series]) -> Health:
    age, waiting = measured.get(Signal.AGE), measured.get(Signal.WAITING)
    if age is None:
        return Health(pipeline, Timeliness.UNKNOWN, "the age of its backlog was not measured")
    points = [(at, value) for at, value in age.points() if not math.isnan(sound(value))]
    wanted = len(age.values)
    most = _most(waiting)
    if not points or len(points) < _ENOUGH * wanted:
        said = f"only {len(points)} of {wanted} points of its backlog were measured"
        return Health(pipeline, Timeliness.UNKNOWN, said, len(points), wanted)
    limit = math.inf if pipeline.fresh is None else pipeline.fresh.total_seconds()
    late = [at for at, value in points if value > limit]
    oldest = timedelta(seconds=max(value for _, value in points))
    crowded = pipeline.most_waiting is not None and (most or 0) > pipeline.most_waiting
    late_for = len(late) * age.step
    return Health(
        pipeline=pipeline,
        timeliness=Timeliness.LATE if late or crowded else Timeliness.ON_TIME,
        sentence=_said(pipeline, oldest, late_for, most if crowded else None),
        measured=len(points),
        wanted=wanted,
        newest=points[-1][0] + age.step,
        oldest_age=oldest,
        late_for=late_for,
        waiting=most,
    )


def _job(pipeline: Pipeline, measured: Mapping[Signal, Series], now: datetime) -> Health:
    """No execution in a step is no point: Monitoring tells only of those there were."""
    done, failed = _ran(measured.get(Signal.SUCCEEDED)), _ran(measured.get(Signal.FAILED))
    last = max(done, default=None)
    since = round(sum(times for at, times in failed.items() if last is None or at > last))
    late = last is not None and _due(pipeline, measured, last) < now
    if since and (last is None or late or pipeline.every is None):
        kind = Timeliness.FAILED
    else:
        kind = Timeliness.LATE if last is None or late else Timeliness.ON_TIME
    failures = round(sum(failed.values()))
    if last is None:
        said = f"failed {_times(since)} and has not finished since" if since else _NEVER
    else:
        said = f"last finished {say_duration(now - last)} ago"
        if late and pipeline.every is not None:
            said += f", due every {say_duration(pipeline.every)}"
        said += _failed(measured, since, failures)
    count = len(done) + failures
    ends = [one.start + one.step * len(one.values) for one in measured.values()]
    newest = max(ends, default=None) if count else None
    return Health(pipeline, kind, said, count, count, newest, failures=failures)


def _ran(series: Series | None) -> dict[datetime, float]:
    """How many executions each step had, of those that had any."""
    return {} if series is None else {at: value for at, value in series.points() if value > 0}


def _due(pipeline: Pipeline, measured: Mapping[Signal, Series], last: datetime) -> datetime:
    """When the next success is due; the last one may have been as late as the end of its step."""
    if pipeline.every is None:
        return datetime.max.replace(tzinfo=last.tzinfo)
    return last + measured[Signal.SUCCEEDED].step + pipeline.every


def _failed(measured: Mapping[Signal, Series], since: int, failures: int) -> str:
    if since:
        return f", and has failed {_times(since)} since"
    if not failures:
        return ""
    failed = measured[Signal.FAILED]
    return f"; failed {_times(failures)} in {say_duration(failed.step * len(failed.values))}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _said(pipeline: Pipeline, oldest: timedelta, late_for: timedelta, crowd: int | None) -> str:
    target = "" if pipeline.fresh is None else f" (at most {say_duration(pipeline.fresh)})"
    said = f"the oldest message waited {_age(oldest)}{target}"
    if late_for:
        said += f"; too old for {say_duration(late_for)} in all"
    if crowd is not None:
        said += f"; {crowd:,} waited, at most {pipeline.most_waiting:,} may"
    return said


def _age(age: timedelta) -> str:
    return f"{age.total_seconds():.0f} s" if age < timedelta(minutes=1) else say_duration(age)


def _most(series: Series | None) -> int | None:
    if series is None:
        return None
    known = [value for value in map(sound, series.values) if not math.isnan(value)]
    return round(max(known)) if known else None
