"""GET /calendar/<token>.ics: the calendar of campaigns. Whoever has no valid link learns nothing, not even that."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import TryAgain

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_PRIVATE = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}


class Calendar(Protocol):
    """What the route shows."""

    @property
    def body(self) -> bytes: ...

    @property
    def tag(self) -> str: ...

    @property
    def modified(self) -> datetime: ...


Read = Callable[[str], Awaitable[Calendar | None]]


def calendar_routes(read: Read) -> list[Route]:
    """The one route; `read` may raise TryAgain."""

    async def calendar(request: Request) -> Response:
        token = request.path_params["token"]
        if not _TOKEN.fullmatch(token):
            return _nothing()
        try:
            found = await read(token)
        except TryAgain as error:
            after = "60" if error.after is None else str(int(error.after.total_seconds()))
            return PlainTextResponse(
                "Please ask again later.",
                HTTPStatus.SERVICE_UNAVAILABLE,
                headers={"Retry-After": after},
            )
        return _nothing() if found is None else _answer(request, found)

    return [Route("/calendar/{token}.ics", calendar, methods=["GET"])]


def _nothing() -> Response:
    return PlainTextResponse("There is nothing here.", HTTPStatus.NOT_FOUND)


def _answer(request: Request, found: Calendar) -> Response:
    tag = f'"{found.tag}"'
    headers = {
        **_PRIVATE,
        "ETag": tag,
        "Last-Modified": format_datetime(found.modified.astimezone(UTC), usegmt=True),
    }
    if _is_known(request, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="campaigns.ics"'
    return Response(found.body, media_type="text/calendar; charset=utf-8", headers=headers)


def _is_known(request: Request, tag: str) -> bool:
    """RFC 9110: where an ETag is given, the date says nothing. A date alone cannot tell two changes of
    one second apart, and a state may change without one, so it is never enough.
    """
    tags = request.headers.get("If-None-Match", "")
    return tag in {one.strip().removeprefix("W/") for one in tags.split(",")} or tags.strip() == "*"
