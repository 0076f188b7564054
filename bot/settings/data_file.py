"""The part `data` of headroom.yaml: pipelines and their targets."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from bot.core.pipelines import Pipeline
from bot.settings.yaml_file import Part

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
_Resource = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9._~%+-]{0,254}$")]


class _Pipeline(Part):
    """One entry under `pipelines`."""

    name: _Name
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    project: str | None = None
    groups: list[str] = []
    workers: list[str] = []
    subscription: _Resource | None = None
    job: _Resource | None = None
    region: str = ""
    fresh_minutes: Annotated[float, Field(gt=0, le=60 * 24 * 7)] | None = None
    most_waiting: Annotated[int, Field(ge=0)] | None = None
    every_hours: Annotated[float, Field(gt=0, le=24 * 31)] | None = None

    @model_validator(mode="after")
    def _something(self) -> "_Pipeline":
        if not self.subscription and not self.job:
            raise ValueError("give a subscription or a job")
        if self.subscription and self.fresh_minutes is None and self.most_waiting is None:
            raise ValueError("a subscription needs fresh_minutes or most_waiting")
        return self


class DataPart(Part):
    """`data:`"""

    pipelines: Annotated[list[_Pipeline], Field(max_length=200)] = []


def pipelines_of(part: DataPart, project: str) -> tuple[Pipeline, ...]:
    """The checked part as the core sees it; `project` is where those are that name none."""
    return tuple(
        Pipeline(
            name=one.name,
            title=one.title,
            project=one.project or project,
            groups=tuple(one.groups),
            workers=tuple(one.workers),
            subscription=one.subscription or "",
            job=one.job or "",
            region=one.region,
            fresh=None if one.fresh_minutes is None else timedelta(minutes=one.fresh_minutes),
            most_waiting=one.most_waiting,
            every=None if one.every_hours is None else timedelta(hours=one.every_hours),
        )
        for one in part.pipelines
    )


def data_faults(part: DataPart, groups: list[str]) -> list[str]:
    """Names given twice, and groups that are not there."""
    names = [one.name for one in part.pipelines]
    twice = sorted({name for name in names if names.count(name) > 1})
    unknown = sorted({group for one in part.pipelines for group in one.groups} - set(groups))
    faults = [f"data: there is more than one pipeline called {', '.join(twice)}."] if twice else []
    return faults + ([f"data: there is no such group: {', '.join(unknown)}."] if unknown else [])
