"""The part of headroom.yaml about marketing's calendars; read by house_file."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from bot.core.marketing import CalendarRules, ImportFeed
from bot.settings.yaml_file import Part


class _Import(Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s]+|/[^\s]*)$", max_length=500)]
    channel: Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]+$")] | None = None
    owner: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")] | None = None
    groups: list[str] = []


class CalendarPart(Part):
    """`calendar:`"""

    imports: list[_Import] = []
    ahead_days: Annotated[int, Field(ge=1, le=366)] = 60

    @model_validator(mode="after")
    def _named_apart(self) -> "CalendarPart":
        """A feed's name is how its drafts are known."""
        names = [one.name for one in self.imports]
        if len(set(names)) < len(names):
            raise ValueError("two calendars have the same name")
        return self


def calendar_of(part: CalendarPart, default_channel: str) -> CalendarRules:
    """As the house rules have it; drafts are shown in the default channel where none is named."""
    return CalendarRules(
        imports=tuple(
            ImportFeed(
                name=one.name,
                url=one.url,
                channel=one.channel or default_channel,
                owner=one.owner or "",
                groups=tuple(one.groups),
            )
            for one in part.imports
        ),
        ahead=timedelta(days=part.ahead_days),
    )


def unknown_calendar_groups(part: CalendarPart, known: Sequence[str]) -> list[str]:
    """`calendar.imports.Marketing: webb`, for every group named that does not exist."""
    named = [
        (f"calendar.imports.{one.name}", group) for one in part.imports for group in one.groups
    ]
    return [f"{where}: {group}" for where, group in named if group not in known]
