"""Whether Slack would accept these blocks: slack_sdk's own models first, then what they let through.

Called by the message and view checks in budgets.py. Faults come back as Slack writes them:
`must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.sandbox.slack.elements import at, check_accessory, check_elements, check_text
from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.newer_blocks import check_chart, check_data_table


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


EVERYWHERE = frozenset(Surface)
MESSAGES = frozenset({Surface.MESSAGE})
SURFACES: dict[str, frozenset[Surface]] = {
    "section": EVERYWHERE,
    "header": EVERYWHERE,
    "divider": EVERYWHERE,
    "context": EVERYWHERE,
    "actions": EVERYWHERE,
    "image": EVERYWHERE,
    "input": EVERYWHERE,
    "rich_text": EVERYWHERE,
    "video": EVERYWHERE,
    "markdown": MESSAGES,
    "table": MESSAGES,
    "file": MESSAGES,
    "call": MESSAGES,
    "context_actions": MESSAGES,
    "task_card": MESSAGES,
    "plan": MESSAGES,
    "card": MESSAGES,
    "carousel": MESSAGES,
    "container": MESSAGES,
    "auth_provider": MESSAGES,
    "alert": frozenset({Surface.MODAL}),
    "data_table": MESSAGES,
    "data_visualization": frozenset({Surface.MESSAGE, Surface.HOME}),
}
MAX_BLOCKS = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
MAX_CHARTS = 2


def check_blocks(
    blocks: Sequence[Json], surface: Surface, refused: frozenset[str], where: str = "/blocks"
) -> list[str]:
    """All faults of these blocks on this surface; `refused` types count as unknown. [] when fine."""
    faults: list[str] = []
    if len(blocks) > MAX_BLOCKS[surface]:
        faults.append(at(f"no more than {MAX_BLOCKS[surface]} items allowed", where))
    known = frozenset(SURFACES) - refused
    for index, block in enumerate(blocks):
        faults += _check_block(block, surface, known, f"{where}/{index}")
    faults += _repeated_block_ids(blocks, where)
    charts = sum(_type_of(block) == "data_visualization" for block in blocks)
    if surface is Surface.MESSAGE and charts > MAX_CHARTS:
        faults.append(at(f"no more than {MAX_CHARTS} data_visualization blocks allowed", where))
    return faults


def _type_of(block: object) -> str:
    kind = block.get("type") if isinstance(block, dict) else None
    return kind if isinstance(kind, str) else ""


def _check_block(block: object, surface: Surface, known: frozenset[str], where: str) -> list[str]:
    kind = _type_of(block)
    if not isinstance(block, dict) or kind not in known:
        return [at(f"unsupported type: {kind or 'none'}", f"{where}/type")]
    if surface not in SURFACES[kind]:
        return [at(f"{kind} blocks are not supported in a {surface}", where)]
    own = OWN_RULES.get(kind)
    faults = own(block, where) if own else []
    if kind not in {"data_table", "data_visualization"}:
        faults += _ask_sdk(block, where)
    return faults


def _ask_sdk(block: Json, where: str) -> list[str]:
    """What slack_sdk's model of the block objects to, and the properties that it does not know."""
    try:
        model = Block.parse(block)
        again = model.to_dict() if model is not None else {}
    except SlackObjectFormationError as refusal:
        return [at(str(refusal), where)]
    except (TypeError, AttributeError, ValueError, KeyError) as refusal:
        return [at(f"failed to match all allowed schemas ({refusal})", where)]
    if block["type"] in {
        "rich_text",
        "table",
        "container",
        "card",
        "carousel",
        "plan",
        "task_card",
    }:
        return []
    return [at("invalid additional property", path) for path in _lost(block, again, where)]


def _lost(sent: object, kept: object, where: str) -> Iterator[str]:
    """Paths of what was sent and is not in what the model kept."""
    match sent, kept:
        case dict(), dict():
            for key, value in sent.items():
                if value in (None, "", [], {}) and key not in kept:
                    continue
                if key not in kept:
                    yield f"{where}/{key}"
                else:
                    yield from _lost(value, kept[key], f"{where}/{key}")
        case list(), list() | tuple() if len(sent) == len(kept):
            for index, (value, other) in enumerate(zip(sent, kept, strict=True)):
                yield from _lost(value, other, f"{where}/{index}")
        case _:
            return


def _repeated_block_ids(blocks: Sequence[Json], where: str) -> list[str]:
    seen: set[str] = set()
    faults = []
    for index, block in enumerate(blocks):
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if not block_id:
            continue
        if block_id in seen:
            faults.append(at(f"block_id already exists: {block_id}", f"{where}/{index}/block_id"))
        seen.add(block_id)
    return faults


def _section(block: Json, where: str) -> list[str]:
    faults = check_text(block["text"], 3000, f"{where}/text") if "text" in block else []
    for index, field in enumerate(block.get("fields") or ()):
        faults += check_text(field, 2000, f"{where}/fields/{index}")
    if "accessory" in block:
        faults += check_accessory(block["accessory"], f"{where}/accessory")
    return faults


def _header(block: Json, where: str) -> list[str]:
    return check_text(block.get("text"), 150, f"{where}/text", plain=True)


def _context(block: Json, where: str) -> list[str]:
    elements = block.get("elements") or []
    if not elements:
        return [at("must provide at least 1 item", f"{where}/elements")]
    faults = []
    for index, element in enumerate(elements):
        if _type_of(element) == "image":
            continue
        faults += check_text(element, 3000, f"{where}/elements/{index}")
    return faults


def _actions(block: Json, where: str) -> list[str]:
    return check_elements(block.get("elements") or [], f"{where}/elements")


def _input(block: Json, where: str) -> list[str]:
    faults = check_text(block.get("label"), 2000, f"{where}/label", plain=True)
    if "hint" in block:
        faults += check_text(block["hint"], 2000, f"{where}/hint", plain=True)
    element = block.get("element")
    if not isinstance(element, dict):
        return [*faults, at("missing required field: element", where)]
    if element.get("type") == "button":
        return [*faults, at("unsupported type: button", f"{where}/element/type")]
    return faults + check_elements([element], f"{where}/element")


def _image(block: Json, where: str) -> list[str]:
    faults = []
    if not block.get("image_url") and not block.get("slack_file"):
        faults.append(at("missing required field: image_url", where))
    if not block.get("alt_text"):
        faults.append(at("missing required field: alt_text", where))
    return faults


OWN_RULES: dict[str, Callable[[Json, str], list[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "data_table": check_data_table,
    "data_visualization": check_chart,
}
