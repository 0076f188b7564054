"""What was understood of an announcement that is not complete, and what must still be asked.

Made by announcement, shown and filled in by the form.
"""

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """The parts of an announcement; the values are the form's action ids."""

    NAME = "name"
    KIND = "kind"
    DATE = "date"
    START = "start"
    END = "end"
    UNTIL = "until"
    ZONE = "zone"
    MULTIPLIER = "multiplier"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask, in plain words, and the field it belongs to."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement as far as it was understood; a part that was not is empty.

    `name` may be a proposal. `kind` is a CampaignKind value; `date` is `YYYY-MM-DD`; `start` and `end` are
    `HH:MM`; `until` is the last day, `YYYY-MM-DD`, where it does not follow from the times: that of the
    end, or the one that an end at midnight closes. `zone` is what was said or the house's zone;
    `multiplier` a number as text; `groups` group names.
    """

    name: str = ""
    kind: str = ""
    date: str = ""
    start: str = ""
    end: str = ""
    until: str = ""
    zone: str = ""
    multiplier: str = ""
    groups: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
