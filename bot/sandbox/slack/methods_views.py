"""views.*: modals and the Home tab. Served by webapi.py; the stack rules are also used by submissions."""

from collections.abc import Iterator

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.blocks import Surface
from bot.sandbox.slack.budgets import check_view
from bot.sandbox.slack.desk import Desk, Method, Methods
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.records import StoredView
from bot.sandbox.slack.workspace import Workspace, name_blocks

MAX_STACK = 3


def view_methods(desk: Desk) -> Methods:
    """The family, bound to this desk."""
    views = Views(desk)
    return {
        "views.open": Method(views.open, 4),
        "views.push": Method(views.push, 4),
        "views.update": Method(views.update, 4),
        "views.publish": Method(views.publish, 4),
    }


class Views:
    """Sources: docs.slack.dev/reference/methods/views.*"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._workspace = desk.workspace

    def open(self, args: Arguments) -> Json:
        """Opens a modal for whoever caused the trigger."""
        body = self._body(args, Surface.MODAL)
        trigger = self._desk.triggers.spend(args.need("trigger_id"))
        self._check_external_id(body)
        view = put_view(self._workspace, trigger.user, body, fresh=True)
        return {"ok": True, "view": self._workspace.view_json(view)}

    def push(self, args: Arguments) -> Json:
        """Puts a modal on top of the one the trigger came from."""
        body = self._body(args, Surface.MODAL)
        trigger = self._desk.triggers.spend(args.need("trigger_id"))
        stack = self._workspace.stacks[trigger.user]
        if not any(view.id == trigger.view for view in stack):
            raise SlackError("not_found")
        if len(stack) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        self._check_external_id(body)
        view = put_view(self._workspace, trigger.user, body)
        return {"ok": True, "view": self._workspace.view_json(view)}

    def update(self, args: Arguments) -> Json:
        """Replaces an open modal (or a Home tab) in place."""
        if "view_id" not in args and "external_id" not in args:
            raise SlackError("invalid_arguments", ["[ERROR] view_id or external_id is needed"])
        view = self._find(args.text("view_id"), args.text("external_id"))
        if args.text("hash") not in {"", view.hash}:
            raise SlackError("hash_conflict")
        body = self._body(args, Surface(view.body["type"]))
        replace_view(self._workspace, view, body)
        return {"ok": True, "view": self._workspace.view_json(view)}

    def publish(self, args: Arguments) -> Json:
        """Shows a Home tab to one person."""
        user = args.need("user_id")
        if not self._workspace.is_person(user):
            raise SlackError("user_not_found")
        body = self._body(args, Surface.HOME)
        home = self._workspace.homes.get(user)
        given = args.text("hash")
        if given and given != (home.hash if home else ""):
            raise SlackError("hash_conflict")
        if home is None:
            view_id = self._workspace.new_id("V")
            home = StoredView(view_id, user, body, self._workspace.new_hash(), view_id)
            self._workspace.homes[user] = home
        replace_view(self._workspace, home, body)
        return {"ok": True, "view": self._workspace.view_json(home)}

    def _body(self, args: Arguments, surface: Surface) -> Json:
        body = args.thing("view")
        if not isinstance(body, dict):
            raise SlackError("invalid_arguments", ["[ERROR] missing required field: view"])
        check_view(body, surface)
        return body

    def _check_external_id(self, body: Json) -> None:
        wanted = body.get("external_id")
        if wanted and any(view.body.get("external_id") == wanted for view in self._all()):
            raise SlackError("duplicate_external_id")

    def _find(self, view_id: str, external_id: str) -> StoredView:
        for view in self._all():
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def _all(self) -> Iterator[StoredView]:
        for stack in self._workspace.stacks.values():
            yield from stack
        yield from self._workspace.homes.values()


def put_view(workspace: Workspace, user: str, body: Json, *, fresh: bool = False) -> StoredView:
    """Puts a modal on top of a person's stack (`fresh`: in place of all of it) and shows it."""
    stack = workspace.stacks[user]
    if fresh:
        stack.clear()
    name_blocks(body["blocks"], workspace.new_id)
    view_id = workspace.new_id("V")
    view = StoredView(
        id=view_id,
        user=user,
        body=body,
        hash=workspace.new_hash(),
        root=stack[0].id if stack else view_id,
        previous=stack[-1].id if stack else "",
    )
    stack.append(view)
    workspace.show_view(view)
    return view


def replace_view(workspace: Workspace, view: StoredView, body: Json) -> None:
    """Gives a view a new body and hash and shows it."""
    name_blocks(body["blocks"], workspace.new_id)
    view.body, view.hash, view.errors = body, workspace.new_hash(), {}
    workspace.show_view(view)
