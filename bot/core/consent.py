"""Who may do what to a campaign, and whether all that had to say yes have. Called by announce and approve."""

from collections.abc import Mapping

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


def may_steer(campaign: Campaign, user: str, roles: frozenset[Role]) -> bool:
    """Whether this person may confirm or change it: the announcer, or an admin."""
    return user == campaign.announcer or Role.ADMIN in roles


def may_stop(campaign: Campaign, user: str, roles: frozenset[Role]) -> bool:
    """Whether this person may cancel it: who may steer it, and engineers."""
    return may_steer(campaign, user, roles) or Role.ENGINEER in roles


def may_decide(verdict: Verdict, roles: frozenset[Role]) -> bool:
    """Whether one of the findings that need a yes names one of the roles; an admin always may."""
    return any(_covers(roles, finding) for finding in _open(verdict))


def is_own(campaign: Campaign, user: str) -> bool:
    """Whether a yes of this person would be one to their own wish."""
    return user in {campaign.announcer, campaign.confirmed_by}


def unanswered(verdict: Verdict, yes: Mapping[str, frozenset[Role]]) -> tuple[Finding, ...]:
    """The findings that still need a yes; `yes` maps who said it to their roles."""
    return tuple(
        finding
        for finding in _open(verdict)
        if not any(_covers(roles, finding) for roles in yes.values())
    )


def same_shape(one: Verdict, other: Verdict) -> bool:
    """Whether two verdicts ask the same of the same people, whatever their words and numbers."""
    return _shape(one) == _shape(other)


def _open(verdict: Verdict) -> list[Finding]:
    return list(verdict.with_effect(Effect.NEEDS_APPROVAL))


def _covers(roles: frozenset[Role], finding: Finding) -> bool:
    return Role.ADMIN in roles or bool(roles & set(finding.approvers))


def _shape(verdict: Verdict) -> list[tuple[str, Effect, tuple[Role, ...]]]:
    return [(finding.policy, finding.effect, finding.approvers) for finding in verdict.findings]
