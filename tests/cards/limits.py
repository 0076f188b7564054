"""Slack's limits as an offline judge: slack_sdk's own models, and what they do not check."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from bot.core.message import Block, Message, View

# Newer than slack_sdk's classes; judged here.
_CHARTS = "data_visualization"
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
    size = len(json.dumps(card.blocks, ensure_ascii=False))
    if size > 13_000:
        yield f"blocks of {size} characters"
    if sum(block["type"] == _CHARTS for block in card.blocks) > 2:
        yield "more than two charts"
    yield from _blocks(card.blocks)
    for _, text in [*texts(card.blocks), ("mrkdwn", card.text)]:
        yield from _shouts(text)


def _view(card: View) -> Iterator[str]:
    body = dict(card.body)
    try:
        SdkView(**body).validate_json()
    except SlackObjectFormationError as error:
        yield str(error)
    if not 0 < len(body["title"]["text"]) <= 24:
        yield "title"
    if len(body["private_metadata"]) > 3000:
        yield "metadata"
    if len(body["blocks"]) > 100:
        yield "blocks"
    yield from _blocks(body["blocks"])


def _blocks(blocks: Any) -> Iterator[str]:
    for block in blocks:
        yield from _chart(block) if block["type"] == _CHARTS else _block(block)


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
    if not 0 < len(block["title"]) <= 50:
        yield "chart title"
    categories = block["chart"]["axis_config"]["categories"]
    if not 0 < len(categories) <= 20 or len(set(categories)) != len(categories):
        yield "categories"
    for series in block["chart"]["series"]:
        labels = [point["label"] for point in series["data"]]
        if not 0 < len(labels) <= 20 or not set(labels) <= set(categories):
            yield f"points of {series['name']}"
        if not 0 < len(series["name"]) <= 20:
            yield "series name"


def _shouts(text: str) -> Iterator[str]:
    """Markup that only we may write: dates, people, user groups, our channels, and links."""
    for part in text.split("<")[1:]:
        ours = ("!date^", "@U", "@W", "#C", "!subteam^S", "https://", "http://")
        if not part.startswith(ours):
            yield f"unescaped markup <{part[:20]}"
