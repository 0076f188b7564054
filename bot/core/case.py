"""Everything a guardrail may look at, as one value; gathered by bot.facts, judged by policies."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.budgeting import TeamSpend
from bot.core.campaign import SETTLED, Campaign
from bot.core.fleet import WorkloadKey
from bot.core.freeze import FreezeCalendar
from bot.core.house import House
from bot.core.limits import Dependency, Quota, SpendCap
from bot.core.pausing import Pause
from bot.core.plan import Plan
from bot.core.verdict import Role
from bot.core.windows import Window
from bot.core.wording import say_list


@dataclass(frozen=True, slots=True)
class OtherClaim:
    """What another campaign holds of one workload: `extra` instances above its baseline, `added_rps`."""

    key: WorkloadKey
    extra: int
    added_rps: float


@dataclass(frozen=True, slots=True)
class OtherCampaign:
    """Another campaign that is settled or under way; it came first, so what it was promised stands.

    `window` is when its demand comes (None: as long as it holds).
    """

    id: str
    name: str
    announcer: str
    hold: Window
    claims: tuple[OtherClaim, ...]
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known around a plan. None means: could not be found out, and the guardrails say so."""

    others: tuple[OtherCampaign, ...] = ()
    team: TeamSpend | None = None
    calendar: FreezeCalendar = field(default_factory=FreezeCalendar)
    quotas: tuple[Quota, ...] | None = None
    dependencies: tuple[Dependency, ...] = ()
    spend_caps: tuple[SpendCap, ...] = ()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One plan of one campaign at one instant; `roles` are the roles of the campaign's announcer."""

    campaign: Campaign
    plan: Plan
    roles: frozenset[Role]
    house: House
    now: datetime
    facts: Facts = field(default_factory=Facts)

    @property
    def groups(self) -> frozenset[str]:
        """Whose capacity is changed: the groups announced, and all groups of the workloads that are raised."""
        return self.plan.raised_groups | set(self.campaign.announcement.groups)

    def beyond(self, groups: Iterable[str]) -> str:
        """A sentence on the workloads that bring in those of `groups` that were not announced; "" where none does."""
        others = self.plan.raised_groups & set(groups) - set(self.campaign.announcement.groups)
        raised = [one for one in self.plan.workloads if one.steps and others & set(one.groups)]
        if not raised:
            return ""
        known = [(self.house.group(name), name) for name in sorted(others)]
        titles = say_list([name if group is None else group.title for group, name in known])
        names = say_list(sorted({one.key.name for one in raised}))
        return f"It also raises what belongs to {titles}: {names}."

    @property
    def promised(self) -> bool:
        """Whether it is the very plan that was settled, and no change of it: it stands.

        Money and bookkeeping were judged then, so they take nothing back now.
        """
        settled = self.campaign.state in SETTLED
        return settled and self.plan.version == self.campaign.plan_version

    @property
    def times(self) -> float:
        """How many times the usual demand is asked for: as said, or as the planner worked it out."""
        said, uplift = self.campaign.announcement, self.plan.uplift
        return said.multiplier if said.demand is None or uplift is None else uplift.said
