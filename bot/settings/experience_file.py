"""The part `experience` of headroom.yaml: pages that are looked at, and what groups promise."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.core.experience import Experience, Objective, Page, Step
from bot.settings.yaml_file import Part

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
_Title = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Url = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s]+|/[^\s]*)$", max_length=500)]
_Seconds = Annotated[float, Field(gt=0, le=60)]


class _Step(Part):
    """One request of a way through several pages."""

    url: _Url
    name: str = ""
    method: Literal["GET", "POST"] = "GET"
    form: dict[str, str] = {}
    contains: str = ""


class _Page(Part):
    """One entry under `pages`: `url` (with `contains`), or `steps`."""

    name: _Name
    title: _Title
    groups: Annotated[list[str], Field(min_length=1)]
    url: _Url | None = None
    contains: str = ""
    steps: Annotated[list[_Step], Field(max_length=10)] = []
    slow_seconds: _Seconds = 2

    @model_validator(mode="after")
    def _one_way(self) -> "_Page":
        if bool(self.url) == bool(self.steps):
            raise ValueError("give either url or steps")
        return self


class _Objective(Part):
    """One entry under `objectives`."""

    group: str
    availability_percent: Annotated[float, Field(ge=50, lt=100)] = 99.5
    p95_seconds: _Seconds | None = None
    days: Annotated[int, Field(ge=1, le=42)] = 28


class ExperiencePart(Part):
    """`experience:`"""

    pages: Annotated[list[_Page], Field(max_length=50)] = []
    objectives: list[_Objective] = []
    every_seconds: Annotated[float, Field(ge=60, le=86400)] = 300
    every_seconds_live: Annotated[float, Field(ge=15, le=86400)] = 60
    around_minutes: Annotated[float, Field(ge=0, le=1440)] = 30
    timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 10
    largest_kb: Annotated[int, Field(ge=1, le=10_000)] = 500
    at_once: Annotated[int, Field(ge=1, le=16)] = 4
    private_hosts: list[str] = []


def experience_of(part: ExperiencePart) -> Experience:
    """The checked part as the core sees it; where paths are is the environment's to say."""
    return Experience(
        pages=tuple(_page(one) for one in part.pages),
        objectives=tuple(_objective(one) for one in part.objectives),
        every=timedelta(seconds=part.every_seconds),
        every_live=timedelta(seconds=part.every_seconds_live),
        around=timedelta(minutes=part.around_minutes),
        timeout=timedelta(seconds=part.timeout_seconds),
        largest=part.largest_kb * 1000,
        at_once=part.at_once,
        private_hosts=tuple(part.private_hosts),
    )


def experience_faults(part: ExperiencePart, groups: Sequence[str]) -> list[str]:
    """What a schema cannot see: names given twice, and groups that are not there."""
    faults = []
    names = [page.name for page in part.pages]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        faults.append(f"experience: there is more than one page called {', '.join(twice)}.")
    asked = {group for page in part.pages for group in page.groups}
    asked |= {one.group for one in part.objectives}
    unknown = sorted(asked - set(groups))
    if unknown:
        faults.append(f"experience: there is no such group: {', '.join(unknown)}.")
    return faults


def _page(part: _Page) -> Page:
    single = _Step(url=part.url, contains=part.contains) if part.url else None
    steps = [single] if single else part.steps
    return Page(
        name=part.name,
        title=part.title,
        groups=tuple(part.groups),
        steps=tuple(
            Step(one.url, one.name, one.method, dict(one.form), one.contains) for one in steps
        ),
        slow_after=timedelta(seconds=part.slow_seconds),
    )


def _objective(part: _Objective) -> Objective:
    p95 = None if part.p95_seconds is None else timedelta(seconds=part.p95_seconds)
    return Objective(part.group, part.availability_percent / 100, p95, part.days)
