"""How many times the usual demand a campaign will bring: what was said, corrected by what earlier ones brought.

Pure; used by planner. The model: a campaign adds a rise of (times - 1); ln(rise seen / rise announced) of a
kind is normal around the announcers' bias, whose prior is 0 ± `_BIAS`; single campaigns scatter around it by
`_SCATTER` until enough are known to measure it. The posterior mean shrinks toward what was said; the band is
the predictive one, so it widens with ignorance. Under-estimates weigh more than over-estimates.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.campaign import Announcement, Audience, CampaignKind, Rate
from bot.core.evidence import PastCampaign
from bot.core.plan import Band, Uplift
from bot.core.wording import say_number

# A person's first guess of the rise is within 1.4 times of what comes in two of three cases, 2 in nearly all.
_BIAS = 0.35
# Two campaigns of a kind, announced alike, differ by about 15 %; that counts like three campaigns.
_SCATTER = 0.14
_SCATTER_KNOWN = 3.0
# Where nobody says a number: three times, give or take a lot.
ASSUMED = 3.0
_ASSUMED_BIAS = 0.6
_UNDER_WEIGHS = 2.0
_OTHER_GROUPS_WEIGH = 0.5
_HALF_LIFE = timedelta(days=180)
_LEAST_RISE = 0.05
_Z = 1.8  # about 96 of 100 stay below the high end
# In which time an audience that follows arrives (reference §D: defaults to be learnt, not facts).
_ARRIVES_IN = {
    CampaignKind.PUSH: timedelta(minutes=10),
    CampaignKind.EMAIL: timedelta(minutes=60),
    CampaignKind.TV: timedelta(minutes=3),
    CampaignKind.SALE: timedelta(minutes=30),
    CampaignKind.DROP: timedelta(minutes=5),
    CampaignKind.OTHER: timedelta(minutes=10),
}
_PLURALS = {
    CampaignKind.PUSH: "pushes",
    CampaignKind.EMAIL: "e-mails",
    CampaignKind.TV: "TV spots",
    CampaignKind.PAID_SOCIAL: "paid social campaigns",
    CampaignKind.SALE: "sales",
    CampaignKind.DROP: "drops",
    CampaignKind.OTHER: "campaigns of no special kind",
}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said as times the usual demand (0: cannot be told), and how that was worked out."""

    times: float
    source: str = ""


def said_times(announcement: Announcement, usual_rps: float) -> Said:
    """The announcement as a multiple; `usual_rps` is the usual peak of the groups' busiest workload.

    Audience: people · click rate · pages arrive evenly in the kind's arrival time (paid social: all of
    the window) on top of the usual demand. A demand below the usual one is the usual one.
    """
    match announcement.demand:
        case None:
            return Said(announcement.multiplier)
        case Rate(rps):
            came = f"{_count(rps)} requests/s"
        case Audience(people, click_rate, pages):
            span = _ARRIVES_IN.get(announcement.kind, announcement.window.duration)
            rps = usual_rps + people * click_rate * pages / span.total_seconds()
            came = (
                f"{_count(people)} people × {click_rate:.2%} × {say_number(pages)} pages"
                f" within {span / timedelta(minutes=1):.0f} min: {_count(rps)} requests/s"
            )
    if usual_rps <= 0:
        return Said(
            0.0, f"{came}, but the usual demand is not known, so nothing can be multiplied."
        )
    times = max(1.0, rps / usual_rps)
    return Said(times, f"{came} is ×{times:.1f} the usual {_count(usual_rps)} requests/s.")


def learn_uplift(
    said: float, announcement: Announcement, past: Sequence[PastCampaign], *, at: datetime
) -> Uplift:
    """What to expect of a campaign said to bring `said` times the usual (0: nobody said)."""
    known = [one for one in past if one.kind is announcement.kind and _sound(one, at)]
    base = max(1.0, said) if said > 0 else ASSUMED
    lessons = [_lesson(one, base, announcement, at) for one in known]
    bias = _BIAS if said > 0 else _ASSUMED_BIAS
    mean, spread = _predicted(lessons, bias)
    low, middle, high = (
        1 + (base - 1) * math.exp(error) for error in (mean - _Z * spread, mean, mean + _Z * spread)
    )
    band = Band(low, middle, high)
    return Uplift(said, band, len(known), _sentence(said, band, announcement.kind, known))


@dataclass(frozen=True, slots=True)
class _Lesson:
    error: float  # ln(rise seen / rise announced)
    weight: float


def _sound(one: PastCampaign, at: datetime) -> bool:
    numbers = math.isfinite(one.seen) and one.seen > 0 and math.isfinite(one.announced)
    return numbers and one.announced >= 0 and one.at < at


def _lesson(one: PastCampaign, base: float, announcement: Announcement, at: datetime) -> _Lesson:
    near = bool(set(one.groups) & set(announcement.groups)) or not one.groups
    age = 0.5 ** ((at - one.at) / _HALF_LIFE)
    error = math.log(_rise(one.seen) / _rise(one.announced or base))
    under = _UNDER_WEIGHS if error > 0 else 1.0
    return _Lesson(error, age * under * (1.0 if near else _OTHER_GROUPS_WEIGH))


def _rise(times: float) -> float:
    return max(_LEAST_RISE, times - 1)


def _predicted(lessons: Sequence[_Lesson], bias: float) -> tuple[float, float]:
    """Mean and standard deviation of the next campaign's error (normal, conjugate).

    The scatter is itself learnt from few campaigns, so the band is Student's: wider by the first term of
    Fisher's expansion of its quantile, (z² + 1) / 4n.
    """
    weight = sum(lesson.weight for lesson in lessons)
    plain = sum(lesson.weight * lesson.error for lesson in lessons) / weight if weight else 0.0
    squares = sum(lesson.weight * (lesson.error - plain) ** 2 for lesson in lessons)
    known = _SCATTER_KNOWN + max(0.0, weight - 1)
    scatter = (_SCATTER_KNOWN * _SCATTER**2 + squares) / known
    precision = 1 / bias**2 + weight / scatter
    wider = 1 + (_Z**2 + 1) / (4 * known) if lessons else 1.0
    return plain * weight / scatter / precision, wider * math.sqrt(scatter + 1 / precision)


def _sentence(said: float, band: Band, kind: CampaignKind, known: Sequence[PastCampaign]) -> str:
    you = f"You said ×{_times(said)}" if said > 0 else "Nobody said how much comes"
    planned = f"planned: ×{_times(band.expected)}, up to ×{_times(band.high)}"
    if not known:
        assumed = "" if said > 0 else f" ×{_times(ASSUMED)} is assumed."
        return (
            f"{you}; there is no finished one of this kind ({kind}) to compare with."
            f"{assumed} The margin is wide for that: up to ×{_times(band.high)}."
        )
    low, high = min(one.seen for one in known), max(one.seen for one in known)
    brought = (
        f"×{_times(low)}" if _times(low) == _times(high) else f"×{_times(low)}–×{_times(high)}"
    )
    if len(known) == 1:
        return f"{you}; the last {_one(kind)} brought {brought}; {planned}."
    count = _COUNTS[len(known)] if len(known) < len(_COUNTS) else str(len(known))
    return f"{you}; the last {count} {_PLURALS[kind]} brought {brought}; {planned}."


def _one(kind: CampaignKind) -> str:
    return "campaign of no special kind" if kind is CampaignKind.OTHER else str(kind)


def _times(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
