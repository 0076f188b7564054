"""POST /api/<method>: authentication, faults, rate limits, and then the method; mounted by the town."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.slack.arguments import Arguments, read_arguments
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.errors import Json, RateLimited, SlackError
from bot.sandbox.slack.faults import Outage
from bot.sandbox.slack.methods_chat import chat_methods
from bot.sandbox.slack.methods_files import file_methods
from bot.sandbox.slack.methods_lookups import lookup_methods
from bot.sandbox.slack.methods_views import view_methods

HANG_SECONDS = 35.0  # longer than any sensible client waits


class WebApi:
    """All methods behind one endpoint; `stopping` ends answers that are being withheld."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._methods = {
            **chat_methods(desk),
            **view_methods(desk),
            **lookup_methods(desk),
            **file_methods(desk),
        }
        self.stopping = asyncio.Event()

    async def endpoint(self, request: Request) -> Response:
        """One call."""
        method = request.path_params["method"]
        trouble = await self.trouble()
        if trouble is not None:
            return trouble
        try:
            answer = self._call(method, await read_arguments(request), request)
        except RateLimited as limit:
            return too_many(limit.retry_after)
        except SlackError as refusal:
            return JSONResponse(refusal.body())
        if self._desk.faults.loses_answer(method):
            return await self._outage(self._desk.faults.lost_how)
        scopes = ",".join(self._desk.workspace.scenario.bot.scopes)
        return JSONResponse(answer, headers={"x-oauth-scopes": scopes} if scopes else None)

    async def trouble(self) -> Response | None:
        """The answer of a Slack that is down or overloaded, None when it is well."""
        now = self._desk.workspace.clock.now()
        if self._desk.faults.is_down(now):
            return await self._outage(self._desk.faults.outage)
        if self._desk.faults.stormy(now):
            return too_many(self._desk.faults.storm_retry_after)
        return None

    def _call(self, name: str, args: Arguments, request: Request) -> Json:
        self._authenticate(args, request)
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method")
        self._desk.limiter.call(name, method.tier, self._desk.workspace.clock.now())
        failure = self._desk.faults.failure_of(name)
        if failure is not None:
            raise SlackError(failure)
        self._desk.demand(method.scope)
        return method.call(args)

    def _authenticate(self, args: Arguments, request: Request) -> None:
        scheme, _, header = request.headers.get("authorization", "").partition(" ")
        token = header.strip() if scheme.lower() == "bearer" else args.text("token")
        if not token:
            raise SlackError("not_authed")
        if token != self._desk.secrets.token:
            raise SlackError("invalid_auth")

    async def _outage(self, how: Outage) -> Response:
        if how is Outage.HANG:
            try:
                await asyncio.wait_for(self.stopping.wait(), HANG_SECONDS)
            except TimeoutError:
                pass
        return PlainTextResponse("Service Unavailable", 503)


def too_many(retry_after: int) -> Response:
    """HTTP 429 as Slack sends it."""
    headers = {"Retry-After": str(retry_after)}
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
