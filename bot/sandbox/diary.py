"""Marketing's calendar at Cymbal Retail: an ICS file that people write in and the bot reads. Mounted by the town."""

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Cymbal Retail//Marketing//EN\r\n"
_STAMP = "DTSTAMP:20250101T000000Z"


class Diary:
    """Events by UID; each a list of ICS lines."""

    def __init__(self) -> None:
        self._events: dict[str, list[str]] = {}

    def routes(self) -> list[Route]:
        """The file, and the hand that writes in it."""
        return [
            Route("/marketing.ics", self._read, methods=["GET"]),
            Route("/town/diary", self._write, methods=["POST"]),
        ]

    async def _read(self, request: Request) -> Response:
        parts = [_HEAD]
        for uid, lines in sorted(self._events.items()):
            parts += [
                f"{line}\r\n"
                for line in ("BEGIN:VEVENT", f"UID:{uid}", _STAMP, *lines, "END:VEVENT")
            ]
        body = "".join([*parts, "END:VCALENDAR\r\n"])
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(body, media_type="text/calendar", headers={"ETag": tag})

    async def _write(self, request: Request) -> Response:
        """`{uid, lines}`: the event from now on; without lines it is taken out."""
        order = await request.json()
        uid, lines = str(order["uid"]), [str(line) for line in order.get("lines", ())]
        self._events.pop(uid, None)
        if lines:
            self._events[uid] = lines
        return JSONResponse({"ok": True, "events": len(self._events)})
