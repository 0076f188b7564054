"""Campaigns, their plans and the decisions on them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from bot.core.campaign import Campaign
from bot.core.plan import Plan
from bot.core.verdict import Verdict
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class CampaignRow(Row, table=True):
    """A campaign."""

    __tablename__ = "campaigns"
    __table_args__ = (Index("ix_campaigns_final_starts_at", "final", "starts_at"),)
    id: str = Field(primary_key=True)
    version: int
    state: str
    final: bool
    starts_at: datetime = Field(sa_type=UtcDateTime)
    announced_at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: Campaign = Field(sa_type=Json(Campaign))


class PlanRow(Row, table=True):
    """One version of a campaign's plan, with what the guardrails said of it."""

    __tablename__ = "plans"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    version: int = Field(primary_key=True)
    body: Plan = Field(sa_type=Json(Plan))
    verdict: Verdict = Field(sa_type=Json(Verdict))


class ApprovalRow(Row, table=True):
    """One person's decision on one plan version."""

    __tablename__ = "approvals"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    plan_version: int = Field(primary_key=True)
    by: str = Field(primary_key=True)
    approved: bool
    at: datetime = Field(sa_type=UtcDateTime)
    content: str
