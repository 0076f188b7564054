"""Filling in inputs: from what a person enters to Slack's `state.values`; used by people.py.

Values are keyed by action id. Selects take an option's value or its text, dates YYYY-MM-DD, times HH:MM,
several choices a list or a comma separated text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.elements import all_options
from bot.sandbox.slack.errors import Json

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_REQUIRED = "Please complete this required field."
_PLAIN_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
}
_INITIAL_KEYS = {
    "value": "initial_value",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_user": "initial_user",
    "selected_channel": "initial_channel",
    "selected_conversation": "initial_conversation",
}
_ONE_OPTION = frozenset({"static_select", "radio_buttons", "overflow"})
_MANY_OPTIONS = frozenset({"multi_static_select", "checkboxes"})


class BadInput(Exception):
    """What a person entered cannot be; `errors` maps block ids to what Slack's client says."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def fill(body: Json, values: Mapping[str, Any]) -> Json:
    """`state.values` of a view: what was entered over what was there; BadInput when incomplete."""
    state: Json = {}
    errors: dict[str, str] = {}
    unknown = set(values)
    for block, element in _inputs(body):
        action_id = element["action_id"]
        unknown.discard(action_id)
        given = values.get(action_id)
        try:
            entry = initial(element) if given is None else entered(element, given)
        except ValueError as problem:
            errors[block["block_id"]] = str(problem)
            continue
        if _is_empty(entry) and block.get("type") == "input" and not block.get("optional"):
            errors[block["block_id"]] = _REQUIRED
        state.setdefault(block["block_id"], {})[action_id] = entry
    if unknown:
        raise BadInput({name: f"there is no input {name}" for name in sorted(unknown)})
    if errors:
        raise BadInput(errors)
    return state


def _inputs(body: Json) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) of a view that holds a value."""
    for block in body.get("blocks") or ():
        elements = list(block.get("elements") or ()) if block.get("type") == "actions" else []
        elements += [block[key] for key in ("accessory", "element") if key in block]
        for element in elements:
            if element.get("type") in {
                *_PLAIN_KEYS,
                *_ONE_OPTION,
                *_MANY_OPTIONS,
                "datetimepicker",
            }:
                yield block, element


def initial(element: Json) -> Json:
    """The entry of an untouched input."""
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options") or ())}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": element.get("initial_date_time")}
    key = _PLAIN_KEYS[kind]
    return {"type": kind, key: element.get(_INITIAL_KEYS[key])}


def entered(element: Json, given: Any) -> Json:
    """The entry of an input after a person gave it a value; ValueError says what is wrong."""
    kind = element["type"]
    if kind in _ONE_OPTION:
        option = _option(element, str(given)) if given != "" else None
        return {"type": kind, "selected_option": option}
    if kind in _MANY_OPTIONS:
        wanted = given if isinstance(given, list) else str(given).split(",")
        chosen = [_option(element, str(name).strip()) for name in wanted if str(name).strip()]
        return {"type": kind, "selected_options": chosen}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": int(given)}
    text = str(given)
    if text:
        _check(element, text)
    return {"type": kind, _PLAIN_KEYS[kind]: text or None}


def _is_empty(entry: Json) -> bool:
    """Whether nothing was entered."""
    return all(value in (None, "", []) for key, value in entry.items() if key != "type")


def _option(element: Json, name: str) -> Json:
    for option in all_options(element):
        if name in {option["value"], option["text"]["text"]}:
            return option
    raise ValueError(f"there is no choice {name!r}")


def _check(element: Json, text: str) -> None:
    kind = element["type"]
    if kind == "datepicker" and not _DATE.fullmatch(text):
        raise ValueError("Enter a date as YYYY-MM-DD.")
    if kind == "timepicker" and not _TIME.fullmatch(text):
        raise ValueError("Enter a time as HH:MM.")
    if kind == "number_input":
        _check_number(element, text)
    if kind == "plain_text_input":
        _check_length(element, text)


def _check_number(element: Json, text: str) -> None:
    try:
        number = float(text)
    except ValueError:
        raise ValueError("Enter a number.") from None
    if not element.get("is_decimal_allowed") and number != int(number):
        raise ValueError("Enter a whole number.")
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < float(low):
        raise ValueError(f"Enter a number of at least {low}.")
    if high is not None and number > float(high):
        raise ValueError(f"Enter a number of at most {high}.")


def _check_length(element: Json, text: str) -> None:
    longest, shortest = element.get("max_length"), element.get("min_length")
    if longest is not None and len(text) > int(longest):
        raise ValueError(f"Enter at most {longest} characters.")
    if shortest is not None and len(text) < int(shortest):
        raise ValueError(f"Enter at least {shortest} characters.")
