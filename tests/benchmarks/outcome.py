"""What a benchmark hands back: a table for people, numbers for machines, and one verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ratio` is the worst of ours against the peer's, wanted at most `goal`; `numbers` go into the file."""

    name: str
    ratio: float
    goal: float
    table: Sequence[str]
    numbers: Mapping[str, object] = field(default_factory=dict)
    not_measured: Mapping[str, str] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.goal

    @property
    def verdict(self) -> str:
        """The last line, for people and for CI."""
        word = "ok" if self.reached else "short"
        goal = f"{self.goal:.2f}".removesuffix("0")
        return f"BENCH {self.name} {word} ratio={self.ratio:.2f} goal<={goal}"

    @property
    def record(self) -> dict[str, object]:
        """What `build/bench/<name>.json` holds."""
        return {
            "name": self.name,
            "ok": self.reached,
            "ratio": self.ratio,
            "goal": self.goal,
            "numbers": dict(self.numbers),
            "not_measured": dict(self.not_measured),
        }
