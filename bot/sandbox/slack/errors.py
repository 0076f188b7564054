"""Slack's way of saying no: an error code, and details for a developer.

Raised by the validators and methods, turned into answers by the Web API and the response URLs.
"""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """`code` is Slack's error code; `messages` go into response_metadata.messages, `details` beside it."""

    def __init__(self, code: str, messages: Sequence[str] = (), **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.details = details

    def body(self) -> Json:
        """The JSON answer."""
        answer: Json = {"ok": False, "error": self.code, **self.details}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
            answer["errors"] = [text.removeprefix("[ERROR] ") for text in self.messages]
        return answer


class RateLimited(Exception):
    """HTTP 429; `retry_after` in whole seconds of sandbox time."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
