"""YAML read safely and checked by a schema; every fault is told with file, line and field. For the settings.

Refused before they cost anything: oversize files, aliases (they can multiply without end), endless
nesting, and keys given twice (the later would silently win).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import AskedWrong

LARGEST = 1_000_000  # characters
DEEPEST = 40
_WORDS = {
    "missing": "this key is missing",
    "extra_forbidden": "there is no such key; docs/reference/ lists them",
    "model_type": "it must be a mapping of keys to values, and is not (or is empty)",
    "list_type": "it must be a list",
    "string_type": "it must be text",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "int_parsing": "it must be a whole number",
    "float_parsing": "it must be a number",
}
_ENUM = re.compile(r"<\w+\.\w+: ('[^']*')>")
_PHRASES = (
    ("Input should be ", "it must be "),
    (" after validation", ""),
    ("List should have", "it must have"),
    ("String should", "it must"),
)


class Part(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document(Generic[Schema]):
    """A checked file, and where in it everything stands."""

    content: Schema
    source: str
    tree: yaml.Node | None

    def line(self, *path: str | int) -> int:
        """The line (from 1) of the deepest part of `path` that is there."""
        return _line(self.tree, path)


def read_text(path: Path, *, largest: int = LARGEST) -> str:
    """The file's text; raises AskedWrong when it cannot be read or is larger than `largest` bytes."""
    try:
        if path.stat().st_size > largest * 4:
            raise AskedWrong(f"{path} is larger than {largest:,} characters.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AskedWrong(_unreadable(path, error)) from error


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return f"There is no file {path}."
        case IsADirectoryError():
            return f"{path} is a folder, not a file."
        case PermissionError():
            return f"{path} cannot be read: this user lacks the permission."
        case UnicodeDecodeError():
            return f"{path} cannot be read: it is no UTF-8 text (byte {error.start + 1})."
        case _:
            return f"{path} cannot be read: {error.strerror or error}."


def parse(
    text: str, source: str, schema: type[Schema], *, largest: int = LARGEST
) -> Document[Schema]:
    """The text as `schema`; raises AskedWrong naming file, line and field of every fault."""
    if len(text) > largest:
        raise AskedWrong(f"{source} is larger than {largest:,} characters.")
    try:
        _refuse_tricks(text, source)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_twice(tree, source)
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = str(error).replace('"<unicode string>"', source)
        raise AskedWrong(f"{source} is not valid YAML: {where}") from error
    try:
        return Document(schema.model_validate(content), source, tree)
    except ValidationError as error:
        raise AskedWrong(_faults(error, source, tree)) from error


def _refuse_tricks(text: str, source: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise AskedWrong(f"{source} uses YAML aliases (*name), which are not allowed here.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise AskedWrong(f"{source} is nested more than {DEEPEST} levels deep.")


def _refuse_twice(tree: yaml.Node | None, source: str) -> None:
    for mapping in _mappings(tree):
        seen: set[str] = set()
        for key, _ in mapping.value:
            if str(key.value) in seen:
                line = key.start_mark.line + 1
                raise AskedWrong(f"{source}:{line}: {key.value}: this key is given twice")
            seen.add(str(key.value))


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    waiting = [node] if node is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.MappingNode):
            yield one
            waiting += [value for _, value in one.value]
        elif isinstance(one, yaml.SequenceNode):
            waiting += one.value


def _faults(error: ValidationError, source: str, tree: yaml.Node | None) -> str:
    lines = []
    for fault in error.errors():
        field = ".".join(str(part) for part in fault["loc"]) or "the whole file"
        message = _WORDS.get(fault["type"], reworded(fault["msg"]))
        lines.append(f"{source}:{_line(tree, fault['loc'])}: {field}: {message}")
    return "\n- ".join(lines)


def reworded(message: str) -> str:
    """The library's complaint in the words of this file."""
    words = _ENUM.sub(r"\1", message.removeprefix("Value error, "))
    for theirs, ours in _PHRASES:
        words = words.replace(theirs, ours)
    return words


def _line(node: yaml.Node | None, path: Sequence[Any]) -> int:
    for part in path:
        node = _child(node, part) or node
    return node.start_mark.line + 1 if node is not None else 1


def _child(node: yaml.Node | None, part: Any) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child
    return None
