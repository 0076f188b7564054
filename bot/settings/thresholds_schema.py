"""The keys of alerts.yaml: what may stand where. Read by thresholds_file, which checks what they mean together."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.core.alert import Severity
from bot.settings.yaml_file import Part

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9._~%+-]{0,254}$")]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]


class ChannelPart(Part):
    name: Slug
    type: Literal["pubsub", "webhook", "token-webhook", "existing"]
    topic: Annotated[str, StringConstraints(pattern=r"^projects/[^/]+/topics/[^/]+$")] = ""
    url: Link = ""
    username: str = ""
    secret_env: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] = ""
    resource: Annotated[
        str, StringConstraints(pattern=r"^projects/[^/]+/notificationChannels/[^/]+$")
    ] = ""

    @model_validator(mode="after")
    def _complete(self) -> "ChannelPart":
        """Each type needs its own keys and no others."""
        given = {key for key in _CHANNEL_KEYS if getattr(self, key)}
        needed = _NEEDED[self.type]
        if missing := sorted(needed - given):
            raise ValueError(f"a channel of type {self.type} needs {', '.join(missing)}")
        if surplus := sorted(given - needed):
            raise ValueError(f"a channel of type {self.type} has no {', '.join(surplus)}")
        return self


_CHANNEL_KEYS = ("topic", "url", "username", "secret_env", "resource")
_NEEDED = {
    "pubsub": {"topic"},
    "webhook": {"url", "username", "secret_env"},
    "token-webhook": {"url", "secret_env"},
    "existing": {"resource"},
}


class OwnerPart(Part):
    name: Slug
    title: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    contact: Annotated[str, StringConstraints(max_length=200)] = ""


class CommonPart(Part):
    """Keys that the file, an entry and an alert may have; the narrower wins."""

    owner: Slug | None = None
    runbook: Link | None = None
    channels: list[Slug] | None = None


class AlertPart(CommonPart):
    """The keys of one alert that are not parameters of its template."""

    severity: Literal[Severity.CRITICAL, Severity.ERROR, Severity.WARNING] | None = None
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    enabled: bool = True


class WatchPart(CommonPart):
    name: Slug | None = None
    title: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    group: str | None = None
    workloads: list[Name] = []
    regions: list[Name] = []
    subscriptions: list[Name] = []
    jobs: list[Name] = []
    alerts: Annotated[dict[Slug, dict[str, Any] | None], Field(min_length=1)]

    @model_validator(mode="after")
    def _named(self) -> "WatchPart":
        if self.name is None and self.group is None:
            raise ValueError("an entry needs a name, or a group whose name it takes")
        if self.group and self.workloads:
            raise ValueError("an entry watches a group or workloads, not both")
        return self


class AlertsFile(CommonPart):
    name: Slug
    project: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
    notification_channels: Annotated[list[ChannelPart], Field(min_length=1)]
    owners: list[OwnerPart] = []
    auto_close_minutes: Annotated[int, Field(ge=30, le=7 * 24 * 60)] = 60
    watch: Annotated[list[WatchPart], Field(min_length=1)]
