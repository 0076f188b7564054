"""Charts and tables in one look, as Slack's own blocks and as text where those are refused. Called by the cards and publish.

Slack takes at most two charts a message, 20 points a line and 6 lines
(docs.slack.dev/reference/block-kit/blocks/data-visualization-block); a table takes 100 rows, 20 columns
and 10,000 characters (…/data-table-block).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.blocks import section
from bot.cards.text import clip, escape, one_line
from bot.cards.wording import number, sparkline
from bot.core.figure import Amount, Cell, Figure, Shape, Table
from bot.core.message import Block, Message

CHART, TABLE = "data_visualization", "data_table"
POINTS = 20
LINES = 6
_TITLE = 50
_NAME = 20
_CAPTION = 120
_COLUMNS = 20
_ROWS = 100
_CELL = 120
_LETTERS = 8000  # of all cells; Slack's limit leaves room for what it counts and we do not
_PAGE = 10
_TEXT_ROWS = 12
_TEXT_CELL = 28
_TEXT_LAST = 100  # of the last column, which pushes no other aside
_TEXT = 2400


def chart(figure: Figure) -> Block | None:
    """Slack's chart; None where no line has a value.

    Slack wants one point of every line at every label, so a label where one is missing is left out, and
    so is a line that shares no label with the lines before it. More points than fit become the highest
    of their neighbours.
    """
    labels, lines = _thinned(figure)
    known: dict[str, Sequence[float | None]] = {}
    at = list(range(len(labels)))
    for name, values in lines.items():
        shared = [place for place in at if _finite(values[place])]
        if shared and len(known) < LINES:
            known[name], at = values, shared
    if not known:
        return None
    names = _distinct([one_line(labels[place], _NAME) or "?" for place in at])
    called = _distinct([one_line(name, _NAME) or "?" for name in known])
    series = [
        _line(name, names, [values[place] for place in at])
        for name, values in zip(called, known.values(), strict=True)
    ]
    axes = {
        "categories": names,
        "x_label": one_line(figure.along, _TITLE),
        "y_label": one_line(figure.unit, _TITLE),
    }
    axes = {key: value for key, value in axes.items() if value}
    return {
        "type": CHART,
        "title": one_line(figure.title, _TITLE) or "Chart",
        "chart": {"type": figure.shape.value, "series": series, "axis_config": axes},
    }


def chart_text(figure: Figure) -> str:
    """The same as lines of small bars, each with its last and its highest value; "" where nothing is known."""
    width = max((len(one_line(name, _NAME)) for name in figure.lines), default=0)
    found = []
    for name, values in figure.lines.items():
        known = [value for value in values if value is not None and math.isfinite(value)]
        if known:
            drawn = sparkline([math.nan if value is None else value for value in values])
            label = escape(one_line(name, _NAME).ljust(width))
            found.append(f"{label} {drawn} last {number(known[-1])}, most {number(max(known))}")
    title = ", ".join(part for part in (one_line(figure.title, _TITLE), figure.unit) if part)
    return "\n".join([escape(title), *found]) if found else ""


def table(wanted: Table) -> Block | None:
    """Slack's table, ten rows a page; None where there are no rows. What does not fit is counted in the caption."""
    columns = wanted.columns[:_COLUMNS]
    head = [_cell(title) for title in columns]
    room = _LETTERS - sum(map(_letters, head))
    rows: list[list[dict[str, Any]]] = []
    for row in wanted.rows[:_ROWS]:
        cells = [_cell(cell) for cell in row[: len(columns)]]
        room -= sum(map(_letters, cells))
        if room < 0:
            break
        rows.append(cells)
    if not rows:
        return None
    caption = one_line(wanted.caption, _CAPTION) or "Table"
    if len(rows) < len(wanted.rows):
        caption += f" (the first {len(rows):,} of {len(wanted.rows):,})"
    return {"type": TABLE, "caption": caption, "page_size": _PAGE, "rows": [head, *rows]}


def table_text(wanted: Table) -> str:
    """The same with aligned columns, for where every letter has the same width; "" where there are no rows."""
    return _aligned(wanted.caption, [wanted.columns, *map(_texts, wanted.rows)])


