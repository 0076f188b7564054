"""What warming is worth: how many requests would wait without it, by the model of the autoscaler; used by planner."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.autoscaler_model import Model, play
from bot.core.capacity import at_full, at_target, per_rps
from bot.core.plan import Sizing, Value

SPAN = timedelta(minutes=5)
_TICK = 5.0
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
        before = play(demand[:_BEFORE], [held] * _BEFORE, model, tick=_TICK)
        whole = play(demand, [held] * len(demand), model, tick=_TICK)
        arrived, risky = whole.arrived - before.arrived, whole.at_risk - before.at_risk
        shares.append(min(1.0, max(0.0, risky / arrived)) if arrived > 0 else 0.0)
    requests = sum(demand[_BEFORE:]) * _TICK
    return Value(SPAN, requests, without=shares[0], planned=shares[1])


def arrival_ticks() -> list[timedelta]:
    """The instants, since the start, of the demand that `worth` wants; the end of each tick."""
    count = _BEFORE + round(SPAN.total_seconds() / _TICK)
    return [timedelta(seconds=_TICK * (place + 1 - _BEFORE)) for place in range(count)]


def together(values: Sequence[Value | None]) -> Value | None:
    """Several workloads as one, weighed by their requests; None without any."""
    known = [value for value in values if value is not None and value.requests > 0]
    requests = sum(value.requests for value in known)
    if requests <= 0:
        return None
    without = sum(value.without * value.requests for value in known) / requests
    planned = sum(value.planned * value.requests for value in known) / requests
    return Value(SPAN, requests, without, planned)


def say_value(value: Value | None) -> str:
    """One sentence for people; "" where nothing would wait anyway."""
    if value is None or value.without < 0.005:
        return ""
    minutes = round(value.span / timedelta(minutes=1))
    with_it = "none" if value.planned < 0.0005 else f"about {_percent(value.planned)}"
    return (
        f"Without warming about {_percent(value.without)} of the first {minutes} minutes' requests"
        f" would wait for a cold start; with it {with_it}."
    )


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.0f}%" if percent >= 1 else f"{percent:.1f}%"
