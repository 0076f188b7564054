"""What warming is worth: how many requests would wait without it, by the model of the autoscaler; used by planner."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.autoscaler_model import Fleet, Model
from bot.core.capacity import at_full, at_target, per_rps
from bot.core.plan import Sizing, Value

SPAN = timedelta(minutes=5)
_TICK = 5.0
_WORTH_SAYING = 0.005
_BEFORE = 12  # ticks of usual demand first: the minute over which the autoscaler averages


def model_of(sizing: Sizing, startup: timedelta, *, on_demand: bool = True) -> Model | None:
    """The autoscaler for one workload; None where its sizing says nothing."""
    full, target = per_rps(at_full(sizing)), per_rps(at_target(sizing))
    if full <= 0 or target <= 0:
        return None
    return Model(1 / full, 1 / target, startup.total_seconds(), on_demand)


def worth(demand: Sequence[float], model: Model, *, floor: int, present: int) -> Value:
    """The value of holding `floor` instead of `present` through the first five minutes.

    `demand` is the forecast in requests/s: `arrival_ticks()` values, of which the first twelve are before
    the start. On-demand starts count if the model has them.
    """
    shares = []
    for held in (present, floor):
        fleet = Fleet(model, _TICK, demand[0], held)
        for rate in demand[:_BEFORE]:
            fleet.step(rate, held)
        before = fleet.so_far
        for rate in demand[_BEFORE:]:
            fleet.step(rate, held)
        shares.append(min(1.0, (fleet.so_far - before).share))
    requests = sum(demand[_BEFORE:]) * _TICK
    return Value(SPAN, requests, without=shares[0], planned=shares[1])


def arrival_ticks() -> list[timedelta]:
    """The instants, since the start, of the demand that `worth` wants; the end of each tick."""
    count = _BEFORE + round(SPAN.total_seconds() / _TICK)
    return [timedelta(seconds=_TICK * (place + 1 - _BEFORE)) for place in range(count)]


def together(values: Sequence[Value | None]) -> Value | None:
    """Several workloads as one, weighed by their requests; None without any."""
    known = [value for value in values if value is not None and value.requests > 0]
    if any(value.without >= _WORTH_SAYING and not value.at_high for value in known):
        known = [replace(value, without=0.0) if value.at_high else value for value in known]
    requests = sum(value.requests for value in known)
    if requests <= 0:
        return None
    without = sum(value.without * value.requests for value in known) / requests
    planned = sum(value.planned * value.requests for value in known) / requests
    return Value(SPAN, requests, without, planned, at_high=all(value.at_high for value in known))


def say_value(value: Value | None) -> str:
    """One sentence for people about a plan that warms; "" where no request can be counted."""
    if value is None:
        return ""
    minutes = round(value.span / timedelta(minutes=1))
    if value.without < _WORTH_SAYING:
        return (
            f"Without warming hardly any of the first {minutes} minutes' requests would wait, if the"
            " autoscaler reacts as fast as it can; it may take longer, so this is for safety."
        )
    begin = "If as many come as may, without warming" if value.at_high else "Without warming"
    with_it = "none" if value.planned < 0.0005 else f"about {_percent(value.planned)}"
    return (
        f"{begin} about {_percent(value.without)} of the first {minutes} minutes' requests"
        f" would wait for a cold start; with it {with_it}."
    )


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.0f}%" if percent >= 1 else f"{percent:.1f}%"
