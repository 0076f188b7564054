"""What every method needs at hand, and what a method is; built once by the town."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.faults import SlackFaults
from bot.sandbox.slack.limits import Limiter
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.workspace import Workspace


@dataclass(slots=True)
class Secrets:
    """What the bot and its Slack share."""

    token: str
    signing_secret: str


@dataclass(slots=True)
class Desk:
    """The parts that methods work with; `own_url` is where this Slack is reached, without a slash."""

    workspace: Workspace
    secrets: Secrets
    limiter: Limiter
    faults: SlackFaults
    triggers: Triggers
    own_url: str = "http://127.0.0.1"

    def demand(self, scope: str) -> None:
        """Refuses what the app was not allowed to do when it was installed."""
        granted = self.workspace.scenario.bot.scopes
        if scope and granted and scope not in granted:
            raise SlackError("missing_scope", needed=scope, provided=",".join(granted))


@dataclass(frozen=True, slots=True)
class Method:
    """One API method: what it does, its rate limit tier (5: several hundred a minute), and the scope it needs."""

    call: Callable[[Arguments], Json]
    tier: int
    scope: str = ""


Methods = Mapping[str, Method]
