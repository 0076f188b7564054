"""Paging as Google's list methods do it: an opaque token that continues where the last page ended."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.google.refusals import bad_argument

_USUAL = 100

Item = TypeVar("Item")


def page_of(items: Sequence[Item], size: int, token: str) -> tuple[Sequence[Item], str]:
    """The page of `items` that `token` asks for, and the token of the next ("" when it is the last)."""
    if size < 0:
        raise bad_argument("page_size must not be negative")
    start = read_token(token)
    end = start + (size or _USUAL)
    return items[start:end], make_token(end) if end < len(items) else ""


def make_token(offset: int) -> str:
    """An opaque token for an offset."""
    return base64.urlsafe_b64encode(f"o:{offset}".encode()).decode()


def read_token(token: str) -> int:
    """The offset in a token ("": 0); an INVALID_ARGUMENT refusal for anything else."""
    if not token:
        return 0
    try:
        mark, offset = base64.urlsafe_b64decode(token.encode()).decode().split(":")
        if mark == "o":
            return int(offset)
    except ValueError:
        pass
    raise bad_argument("page_token is not valid")