def without_figures(message: Message) -> Message | None:
    """The message with its charts and tables as text; None where it has none. For a Slack that refuses them."""
    if not any(block["type"] in {CHART, TABLE} for block in message.blocks):
        return None
    blocks = [_as_text(block) for block in message.blocks]
    return Message(message.text, tuple(block for block in blocks if block is not None))


def figures_in(message: Message) -> list[Figure]:
    """The charts of a message, as they can be drawn."""
    return [_figure(block) for block in message.blocks if block["type"] == CHART]


def _as_text(block: Block) -> Block | None:
    if block["type"] == CHART:
        said = chart_text(_figure(block))
        return section(f"```{said}```") if said else None
    if block["type"] == TABLE:
        rows = [[str(cell["text"]) for cell in row] for row in block["rows"]]
        return section(_aligned(str(block["caption"]), rows))
    return block


def _figure(block: Block) -> Figure:
    shown: Mapping[str, Any] = block["chart"]
    axes = shown["axis_config"]
    lines = {
        str(line["name"]): tuple(float(point["value"]) for point in line["data"])
        for line in shown["series"]
    }
    return Figure(
        title=str(block["title"]),
        unit=str(axes.get("y_label", "")),
        labels=tuple(axes["categories"]),
        lines=lines,
        shape=Shape(shown["type"]),
        along=str(axes.get("x_label", "")),
    )


def _thinned(figure: Figure) -> tuple[list[str], dict[str, list[float | None]]]:
    """At most as many labels as Slack takes; each stands for itself and those after it."""
    step = max(1, math.ceil(len(figure.labels) / POINTS))
    places = range(0, len(figure.labels), step)
    lines = {
        name: [_highest(values[place : place + step]) for place in places]
        for name, values in figure.lines.items()
    }
    return [figure.labels[place] for place in places], lines


def _highest(values: Sequence[float | None]) -> float | None:
    return max((v for v in values if v is not None and math.isfinite(v)), default=None)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _line(name: str, labels: list[str], values: Sequence[float | None]) -> dict[str, Any]:
    data = [
        {"label": label, "value": round(value, 2)}
        for label, value in zip(labels, values, strict=True)
        if value is not None
    ]
    return {"name": name, "data": data}


def _distinct(names: Sequence[str]) -> list[str]:
    """Names on an axis must differ: a time that comes twice (a day later) is numbered."""
    found: list[str] = []
    for name in names:
        label, times = name, 1
        while label in found:
            times += 1
            ending = f" ({times})"
            label = name[: _NAME - len(ending)] + ending
        found.append(label)
    return found


def _cell(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, Amount) and math.isfinite(cell.value):
        text = one_line(cell.text, _CELL) or "?"
        return {"type": "raw_number", "value": round(cell.value, 4), "text": text}
    words = cell.text if isinstance(cell, Amount) else cell
    return {"type": "raw_text", "text": one_line(words, _CELL) or "–"}


def _letters(cell: Mapping[str, Any]) -> int:
    return len(cell["text"])


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell.text if isinstance(cell, Amount) else cell for cell in row]


def _aligned(caption: str, rows: Sequence[Sequence[str]]) -> str:
    """Columns of letters of one width, numbers to the right; the first row is the heading."""
    if len(rows) < 2:
        return ""
    shown = [
        [*(_short(cell, _TEXT_CELL) for cell in row[:-1]), _short(row[-1], _TEXT_LAST)]
        for row in rows[: _TEXT_ROWS + 1]
    ]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    right = [
        all(cell[:1] in "0123456789$€£-–+?" for cell in column)
        for column in zip(*shown[1:], strict=True)
    ]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in shown
    ]
    while len(lines) > 2 and sum(map(len, lines)) > _TEXT:
        lines.pop()
    left = len(rows) - len(lines)
    more = f"\nand {left:,} more" if left else ""
    body = clip(escape("\n".join(lines)), _TEXT)
    return f"*{escape(one_line(caption, _CAPTION))}*\n```{body}```{more}"


def _short(cell: str, most: int) -> str:
    return one_line(cell, most).replace("`", "'") or "–"
