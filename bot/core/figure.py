"""Charts and tables as values, before anybody decides how they are shown; made by cards, drawn by figures and charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a chart is drawn."""

    LINE = "line"  # over time
    BAR = "bar"  # side by side


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: each of `lines` has one value (None: not known) for each of `labels`; `unit` names the values.

    `along` names what the labels are.
    """

    title: str
    unit: str
    labels: Sequence[str]
    lines: Mapping[str, Sequence[float | None]]
    shape: Shape = Shape.LINE
    along: str = "Time"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a table: `text` is shown, `value` is what the column is sorted by."""

    value: float
    text: str


Cell = str | Amount


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has one cell for each of `columns`; the first cell names the row."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
