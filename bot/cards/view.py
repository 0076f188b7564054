"""What every card about one campaign is given, and the small facts several cards derive from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.text import said
from bot.core.campaign import Approval, Campaign, CampaignState, Delegation
from bot.core.experience import PageSummary
from bot.core.fleet import BillingMode, WorkloadKey
from bot.core.holding import Holding
from bot.core.house import House
from bot.core.pausing import Pause
from bot.core.plan import Plan, WorkloadPlan
from bot.core.report import Report
from bot.core.verdict import Finding, Role, Verdict


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign with all that is known of it; `seal` signs the buttons.

    Of a change that is asked about: `before` is the plan in effect, `plan` the one that is wanted, and
    the campaign has that one's version, who wants it and since when; `withdrawn_by` took the question
    back; while it waited, the campaign was `overtaken_as` ("extended", …), as `overtaken_by` asked. It is
    shown, never stored.
    """

    campaign: Campaign
    plan: Plan | None
    verdict: Verdict | None
    holdings: tuple[Holding, ...]
    approvals: tuple[Approval, ...]
    seal: bytes
    report: Report | None = None
    handed: tuple[Delegation, ...] = ()
    pauses: tuple[Pause, ...] = ()
    pages: tuple[PageSummary, ...] = ()
    before: Plan | None = None
    withdrawn_by: str = ""
    overtaken_by: str = ""
    overtaken_as: str = ""


@dataclass(frozen=True, slots=True)
class Warmth:
    """How far one workload has got: `ready` of `floor` instances are proven warm."""

    workload: WorkloadPlan
    holding: Holding | None
    ready: int

    @property
    def floor(self) -> int:
        """The floor this campaign promised."""
        return self.workload.floor

    @property
    def proven(self) -> bool:
        """Whether the whole floor is proven."""
        return self.ready >= self.floor


def name_of(campaign: Campaign, limit: int = 60) -> str:
    """The campaign's name, harmless and never empty."""
    return said(campaign.announcement.name, limit) or "Campaign"


def group_titles(campaign: Campaign, house: House) -> list[str]:
    """The groups by the titles that business people know."""
    found = [(house.group(name), name) for name in campaign.announcement.groups]
    return [said(group.title if group else name, 40) for group, name in found]


def raised(plan: Plan) -> list[WorkloadPlan]:
    """The workloads that are held, the largest first."""
    held = [workload for workload in plan.workloads if workload.steps]
    return sorted(held, key=lambda w: (w.baseline - w.floor, str(w.key)))


def extra_instances(plan: Plan) -> int:
    """How many instances more than without Headroom, at the most."""
    return sum(max(0, workload.floor - workload.baseline) for workload in plan.workloads)


def billing_of(workloads: Sequence[WorkloadPlan]) -> str:
    """Which price applies, in words: idle instances are cheaper where billing is request-based."""
    modes = {workload.billing for workload in workloads}
    if modes == {BillingMode.REQUEST}:
        return "request-based idle price"
    if modes == {BillingMode.INSTANCE}:
        return "instance-based price"
    return "request-based idle price and instance-based price"


def warmth(view: CampaignView) -> list[Warmth]:
    """How far each held workload has got, in the order of `raised`."""
    if view.plan is None:
        return []
    holdings: dict[WorkloadKey, Holding] = {holding.key: holding for holding in view.holdings}
    shared = view.campaign.state is CampaignState.WARMING
    return [
        _warmth(workload, holdings.get(workload.key), shared=shared)
        for workload in raised(view.plan)
    ]


def approvers_asked(verdict: Verdict | None) -> tuple[Role, ...]:
    """Everybody who could say yes to one of the findings that need it."""
    findings: Sequence[Finding] = () if verdict is None else verdict.findings
    return tuple(dict.fromkeys(role for finding in findings for role in finding.approvers))


def approval_channels(verdict: Verdict | None, house: House) -> tuple[str, ...]:
    """Where the approvers are: with the engineers, and with finance where its yes would count."""
    finance = house.finance and Role.FINANCE in approvers_asked(verdict)
    return (house.engineers, house.finance) if finance else (house.engineers,)


def _warmth(workload: WorkloadPlan, holding: Holding | None, *, shared: bool) -> Warmth:
    """Where others hold the same workload, what is not warm for all is not warm: each has its share."""
    if holding is None or holding.proven_at is None:
        return Warmth(workload, holding, 0)
    proven = min(holding.proven_floor, workload.floor)
    if shared and holding.proven_floor < holding.wanted:
        proven = min(proven, workload.floor * holding.proven_floor // holding.wanted)
    return Warmth(workload, holding, proven)
