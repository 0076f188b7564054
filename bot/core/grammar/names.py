"""The campaign's name: in quotes, or what is left when all else was understood."""

import re

from bot.core.grammar.scan import TAKEN, Scan, visible

MAX_NAME = 80

# A pair of the same sort, with "" for a quote inside; then any mixture that a phone's keyboard made.
_QUOTED = (
    re.compile(r'"((?:[^"]|"")*)"(?!")|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»'),
    re.compile(r"[\"“”„]([^\"“”„]+)[\"“”„]"),
    re.compile(r"^\s*['‘]([^'‘’]+)['’](?!\w)"),
)
_LOOSE_ENDS = frozenset(
    "on at from for to until till the with in and und starting start starts end ends ending between "
    "expect expecting expected about around by please of traffic load demand visitors usual normal our as "
    "x @ & + - , ; : ( ) [ ] . / | = ~ um von bis ab am mit".split()
)
_PLEASE = re.compile(r"[\W_]*please\b", re.IGNORECASE)
_OPENING = frozenset("- , ; : ) ] / | = ~ . & +".split())


def clean_name(text: str) -> str:
    """Safe to store and to show: one line, no control characters, at most 80 characters."""
    return visible(text)[:MAX_NAME].strip()


def take_quoted(scan: Scan) -> str:
    """The first quoted text, taken out of `scan` ("" if nothing is quoted)."""
    for pattern in _QUOTED:
        found = pattern.search(scan.said)
        if found:
            scan.take(found.span())
            inner = next((part for part in found.groups() if part is not None), "")
            return clean_name(inner.replace('""', '"') if found[0].startswith('"') else inner)
    return ""


def left_over(scan: Scan) -> str:
    """What nobody understood, without the small words that tied it to what was."""
    opens = not scan.left.startswith(TAKEN)  # "The Big Sale" keeps its first word
    pieces = scan.pieces()
    kept = [_trimmed(piece, first=opens and index == 0) for index, piece in enumerate(pieces)]
    # "…, please warm up" asks for something; where there is a name, it is not part of it.
    named = [name for name, piece in zip(kept, pieces, strict=True) if not _PLEASE.match(piece)]
    chosen = named if any(named) else kept
    return clean_name(" ".join(name for name in chosen if name))


def _trimmed(piece: str, *, first: bool) -> str:
    words = piece.split(" ")
    opening = _OPENING if first else _LOOSE_ENDS
    while words and (not words[0] or words[0].casefold() in opening):
        words = words[1:]
    while words and (not words[-1] or words[-1].casefold().rstrip(":") in _LOOSE_ENDS):
        words = words[:-1]
    return " ".join(words).strip(" ,;:|()[]") if words else ""
