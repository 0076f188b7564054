"""Synthetic traces for backtests: the same seed gives the same numbers; made by `headroom backtest --make DIR`.

A trace is a shop's requests/s: day and week shape, growth, noise, gaps, and events of one kind whose true
uplift strays around the kind's own, not around what was announced. Documented in docs/reference/backtest.md.
"""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.sandbox.world.traffic import chance, seed_of

_START = datetime(2025, 8, 4, tzinfo=UTC)  # a Monday
_MINUTE = timedelta(minutes=1)
_DAY = (
    (0.22, 0.14, 0.10, 0.08, 0.08, 0.12, 0.22, 0.36, 0.48, 0.57, 0.63, 0.68)
    + (0.74, 0.70, 0.64, 0.62, 0.66, 0.73, 0.82, 0.92, 1.00, 0.95, 0.74, 0.42)
)  # fmt: skip
_WEEKDAY = (0.92, 0.90, 0.91, 0.95, 1.00, 1.35, 1.25)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One trace. `uplift` is the kind's true one, `stray` how far single events are from it (a share),
    `announced` what people say. `half_life` is how fast a push fades (minutes; 0: it does not), `ramp`
    how long it takes to come. `every` days there is an event at `hour` for `hours`.
    """

    name: str
    kind: str
    step_minutes: int
    weeks: int
    rps: float
    uplift: float
    stray: float
    announced: float
    ramp: float
    half_life: float
    every: int
    hour: int
    hours: float
    growth: float = 0.01
    gaps: float = 0.0


RECIPES = (
    Recipe("push-5min", "push", 5, 16, 420, 3.4, 0.12, 3.0, 2, 45, 7, 18, 2),
    Recipe("push-1min", "push", 1, 8, 300, 2.8, 0.15, 4.0, 1, 30, 5, 12, 2, gaps=0.02),
    Recipe("push-hourly", "push", 60, 20, 900, 2.5, 0.10, 2.5, 0, 0, 9, 19, 3),
    Recipe("tv-5min", "TV", 5, 14, 260, 5.0, 0.15, 6.0, 0, 12, 6, 20, 1, growth=0.03),
    Recipe("drop-1min", "drop", 1, 7, 120, 8.0, 0.12, 8.0, 0, 20, 4, 10, 1.5),
    Recipe("email-5min", "e-mail", 5, 14, 350, 2.2, 0.15, 2.0, 12, 60, 7, 9, 3, gaps=0.01),
    Recipe("ramp-5min", "slow ramp", 5, 12, 400, 2.0, 0.05, 2.0, 60, 0, 7, 17, 3),
)


def make(recipe: Recipe) -> tuple[str, str]:
    """The CSV and the events file of a recipe."""
    seed = seed_of(recipe.name)
    events = _events(recipe, seed)
    starts = [((at - _START) / _MINUTE, uplift) for at, uplift in events]
    lines = ["timestamp,value"]
    for number in range(recipe.weeks * 7 * 24 * 60 // recipe.step_minutes):
        minute = number * recipe.step_minutes
        if recipe.gaps and chance(seed, 5, number) < recipe.gaps:
            continue
        near = [one for one in starts if 0 <= minute - one[0] < recipe.hours * 60]
        value = _demand(recipe, seed, near, minute)
        lines.append(f"{_START + minute * _MINUTE:%Y-%m-%dT%H:%MZ},{value:.2f}")
    listed = [
        {
            "start": f"{at:%Y-%m-%dT%H:%MZ}",
            "end": f"{at + timedelta(hours=recipe.hours):%Y-%m-%dT%H:%MZ}",
            "kind": recipe.kind,
            "announced_multiplier": recipe.announced,
        }
        for at, _ in events
    ]
    return "\n".join(lines) + "\n", json.dumps(listed, indent=2) + "\n"


def _events(recipe: Recipe, seed: int) -> list[tuple[datetime, float]]:
    """Start and true uplift of each event; the first four weeks are history only."""
    found, day, number = list[tuple[datetime, float]](), 28, 0
    while day < recipe.weeks * 7 - 1:
        at = _START + timedelta(days=day, hours=recipe.hour)
        around = sum(chance(seed, 6, number, part) for part in range(4)) - 2  # roughly normal, ±2
        found.append((at, 1 + (recipe.uplift - 1) * math.exp(recipe.stray * around * 1.7)))
        day, number = day + recipe.every, number + 1
    return found


def _demand(recipe: Recipe, seed: int, near: list[tuple[float, float]], minute: int) -> float:
    day, place = divmod(minute, 24 * 60)
    hour, part = divmod(place, 60)
    daily = _DAY[hour] + (_DAY[(hour + 1) % 24] - _DAY[hour]) * part / 60
    noise = math.exp(0.12 * (chance(seed, 7, minute) + chance(seed, 8, minute) - 1))
    growth = math.exp(recipe.growth * minute / (7 * 24 * 60))
    usual = recipe.rps * daily * _WEEKDAY[day % 7] * growth * noise
    return usual * (1 + sum(_rise(recipe, uplift, minute - start) for start, uplift in near))


def _rise(recipe: Recipe, uplift: float, minutes: float) -> float:
    risen = min(1.0, (minutes + recipe.step_minutes) / recipe.ramp) if recipe.ramp else 1.0
    fading = max(0.0, minutes - recipe.ramp)
    faded = 0.5 ** (fading / recipe.half_life) if recipe.half_life else 1.0
    return (uplift - 1) * risen * faded
