"""Finding what a person means by "the Confirm button"; used by people.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.mrkdwn import read_plain
from bot.sandbox.slack.records import StoredMessage, StoredView
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Where:
    """Narrows the search; empty fields do not. `label` is a button's text, a menu's placeholder, or an action id."""

    label: str
    channel: str = ""
    ts: str = ""
    view_id: str = ""
    block_id: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An interactive element, and the message or view that it is in."""

    block: Json
    element: Json
    message: StoredMessage | None = None
    view: StoredView | None = None


def find_target(workspace: Workspace, user: str, where: Where) -> Target | None:
    """The newest thing the person can see that matches: an open modal first, then messages, then Home."""
    for view in reversed(workspace.stacks[user][-1:]):
        found = _in_view(view, where)
        if found is not None:
            return found
    if workspace.stacks[user] and not (where.channel or where.ts):
        return None
    for message in reversed(workspace.visible_to(user)):
        found = _in_message(message, where)
        if found is not None:
            return found
    home = workspace.homes.get(user)
    return _in_view(home, where) if home is not None else None


def _in_view(view: StoredView, where: Where) -> Target | None:
    if where.channel or where.ts or where.view_id not in {"", view.id}:
        return None
    for block, element in interactive(view.body.get("blocks") or ()):
        if _matches(block, element, where):
            return Target(block, element, view=view)
    return None


def _in_message(message: StoredMessage, where: Where) -> Target | None:
    if where.view_id or where.channel not in {"", message.room} or where.ts not in {"", message.ts}:
        return None
    for block, element in interactive(message.blocks):
        if _matches(block, element, where):
            return Target(block, element, message=message)
    return None


def _matches(block: Json, element: Json, where: Where) -> bool:
    if where.block_id not in {"", block.get("block_id")}:
        return False
    if element.get("action_id") == where.label:
        return True
    # A menu is called by what it shows before anything is chosen.
    text = element.get("text") or element.get("placeholder")
    return isinstance(text, dict) and _same(str(text.get("text", "")), where.label)


def _same(label: str, wanted: str) -> bool:
    """Labels are compared without case and without emoji."""
    plain = "".join(char for char in read_plain(label) if char.isascii()).strip().casefold()
    return wanted.strip().casefold() in {plain, label.strip().casefold()}


def interactive(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that a person can click."""
    for block in blocks:
        elements = list(block.get("elements") or ()) if block.get("type") == "actions" else []
        elements += [block[key] for key in ("accessory", "element") if key in block]
        for element in elements:
            if isinstance(element, dict) and element.get("type") not in {None, "image"}:
                yield block, element


def choices(element: Json) -> Sequence[str]:
    """What a menu offers, in words; empty for anything else."""
    options = element.get("options") or ()
    return [str(one["text"]["text"]) for one in options] if "select" in element["type"] else ()
