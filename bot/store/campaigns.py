"""Campaigns with their plans and approvals. Used through Transaction.campaigns."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.campaign import Approval, Campaign, Delegation
from bot.core.plan import Plan
from bot.core.verdict import Verdict
from bot.errors import Stale
from bot.store.sql import added, insert_into, kept
from bot.store.tables.campaigns import ApprovalRow, CampaignRow, PlanRow
from bot.store.tables.oversight import DelegationRow

_BODY = (col(CampaignRow.id), col(CampaignRow.body))
# Built once: to build a statement takes longer than to run it, and every tick asks for these.
_ONE = select(col(CampaignRow.body)).where(col(CampaignRow.id) == bindparam("campaign"))
# What it sets are the columns that are given with it.
_SAVE = update(CampaignRow).where(
    col(CampaignRow.id) == bindparam("campaign"), col(CampaignRow.version) == bindparam("known")
)
_OPEN = (
    select(col(CampaignRow.body))
    .where(col(CampaignRow.final).is_(False))
    .order_by(col(CampaignRow.starts_at), col(CampaignRow.id))
)
_PLAN = select(col(PlanRow.body), col(PlanRow.verdict)).where(
    col(PlanRow.campaign_id) == bindparam("campaign"), col(PlanRow.version) == bindparam("version")
)

_GIVEN: Sequence[Any] = (
    col(ApprovalRow.campaign_id),
    col(ApprovalRow.plan_version),
    col(ApprovalRow.by),
    col(ApprovalRow.approved),
    col(ApprovalRow.at),
    col(ApprovalRow.content),
)
_APPROVALS: Select[Any] = (
    select(*_GIVEN)
    .where(
        col(ApprovalRow.campaign_id) == bindparam("campaign"),
        col(ApprovalRow.plan_version) == bindparam("version"),
    )
    .order_by(col(ApprovalRow.at), col(ApprovalRow.by))
)
_HANDED: Sequence[Any] = (
    col(DelegationRow.campaign_id),
    col(DelegationRow.plan_version),
    col(DelegationRow.giver),
    col(DelegationRow.taker),
    col(DelegationRow.at),
)
_DELEGATIONS: Select[Any] = (
    select(*_HANDED)
    .where(
        col(DelegationRow.campaign_id) == bindparam("campaign"),
        col(DelegationRow.plan_version) == bindparam("version"),
    )
    .order_by(col(DelegationRow.giver))
)


class CampaignRows:
    """See bot.ports.store.Campaigns for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, campaign: Campaign) -> bool:
        """False (and nothing changed) if its id is known already."""
        values = {"id": campaign.id, **_columns(campaign)}
        return await added(self._connection, CampaignRow, values)

    async def get(self, campaign_id: str) -> Campaign | None:
        """The campaign as stored, or None."""
        return await self._connection.scalar(_ONE, {"campaign": campaign_id})

    async def save(self, campaign: Campaign) -> Campaign:
        """Returns it with its version grown; Stale if it was changed since it was read, or is not there."""
        grown = replace(campaign, version=campaign.version + 1)
        columns = _columns(grown) | {"campaign": campaign.id, "known": campaign.version}
        columns["body"] = await kept(self._connection, _BODY, grown, campaign.id)
        saved = await self._connection.execute(_SAVE, columns)
        if saved.rowcount != 1:
            raise Stale(f"campaign {campaign.id} was changed meanwhile")
        return grown

    async def open(self) -> Sequence[Campaign]:
        """All that are not final, by start."""
        return (await self._connection.scalars(_OPEN)).all()

    async def recent(self, limit: int) -> Sequence[Campaign]:
        """The newest by announcement, final ones included."""
        rows = await self._connection.scalars(
            select(col(CampaignRow.body))
            .order_by(col(CampaignRow.announced_at).desc(), col(CampaignRow.id).desc())
            .limit(limit)
        )
        return rows.all()

    async def add_plan(self, plan: Plan, verdict: Verdict) -> None:
        """Idempotent on (campaign, version): the first one stays."""
        values = {
            "campaign_id": plan.campaign_id,
            "version": plan.version,
            "body": plan,
            "verdict": verdict,
        }
        await added(self._connection, PlanRow, values)

    async def plan(self, campaign_id: str, version: int) -> tuple[Plan, Verdict] | None:
        """That version of the plan and its verdict, or None."""
        asked = {"campaign": campaign_id, "version": version}
        found = (await self._connection.execute(_PLAN, asked)).first()
        return None if found is None else (found[0], found[1])

    async def add_approval(self, approval: Approval) -> bool:
        """False if that person has decided on that plan version already."""
        values = {
            "campaign_id": approval.campaign_id,
            "plan_version": approval.plan_version,
            "by": approval.by,
            "approved": approval.approved,
            "at": approval.at,
            "content": approval.content,
        }
        return await added(self._connection, ApprovalRow, values)

    async def approvals(self, campaign_id: str, plan_version: int) -> Sequence[Approval]:
        """In the order in which they were given."""
        asked = {"campaign": campaign_id, "version": plan_version}
        return [Approval(*row) for row in await self._connection.execute(_APPROVALS, asked)]

    async def take_back(self, campaign_id: str, plan_version: int, by: str) -> bool:
        """Deletes that person's yes; False if there was none."""
        gone = delete(ApprovalRow).where(
            col(ApprovalRow.campaign_id) == campaign_id,
            col(ApprovalRow.plan_version) == plan_version,
            col(ApprovalRow.by) == by,
            col(ApprovalRow.approved).is_(True),
        )
        return await self._connection.scalar(gone.returning(col(ApprovalRow.by))) is not None

    async def delegate(self, delegation: Delegation) -> None:
        """Inserts or replaces."""
        row = insert_into(self._connection, DelegationRow).values(
            campaign_id=delegation.campaign_id,
            plan_version=delegation.plan_version,
            giver=delegation.giver,
            taker=delegation.taker,
            at=delegation.at,
        )
        keys = ["campaign_id", "plan_version", "giver"]
        changed = {"taker": delegation.taker, "at": delegation.at}
        await self._connection.execute(row.on_conflict_do_update(index_elements=keys, set_=changed))

    async def delegations(self, campaign_id: str, plan_version: int) -> Sequence[Delegation]:
        """By giver."""
        asked = {"campaign": campaign_id, "version": plan_version}
        return [Delegation(*row) for row in await self._connection.execute(_DELEGATIONS, asked)]


def _columns(campaign: Campaign) -> dict[str, Any]:
    return {
        "version": campaign.version,
        "state": campaign.state.value,
        "final": campaign.state.final,
        "starts_at": campaign.announcement.window.start,
        "announced_at": campaign.announced_at,
        "body": campaign,
    }
