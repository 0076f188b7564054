"""What a named template of the library is: what it watches, what it asks, and whether it may page."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.core.alert import Severity
from bot.core.thresholds.conditions import Condition
from bot.core.thresholds.parameters import Parameter, Values
from bot.core.thresholds.scope import Scope


class Watches(StrEnum):
    """What a template is about, and so what an entry of alerts.yaml must name."""

    SERVICES = "services"
    SUBSCRIPTIONS = "subscriptions"
    JOBS = "jobs"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Template:
    """One good default.

    `symptom`: customers or readers of data feel it, so it may page. Anything else is a cause, which can
    be at most a warning: somebody looks at it in working hours.
    """

    name: str
    title: str
    watches: Watches
    severity: Severity
    symptom: bool
    why: str
    first_steps: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    conditions: Callable[[Scope, Values], tuple[Condition, ...]]

    def allows(self, severity: Severity) -> bool:
        """Whether an alert of this template may be that severe."""
        return self.symptom or severity.rank <= Severity.WARNING.rank
