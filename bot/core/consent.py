"""Who may do what to a campaign, and whether all that had to say yes have. Called by announce and approve."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.core.campaign import Campaign, CampaignState
from bot.core.verdict import Effect, Finding, Role, Verdict

# Before anything is raised; what was refused is announced again by changing it.
CHANGEABLE = frozenset(
    {
        CampaignState.PLANNING,
        CampaignState.PROPOSED,
        CampaignState.AWAITING_APPROVAL,
        CampaignState.SCHEDULED,
        CampaignState.REFUSED,
    }
)
# Capacity may be up, so a stop gives it back first.
RAISED = frozenset({CampaignState.WARMING, CampaignState.LIVE})


@dataclass(frozen=True, slots=True)
class Voter:
    """A person with their roles, and those who handed them their right to decide on this request."""

    user: str
    roles: frozenset[Role]
    speaks_for: tuple["Voter", ...] = ()


def may_steer(campaign: Campaign, user: str, roles: frozenset[Role]) -> bool:
    """Whether this person may confirm or change it: the announcer, or an admin."""
    return user == campaign.announcer or Role.ADMIN in roles


def may_stop(campaign: Campaign, user: str, roles: frozenset[Role]) -> bool:
    """Whether this person may cancel it: who may steer it, and engineers."""
    return may_steer(campaign, user, roles) or Role.ENGINEER in roles


def may_decide(verdict: Verdict, voter: Voter) -> bool:
    """Whether this person's word counts for one of the findings that need a yes."""
    return any(_seat(voter, finding) for finding in _open(verdict))


def may_hand_on(verdict: Verdict, voter: Voter) -> bool:
    """Whether they may name somebody else: who holds the right by themselves, not who was handed it."""
    return may_decide(verdict, Voter(voter.user, voter.roles))


def may_approve_own(verdict: Verdict, voter: Voter) -> bool:
    """Whether a yes to their own wish would count for anything."""
    return any(finding.own and _seat(voter, finding) for finding in _open(verdict))


def is_own(campaign: Campaign, user: str) -> bool:
    """Whether a yes of this person would be one to their own wish."""
    return user in {campaign.announcer, campaign.confirmed_by}


def unanswered(
    verdict: Verdict, yes: Sequence[Voter], own: Collection[str] = ()
) -> tuple[Finding, ...]:
    """The findings that still need a yes from those who said it; `own` are those whose wish it is.

    Who was handed a right speaks for who gave it: together they count once.
    """
    return tuple(f for f in _open(verdict) if len(_seats(f, yes, own)) < f.needed)


def same_shape(one: Verdict, other: Verdict) -> bool:
    """Whether two verdicts ask the same of the same people, whatever their words and numbers."""
    return _shape(one) == _shape(other)


def _open(verdict: Verdict) -> list[Finding]:
    return list(verdict.with_effect(Effect.NEEDS_APPROVAL))


def _seats(finding: Finding, yes: Sequence[Voter], own: Collection[str]) -> set[str]:
    seats = {_seat(voter, finding) for voter in yes if finding.own or voter.user not in own}
    return seats - {""}


def _seat(voter: Voter, finding: Finding) -> str:
    """Whose right their word uses; "" when it counts for nothing."""
    if _covers(voter, finding):
        return voter.user
    return next((one.user for one in voter.speaks_for if _covers(one, finding)), "")


def _covers(voter: Voter, finding: Finding) -> bool:
    if Role.ADMIN in voter.roles or voter.user in finding.people:
        return True
    return bool(voter.roles & set(finding.approvers))


def _shape(verdict: Verdict) -> list[tuple[object, ...]]:
    return [(f.policy, f.effect, f.approvers, f.people, f.needed) for f in verdict.findings]
