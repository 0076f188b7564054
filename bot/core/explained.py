"""One explained number; made by explanation and explained_money, shown by cards and the command line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A number with how it was worked out, where that comes from, and how sure it is ("": nothing to say)."""

    label: str
    value: str
    formula: str
    source: str
    uncertainty: str = ""

    @property
    def grounds(self) -> tuple[str, ...]:
        """What stands behind the number, each part with its name."""
        parts = (
            ("Formula", self.formula),
            ("Source", self.source),
            ("Uncertainty", self.uncertainty),
        )
        return tuple(f"{name}: {text}" for name, text in parts if text)
