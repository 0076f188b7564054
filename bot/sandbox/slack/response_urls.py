"""Response URLs: five answers within thirty minutes of sandbox time, without a token.

Handed out with commands and clicks; POSTed to by the bot; the town mounts `endpoint`.
Source: docs.slack.dev/interactivity/handling-user-interaction (message responses).
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.budgets import check_message
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.records import StoredMessage
from bot.sandbox.slack.webapi import WebApi

USES = 5
LIFE = timedelta(minutes=30)


@dataclass(slots=True)
class ResponseUrl:
    """One URL: for whom, where, until when; `source` is the message that it may replace."""

    room: str
    user: str
    expires_at: datetime
    source: StoredMessage | None = None
    uses: int = 0


class ResponseUrls:
    """All response URLs handed out."""

    def __init__(self, desk: Desk, api: WebApi) -> None:
        self._desk = desk
        self._api = api
        self._known: dict[str, ResponseUrl] = {}

    def new(self, kind: str, room: str, user: str, source: StoredMessage | None = None) -> str:
        """A new URL; `kind` is commands or actions."""
        workspace = self._desk.workspace
        key = f"{workspace.new_id('')}/{secrets.token_hex(12)}"
        self._known[key] = ResponseUrl(room, user, workspace.clock.now() + LIFE, source)
        return f"{self._desk.own_url}/hooks/{kind}/{workspace.scenario.team}/{key}"

    async def endpoint(self, request: Request) -> Response:
        """POST of a message to a response URL."""
        trouble = await self._api.trouble()
        if trouble is not None:
            return trouble
        found = self._known.get(f"{request.path_params['number']}/{request.path_params['key']}")
        try:
            link = self._usable(found)
            self._answer(link, await _read(request))
        except SlackError as refusal:
            status = 404 if refusal.code in {"used_url", "expired_url", "no_such_url"} else 400
            return JSONResponse(refusal.body(), status)
        if self._desk.faults.loses_answer("response_url"):
            return PlainTextResponse("Service Unavailable", 503)
        return PlainTextResponse("ok")

    def answer_to(self, url: str, body: bytes) -> None:
        """What the body of an acknowledgement says, as if it had come through `url`."""
        key = "/".join(url.split("/")[-2:])
        if body.strip():
            self._answer(self._known[key], _parse_ack(body))

    def _usable(self, link: ResponseUrl | None) -> ResponseUrl:
        if link is None:
            raise SlackError("no_such_url")
        if self._desk.workspace.clock.now() >= link.expires_at:
            raise SlackError("expired_url")
        if link.uses >= USES:
            raise SlackError("used_url")
        failure = self._desk.faults.failure_of("response_url")
        if failure is not None:
            raise SlackError(failure)
        return link

    def _answer(self, link: ResponseUrl, args: Arguments) -> None:
        workspace = self._desk.workspace
        if args.flag("delete_original"):
            if link.source is not None and (link.source.room, link.source.ts) in workspace.messages:
                workspace.delete(link.source)
            link.uses += 1
            return
        text, blocks = args.text("text"), args.blocks()
        check_message(text, blocks, self._desk.faults.refused_blocks)
        link.uses += 1
        if args.flag("replace_original") and link.source is not None:
            link.source.text, link.source.blocks = text, blocks or []
            workspace.edited(link.source)
            return
        public = args.text("response_type") == "in_channel"
        link.source = workspace.post(
            StoredMessage(
                room=link.room,
                ts=workspace.ts(),
                user=workspace.scenario.bot.id,
                text=text,
                blocks=blocks or [],
                thread_ts=args.text("thread_ts"),
                only_for="" if public else link.user,
                by_app=True,
            )
        )


async def _read(request: Request) -> Arguments:
    try:
        parsed = json.loads(await request.body())
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(parsed, dict):
        raise SlackError("invalid_payload")
    return Arguments(parsed)


def _parse_ack(body: bytes) -> Arguments:
    """An acknowledgement is plain text or a JSON message."""
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = body.decode("utf-8", "replace")
    return Arguments(parsed if isinstance(parsed, dict) else {"text": str(parsed)})
