"""Slack's limits as an offline judge: slack_sdk's own models, and what they do not check."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from bot.core.message import Block, Message, View

# Newer than slack_sdk's classes; judged here.
_CHARTS = "data_visualization"
_TABLES = "data_table"
_TEXT = {"section": 3000, "header": 150}


def faults(card: Message | View) -> list[str]:
    """What Slack would refuse about a card; empty when it takes it."""
    return list(_view(card) if isinstance(card, View) else _message(card))


def texts(node: object) -> Iterator[tuple[str, str]]:
    """Every (kind, text) of the text objects anywhere in a card."""
    if isinstance(node, Mapping):
        if node.get("type") in {"mrkdwn", "plain_text"}:
            yield str(node["type"]), str(node["text"])
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts(value)


def _message(card: Message) -> Iterator[str]:
    if not 0 < len(card.text) <= 4000:
        yield f"fallback text of {len(card.text)} characters"
    if len(card.blocks) > 50:
        yield f"{len(card.blocks)} blocks"
    counted = [block for block in card.blocks if block["type"] not in {_CHARTS, _TABLES}]
    size = len(json.dumps(counted, ensure_ascii=False))
    if size > 13_000:
        yield f"blocks of {size} characters"
    if sum(block["type"] == _CHARTS for block in card.blocks) > 2:
        yield "more than two charts"
    yield from _blocks(card.blocks)
    for _, text in [*texts(card.blocks), ("mrkdwn", card.text)]:
        yield from _shouts(text)


def _view(card: View) -> Iterator[str]:
    body = dict(card.body)
    if body["type"] == "home":
        yield from _home(body)
        return
    try:
        SdkView(**body).validate_json()
    except SlackObjectFormationError as error:
        yield str(error)
    if not 0 < len(body["title"]["text"]) <= 24:
        yield "title"
    if len(body.get("private_metadata", "")) > 3000:
        yield "metadata"
    if len(body["blocks"]) > 100:
        yield "blocks"
    yield from _blocks(body["blocks"])


def _home(body: Mapping[str, Any]) -> Iterator[str]:
    """A Home tab: a hundred blocks, no tables, and 250 kB (docs: reference/views)."""
    if not 0 < len(body["blocks"]) <= 100:
        yield f"{len(body['blocks'])} blocks"
    if len(json.dumps(body)) > 250_000:
        yield "size"
    if any(block["type"] == _TABLES for block in body["blocks"]):
        yield "a table"
    yield from _blocks(body["blocks"])
    for kind, text in texts(body["blocks"]):
        yield from _shouts(text) if kind == "mrkdwn" else ()


def _blocks(blocks: Any) -> Iterator[str]:
    judges = {_CHARTS: _chart, _TABLES: _table}
    for block in blocks:
        yield from judges.get(block["type"], _block)(block)


def _block(block: Block) -> Iterator[str]:
    try:
        parsed = SdkBlock.parse(dict(block))
        assert parsed is not None, block["type"]
        parsed.validate_json()
    except SlackObjectFormationError as error:
        yield f"{block['type']}: {error}"
    limit = _TEXT.get(block["type"])
    if limit is not None and not 0 < len(block["text"]["text"]) <= limit:
        yield f"{block['type']} of {len(block['text']['text'])} characters"
    for element in block.get("elements", ()):
        yield from _button(element) if element["type"] == "button" else ()
    for kind, text in texts(block):
        if not text.strip():
            yield f"an empty {kind}"


def _button(element: Mapping[str, Any]) -> Iterator[str]:
    if not 0 < len(element["text"]["text"]) <= 75:
        yield "button text"
    if len(element["value"]) > 2000 or len(element["action_id"]) > 255:
        yield "button value"
    dialog = element.get("confirm")
    limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
    for part, limit in limits.items():
        if dialog is not None and not 0 < len(dialog[part]["text"]) <= limit:
            yield f"confirm {part}"


def _chart(block: Block) -> Iterator[str]:
    axes = block["chart"]["axis_config"]
    names = [series["name"] for series in block["chart"]["series"]]
    sized = [
        ("title", 50, [block["title"]]),
        ("category", 20, axes["categories"]),
        ("series name", 20, names),
        ("axis label", 50, [axes[name] for name in ("x_label", "y_label") if name in axes]),
    ]
    for what, limit, found in sized:
        if not all(0 < len(text) <= limit for text in found):
            yield what
    for what, most, found in [("categories", 20, axes["categories"]), ("series", 6, names)]:
        if not 0 < len(found) <= most or len(set(found)) != len(found):
            yield what
    for series in block["chart"]["series"]:
        if [point["label"] for point in series["data"]] != axes["categories"]:
            yield f"points of {series['name']}"
        if not all(math.isfinite(point["value"]) for point in series["data"]):
            yield f"values of {series['name']}"


def _table(block: Block) -> Iterator[str]:
    rows = block["rows"]
    if not 2 <= len(rows) <= 101 or not 1 <= len(rows[0]) <= 20 or not block["caption"]:
        yield "shape of the table"
    if len({len(row) for row in rows}) != 1:
        yield "ragged table"
    cells = [cell for row in rows for cell in row]
    if not all(cell["text"].strip() for cell in cells):
        yield "an empty cell"
    if sum(len(cell["text"]) for cell in cells) > 10_000:
        yield "letters of the table"
    if not all(math.isfinite(cell.get("value", 0)) for cell in cells):
        yield "a number of the table"


def _shouts(text: str) -> Iterator[str]:
    """Markup that only we may write: dates, people, user groups, our channels, and links."""
    for part in text.split("<")[1:]:
        ours = ("!date^", "@U", "@W", "#C", "!subteam^S", "https://", "http://")
        if not part.startswith(ours):
            yield f"unescaped markup <{part[:20]}"
