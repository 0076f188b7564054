"""The bodies Slack sends: commands, clicks, submissions, shortcuts, events; built for the people API."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.sandbox.slack.courier import FORM, JSON, Parcel
from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.records import Room, StoredMessage, StoredView
from bot.sandbox.slack.scenario import Person
from bot.sandbox.slack.workspace import Workspace

TOKEN = "verification-token"


@dataclass(frozen=True, slots=True)
class Handles:
    """What a delivery hands to the bot so that it can answer."""

    trigger_id: str
    response_url: str = ""


class Payloads:
    """Builds parcels for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scenario = workspace.scenario

    def command(
        self, person: Person, room: Room, words: tuple[str, str], handles: Handles
    ) -> Parcel:
        """A slash command; `words` are the command and the rest of the line."""
        fields = {
            "token": TOKEN,
            "team_id": self._scenario.team,
            "team_domain": self._scenario.domain,
            "channel_id": room.id,
            "channel_name": "directmessage" if room.im else room.name,
            "user_id": person.id,
            "user_name": person.name,
            "command": words[0],
            "text": words[1],
            "api_app_id": self._scenario.bot.app_id,
            "is_enterprise_install": "false",
            "response_url": handles.response_url,
            "trigger_id": handles.trigger_id,
        }
        return Parcel(handles.trigger_id, urlencode(fields).encode(), FORM)

    def message_action(
        self, person: Person, message: StoredMessage, action: Json, handles: Handles
    ) -> Parcel:
        """A click on an element of a message."""
        room = self._workspace.rooms[message.room]
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": room.id,
            "is_ephemeral": bool(message.only_for),
        }
        if message.is_reply:
            container["thread_ts"] = message.thread_ts
        body = self._interaction("block_actions", person, handles.trigger_id) | {
            "container": container,
            "channel": {"id": room.id, "name": "directmessage" if room.im else room.name},
            "message": self._workspace.as_json(message),
            "state": {"values": {}},
            "response_url": handles.response_url,
            "actions": [action],
        }
        if message.only_for:
            del body["message"]
        return self._form(handles.trigger_id, body)

    def view_action(
        self, person: Person, view: StoredView, action: Json, trigger_id: str
    ) -> Parcel:
        """A click on an element of a modal or the Home tab."""
        body = self._interaction("block_actions", person, trigger_id) | {
            "container": {"type": "view", "view_id": view.id},
            "view": self._workspace.view_json(view),
            "actions": [action],
        }
        return self._form(trigger_id, body)

    def submission(self, person: Person, view: StoredView, values: Json, trigger_id: str) -> Parcel:
        """A modal sent off with its input values (`state.values`)."""
        shown = self._workspace.view_json(view) | {"state": {"values": values}}
        body = self._interaction("view_submission", person, trigger_id)
        return self._form(trigger_id, body | {"view": shown, "response_urls": []})

    def view_closed(self, person: Person, view: StoredView, *, cleared: bool) -> Parcel:
        """A modal closed by its owner."""
        body = self._interaction("view_closed", person, "")
        del body["trigger_id"]
        shown = self._workspace.view_json(view)
        return self._form(f"closed-{view.id}", body | {"view": shown, "is_cleared": cleared})

    def shortcut(self, person: Person, callback_id: str, trigger_id: str) -> Parcel:
        """A global shortcut."""
        body = self._interaction("shortcut", person, trigger_id)
        extra = {"callback_id": callback_id, "action_ts": self._workspace.ts()}
        return self._form(trigger_id, body | extra)

    def message_shortcut(
        self, person: Person, callback_id: str, message: StoredMessage, handles: Handles
    ) -> Parcel:
        """A shortcut from the menu of a message."""
        room = self._workspace.rooms[message.room]
        body = self._interaction("message_action", person, handles.trigger_id) | {
            "callback_id": callback_id,
            "action_ts": self._workspace.ts(),
            "message_ts": message.ts,
            "message": self._workspace.as_json(message),
            "channel": {"id": room.id, "name": "directmessage" if room.im else room.name},
            "response_url": handles.response_url,
        }
        return self._form(handles.trigger_id, body)

    def event(self, event: Json) -> Parcel:
        """An event in its envelope."""
        event_id = self._workspace.new_id("Ev")
        now = self._workspace.clock.now()
        team = self._scenario.team
        body = {
            "token": TOKEN,
            "team_id": team,
            "api_app_id": self._scenario.bot.app_id,
            "event": {"event_ts": event.get("ts") or self._workspace.ts(), **event},
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(now.timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": self._scenario.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self._shared(str(event.get("channel", ""))),
            "event_context": f"4-{event['type']}-{team}-{event.get('channel', '')}",
        }
        return Parcel(event_id, json.dumps(body).encode(), JSON)

    def url_verification(self, challenge: str) -> Parcel:
        """The handshake when a request URL is saved."""
        body = {"token": TOKEN, "challenge": challenge, "type": "url_verification"}
        return Parcel("url_verification", json.dumps(body).encode(), JSON)

    def _shared(self, channel: str) -> bool:
        room = self._workspace.rooms.get(channel)
        return room is not None and self._workspace.shared(room)

    def _interaction(self, kind: str, person: Person, trigger_id: str) -> Json:
        return {
            "type": kind,
            "team": {"id": self._scenario.team, "domain": self._scenario.domain},
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team or self._scenario.team,
            },
            "api_app_id": self._scenario.bot.app_id,
            "token": TOKEN,
            "trigger_id": trigger_id,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _form(self, identity: str, body: Json) -> Parcel:
        return Parcel(identity, urlencode({"payload": json.dumps(body)}).encode(), FORM)
