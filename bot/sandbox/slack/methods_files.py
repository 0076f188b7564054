"""files.*: the three-step upload. Methods served by webapi.py, the upload itself by `receive`."""

import secrets
from email.parser import BytesParser
from email.policy import HTTP

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.desk import Desk, Method, Methods
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.records import StoredFile, StoredMessage


def file_methods(desk: Desk) -> Methods:
    """The family, bound to this desk."""
    files = Files(desk)
    return {
        "files.getUploadURLExternal": Method(files.get_upload_url, 4, "files:write"),
        "files.completeUploadExternal": Method(files.complete, 4, "files:write"),
    }


class Files:
    """Sources: docs.slack.dev/messaging/working-with-files, methods files.*External."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._workspace = desk.workspace

    def get_upload_url(self, args: Arguments) -> Json:
        """Reserves a file and says where its bytes go."""
        name = args.need("filename")
        length = args.number("length", 0)
        if length <= 0:
            raise SlackError("invalid_arguments", ["[ERROR] missing required field: length"])
        file_id = self._workspace.new_id("F")
        key = secrets.token_urlsafe(24)
        self._workspace.files[file_id] = StoredFile(file_id, name, length, key)
        url = f"{self._desk.own_url}/upload/v1/{file_id}/{key}"
        return {"ok": True, "upload_url": url, "file_id": file_id}

    def complete(self, args: Arguments) -> Json:
        """Shares uploaded files in a conversation; without one they stay private."""
        entries = args.thing("files")
        if not isinstance(entries, list) or not entries:
            raise SlackError("invalid_arguments", ["[ERROR] missing required field: files"])
        stored = [self._uploaded(entry) for entry in entries]
        shown = [self._json(file) for file in stored]
        channel = args.text("channel_id") or args.text("channels").split(",")[0]
        if channel:
            self._share(channel, args, shown)
        return {"ok": True, "files": shown}

    def _share(self, channel: str, args: Arguments, shown: list[Json]) -> None:
        room = self._workspace.conversation(channel)
        bot = self._workspace.scenario.bot.id
        if bot not in room.members:
            raise SlackError("not_in_channel")
        self._workspace.post(
            StoredMessage(
                room=room.id,
                ts=self._workspace.ts(),
                user=bot,
                text=args.text("initial_comment"),
                thread_ts=args.text("thread_ts"),
                by_app=True,
                files=shown,
            )
        )

    def _uploaded(self, entry: object) -> StoredFile:
        file_id = entry.get("id") if isinstance(entry, dict) else None
        file = self._workspace.files.get(str(file_id))
        if file is None or file.content is None or not isinstance(entry, dict):
            raise SlackError("file_not_found")
        file.title = str(entry.get("title") or file.name)
        return file

    def _json(self, file: StoredFile) -> Json:
        content = file.content or b""
        link = f"{self._desk.own_url}/files/{file.id}/{file.key}"
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "size": len(content),
            "filetype": file.name.rpartition(".")[2],
            "url_private": link,
            "permalink": link,
            "preview": content[:2000].decode("utf-8", "replace"),
        }

    async def receive(self, request: Request) -> Response:
        """POST of the bytes to an upload URL, raw or as a multipart field."""
        file = self._addressed(request)
        if file is None or file.content is not None:
            return PlainTextResponse("not found", 404)
        content = await _uploaded_bytes(request)
        if len(content) != file.length:
            return PlainTextResponse(f"expected {file.length} bytes", 400)
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")

    async def download(self, request: Request) -> Response:
        """GET of a shared file, as plain text or bytes."""
        file = self._addressed(request)
        if file is None or file.content is None:
            return PlainTextResponse("not found", 404)
        text = file.name.rpartition(".")[2] in {"txt", "csv", "md", "json"}
        kind = "text/plain; charset=utf-8" if text else "application/octet-stream"
        headers = {"X-Content-Type-Options": "nosniff"}
        return Response(file.content, media_type=kind, headers=headers)

    def _addressed(self, request: Request) -> StoredFile | None:
        file = self._workspace.files.get(request.path_params["file_id"])
        return file if file and file.key == request.path_params["key"] else None


async def _uploaded_bytes(request: Request) -> bytes:
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return body
    parsed = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = [part for part in parsed.walk() if part.get_filename()]
    content = parts[0].get_payload(decode=True) if parts else b""
    return content if isinstance(content, bytes) else b""
