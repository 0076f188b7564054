"""The vocabulary of own rules: every name they may use, its type, its meaning and where it comes from.

Read by policies.rule_engine, `headroom policy` and the docs' test. A name without a value is not known
in that case: a rule that needs it fails, and a failing rule refuses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.campaign import Announcement
from bot.core.case import Case, OtherCampaign
from bot.core.fleet import WorkloadKey
from bot.core.freeze import Freeze, touching
from bot.core.limits import share_of
from bot.core.windows import Window

Value = str | float | int | bool | datetime | timedelta | Sequence[str]


class Kind(StrEnum):
    """CEL's names of the types there are."""

    TEXT = "string"
    NUMBER = "double"
    COUNT = "int"
    FLAG = "bool"
    INSTANT = "timestamp"
    SPAN = "duration"
    WORDS = "list(string)"


@dataclass(frozen=True, slots=True)
class Name:
    """One name; `read` gives None where it is not known."""

    name: str
    kind: Kind
    meaning: str
    read: Callable[[Case], Value | None]


CAMPAIGN = (
    Name("campaign.name", Kind.TEXT, "what the announcer called it", lambda c: _asked(c).name),
    Name(
        "campaign.kind",
        Kind.TEXT,
        "push, e-mail, TV, paid social, sale, drop or other",
        lambda c: _asked(c).kind.value,
    ),
    Name("campaign.groups", Kind.WORDS, "the workload groups", lambda c: list(_asked(c).groups)),
    Name(
        "campaign.multiplier",
        Kind.NUMBER,
        "times the usual demand",
        lambda c: float(c.times),
    ),
    Name("campaign.start", Kind.INSTANT, "when it starts", lambda c: _asked(c).window.start),
    Name("campaign.end", Kind.INSTANT, "when it ends", lambda c: _asked(c).window.end),
    Name("campaign.duration", Kind.SPAN, "end - start", lambda c: _asked(c).window.duration),
    Name("campaign.zone", Kind.TEXT, "the IANA zone it was announced in", lambda c: _asked(c).zone),
    Name("campaign.weekday", Kind.TEXT, "Mon … Sun, in its zone", lambda c: f"{_local(c):%a}"),
    Name("campaign.hour", Kind.COUNT, "0 … 23, of the start in its zone", lambda c: _local(c).hour),
    Name(
        "campaign.date",
        Kind.TEXT,
        "2025-11-28, of the start in its zone",
        lambda c: f"{_local(c):%Y-%m-%d}",
    ),
    Name("campaign.channel", Kind.TEXT, "the Slack channel's id", lambda c: c.campaign.channel),
    Name("campaign.state", Kind.TEXT, "where it stands", lambda c: c.campaign.state.value),
)
PLAN = (
    Name("plan.cost", Kind.NUMBER, "what holding costs, USD", lambda c: float(c.plan.cost.amount)),
    Name(
        "plan.worst_cost",
        Kind.NUMBER,
        "the same if all of it were busy, USD",
        lambda c: float(c.plan.worst_cost.amount),
    ),
    Name(
        "plan.traffic_cost",
        Kind.NUMBER,
        "what serving the traffic costs anyway, USD",
        lambda c: float(c.plan.traffic_cost.amount),
    ),
    Name(
        "plan.extra_instances",
        Kind.COUNT,
        "instances above the baselines",
        lambda c: sum(max(0, w.floor - w.baseline) for w in c.plan.workloads),
    ),
    Name(
        "plan.raises_ceiling",
        Kind.FLAG,
        "whether a maximum must be raised",
        lambda c: any(w.ceiling_needed is not None for w in c.plan.workloads),
    ),
    Name(
        "plan.needs_nothing",
        Kind.FLAG,
        "whether the autoscaler copes by itself",
        lambda c: c.plan.needs_nothing,
    ),
    Name(
        "plan.lead_time",
        Kind.SPAN,
        "how long before the start floors rise",
        lambda c: max(timedelta(0), c.plan.window.start - c.plan.raise_at),
    ),
    Name(
        "plan.peak_rps",
        Kind.NUMBER,
        "expected requests/s at the peak, all workloads",
        lambda c: float(sum(w.expected.expected for w in c.plan.workloads)),
    ),
    Name("plan.workloads", Kind.WORDS, "names", lambda c: _each(c, lambda key: key.name)),
    Name("plan.projects", Kind.WORDS, "projects", lambda c: _each(c, lambda key: key.project)),
    Name("plan.regions", Kind.WORDS, "regions", lambda c: _each(c, lambda key: key.region)),
    Name(
        "plan.warnings",
        Kind.WORDS,
        "the planner's warnings",
        lambda c: [*c.plan.warnings, *(said for w in c.plan.workloads for said in w.warnings)],
    ),
)
REQUESTER = (
    Name("requester.user", Kind.TEXT, "the Slack user's id", lambda c: c.campaign.announcer),
    Name(
        "requester.roles",
        Kind.WORDS,
        "announcer, approver, engineer, finance, admin",
        lambda c: sorted(role.value for role in c.roles),
    ),
    Name(
        "requester.team",
        Kind.TEXT,
        "the team that pays (empty: none)",
        lambda c: c.facts.team.team.name if c.facts.team else "",
    ),
)
FACTS = (
    Name("facts.now", Kind.INSTANT, "when it is judged", lambda c: c.now),
    Name("facts.notice", Kind.SPAN, "start - now", lambda c: _asked(c).window.start - c.now),
    Name(
        "facts.overlaps",
        Kind.WORDS,
        "names of the settled campaigns on the same workloads then",
        lambda c: [other.name for other in _others(c)],
    ),
    Name(
        "facts.freezes",
        Kind.WORDS,
        "names of the freezes that it touches, by a group announced or one of a workload that is raised",
        lambda c: [freeze.name for freeze in _freezes(c)],
    ),
    Name(
        "facts.team_spent",
        Kind.NUMBER,
        "what the team has taken of this month's money, USD (unknown: no team)",
        lambda c: float(c.facts.team.taken.amount) if c.facts.team else None,
    ),
    Name(
        "facts.quota_share",
        Kind.NUMBER,
        "the largest share of a regional quota in use now (unknown: not read)",
        lambda c: _quota_share(c),
    ),
    Name(
        "facts.quota_known",
        Kind.FLAG,
        "whether facts.quota_share is known",
        lambda c: _quota_share(c) is not None,
    ),
    Name(
        "facts.weeks_known",
        Kind.COUNT,
        "earlier weeks that the usual demand was learnt from, at the least (unknown: none counted)",
        lambda c: min((w.weeks for w in c.plan.workloads if w.weeks is not None), default=None),
    ),
    Name(
        "facts.spend_capped",
        Kind.FLAG,
        "whether a spend cap is known on one of the projects",
        lambda c: bool(
            {cap.project for cap in c.facts.spend_caps} & set(_each(c, lambda k: k.project))
        ),
    ),
)
VOCABULARY: Sequence[Name] = (*CAMPAIGN, *PLAN, *REQUESTER, *FACTS)

