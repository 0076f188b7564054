"""A modal sent off or closed, and what the app answers to it; used by people.py.

Source: docs.slack.dev/surfaces/modals (response_action: errors, update, push, clear).
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.blocks import Surface
from bot.sandbox.slack.budgets import check_view
from bot.sandbox.slack.courier import Courier
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.forms import BadInput, fill
from bot.sandbox.slack.methods_views import MAX_STACK, put_view, replace_view
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.records import StoredView
from bot.sandbox.slack.scenario import Person

TROUBLE = "We had some trouble connecting. Try again?"


class Submissions:
    """Modals of the people of one workspace."""

    def __init__(self, desk: Desk, courier: Courier, payloads: Payloads) -> None:
        self._desk = desk
        self._workspace = desk.workspace
        self._courier = courier
        self._payloads = payloads

    async def submit(
        self, person: Person, values: Mapping[str, Any], view_id: str = ""
    ) -> str | None:
        """Sends off the top modal; returns what Slack says when it did not work, else None.

        Errors that belong to fields are shown in the modal itself. With `view_id` it must still be that one.
        """
        stack = self._workspace.stacks[person.id]
        if not stack:
            raise LookupError(f"{person.name} has no modal open")
        view = stack[-1]
        if view_id and view.id != view_id:
            raise LookupError("Another form was opened meanwhile, so nothing was sent.")
        try:
            state = fill(view.body, values)
        except BadInput as problem:
            return self._refused(view, problem.errors)
        view.errors = {}
        trigger_id = self._desk.triggers.new(person.id, view=view.id)
        parcel = self._payloads.submission(person, view, state, trigger_id)
        answer = await self._courier.deliver(parcel)
        if not answer.ok:
            return TROUBLE
        return self._answered(view, answer.body)

    async def close(self, person: Person, *, everything: bool, view_id: str = "") -> None:
        """Closes the top modal (or all) and tells the app where it asked to be told.

        With `view_id` only if that is still the top one: the app may have opened another meanwhile.
        """
        stack = list(self._workspace.stacks[person.id])
        top = stack[-1] if stack else None
        if view_id and (top is None or top.id != view_id):
            return
        if top is None:
            raise LookupError(f"{person.name} has no modal open")
        everything = everything or bool(top.body.get("clear_on_close"))
        closed = stack if everything else [top]
        self._workspace.close_views(person.id, everything=everything)
        for view in closed:
            if view.body.get("notify_on_close"):
                parcel = self._payloads.view_closed(person, view, cleared=everything)
                await self._courier.deliver(parcel)

    def _answered(self, view: StoredView, body: bytes) -> str | None:
        try:
            said = json.loads(body) if body.strip() else {}
        except ValueError:
            return TROUBLE
        if not isinstance(said, dict):
            return TROUBLE
        try:
            return self._act(view, said)
        except SlackError as refusal:
            return f"{TROUBLE} ({'; '.join(refusal.messages) or refusal.code})"

    def _act(self, view: StoredView, said: Json) -> str | None:
        match said.get("response_action"):
            case None:
                self._close(view)
            case "clear":
                self._workspace.close_views(view.user, everything=True)
            case "errors":
                return self._refused(view, said.get("errors") or {})
            case "update":
                check_view(said.get("view") or {}, Surface.MODAL)
                replace_view(self._workspace, view, said["view"])
            case "push":
                if len(self._workspace.stacks[view.user]) >= MAX_STACK:
                    raise SlackError("push_limit_reached")
                check_view(said.get("view") or {}, Surface.MODAL)
                put_view(self._workspace, view.user, said["view"])
            case _:
                return TROUBLE
        return None

    def _close(self, view: StoredView) -> None:
        """Closes the submitted modal, unless the app put another one there meanwhile."""
        stack = self._workspace.stacks[view.user]
        if stack and stack[-1] is view:
            self._workspace.close_views(view.user, everything=False)

    def _refused(self, view: StoredView, errors: Mapping[str, str]) -> str:
        known = {str(block.get("block_id")) for block in view.body["blocks"]}
        if not set(errors) <= known:
            return "; ".join(errors.values()) or TROUBLE
        view.errors = dict(errors)
        self._workspace.show_view(view)
        return "; ".join(errors.values()) or TROUBLE
