"""What the guardrails said, as a row of the record; and whether a yes still belongs to the plan. Used by drive."""

from datetime import datetime

from bot.core.fingerprint import content_of
from bot.core.plan import Plan
from bot.core.trail import HEADROOM, AuditRow
from bot.core.verdict import Effect, Finding, Verdict
from bot.ports.store import Transaction

_ALTERED = Finding(
    policy="approval",
    effect=Effect.REFUSE,
    reason="The plan is not the one that was approved, so nothing is raised.",
    evidence="The fingerprint of the plan is another one than that of the decision.",
    way_out="Change the campaign and ask again; the engineers should look at the record.",
)


def judged(plan: Plan, verdict: Verdict, now: datetime) -> AuditRow:
    """The verdict with the guardrails that decided it."""
    hard = verdict.with_effect(verdict.effect) if verdict.effect is not Effect.ALLOW else ()
    named = ", ".join(finding.policy for finding in hard)
    detail = f"{verdict.effect}: {named}" if named else verdict.effect.value
    subject = f"campaign/{plan.campaign_id}"
    return AuditRow(now, HEADROOM, "judged", subject, detail, plan.version)


async def still_approved(
    tx: Transaction, asked: Verdict | None, plan: Plan, fresh: Verdict
) -> Verdict:
    """`fresh`, or a refusal where a yes was needed and none was said to exactly this plan.

    Decisions from before contents were kept carry none; they count.
    """
    if asked is None or asked.effect is not Effect.NEEDS_APPROVAL:
        return fresh
    given = await tx.campaigns.approvals(plan.campaign_id, plan.version)
    content = content_of(plan)
    if any(one.approved and one.content in {"", content} for one in given):
        return fresh
    return Verdict((*fresh.findings, _ALTERED), fresh.ways_out)