# These change by themselves after a plan is settled: the clock, money, the books of others.
_MOVING = (
    *("facts.now", "facts.notice", "facts.overlaps", "facts.team_spent"),
    *("facts.quota_share", "facts.quota_known", "facts.spend_capped", "campaign.state"),
)


def moves(when: str) -> bool:
    """Whether a condition may come true of an unchanged plan by money or bookkeeping; a freeze is neither."""
    return "facts.freezes" not in when and any(name in when for name in _MOVING)


def values_of(case: Case, names: Sequence[Name] = VOCABULARY) -> Mapping[str, Value]:
    """Each of the names that is known, with its value."""
    read = ((name.name, name.read(case)) for name in names)
    return {name: value for name, value in read if value is not None}


def _asked(case: Case) -> Announcement:
    return case.campaign.announcement


def _local(case: Case) -> datetime:
    return _asked(case).window.start.astimezone(ZoneInfo(_asked(case).zone))


def _each(case: Case, read: Callable[[WorkloadKey], str]) -> list[str]:
    return sorted({read(workload.key) for workload in case.plan.workloads})


def _hold(case: Case) -> Window:
    plan = case.plan
    return Window(min(plan.raise_at, plan.window.start), max(plan.give_back_at, plan.window.end))


def _others(case: Case) -> list[OtherCampaign]:
    keys = {workload.key for workload in case.plan.workloads}
    beside = [other for other in case.facts.others if other.hold.overlaps(_hold(case))]
    return [other for other in beside if any(claim.key in keys for claim in other.claims)]


def _freezes(case: Case) -> Sequence[Freeze]:
    return touching(case.facts.calendar.freezes, _hold(case), case.groups)


def _quota_share(case: Case) -> float | None:
    if case.facts.quotas is None:
        return None
    return max((share_of(quota.used, quota.limit) for quota in case.facts.quotas), default=None)
