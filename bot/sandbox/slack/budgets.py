"""Whether a whole message or view is acceptable; called by the Web API methods and response URLs.

Raises SlackError with Slack's codes. Limits: docs.slack.dev chat.postMessage, chat.update and
reference/views; the total of a message's blocks (`msg_blocks_too_long`) is undocumented, about 13,200.
"""

from collections.abc import Iterator, Sequence

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import DividerBlock
from slack_sdk.models.views import View

from bot.sandbox.slack.blocks import Surface, check_blocks
from bot.sandbox.slack.elements import at
from bot.sandbox.slack.errors import Json, SlackError

MAX_TEXT = 40_000
MAX_UPDATE_TEXT = 4_000
MAX_BLOCKS_TEXT = 13_200
MAX_MARKDOWN = 12_000
VIEW_KEYS = View.attributes | {"submit_disabled"}


def check_message(text: str, blocks: Sequence[Json] | None, refused: frozenset[str]) -> None:
    """SlackError: no_text, invalid_blocks, msg_blocks_too_long."""
    if not text and not blocks:
        raise SlackError("no_text")
    if blocks is None:
        return
    faults = check_blocks(blocks, Surface.MESSAGE, refused)
    written = sum(len(block["text"]) for block in blocks if _is_markdown(block))
    if written > MAX_MARKDOWN:
        faults.append(at(f"must be less than {MAX_MARKDOWN + 1} characters in all", "/blocks"))
    if faults:
        raise SlackError("invalid_blocks", [f"[ERROR] {fault}" for fault in faults])
    if sum(map(len, _texts(list(blocks)))) > MAX_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")


def _is_markdown(block: Json) -> bool:
    return block.get("type") == "markdown" and isinstance(block.get("text"), str)


def _texts(thing: object) -> Iterator[str]:
    """Every text inside; tables and charts have budgets of their own."""
    if isinstance(thing, list):
        for item in thing:
            yield from _texts(item)
    elif isinstance(thing, dict):
        if thing.get("type") in {"data_table", "data_visualization", "table"}:
            return
        for key, value in thing.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def check_view(view: Json, surface: Surface) -> None:
    """SlackError invalid_arguments with all faults of a modal or a Home tab."""
    faults = [*_shape(view, surface), *_sdk_view(view)]
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not blocks:
        faults.append(at("missing required field: blocks", "/view"))
    else:
        faults += check_blocks(blocks, surface, frozenset(), "/view/blocks")
        inputs = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
        if surface is Surface.MODAL and inputs and not view.get("submit"):
            faults.append(at("missing required field: submit", "/view"))
    if faults:
        raise SlackError("invalid_arguments", [f"[ERROR] {fault}" for fault in faults])


def _shape(view: Json, surface: Surface) -> list[str]:
    faults = []
    if view.get("type") != surface.value:
        faults.append(at(f"must be of type {surface.value}", "/view/type"))
    if surface is Surface.MODAL and not view.get("title"):
        faults.append(at("missing required field: title", "/view"))
    for name in ("title", "submit", "close"):
        label = view.get(name)
        if label is not None and (not isinstance(label, dict) or label.get("type") != "plain_text"):
            faults.append(at("must be a plain_text object", f"/view/{name}"))
    extra = sorted(set(view) - VIEW_KEYS)
    return faults + [at("invalid additional property", f"/view/{key}") for key in extra]


def _sdk_view(view: Json) -> list[str]:
    known = {key: value for key, value in view.items() if key != "blocks"}
    try:
        View(**known, blocks=[DividerBlock()]).validate_json()  # blocks are checked on their own
    except SlackObjectFormationError as refusal:
        return [at(str(refusal), "/view")]
    except (TypeError, AttributeError) as refusal:
        return [at(f"failed to match all allowed schemas ({refusal})", "/view")]
    return []
