"""Takes the busiest URLs past the web framework: a storm of alerts, or Slack's three seconds, wait for nothing.

Used by routes. What is not exactly a POST to one of them goes the usual way, which also answers 405.
"""

from collections.abc import Sequence

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


class FastPaths:
    """An ASGI application: `routes` directly, everything else by `rest`."""

    def __init__(self, rest: ASGIApp, routes: Sequence[Route]) -> None:
        self._rest = rest
        self._direct = {route.path: route.app for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        direct = scope["type"] == "http" and scope["method"] == "POST"
        app = self._direct.get(scope["path"]) if direct else None
        await (app or self._rest)(scope, receive, send)
