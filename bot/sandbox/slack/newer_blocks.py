"""Blocks that are newer than slack_sdk's models: data_visualization and data_table; called by blocks.py.

Sources: docs.slack.dev/reference/block-kit/blocks/data-visualization-block and .../data-table-block;
table size as raised later (200 rows and 20,000 characters). On series the pages disagree (6, later 12):
the stricter holds here. Each series has exactly one point for each category.
"""

from collections.abc import Sequence

from bot.sandbox.slack.elements import at
from bot.sandbox.slack.errors import Json

MAX_TITLE = 50
MAX_AXIS = 50
MAX_LABEL = 20
MAX_SERIES = 6
MAX_POINTS = 20
MAX_ROWS = 201
MAX_COLUMNS = 20
MAX_TABLE_TEXT = 20_000
CELLS = frozenset({"raw_text", "raw_number", "rich_text"})


def _words(value: object, limit: int, where: str) -> list[str]:
    if not isinstance(value, str) or not value:
        return [at("must be more than 0 characters", where)]
    if len(value) > limit:
        return [at(f"must be less than {limit + 1} characters", where)]
    return []


def _number(value: object, where: str) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [at("must be a number", where)]
    return []


def _count(items: object, most: int, where: str) -> list[str]:
    if not isinstance(items, list) or not items:
        return [at("must provide at least 1 item", where)]
    if len(items) > most:
        return [at(f"no more than {most} items allowed", where)]
    return []


def check_chart(block: Json, where: str) -> list[str]:
    """All faults of a data_visualization block."""
    faults = _words(block.get("title"), MAX_TITLE, f"{where}/title")
    extra = set(block) - {"type", "block_id", "title", "chart"}
    faults += [at("invalid additional property", f"{where}/{key}") for key in sorted(extra)]
    chart = block.get("chart")
    if not isinstance(chart, dict):
        return [*faults, at("missing required field: chart", where)]
    match chart.get("type"):
        case "pie":
            return faults + _check_pie(chart, f"{where}/chart")
        case "line" | "bar" | "area":
            return faults + _check_axes(chart, f"{where}/chart")
        case unknown:
            return [*faults, at(f"unsupported type: {unknown}", f"{where}/chart/type")]


def _check_pie(chart: Json, where: str) -> list[str]:
    faults = _count(chart.get("segments"), MAX_SERIES, f"{where}/segments")
    if faults:
        return faults
    for index, segment in enumerate(chart["segments"]):
        here = f"{where}/segments/{index}"
        faults += _words(segment.get("label"), MAX_LABEL, f"{here}/label")
        faults += _number(segment.get("value"), f"{here}/value") or _positive(segment, here)
    return faults


def _positive(segment: Json, where: str) -> list[str]:
    return [] if segment["value"] > 0 else [at("must be greater than 0", f"{where}/value")]


def _check_axes(chart: Json, where: str) -> list[str]:
    axes = chart.get("axis_config")
    if not isinstance(axes, dict):
        return [at("missing required field: axis_config", where)]
    faults = _count(axes.get("categories"), MAX_POINTS, f"{where}/axis_config/categories")
    faults += _count(chart.get("series"), MAX_SERIES, f"{where}/series")
    if faults:
        return faults
    categories: list[str] = axes["categories"]
    for index, category in enumerate(categories):
        faults += _words(category, MAX_LABEL, f"{where}/axis_config/categories/{index}")
    for name in ("x_label", "y_label"):
        if axes.get(name) is not None:
            faults += _words(axes[name], MAX_AXIS, f"{where}/axis_config/{name}")
    names = [series.get("name") for series in chart["series"]]
    if len(set(names)) != len(names):
        faults.append(at("series names must be unique", f"{where}/series"))
    for index, series in enumerate(chart["series"]):
        faults += _check_series(series, categories, f"{where}/series/{index}")
    return faults


def _check_series(series: Json, categories: Sequence[str], where: str) -> list[str]:
    faults = _words(series.get("name"), MAX_LABEL, f"{where}/name")
    counted = _count(series.get("data"), MAX_POINTS, f"{where}/data")
    if counted:
        return faults + counted
    for index, point in enumerate(series["data"]):
        here = f"{where}/data/{index}"
        faults += _words(point.get("label"), MAX_LABEL, f"{here}/label")
        faults += _number(point.get("value"), f"{here}/value")
    labels = [point.get("label") for point in series["data"]]
    if sorted(map(str, labels)) != sorted(categories):
        faults.append(at("data labels must match axis_config.categories", f"{where}/data"))
    return faults


def check_data_table(block: Json, where: str) -> list[str]:
    """All faults of a data_table block."""
    faults = _words(block.get("caption"), 10_000, f"{where}/caption")
    size = block.get("page_size", 5)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 100:
        faults.append(at("page_size must be between 1 and 100", f"{where}/page_size"))
    rows = block.get("rows")
    if not isinstance(rows, list) or not 2 <= len(rows) <= MAX_ROWS:
        return [*faults, at(f"must provide 2 to {MAX_ROWS} rows", f"{where}/rows")]
    widths = {len(row) if isinstance(row, list) else 0 for row in rows}
    if len(widths) != 1 or not 1 <= next(iter(widths)) <= MAX_COLUMNS:
        return [*faults, at("all rows must have the same 1 to 20 cells", f"{where}/rows")]
    letters = 0
    for index, row in enumerate(rows):
        faults += _check_row(row, header=index == 0, where=f"{where}/rows/{index}")
        letters += sum(len(str(cell.get("text", ""))) for cell in row if isinstance(cell, dict))
    if letters > MAX_TABLE_TEXT:
        faults.append(at(f"must be less than {MAX_TABLE_TEXT + 1} characters", f"{where}/rows"))
    return faults


def _check_row(row: Sequence[object], *, header: bool, where: str) -> list[str]:
    allowed = CELLS - {"rich_text"} if header else CELLS
    faults = []
    for index, cell in enumerate(row):
        here = f"{where}/{index}"
        kind = cell.get("type") if isinstance(cell, dict) else None
        if not isinstance(cell, dict) or kind not in allowed:
            faults.append(at(f"unsupported type: {kind}", f"{here}/type"))
        elif kind == "raw_text":
            faults += _words(cell.get("text"), MAX_TABLE_TEXT, f"{here}/text")
        elif kind == "raw_number":
            faults += _number(cell.get("value"), f"{here}/value")
            faults += _words(cell.get("text"), MAX_TABLE_TEXT, f"{here}/text")
    return faults
