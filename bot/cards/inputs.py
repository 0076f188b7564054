"""The inputs of modals: what a person may choose or leave empty. Used by the forms."""

from bot.core.message import Block


def plain(text: str) -> Block:
    """Text without markup, as Slack wants it for titles and labels."""
    return {"type": "plain_text", "text": text}


def option(value: str, title: str) -> Block:
    """One choice of a menu, of radio buttons or of checkboxes."""
    return {"text": plain(title), "value": value}


def optional_input(action_id: str, label: str, element: Block) -> Block:
    """An input that may stay empty; it is named by `action_id` in what comes back."""
    return {
        "type": "input",
        "block_id": action_id,
        "optional": True,
        "label": plain(label),
        "element": {**element, "action_id": action_id},
    }
