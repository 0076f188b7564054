"""Translates what slack_sdk and aiohttp raise into Headroom's families; used by the Slack adapter.

Only Slack's error code and the method's name get into the text: a response_url or a token never does.
Codes: https://docs.slack.dev/reference/methods (the error table of each method).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import GiveUp, HeadroomError, NotAllowed, NotFound, Refused, SlowDown, TryAgain

_NOT_FOUND = {
    "channel_not_found": "Slack does not know this channel, or Headroom cannot see it",
    "message_not_found": "the message is gone",
    "thread_not_found": "the thread is gone",
    "user_not_found": "Slack does not know this person",
    "user_not_in_channel": "the person is not in the channel",
    "no_such_subteam": "Slack does not know this user group",
    "subteam_not_found": "Slack does not know this user group",
}
_NOT_ALLOWED = {
    "not_in_channel": "Headroom is not in the channel: invite it with /invite",
    "is_archived": "the channel is archived",
    "missing_scope": "the Slack app lacks a scope",
    "no_permission": "the Slack app lacks a permission",
    "cant_update_message": "only messages of Headroom's own can be edited",
    "restricted_action": "the workspace does not let Headroom post here",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "the channel takes replies only",
    "restricted_action_non_threadable_channel": "the channel takes no replies",
    "restricted_action_thread_locked": "the thread is locked",
    "ekm_access_denied": "administrators of the workspace have suspended posting",
    "not_authed": "Headroom has no Slack token",
    "invalid_auth": "Slack does not accept Headroom's token",
    "token_revoked": "Headroom's Slack token was revoked",
    "token_expired": "Headroom's Slack token has expired",
    "account_inactive": "Headroom's Slack app was removed or its workspace deleted",
    "access_denied": "the workspace denies access to Headroom",
    "org_login_required": "the workspace is being moved to an organisation",
    "team_access_not_granted": "the Slack app was not installed in this workspace",
}
_PASSING = {
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "external_channel_migrating",
}
_TOO_MANY = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_DEFAULT_PAUSE = 30.0  # seconds; Slack always sends Retry-After, a proxy in between may not


@contextmanager
def translated(method: str) -> Iterator[None]:
    """Raises SlowDown, TryAgain, NotFound, NotAllowed or Refused for whatever `method` raised."""
    try:
        yield
    except SlackApiError as error:
        raise _of_answer(method, error) from error
    except aiohttp.InvalidURL:
        # Its text is the URL, which may be a secret: the chain is cut here.
        raise GiveUp(f"the address for {method} is not a valid URL") from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise TryAgain(f"Slack did not answer {method} ({type(error).__name__})") from error


def refusal(
    method: str, code: str, *, status: int, headers: Mapping[str, str], needed: str = ""
) -> HeadroomError:
    """What an answer with `ok: false` means; `headers` may carry Retry-After (seconds)."""
    if status == 429 or code in _TOO_MANY:
        return SlowDown(f"Slack wants {method} slower", after=_pause(headers))
    if status >= 500 or code in _PASSING or not code:
        return TryAgain(f"Slack failed at {method} ({code or f'HTTP {status}'})")
    return _lasting(method, code, needed)


def _lasting(method: str, code: str, needed: str) -> HeadroomError:
    if code in _NOT_FOUND:
        return NotFound(f"{_NOT_FOUND[code]} ({method}: {code})")
    if code in _NOT_ALLOWED:
        scope = f" ({needed})" if needed else ""
        return NotAllowed(f"{_NOT_ALLOWED[code]}{scope} ({method}: {code})")
    return Refused(f"Slack refuses {method}: {code}", code=code)


def _of_answer(method: str, error: SlackApiError) -> HeadroomError:
    """An answer that is not JSON (a proxy's page) arrives with the bare HTTP response instead."""
    answer = error.response
    if isinstance(answer, aiohttp.ClientResponse):
        return refusal(method, "", status=answer.status, headers=answer.headers)
    data = answer.data if isinstance(answer.data, dict) else {}
    return refusal(
        method,
        str(data.get("error", "")),
        status=int(answer.status_code),
        headers=answer.headers,
        needed=str(data.get("needed", "")),
    )


def _pause(headers: Mapping[str, str]) -> timedelta:
    try:
        return timedelta(seconds=float(headers.get("Retry-After", _DEFAULT_PAUSE)))
    except ValueError:
        return timedelta(seconds=_DEFAULT_PAUSE)
