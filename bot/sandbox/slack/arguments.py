"""The arguments of one API call, whether they came as a form, a query or JSON; used by all methods."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.sandbox.slack.errors import Json, SlackError

TRUE = frozenset({"1", "true", "True"})


class Arguments:
    """Typed access to the arguments; raises Slack's errors for what cannot be read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers are written out."""
        value = self._values.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """A text that must be there; invalid_arguments otherwise."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """A boolean, false when absent."""
        value = self._values.get(name)
        return value is True or str(value) in TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", [f"[ERROR] not a number: {name}"]) from None

    def thing(self, name: str) -> Any:
        """A JSON value that may be written as text; invalid_arguments when it is not JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError("invalid_arguments", [f"[ERROR] not JSON: {name}"]) from None

    def blocks(self) -> list[Json] | None:
        """The blocks, None when not given; invalid_blocks_format when they are no list."""
        given = self._values.get("blocks")
        if given is None or given == "":
            return None
        try:
            blocks = self.thing("blocks")
        except SlackError:
            raise SlackError("invalid_blocks_format") from None
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            raise SlackError("invalid_blocks_format")
        return blocks


async def read_arguments(request: Request) -> Arguments:
    """Reads query, form and JSON; invalid_json, json_not_object, invalid_form_data as Slack says."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    body = await request.body()
    if kind == "application/json":
        values |= _read_json(body)
    elif kind == "application/x-www-form-urlencoded":
        values |= _read_form(body)
    elif body:
        raise SlackError("invalid_post_type")
    return Arguments(values)


def _read_form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise SlackError("invalid_form_data") from None


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed
