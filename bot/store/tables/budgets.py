"""The books of the teams' monthly budgets."""

from sqlalchemy import Index
from sqlmodel import Field

from bot.core.budgeting import BudgetEntry
from bot.store.tables.row import Row
from bot.store.types import Json


class BudgetRow(Row, table=True):
    """One campaign's line."""

    __tablename__ = "budget_entries"
    __table_args__ = (Index("ix_budget_entries_team_month", "team", "month"),)
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    team: str
    month: str
    booking: str
    body: BudgetEntry = Field(sa_type=Json(BudgetEntry))
