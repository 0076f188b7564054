"""The parameters of alert templates: what may be set, within which limits, and reading what was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum

Given = float | str | Mapping[str, float]


class Shape(StrEnum):
    """What a parameter takes."""

    NUMBER = "a number"
    TEXT = "a text"
    NUMBERS = "numbers by name"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `default` None: it must be given. Limits hold for numbers, one by one.

    Minutes and hours are whole numbers: Cloud Monitoring counts in minutes.
    """

    name: str
    help: str
    default: Given | None = None
    least: float = 0.0
    most: float = 1e9
    shape: Shape = Shape.NUMBER

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are taken."""
        return self.name.endswith(("_minutes", "_hours"))


@dataclass(frozen=True, slots=True)
class Values:
    """The parameters of one alert, checked and complete."""

    given: Mapping[str, Given] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """A number; TypeError if the parameter is of another shape."""
        value = self.given[name]
        if isinstance(value, str | Mapping):
            raise TypeError(f"{name} is not a number")
        return float(value)

    def minutes(self, name: str) -> timedelta:
        """A number of minutes."""
        return timedelta(minutes=self.number(name))

    def hours(self, name: str) -> timedelta:
        """A number of hours."""
        return timedelta(hours=self.number(name))

    def text(self, name: str) -> str:
        """A text."""
        return str(self.given[name])

    def numbers(self, name: str) -> Mapping[str, float]:
        """Numbers by name; TypeError if the parameter is of another shape."""
        value = self.given[name]
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} is not a mapping")
        return value


def read_values(
    given: Mapping[str, object], parameters: tuple[Parameter, ...]
) -> tuple[Values, dict[str, str]]:
    """The values with defaults filled in, and what is wrong by parameter name ({}: nothing)."""
    known = {parameter.name: parameter for parameter in parameters}
    faults = {name: _unknown(name, list(known)) for name in given if name not in known}
    values: dict[str, Given] = {}
    for name, parameter in known.items():
        raw = given.get(name, parameter.default)
        if raw is None:
            faults[name] = f"must be given: {parameter.help}"
            continue
        value = _read(raw, parameter)
        if value is None:
            faults[name] = _complaint(parameter)
        else:
            values[name] = value
    return Values(values), faults


def _read(raw: object, parameter: Parameter) -> Given | None:
    match parameter.shape:
        case Shape.NUMBER:
            return _number(raw, parameter)
        case Shape.TEXT:
            return raw if isinstance(raw, str) and raw.strip() else None
        case Shape.NUMBERS:
            return _numbers(raw, parameter)


def _numbers(raw: object, parameter: Parameter) -> Mapping[str, float] | None:
    if not isinstance(raw, Mapping) or not raw:
        return None
    numbers: dict[str, float] = {}
    for name, value in raw.items():
        number = _number(value, parameter)
        if number is None:
            return None
        numbers[str(name)] = number
    return numbers


def _number(raw: object, parameter: Parameter) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if not parameter.least <= raw <= parameter.most or (parameter.whole and raw % 1):
        return None
    return float(raw)


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(known) or 'none'}"
    return f"there is no such parameter{hint}"


def _complaint(parameter: Parameter) -> str:
    if parameter.shape is Shape.TEXT:
        return "must be a text that is not empty"
    limits = f"from {parameter.least:.10g} to {parameter.most:.10g}"
    if parameter.shape is Shape.NUMBERS:
        return f"must name at least one thing, each with a number {limits}"
    return f"must be a {'whole ' if parameter.whole else ''}number {limits}"
