"""What finished campaigns brought, so that the next one of the kind is planned better."""

from datetime import datetime

from sqlmodel import Field

from bot.core.evidence import PastCampaign
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class LessonRow(Row, table=True):
    """One finished campaign."""

    __tablename__ = "lessons"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: PastCampaign = Field(sa_type=Json(PastCampaign))
