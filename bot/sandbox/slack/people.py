"""What people do: type, click, fill in, close, open the Home tab; the town exposes it.

Each act reports an Outcome: whether it worked, what Slack told the person, and where the log stood before,
so that `sees(after=outcome.seq)` shows what came of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import forms
from bot.sandbox.slack.courier import Answer, Courier, Parcel
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.payloads import Handles, Payloads
from bot.sandbox.slack.records import Kind, Room, StoredMessage
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.scenario import Person
from bot.sandbox.slack.submissions import Submissions
from bot.sandbox.slack.targets import Target, Where, choices, find_target

COMMAND_ERRORS = {"http_timeout": "operation_timeout"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act; `text` is what Slack told the person when it did not work."""

    ok: bool
    seq: int
    text: str = ""


class People:
    """Acts of the people of one workspace."""

    def __init__(self, desk: Desk, courier: Courier, urls: ResponseUrls) -> None:
        self._desk = desk
        self._workspace = desk.workspace
        self._courier = courier
        self._urls = urls
        self._payloads = Payloads(desk.workspace)
        self._submissions = Submissions(desk, courier, self._payloads)

    async def say(self, person: Person, text: str, room: Room, thread_ts: str = "") -> Outcome:
        """Types a line into a channel: a slash command or a message."""
        seq = self._workspace.seq
        if person.id not in room.members:
            return self._tell(person, seq, f"You are not in #{room.name}.", room)
        if not text.startswith("/"):
            self._post(person, text, room, thread_ts)
            return Outcome(True, seq)
        command, _, rest = text.partition(" ")
        if thread_ts:
            problem = f"{command} is not supported in threads. Sorry!"
            return self._tell(person, seq, problem, room)
        if person.team or command not in self._workspace.scenario.bot.commands:
            return self._tell(person, seq, f"{command} is not a valid command.", room)
        return await self._command(person, room, (command, rest.strip()))

    async def click(self, person: Person, where: Where, value: Any = None) -> Outcome:
        """Clicks a button, or chooses `value` in a select, of what the person sees."""
        seq = self._workspace.seq
        target = find_target(self._workspace, person.id, where)
        if target is None:
            raise LookupError(f"{person.name} sees no button {where.label!r}")
        if value is None and (offered := choices(target.element)):
            raise LookupError(f"{where.label} is a menu; choose one of: {', '.join(offered)}")
        action = self._action(target, value)
        parcel = self._click_parcel(person, target, action)
        answer = await self._courier.deliver(parcel)
        if not answer.ok:
            return self._tell(person, seq, _trouble(answer, self._workspace.scenario.bot.name))
        self._acknowledged(person, answer, "click")
        return Outcome(True, seq)

    async def submit(
        self, person: Person, values: Mapping[str, Any], *, view_id: str = ""
    ) -> Outcome:
        """Sends off the open modal with these values; LookupError if none or not that one is open."""
        seq = self._workspace.seq
        problem = await self._submissions.submit(person, values, view_id)
        if problem is None:
            return Outcome(True, seq)
        shown = any(view.errors for view in self._workspace.stacks[person.id][-1:])
        return Outcome(False, seq, problem) if shown else self._tell(person, seq, problem)

    async def close(
        self, person: Person, *, everything: bool = False, view_id: str = ""
    ) -> Outcome:
        """Closes the open modal; with `view_id` only if that is still the one."""
        seq = self._workspace.seq
        await self._submissions.close(person, everything=everything, view_id=view_id)
        return Outcome(True, seq)

    async def open_home(self, person: Person) -> Outcome:
        """Opens the app's Home tab."""
        seq = self._workspace.seq
        room = self._workspace.direct(person.id)
        home = self._workspace.homes.get(person.id)
        event: Json = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": room.id,
            "tab": "home",
        }
        if home is not None:
            event["view"] = self._workspace.view_json(home)
        self.emit(event)
        return Outcome(True, seq)

    async def shortcut(
        self, person: Person, callback_id: str, message: StoredMessage | None = None
    ) -> Outcome:
        """Runs a shortcut: of the menu of `message`, or a global one."""
        seq = self._workspace.seq
        trigger_id = self._desk.triggers.new(person.id)
        if message is None:
            parcel = self._payloads.shortcut(person, callback_id, trigger_id)
        else:
            url = self._urls.new("actions", message.room, person.id)
            handles = Handles(trigger_id, url)
            parcel = self._payloads.message_shortcut(person, callback_id, message, handles)
        answer = await self._courier.deliver(parcel)
        if not answer.ok:
            return self._tell(person, seq, _trouble(answer, self._workspace.scenario.bot.name))
        self._acknowledged(person, answer, "shortcut")
        return Outcome(True, seq)

    async def verify_url(self) -> bool:
        """Slack's handshake with the request URL; True when the challenge comes back."""
        challenge = self._desk.triggers.new("nobody")
        answer = await self._courier.deliver(self._payloads.url_verification(challenge))
        return answer.ok and challenge.encode() in answer.body

    # -- commands ------------------------------------------------------------------------------

    async def _command(self, person: Person, room: Room, words: tuple[str, str]) -> Outcome:
        seq = self._workspace.seq
        url = self._urls.new("commands", room.id, person.id)
        handles = Handles(self._desk.triggers.new(person.id), url)
        parcel = self._payloads.command(person, room, words, handles)
        answer = await self._courier.deliver(parcel)
        if not answer.ok:
            code = COMMAND_ERRORS.get(answer.problem, "dispatch_failed")
            return self._tell(person, seq, f'{words[0]} failed with the error "{code}"', room)
        self._acknowledged(person, answer, words[0])
        try:
            self._urls.answer_to(url, answer.body)
        except SlackError as refusal:
            return self._tell(
                person, seq, f'{words[0]} failed with the error "{refusal.code}"', room
            )
        return Outcome(True, seq)

    # -- messages and events -------------------------------------------------------------------

    def _post(self, person: Person, text: str, room: Room, thread_ts: str) -> None:
        bot = self._workspace.scenario.bot
        text = text.replace(f"@{bot.name}", f"<@{bot.id}>")
        message = self._workspace.post(
            StoredMessage(room.id, self._workspace.ts(), person.id, text, thread_ts=thread_ts)
        )
        if bot.id not in room.members:
            return
        event: Json = {
            "user": person.id,
            "text": text,
            "ts": message.ts,
            "team": person.team or self._workspace.scenario.team,
            "channel": room.id,
            "client_msg_id": f"{message.ts}-{person.id}",
        }
        if person.team:
            event |= {"user_team": person.team, "source_team": person.team}
        if message.is_reply:
            event["thread_ts"] = thread_ts
        if f"<@{bot.id}>" in text:
            self.emit({"type": "app_mention", **event})
        self.emit({"type": "message", "channel_type": "im" if room.im else "channel", **event})

    def emit(self, event: Json) -> None:
        """Delivers an event if the app has subscribed to its kind."""
        # A message is subscribed to by the kind of conversation: message.im, message.channels.
        kind = event["type"]
        names = {kind, f"{kind}.{event.get('channel_type', '')}"}
        if names & set(self._workspace.scenario.bot.events):
            self._courier.post_event(self._payloads.event(event))

    # -- clicks --------------------------------------------------------------------------------

    def _action(self, target: Target, value: Any) -> Json:
        element = target.element
        kind = element["type"]
        action: Json = {
            "type": kind,
            "action_id": element["action_id"],
            "block_id": target.block["block_id"],
            "action_ts": self._workspace.ts(),
        }
        if kind in {"button", "workflow_button"}:
            kept = ("text", "value", "url", "style", "confirm")
            return action | {key: element[key] for key in kept if key in element}
        return action | (forms.initial(element) if value is None else forms.entered(element, value))

    def _click_parcel(self, person: Person, target: Target, action: Json) -> Parcel:
        if target.view is not None:
            trigger_id = self._desk.triggers.new(person.id, view=target.view.id)
            return self._payloads.view_action(person, target.view, action, trigger_id)
        message = target.message
        assert message is not None  # a target is in a view or in a message
        url = self._urls.new("actions", message.room, person.id, message)
        handles = Handles(self._desk.triggers.new(person.id), url)
        return self._payloads.message_action(person, message, action, handles)

    # -- what the person is told ---------------------------------------------------------------

    def _acknowledged(self, person: Person, answer: Answer, act: str) -> None:
        raw = {"user": self._workspace.scenario.bot.id, "act": act, "seconds": answer.seconds}
        self._workspace.note(Kind.ACK, {person.id}, raw)

    def _tell(self, person: Person, seq: int, text: str, room: Room | None = None) -> Outcome:
        raw = {"user": "USLACKBOT", "text": text, "channel": room.id if room else ""}
        self._workspace.note(Kind.ERROR, {person.id}, raw | {"ts": self._workspace.ts()})
        return Outcome(False, seq, text)


def _trouble(answer: Answer, app: str) -> str:
    """What Slack's client says when an app does not answer a click."""
    detail = json.dumps(answer.status) if answer.status else answer.problem
    return f"{app} is not responding, try again ({detail})."
