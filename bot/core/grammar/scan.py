"""The text being read: what one part of the grammar has understood is hidden from the others."""

import re
import unicodedata

Span = tuple[int, int]
TAKEN = "\0"  # stands for each character that was understood; control characters never come in
HIDDEN = "\x01"  # stands for each character that can only be part of the name

_ALIKE = {
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－→", "-"),
    **dict.fromkeys("“”„‟«»＂", '"'),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("×✕✖⨯", "x"),
}
_LINKED = re.compile(r"<([#@!]?)([^<>|]*)(?:\|([^<>]*))?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
# Invisible marks that can reorder or hide what people read (Unicode TR 36).
_HIDDEN = frozenset(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def read_slack(text: str) -> str:
    """What a person saw when they typed it: Slack's `&lt;` and `<#C1|web>` undone, no control characters.

    Slack escapes only &, < and > (docs.slack.dev, "Formatting message text").
    """
    shown = _LINKED.sub(_label, text)
    return visible(_ENTITY.sub(lambda entity: _ENTITIES[entity[1]], shown))


def escape_slack(text: str) -> str:
    """The reverse for plain text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def visible(text: str) -> str:
    """The text on one line, without control, unpaired or reordering characters."""
    shown = (" " if _breaks(char) else char for char in text if char not in _HIDDEN)
    return "".join(char for char in shown if unicodedata.category(char) != "Cs").strip()


class Scan:
    """`said` is what was typed; `left` the same length, in lower case with plain dashes and quotes."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.left = "".join(_alike(char) for char in said)

    def find(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """All that match in what is not yet understood."""
        return list(pattern.finditer(self.left))

    def take(self, span: Span) -> None:
        """Marks a span as understood."""
        start, end = span
        self.left = self.left[:start] + TAKEN * (end - start) + self.left[end:]

    def hide(self, span: Span) -> None:
        """Keeps a span from being read as anything but a part of the name."""
        start, end = span
        self.left = self.left[:start] + HIDDEN * (end - start) + self.left[end:]

    def rewrite(self, span: Span, text: str) -> None:
        """Lets the others read `text`, which is no longer than the span, in its place."""
        start, end = span
        filled = text.ljust(end - start, TAKEN)[: end - start]
        self.left = self.left[:start] + filled + self.left[end:]

    def pieces(self) -> list[str]:
        """What nobody took, as typed, in order."""
        found = re.finditer(f"[^{TAKEN}]+", self.left)
        return [self.said[piece.start() : piece.end()] for piece in found]


def _alike(char: str) -> str:
    if unicodedata.category(char) == "Zs":
        return " "
    lower = _ALIKE.get(char, char).lower()
    return lower if len(lower) == 1 else char


def _breaks(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Zl", "Zp"}


def _label(link: re.Match[str]) -> str:
    mark, target, label = link[1], link[2], link[3]
    if mark == "#":
        return f"#{label or target}"
    if mark == "@":
        return f"@{(label or target).lstrip('@')}"
    return label or target
