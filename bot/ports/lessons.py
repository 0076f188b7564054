"""What finished campaigns brought, as the flows see it; used through Transaction.lessons."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.evidence import PastCampaign


class Lessons(Protocol):
    """One a campaign."""

    async def put(self, campaign_id: str, past: PastCampaign) -> None:
        """What the campaign taught is this from now on."""
        ...

    async def newest(self, limit: int) -> Sequence[PastCampaign]:
        """By start, the newest first."""
        ...
