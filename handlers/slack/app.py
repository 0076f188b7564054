"""The Slack app: every listener accepts durably and acknowledges, nothing else. Built by bot.app."""

import logging
import re
from dataclasses import dataclass, field

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.signature import SignatureVerifier

from bot.cards import form as campaign_form
from bot.cards import incident_form
from bot.cards.buttons import Action
from bot.ports.clock import Clock
from bot.ports.jobs import Job, JobName
from handlers.slack.channel_events import from_channel
from handlers.slack.commands import Commands
from handlers.slack.deliveries import (
    Body,
    from_action,
    from_direct_message,
    from_event,
    from_form,
    from_mention,
    from_shortcut,
    job_for,
    said,
)
from handlers.slack.gate import Accept, keep, on_failure

CHANNELS = re.compile(
    r"^((channel|group)_(archive|unarchive|deleted|left|rename)|member_(left|joined)_channel)$"
)
ANYTHING = re.compile(r"", re.DOTALL)
FORMS = re.compile(
    f"^({re.escape(campaign_form.CALLBACK_ID)}|{re.escape(incident_form.CALLBACK_ID)}"
    f"|{re.escape(Action.DELEGATION)}|{re.escape(Action.NEW_WINDOW)})$"
)
# As the app's manifest names them: for everywhere, and in the menu of a message.
SHORTCUTS = re.compile(r"^campaign\.(new|from_message)$")
UNKNOWN_COMMAND = "I only know `/campaign` and `/headroom`. Try `/headroom help`."


@dataclass(frozen=True, slots=True)
class SlackSecrets:
    """What Slack and we share; `bot_user` and `bot_id` (may be empty) let us ignore our own messages."""

    signing_secret: str = field(repr=False)
    bot_token: str = field(repr=False)
    bot_user: str = ""
    bot_id: str = ""


class SlackApp(AsyncApp):
    """Bolt's app with the verifier that the HTTP route asks before it reads a body."""

    verifier: SignatureVerifier


class _OneTeam(AsyncAuthorize):
    """Knows its one team without asking Slack, so a dead Slack never refuses a request."""

    def __init__(self, secrets: SlackSecrets) -> None:
        self._known = AuthorizeResult(
            enterprise_id=None,
            team_id=None,
            bot_token=secrets.bot_token,
            bot_user_id=secrets.bot_user or None,
            bot_id=secrets.bot_id or None,
        )

    async def __call__(self, **_: object) -> AuthorizeResult:
        """The same for every request."""
        return self._known


def slack_app(accept: Accept, secrets: SlackSecrets, clock: Clock) -> SlackApp:
    """An app that needs neither Slack nor Google to be up: it only stores and acknowledges.

    To be dispatched to after `gate.is_genuine`, with the app's `verifier`.
    """
    logger = logging.getLogger("headroom.slack.bolt")
    logger.setLevel(logging.WARNING)  # below that, Bolt writes whole payloads
    app = SlackApp(
        name="headroom",  # else Bolt looks through the whole stack for one
        signing_secret=secrets.signing_secret,
        before_authorize=Commands(accept, clock),
        authorize=_OneTeam(secrets),
        process_before_response=True,
        raise_error_for_unhandled_request=False,
        ssl_check_enabled=False,
        # The door has checked the signature over the raw bytes (handlers/http/events.py): nobody else calls this.
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        logger=logger,
    )
    app.verifier = SignatureVerifier(secrets.signing_secret)
    app.error(on_failure)
    _listen_to_people(app, accept, clock)
    _listen_to_events(app, accept, clock)
    _listen_to_the_workspace(app, accept, clock)
    return app


def _listen_to_people(app: AsyncApp, accept: Accept, clock: Clock) -> None:
    @app.command(ANYTHING)
    async def other_command(ack: AsyncAck) -> None:
        await ack(text=UNKNOWN_COMMAND, response_type="ephemeral")

    @app.action(ANYTHING)
    async def action(ack: AsyncAck, body: Body) -> None:
        delivery = from_action(body, clock.now())
        if delivery.trigger_id and delivery.user:
            await keep(accept, delivery, job_for(delivery))
        await ack()

    @app.view(FORMS)
    async def form(ack: AsyncAck, body: Body) -> None:
        delivery = from_form(body, clock.now())
        await keep(accept, delivery, job_for(delivery))
        await ack()

    @app.shortcut(SHORTCUTS)
    async def shortcut(ack: AsyncAck, body: Body) -> None:
        delivery = from_shortcut(body, clock.now())
        await keep(accept, delivery, job_for(delivery))
        await ack()

    for listen in (app.view, app.view_closed, app.shortcut, app.options):
        listen(ANYTHING)(_acknowledge)


def _listen_to_events(app: AsyncApp, accept: Accept, clock: Clock) -> None:
    @app.event("app_mention")
    async def mention(ack: AsyncAck, body: Body) -> None:
        delivery = from_mention(body, clock.now())
        if delivery.user and not said(body, "event", "bot_id"):
            await keep(accept, delivery, job_for(delivery))
        await ack()

    @app.event("message")
    async def direct_message(ack: AsyncAck, body: Body) -> None:
        if _is_said_to_us(body):
            delivery = from_direct_message(body, clock.now())
            await keep(accept, delivery, job_for(delivery))
        await ack()

    @app.event("app_home_opened")
    async def home(ack: AsyncAck, body: Body) -> None:
        delivery = from_event(body, clock.now())
        if delivery.user and said(body, "event", "tab") in {"", "home"}:
            await keep(accept, delivery, Job(JobName.HOME, delivery.user))
        await ack()


def _listen_to_the_workspace(app: AsyncApp, accept: Accept, clock: Clock) -> None:
    @app.event("subteam_members_changed")
    async def members(ack: AsyncAck, body: Body) -> None:
        delivery = from_event(body, clock.now())
        await keep(accept, delivery, Job(JobName.MEMBERS, delivery.identity))
        await ack()

    @app.event(CHANNELS)
    async def channel(ack: AsyncAck, body: Body) -> None:
        delivery = from_channel(body, clock.now())
        if delivery is not None and delivery.channel:
            await keep(accept, delivery, Job(JobName.CHANNEL, delivery.identity))
        await ack()

    app.event(ANYTHING)(_acknowledge)


def _is_said_to_us(body: Body) -> bool:
    """Whether a person wrote this in the direct conversation; edits, joins and bots are something else."""
    absent = ("bot_id", "subtype", "app_id")
    direct = said(body, "event", "channel_type") == "im" and said(body, "event", "user")
    return bool(direct) and not any(said(body, "event", name) for name in absent)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()
