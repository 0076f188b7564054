"""The part `advice` of headroom.yaml."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from bot.core.house import AdviceRules
from bot.settings.yaml_file import Part


class AdvicePart(Part):
    """See bot.core.house.AdviceRules."""

    days: Annotated[int, Field(ge=1, le=42)] = 14
    daily: bool = True
    least_usd: Annotated[Decimal, Field(ge=0)] = Decimal(5)
    commitment_percent: Annotated[Decimal, Field(ge=0, lt=100)] = Decimal(17)


def advice_of(part: AdvicePart) -> AdviceRules:
    """The checked part as the core sees it."""
    return AdviceRules(part.days, part.daily, part.least_usd, part.commitment_percent / 100)
