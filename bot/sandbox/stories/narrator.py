"""Tells a story on the terminal: who says what, what each role sees, and which promises were kept."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

_LINES_OF_AN_EDIT = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """Something the story said would happen, and whether it was seen."""

    text: str
    kept: bool
    detail: str = ""


@dataclass(slots=True)
class Narrator:
    """Prints, and keeps the promises that were checked."""

    zone: ZoneInfo
    colour: bool = field(default_factory=lambda: sys.stdout.isatty())
    promises: list[Promise] = field(default_factory=list)
    _shown: dict[tuple[str, str], str] = field(default_factory=dict)

    def scene(self, title: str) -> None:
        """A new part of the story."""
        print(self._ink("1", f"\n▌ {title}"), flush=True)

    def line(self, at: datetime, who: str, text: str) -> None:
        """One line with the town's time."""
        self._print(at, self._ink("36", f"{who:<14}"), text)

    def said(self, at: datetime, who: str, text: str) -> None:
        """What a person types or presses."""
        self._print(at, self._ink("33", f"{who:<14}"), self._ink("33", f"› {text}"))

    def seen(self, at: datetime, place: str, ts: str, text: str) -> None:
        """What the bot shows in a place: whole when it is new or has a new headline, else what changed."""
        before = self._shown.get((place, ts), "").splitlines()
        now = [line for line in text.splitlines() if line.strip()]
        self._shown[(place, ts)] = text
        if not before or before[0] != now[:1][0]:
            self._print(at, self._ink("32", f"{place:<14}"), "\n".join(now))
            return
        changed = [line.strip() for line in now if line not in before]
        shown = [f"↻ {line}" for line in changed[:_LINES_OF_AN_EDIT]]
        if len(changed) > len(shown):
            shown.append(f"↻ … and {len(changed) - len(shown)} more lines")
        if shown:
            self._print(at, self._ink("2", f"{place:<14}"), "\n".join(shown))

    def promise(self, text: str, *, kept: bool, detail: str = "") -> None:
        """Records a checked promise; a broken one is printed at once."""
        self.promises.append(Promise(text, kept, detail))
        if not kept:
            print(self._ink("31", f"      ✘ {text}. {detail}"), flush=True)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table with its columns aligned."""
        widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
        for row in (head, ["─" * width for width in widths], *rows):
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            print("  " + "  ".join(cells).rstrip())

    def verdict(self) -> bool:
        """Prints every promise; true if all were kept (and there were any)."""
        self.scene("What the story promised")
        for promise in self.promises:
            mark = self._ink("32", "✔") if promise.kept else self._ink("31", "✘")
            detail = f" ({promise.detail})" if promise.detail else ""
            print(f"  {mark} {promise.text}{detail}")
        kept = sum(promise.kept for promise in self.promises)
        print(f"\n{kept} of {len(self.promises)} promises kept.", flush=True)
        return bool(self.promises) and kept == len(self.promises)

    def _print(self, at: datetime, who: str, text: str) -> None:
        clock = self._ink("2", at.astimezone(self.zone).strftime("%H:%M"))
        first, *rest = text.splitlines() or [""]
        print(f"{clock} {who} {first}")
        for line in rest:
            print(f"{'':20} {line}")
        sys.stdout.flush()

    def _ink(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colour else text
