"""What a button carries: which action on which version of what, signed so that nobody can make one up.

Cards seal values, flows unseal them. Format: `v1.<action>.<subject>.<version>.<signature>`, or `v2` with
`.<content>` after the version; an action has exactly one dot, a subject any number.
"""

import base64
import hmac
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import AskedWrong

VALUE_LIMIT = 2000
_FORMAT = "v1"
_WITH_CONTENT = "v2"
_ALTERED = (
    "I don't recognise that button, so nothing was done. "
    "It may come from an older message: please use the newest one, or type /headroom status."
)
# Signed by us, and not known to us: two versions are at work while one replaces the other.
_OTHER_VERSION = (
    "That button belongs to another version of Headroom; the versions are being exchanged just now, "
    "so nothing was done. Please press it again in a minute."
)


class Action(StrEnum):
    """What a button asks for; the value is its action id in Slack."""

    CONFIRM = "campaign.confirm"
    CHANGE = "campaign.change"
    CANCEL = "campaign.cancel"
    APPROVE = "campaign.approve"
    DECLINE = "campaign.decline"
    TAKE = "campaign.take"
    TAKE_BACK = "campaign.take_back"
    WITHDRAW = "campaign.withdraw"
    DELEGATE = "campaign.delegate"
    DELEGATION = "campaign.delegation"
    HISTORY = "campaign.history"
    WHY = "campaign.why"
    OPEN_FORM = "form.open"
    ACKNOWLEDGE = "incident.ack"
    PUT_BACK = "drift.put_back"
    LEAVE = "drift.leave"
    EXTEND = "live.extend"
    LATER = "live.later"
    NEW_WINDOW = "live.window"
    END = "live.end"
    ALLOW = "live.allow"
    DENY = "live.deny"
    RAISE = "live.raise"
    DRAINED = "pool.drained"
    SNOOZE = "incident.snooze"
    RESOLVE = "incident.resolve"
    ESCALATE = "incident.escalate"
    MORE = "incident.more"
    TAKE_ALL = "storm.ack"
    SHOW_ALL = "storm.show"
    ADVICE_APPLY = "advice.apply"
    ADVICE_APPROVE = "advice.approve"
    ADVICE_DECLINE = "advice.decline"
    ADVICE_PUT_BACK = "advice.put_back"
    PLAN_EVENT = "event.plan"
    IGNORE_EVENT = "event.ignore"


@dataclass(frozen=True, slots=True)
class ButtonValue:
    """`subject` is a campaign id and `version` its plan version; for OPEN_FORM a delivery identity and 0.

    `content` is the fingerprint of the plan that a yes or no is about ("" for all other buttons).

    Of an incident it is its id (for SNOOZE with `/` and how long) and its lap, of a storm its id and 0.
    Of an advice it is its id with the time of the look. Of drift it is the notice's subject, of a drained pool a workload key (both with version 0).
    Of an event of a calendar it is its draft's id and version.
    Of drift it is the notice's subject, of a drained pool a workload key (both with version 0).
    """

    action: Action
    subject: str
    version: int = 0
    content: str = ""


def seal(value: ButtonValue, key: bytes) -> str:
    """The signed value; ValueError if it exceeds what Slack lets a button carry."""
    body = f"{_FORMAT}.{value.action}.{value.subject}.{value.version}"
    if value.content:
        body = f"{_WITH_CONTENT}.{value.action}.{value.subject}.{value.version}.{value.content}"
    text = f"{body}.{_signature(body, key)}"
    if len(text) > VALUE_LIMIT:
        raise ValueError(f"a button value of {len(text)} characters; Slack takes {VALUE_LIMIT}")
    return text


def unseal(text: str, key: bytes) -> ButtonValue:
    """The value, if we sealed it; AskedWrong for anything else."""
    body, _, signature = text.rpartition(".")
    expected = _signature(body, key).encode()
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected):
        raise AskedWrong(_ALTERED)
    try:
        written_as, noun, verb, rest = body.split(".", 3)
        content = ""
        if written_as == _WITH_CONTENT:
            rest, content = rest.rsplit(".", 1)
        subject, version = rest.rsplit(".", 1)
        value = ButtonValue(Action(f"{noun}.{verb}"), subject, int(version), content)
    except ValueError as error:
        raise AskedWrong(_OTHER_VERSION) from error
    if written_as not in {_FORMAT, _WITH_CONTENT}:
        raise AskedWrong(_OTHER_VERSION)
    return value


def _signature(body: str, key: bytes) -> str:
    digest = hmac.digest(key, body.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
