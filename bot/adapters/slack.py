"""Slack's Web API behind the Chat port; made by the composition root, closed by it.

Nothing is retried here: a lost answer may have had its effect, and only the caller can look for it.
"""

import json
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack_errors import refusal, translated
from bot.adapters.slack_people import standing_of
from bot.core.message import Message, View
from bot.core.standing import Standing
from bot.errors import Refused
from bot.ports.clock import Clock

_SLACK = "https://slack.com/api/"
_EVENT_TYPE = "headroom_post"
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_PAGE = 200
_SKEW = timedelta(
    seconds=60
)  # Slack's clock and ours may differ; marks are unique, so it costs nothing
_GROUP_TTL = timedelta(minutes=10)
_MOST_PEOPLE = 10_000
_PERSON = ("U", "W")  # how ids of people begin; those of conversations do not

# slack_sdk writes whole requests, response_urls included, to a logger that is at DEBUG or unset.
_WIRE_LOG = logging.getLogger("bot.adapters.slack.wire")
_WIRE_LOG.setLevel(logging.INFO)


class SlackChat:
    """The Chat port over slack_sdk. `base_url` None means Slack itself."""

    def __init__(self, token: str, base_url: str | None, clock: Clock) -> None:
        self._token = token
        self._base_url = base_url or _SLACK
        self._through_proxy = self._base_url.startswith("https://")  # not to a loopback
        self._clock = clock
        self._groups: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._standings: dict[str, tuple[datetime, Standing]] = {}
        self._direct: dict[str, str] = {}
        self._own: Mapping[str, Any] | None = None

    async def close(self) -> None:
        """Closes the connections; the adapter may not be used afterwards."""
        if "_session" in self.__dict__:
            await self._session.close()

    async def post(
        self, channel: str, message: Message, *, thread_ts: str = "", mark: str = ""
    ) -> str:
        """chat.postMessage; returns the ts. A person's id as channel means the direct conversation."""
        answer = await self._ask(
            "chat.postMessage",
            self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts or None,
                metadata=_metadata(mark),
                unfurl_links=False,
                unfurl_media=False,
                **_content(message),
            ),
        )
        if channel.startswith(_PERSON) and answer.get("channel"):
            self._remember_direct(channel, str(answer["channel"]))
        return str(answer["ts"])

    async def update(self, channel: str, ts: str, message: Message, *, mark: str = "") -> None:
        """chat.update; blocks are sent even when empty, so that old ones never stay behind."""
        call = self._client.chat_update(
            channel=await self._conversation(channel),
            ts=ts,
            metadata=_metadata(mark),
            **_content(message),
        )
        await self._ask("chat.update", call)

    async def ephemeral(self, channel: str, user: str, message: Message) -> None:
        """chat.postEphemeral."""
        call = self._client.chat_postEphemeral(channel=channel, user=user, **_content(message))
        await self._ask("chat.postEphemeral", call)

    async def respond(self, response_url: str, message: Message) -> None:
        """Posts to a response_url, for the person's eyes only, as a new message."""
        client = AsyncWebhookClient(
            response_url, session=self._session, logger=_WIRE_LOG, retry_handlers=[]
        )
        client.proxy = None
        with translated("response_url"):
            answer = await client.send(
                response_type="ephemeral", replace_original=False, **_content(message)
            )
        code = _code_in(answer.body)
        if answer.status_code != 200 or code:
            # A used-up or expired address is answered with 404 and its code, or without any.
            if answer.status_code == 404:
                code = code or "expired_url"
            raise refusal("response_url", code, status=answer.status_code, headers=answer.headers)

    async def find(
        self, channel: str, mark: str, since: datetime, *, thread_ts: str = ""
    ) -> str | None:
        """Reads back through the channel's (or thread's) history, page by page, to `since`."""
        place = await self._conversation(channel)
        async with aclosing(self._history(place, since - _SKEW, thread_ts)) as messages:
            async for message in messages:
                if _mark_of(message) == mark:
                    return str(message["ts"])
        return None

    async def open_view(self, trigger_id: str, view: View, *, on_top: bool = False) -> None:
        """views.open or views.push; a used trigger id counts as expired, whichever word Slack has."""
        body = {"type": "modal", **view.body, "callback_id": view.callback_id}
        method = self._client.views_push if on_top else self._client.views_open
        call = method(trigger_id=trigger_id, view=body)
        try:
            await self._ask("views.push" if on_top else "views.open", call)
        except Refused as error:
            if error.code not in {"exchanged_trigger_id", "trigger_exchanged"}:
                raise
            raise Refused(error.reason, code="expired_trigger_id") from error

    async def upload(self, channel: str, thread_ts: str, title: str, content: str | bytes) -> None:
        """files.getUploadURLExternal, the bytes, files.completeUploadExternal."""
        data = content.encode() if isinstance(content, str) else content
        ticket = await self._ask(
            "files.getUploadURLExternal",
            self._client.files_getUploadURLExternal(filename=title, length=len(data)),
        )
        with translated("file upload"):
            async with self._session.post(str(ticket["upload_url"]), data=data) as answer:
                if answer.status != 200:
                    raise refusal("file upload", "", status=answer.status, headers=answer.headers)
        await self._ask(
            "files.completeUploadExternal",
            self._client.files_completeUploadExternal(
                files=[{"id": str(ticket["file_id"]), "title": title}],
                channel_id=await self._conversation(channel),
                thread_ts=thread_ts or None,
            ),
        )

    async def publish_home(self, user: str, view: View) -> None:
        """views.publish."""
        await self._ask(
            "views.publish", self._client.views_publish(user_id=user, view=dict(view.body))
        )

    async def members(self, user_group: str, since: datetime | None = None) -> frozenset[str]:
        """usergroups.users.list, remembered for ten minutes (it is a slow tier at Slack)."""
        now = self._clock.now()
        at, members = self._groups.get(user_group, (now - _GROUP_TTL, frozenset()))
        if now - at < _GROUP_TTL and (since is None or at > since):
            return members
        call = self._client.usergroups_users_list(usergroup=user_group)
        try:
            answer = await self._ask("usergroups.users.list", call)
        except Refused as error:
            if error.code != "plan_upgrade_required":
                raise
            raise Refused(
                "This workspace has no user groups (Slack's paid plans have them): "
                "list the people under `roles` in headroom.yaml.",
                code=error.code,
            ) from error
        members = frozenset(str(user) for user in answer["users"])
        self._groups[user_group] = (now, members)
        return members

    async def standing(self, user: str) -> Standing:
        """users.info, beside what auth.test says of ourselves; remembered as long as groups are."""
        now = self._clock.now()
        at, known = self._standings.get(user, (now - _GROUP_TTL, Standing.OUTSIDER))
        if now - at < _GROUP_TTL:
            return known
        if self._own is None:
            self._own = await self._ask("auth.test", self._client.auth_test())
        answer = await self._ask("users.info", self._client.users_info(user=user))
        found = standing_of(answer.get("user") or {}, self._own)
        if len(self._standings) >= _MOST_PEOPLE:
            self._standings.clear()
        self._standings[user] = (now, found)
        return found

    async def shared(self, channel: str) -> bool:
        """conversations.info; also true while an invitation to another organisation is open.

        A direct conversation has one reader, and asking about it would need one more scope.
        """
        if channel.startswith("D"):
            return False
        call = self._client.conversations_info(channel=channel)
        answer = await self._ask("conversations.info", call)
        found = answer.get("channel") or {}
        return bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))

    async def permalink(self, channel: str, ts: str) -> str:
        """chat.getPermalink: no scope is needed for it."""
        place = await self._conversation(channel)
        call = self._client.chat_getPermalink(channel=place, message_ts=ts)
        return str((await self._ask("chat.getPermalink", call)).get("permalink") or "")

    def forget_members(self) -> None:
        """Empties the memory of user groups (their members have changed)."""
        self._groups.clear()

    async def _conversation(self, channel: str) -> str:
        """The id that Slack edits and reads by: of a person, that of the direct conversation."""
        if not channel.startswith(_PERSON):
            return channel
        if channel not in self._direct:
            call = self._client.conversations_open(users=channel)
            answer = await self._ask("conversations.open", call)
            self._remember_direct(channel, str((answer.get("channel") or {}).get("id") or channel))
        return self._direct[channel]

    def _remember_direct(self, user: str, conversation: str) -> None:
        if len(self._direct) >= _MOST_PEOPLE:
            self._direct.clear()
        self._direct[user] = conversation

    @cached_property
    def _session(self) -> aiohttp.ClientSession:
        """Made at first use, inside the loop. slack_sdk ignores its own timeout on a given session."""
        return aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=self._through_proxy)

    @cached_property
    def _client(self) -> AsyncWebClient:
        client = AsyncWebClient(
            self._token,
            base_url=self._base_url,
            session=self._session,
            logger=_WIRE_LOG,
            retry_handlers=[],
        )
        client.proxy = (
            None  # the session knows the proxy of the environment, and when not to use it
        )
        return client

    async def _ask(self, method: str, call: Awaitable[AsyncSlackResponse]) -> Mapping[str, Any]:
        with translated(method):
            answer = await call
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def _history(
        self, channel: str, oldest: datetime, thread_ts: str
    ) -> AsyncGenerator[Mapping[str, Any], None]:
        """The messages of conversations.replies (in a thread) or conversations.history, since `oldest`."""
        cursor = ""
        while True:
            arguments: dict[str, Any] = {
                "channel": channel,
                "oldest": f"{oldest.timestamp():.6f}",
                "include_all_metadata": True,
                "limit": _PAGE,
                "cursor": cursor or None,
            }
            if thread_ts:
                call = self._client.conversations_replies(ts=thread_ts, **arguments)
                page = await self._ask("conversations.replies", call)
            else:
                call = self._client.conversations_history(**arguments)
                page = await self._ask("conversations.history", call)
            for message in page.get("messages") or ():
                yield message
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def _content(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def _metadata(mark: str) -> dict[str, Any] | None:
    return {"event_type": _EVENT_TYPE, "event_payload": {"mark": mark}} if mark else None


def _mark_of(message: Mapping[str, Any]) -> str:
    event = message.get("metadata") or {}
    if event.get("event_type") != _EVENT_TYPE:
        return ""
    return str((event.get("event_payload") or {}).get("mark", ""))


def _code_in(body: str) -> str:
    """The error code in a webhook's answer, which is `ok`, a bare word, or JSON; "" for success."""
    try:
        data = json.loads(body)
    except ValueError:
        word = body.strip()
        return word if word != "ok" and re.fullmatch(r"[a-z_]+", word) else ""
    if not isinstance(data, dict) or data.get("ok", True):
        return ""
    return str(data.get("error", "unknown_error"))
