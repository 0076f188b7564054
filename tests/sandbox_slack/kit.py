"""Small pieces of Block Kit for tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    """A section block."""
    return {"type": "section", "text": mrkdwn(text), **more}


def button(label: str, action_id: str, **more: Any) -> Json:
    """A button element."""
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def actions(*elements: Json, **more: Any) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str, label: str = "") -> Json:
    """An option of a select."""
    return {"text": plain(label or value), "value": value}


def input_block(action_id: str, element: Json, **more: Any) -> Json:
    """An input block whose block id is the action id."""
    return {
        "type": "input",
        "block_id": action_id,
        "label": plain(action_id),
        "element": {"action_id": action_id, **element},
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    """A modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": "campaign.form",
        "title": plain("Campaign"),
        "submit": plain("Plan it"),
        "blocks": list(blocks) or [input_block("name", {"type": "plain_text_input"})],
        **more,
    }


def chart(**changes: Any) -> Json:
    """A valid line chart, with changes to its `chart`."""
    labels = ["18:00", "19:00"]
    series = [{"name": "Planned", "data": [{"label": at, "value": 3} for at in labels]}]
    shape = {"type": "line", "series": series, "axis_config": {"categories": labels}, **changes}
    return {"type": "data_visualization", "title": "Requests", "chart": shape}


def cells(*texts: str) -> list[Json]:
    """A row of a table."""
    return [{"type": "raw_text", "text": text} for text in texts]


def data_table(**changes: Any) -> Json:
    """A valid data_table, with changes."""
    rows = [cells("Workload", "Floor"), cells("web", "14")]
    return {"type": "data_table", "caption": "Workloads", "rows": rows, **changes}
