"""Field masks as Google's update methods take them: snake_case paths into a message.

A masked path that the body does not carry means "back to the default"; an unknown path is refused.
"""

from collections.abc import Iterable
from typing import Any

from google.protobuf.message import Message

from bot.sandbox.google.refusals import bad_argument


def merge(current: Message, body: Message, paths: Iterable[str], *, fixed: frozenset[str]) -> None:
    """Copies the masked paths of `body` into `current`; no paths or `*`: all that is set in `body`.

    Top-level fields in `fixed` belong to the server and are left alone. Raises an INVALID_ARGUMENT
    refusal for a path the message does not have.
    """
    wanted = list(paths)
    if not wanted or wanted == ["*"]:
        wanted = [field.name for field in current.DESCRIPTOR.fields]
    for path in wanted:
        steps = path.split(".")
        if steps[0] in fixed:
            continue
        _merge_path(current, body, steps, path)


def _merge_path(current: Any, body: Any, steps: list[str], path: str) -> None:
    for index, step in enumerate(steps):
        field = current.DESCRIPTOR.fields_by_name.get(step)
        if field is None:
            raise bad_argument(f"update_mask path '{path}' does not name a field of the resource")
        if index == len(steps) - 1:
            _replace(current, body, step)
            return
        if _is_map(field):
            _replace_entry(
                getattr(current, step), getattr(body, step), ".".join(steps[index + 1 :])
            )
            return
        if field.is_repeated or field.message_type is None:
            raise bad_argument(f"update_mask path '{path}' leads into a field without fields")
        current, body = getattr(current, step), getattr(body, step)


def _is_map(field: Any) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _replace(current: Any, body: Any, name: str) -> None:
    given = {field.name: value for field, value in body.ListFields()}
    current.ClearField(name)
    if name not in given:
        return
    field = current.DESCRIPTOR.fields_by_name[name]
    if field.is_repeated or field.message_type is not None:
        getattr(current, name).MergeFrom(given[name])
    else:
        setattr(current, name, given[name])


def _replace_entry(current: Any, body: Any, key: str) -> None:
    key = key.strip("`")
    if key in body:
        current[key] = body[key]
    else:
        current.pop(key, None)
