"""What a person sees, as plain text: messages, modals and Home tabs; used by the people API."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.mrkdwn import Reader, read_mrkdwn, read_plain

INDENT = "    "


def render_message(raw: Mapping[str, Any], reader: Reader) -> str:
    """A message: its blocks where it has any, else its text, then its files."""
    blocks = raw.get("blocks") or []
    lines = [render_blocks(blocks, reader)] if blocks else []
    if not blocks and raw.get("text"):
        lines.append(read_mrkdwn(str(raw["text"]), reader))
    for file in raw.get("files") or ():
        lines.append(f"[file] {file['title']} ({file['size']} bytes)")
        lines += [INDENT + line for line in str(file["preview"]).splitlines()[:8]]
    return "\n".join(lines)


def render_view(view: Mapping[str, Any], errors: Mapping[str, str], reader: Reader) -> str:
    """A modal with its buttons and errors, or a Home tab."""
    lines = []
    if view.get("title"):
        lines.append(f"┌ {_text(view['title'], reader)}")
    for block in view.get("blocks") or ():
        lines.append(render_blocks([block], reader))
        error = errors.get(str(block.get("block_id")))
        if error:
            lines.append(f"  ! {error}")
    buttons = [_text(view[key], reader) for key in ("submit", "close") if view.get(key)]
    if buttons:
        lines.append(" ".join(f"[{label}]" for label in buttons))
    return "\n".join(line for line in lines if line)


def render_blocks(blocks: Sequence[Json], reader: Reader) -> str:
    """Blocks, one after the other."""
    parts = [BLOCKS.get(str(block.get("type")), _unknown)(block, reader) for block in blocks]
    return "\n".join(part for part in parts if part)


def _text(thing: object, reader: Reader) -> str:
    if isinstance(thing, str):
        return read_plain(thing)
    if not isinstance(thing, dict):
        return ""
    if thing.get("type") == "mrkdwn":
        return read_mrkdwn(str(thing.get("text", "")), reader)
    return read_plain(str(thing.get("text", "")))


def _section(block: Json, reader: Reader) -> str:
    lines = [_text(block.get("text"), reader)]
    lines += [_text(field, reader).replace("\n", " ") for field in block.get("fields") or ()]
    if block.get("accessory"):
        lines.append(_element(block["accessory"], reader))
    return "\n".join(line for line in lines if line)


def _actions(block: Json, reader: Reader) -> str:
    return " ".join(_element(element, reader) for element in block.get("elements") or ())


def _context(block: Json, reader: Reader) -> str:
    parts = [
        f"[{element.get('alt_text', 'image')}]"
        if element.get("type") == "image"
        else _text(element, reader)
        for element in block.get("elements") or ()
    ]
    return " · ".join(part for part in parts if part)


def _input(block: Json, reader: Reader) -> str:
    optional = " (optional)" if block.get("optional") else ""
    line = f"{_text(block.get('label'), reader)}{optional}: {_element(block['element'], reader)}"
    hint = _text(block.get("hint"), reader)
    return f"{line}\n  {hint}" if hint else line


def _element(element: Json, reader: Reader) -> str:
    if element.get("type") == "button":
        return f"[{_text(element.get('text'), reader)}]"
    if element.get("type") == "image":
        return f"[{element.get('alt_text', 'image')}]"
    if element.get("type") == "overflow":
        options = element.get("options") or ()
        return f"[… {' / '.join(_text(option.get('text'), reader) for option in options)}]"
    return f"[{_shown_value(element, reader)}]"


def _shown_value(element: Json, reader: Reader) -> str:
    chosen = element.get("initial_option")
    options = [chosen] if chosen else list(element.get("initial_options") or ())
    if options:
        return ", ".join(_text(option.get("text"), reader) for option in options)
    for key in ("initial_value", "initial_date", "initial_time", "initial_date_time"):
        if element.get(key):
            return str(element[key])
    return _text(element.get("placeholder"), reader) or "…"


def _chart(block: Json, reader: Reader) -> str:
    chart = block["chart"]
    lines = [f"[{chart['type']} chart] {read_plain(block['title'])}"]
    if chart["type"] == "pie":
        lines += [f"{INDENT}{s['label']}: {s['value']:g}" for s in chart["segments"]]
        return "\n".join(lines)
    categories = chart["axis_config"]["categories"]
    lines.append(f"{INDENT}{categories[0]} … {categories[-1]}")
    for series in chart["series"]:
        values = " ".join(f"{point['value']:g}" for point in series["data"])
        lines.append(f"{INDENT}{series['name']}: {values}")
    return "\n".join(lines)


def _table(block: Json, reader: Reader) -> str:
    rows = [[_cell(cell, reader) for cell in row] for row in block.get("rows") or ()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]
    caption = block.get("caption")
    return "\n".join([f"[table] {caption}", *lines] if caption else lines)


def _cell(cell: Json, reader: Reader) -> str:
    if cell.get("type") == "rich_text":
        return _rich(cell, reader)
    return str(cell.get("text") or f"{cell.get('value', ''):g}")


def _rich(block: Json, reader: Reader) -> str:
    parts = [_rich_part(part, reader) for part in block.get("elements") or ()]
    return "\n".join(part for part in parts if part)


def _rich_part(part: Json, reader: Reader) -> str:
    match part.get("type"):
        case "rich_text_list":
            return "\n".join(f"• {_rich_part(item, reader)}" for item in part["elements"])
        case "text":
            return str(part.get("text", ""))
        case "link":
            return str(part.get("text") or part.get("url", ""))
        case "emoji":
            return read_plain(f":{part.get('name')}:")
        case "user":
            return read_mrkdwn(f"<@{part.get('user_id')}>", reader)
        case "channel":
            return read_mrkdwn(f"<#{part.get('channel_id')}>", reader)
        case _:
            return "".join(_rich_part(item, reader) for item in part.get("elements") or ())


def _unknown(block: Json, reader: Reader) -> str:
    return f"[{block.get('type')}]"


BLOCKS: dict[str, Callable[[Json, Reader], str]] = {
    "header": lambda block, reader: _text(block.get("text"), reader),
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda block, reader: "―" * 12,
    "image": lambda block, reader: f"[image: {block.get('alt_text', '')}]",
    "input": _input,
    "markdown": lambda block, reader: str(block.get("text", "")),
    "rich_text": _rich,
    "data_visualization": _chart,
    "table": _table,
    "data_table": _table,
    "alert": lambda block, reader: _text(block.get("text"), reader),
}
