"""Somebody else's words made harmless, and text kept inside its budget. Called by every card."""

import re
from collections.abc import Sequence

_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_UNSAYABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\s]+")
_CUT_TOKEN = re.compile(r"(&[#\w]{0,8}|<[^<>]*)$")
_SECTION = 2800


def escape(text: str) -> str:
    """The three characters Slack reads as markup (docs: formatting, escaping text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def said(text: str, limit: int = 80) -> str:
    """Somebody else's words on one line: at most `limit` characters, then escaped.

    Control characters and direction overrides are dropped: a name must not rearrange our sentence.
    """
    return escape(one_line(text, limit))


def one_line(text: str, limit: int = 80) -> str:
    """The same for where Slack reads no markup: not escaped."""
    line = _UNSAYABLE.sub(" ", text.translate(_BIDI)).strip()
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return line


def paragraph(text: str, *, otherwise: str = "…") -> str:
    """Somebody else's words with their line breaks; never empty."""
    lines = [said(line, _SECTION) for line in text.splitlines()]
    return "\n".join(lines).strip() or otherwise


def clip(text: str, limit: int) -> str:
    """At most `limit` characters of marked-up text, never ending inside an entity or a <…> token."""
    if len(text) <= limit:
        return text
    return _CUT_TOKEN.sub("", text[: limit - 1]).rstrip() + "…"


def rows(lines: Sequence[str], *, most: int = 10, limit: int = _SECTION) -> str:
    """Lines from the top that fit, and how many more there are."""
    kept: list[str] = []
    room = limit - len("and 1,000,000 more")
    for line in lines[:most]:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    if len(kept) < len(lines):
        kept.append(f"and {len(lines) - len(kept):,} more")
    return "\n".join(kept)
